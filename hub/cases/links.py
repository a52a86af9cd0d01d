"""Drawing and removing links between cases."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.access import access_case, own_case
from hub.cases.link_models import CaseLink, LinkKind
from hub.cases.link_telling import tell_other_end
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import Conflict, NotFound, field_error
from hub.shares.services import after_update

MOST = 100


def draw_link(
    session: Session, actor: Actor, case_id: str, other_id: str, kind: LinkKind, note: str = ""
) -> Case:
    """Link an own case with one that the actor may see; returns the own case.

    Raises:
        NotFound: not an own case.
        Invalid: the other is not to be seen, or the same case; names the field.
        Conflict: the two are linked already.
    """
    actor.require(Right.CASE_EDIT)
    case = own_case(session, actor, case_id, lock=True)
    words = clean(note)
    refuse_secrets("note", words)
    other = _other(session, actor, case, other_id)
    add_link(session, actor, case, other, kind, words)
    _tell(session, actor, case, "link_drawn")
    return case


def add_link(
    session: Session, actor: Actor, case: Case, other: Case, kind: LinkKind, note: str = ""
) -> CaseLink:
    """Enter the link itself; the caller has checked both ends and tells of it."""
    link = CaseLink(
        from_case_id=case.id,
        to_case_id=other.id,
        kind=kind.value,
        note=note,
        at=utc_now(),
        by=actor.user_id,
        by_name=actor.name,
    )
    session.add(link)
    session.flush()
    return link


def remove_link(session: Session, actor: Actor, case_id: str, link_id: str) -> Case:
    """Take away a link that was drawn from an own case.

    Raises:
        NotFound: no own case, or no such link drawn from it.
        Conflict: the hub drew it when the case was taken up again.
    """
    actor.require(Right.CASE_EDIT)
    case = own_case(session, actor, case_id, lock=True)
    link = session.get(CaseLink, link_id)
    if link is None or link.from_case_id != case.id:
        raise NotFound
    if link.kind == LinkKind.REOPENS:
        raise Conflict(_l("重新办理的来源不能移除。"), extra={"rule": "case.reopens"})
    tell_other_end(session, case, link.to_case_id)
    session.delete(link)
    _tell(session, actor, case, "link_removed")
    return case


def _other(session: Session, actor: Actor, case: Case, other_id: str) -> Case:
    """The other end, by id or number; absent and not to be seen are answered alike."""
    wanted = clean(other_id)
    found = session.scalars(
        select(Case).where(or_(Case.id == wanted, Case.number == wanted))
    ).one_or_none()
    if found is not None:
        try:
            found = access_case(session, actor, found.id)
        except NotFound:
            found = None
    if found is None:
        raise field_error("case_id", _l("没有这个案件，或您无权查看。"))
    if found.id == case.id:
        raise field_error("case_id", _l("不能与本案自身关联。"))
    _check_new(session, case, found)
    return found


def _check_new(session: Session, case: Case, other: Case) -> None:
    mine = session.scalars(select(CaseLink).where(CaseLink.from_case_id == case.id)).all()
    if any(link.to_case_id == other.id for link in mine):
        raise Conflict(_l("这两个案件已经关联。"), extra={"rule": "case.linked"})
    if len(mine) >= MOST:
        raise Conflict(
            _l("一个案件最多关联%(most)s个案件。", most=MOST), extra={"rule": "case.links"}
        )


def _tell(session: Session, actor: Actor, case: Case, verb: str) -> None:
    """The case changed. The entry names no other case: chains are read by those who see less."""
    case.version += 1
    session.flush()
    record_act(session, actor, action=f"case.{verb}", kind=KIND, record_id=case.id)
    after_update(session, actor, case)
