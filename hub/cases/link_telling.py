"""Telling of a case whose links read otherwise because a case at the other end changed.

A case shows its links as far as the reader sees both ends, with the other end's title and stage.
What happens to one end (shared, recalled, renamed, closed) therefore changes the view of the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.cases.link_models import CaseLink
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.changes import told_of, view_changed
from hub.db import utc_now
from hub.shares.lookups import partners_now
from sharing.models import Share, ShareState


def tell_linked(session: Session) -> None:
    """Tell of the cases that are linked with those which this transaction changed.

    A hook before the commit. Those are told who hear of the change itself and see the linked case;
    nobody learns of a case that is not his.
    """
    told: dict[str, set[str]] = defaultdict(set)
    for one in told_of(session):
        if one.kind == KIND:
            told[one.record_id] |= one.bureau_ids
    if not told:
        return
    session.flush()
    others: dict[str, set[str]] = defaultdict(set)
    for changed, other in _ends(session, told):
        # Who is told of the other end itself reads its links with that.
        others[other] |= told[changed] - told.get(other, set())
    _tell(session, others)


def tell_other_end(session: Session, case: Case, other_id: str) -> None:
    """The same for one case from which a link to `case` is about to be taken away."""
    reached = {case.owner_bureau_id} | partners_now(session, KIND, case.id, utc_now())
    _tell(session, {other_id: reached})


def _ends(session: Session, told: Collection[str]) -> Iterable[tuple[str, str]]:
    """(changed case, case at the other end) of each link of some cases."""
    ends = or_(CaseLink.from_case_id.in_(told), CaseLink.to_case_id.in_(told))
    for row in session.scalars(select(CaseLink).where(ends).order_by(CaseLink.id)):
        if row.from_case_id in told:
            yield row.from_case_id, row.to_case_id
        if row.to_case_id in told:
            yield row.to_case_id, row.from_case_id


def _tell(session: Session, others: dict[str, set[str]]) -> None:
    if not others:
        return
    cases = session.scalars(select(Case).where(Case.id.in_(others)).order_by(Case.id)).all()
    seen = {case.id: {case.owner_bureau_id} for case in cases}
    rows = select(Share.record_id, Share.partner_bureau_id).where(
        Share.kind == KIND, Share.record_id.in_(others), Share.state == ShareState.ACTIVE
    )
    for record_id, partner in session.execute(rows):
        seen[record_id].add(partner)
    for case in cases:
        told = others[case.id] & seen[case.id]
        if told:
            view_changed(
                session,
                kind=KIND,
                record_id=case.id,
                version=case.version,
                bureaus=told,
                versions=case.versions_for(told),
            )
