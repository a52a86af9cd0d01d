"""What is searched of cases and petitions: of a partner's, what is open to the reader."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases import views as case_views
from hub.cases.beside import Beside, beside
from hub.cases.link_views import Looking
from hub.cases.models import Case
from hub.cases.party_views import Audience, shown_parties
from hub.cases.subjects import subject_of
from hub.petitions import views as petition_views
from hub.petitions.models import Petition
from hub.search.source import Entry, View, texts_in
from hub.search.tokens import PERSONS, as_partners_read, handler_token, marked, partner_token
from hub.shares.deciding import Judge


def case_entries(session: Session, judge: Judge, rows: Sequence[Case]) -> list[Entry]:
    """What is indexed of some cases; what stands beside them is read once for all."""
    near = beside(session, [row.id for row in rows], judge.at)
    judge.look_up(map(subject_of, rows))
    return [
        Entry(
            case_views.record_of(
                row,
                judge,
                Looking(row.owner_bureau_id, row.classification),
                near,
                Audience.BUREAU,
            ),
            _case_tokens(row, near),
        )
        for row in rows
    ]


def _case_tokens(case: Case, near: Beside) -> list[str]:
    """Who handles it and to whom it is shared; what partners and what handlers read otherwise.

    A share that is over by its date and not ended yet is left in: the query asks for it again.
    """
    told = {share.partner_bureau_id for share in near.shares.get(case.id, [])}
    persons = shown_parties(case, near.parties.get(case.id, []), Audience.HANDLER)
    retold = case_views.retold_to_partners(case, near)
    texts = {as_partners_read(group): texts_in(value) for group, value in retold.items()}
    return [
        *sorted(handler_token(user_id) for user_id in case.handlers),
        *sorted(map(partner_token, told)),
        *marked(texts | {PERSONS: texts_in(persons)}),
    ]


def cases_seen(
    session: Session, actor: Actor, judge: Judge, rows: Collection[Case]
) -> dict[str, View]:
    views = case_views.views_of(session, actor.reader, rows, judge, actor.user_id)
    return {view["id"]: view for view in views if view is not None}


def petition_entries(session: Session, judge: Judge, rows: Sequence[Petition]) -> list[Entry]:
    """What is indexed of some petitions."""
    near = petition_views.beside(session, rows)
    return [Entry(petition_views.record_of(row, judge, near, row.owner_bureau_id)) for row in rows]


def petitions_seen(
    session: Session, actor: Actor, judge: Judge, rows: Collection[Petition]
) -> dict[str, View]:
    views = petition_views.petition_views(session, actor.reader, list(rows), judge)
    return {view["id"]: view for view in views}
