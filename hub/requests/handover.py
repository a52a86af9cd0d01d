"""A case changes its owner: number, history and files go along; one bureau writes at any time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.bureaus.models import Bureau
from hub.bureaus.services import jurisdiction, on_behalf_of
from hub.cases import approvals
from hub.cases.lookups import KIND as CASE
from hub.cases.lookups import measures_of
from hub.cases.measure_views import KIND as MEASURE
from hub.cases.models import Case
from hub.cases.stages import ENDED
from hub.cases.subjects import subject_of
from hub.db import utc_now
from hub.deadlines import handover as clocks
from hub.deadlines.services import Subject
from hub.errors import Conflict, NotFound
from hub.files import services as files
from hub.requests.models import Request
from hub.requests.police import check_not_at_police
from hub.shares import services as sharing
from hub.shares.deciding import Judge
from hub.shares.lookups import partners_now
from hub.shares.telling import tell_case
from sharing.terms import Denied

MINISTRY = "生态环境部"  # data, not screen text


def give(session: Session, actor: Actor, row: Request, *, to: str) -> Case:
    """Make another bureau the owner of a request's case.

    The giver keeps a read stub where the terms allow one; shares that it gave end with it.

    Raises:
        Conflict: the case was closed, or changed hands, meanwhile.
    """
    case = session.get(Case, row.case_id or "", with_for_update=True, populate_existing=True)
    if case is None:
        raise NotFound
    giver = case.owner_bureau_id
    if giver == to or giver not in (row.sender_bureau_id, row.receiver_bureau_id):
        raise Conflict(_l("案件的承办单位已经变更，请刷新后查看。"))
    check_may_change_hands(case)
    partners = partners_now(session, CASE, case.id, utc_now())
    approvals.lapse(session, actor, case, str(_l("案件已移送，由接收单位另行申请")))
    sharing.end_for_owner(session, actor, case)
    _change_hands(session, case, row, to)
    case.count()
    session.flush()
    _hand_over_clocks(session, case, giver)
    files.hand_over(session, actor, kind=CASE, record_id=case.id, giver=giver, taker=to)
    detail = {"from": giver, "to": to, "request": row.number}
    tell_case(session, actor, case, "transferred", {giver, to} | partners, detail)
    _leave_stub(session, case, giver)
    sharing.share_automatically(session, on_behalf_of(session, to), case)
    return case


def _change_hands(session: Session, case: Case, row: Request, to: str) -> None:
    """Handlers and number in the giver's own system are its own; returned, it finds them again."""
    left: dict[str, Any] = {}
    if to == row.sender_bureau_id:
        left = row.details.get("left", {})
    else:
        kept = {"handlers": list(case.handlers), "own_number": case.own_number}
        row.details = row.details | {"left": kept}
    team = {person.user_id for person in colleagues(session, to, Right.CASE_EDIT)}
    case.owner_bureau_id = to
    case.own_number = left.get("own_number")
    case.handlers = [one for one in left.get("handlers", ()) if one in team]


def check_may_change_hands(case: Case) -> None:
    """Refuse to give away a case that has ended, or that the police have.

    Raises:
        Conflict: says which.
    """
    if case.stage in ENDED:
        raise Conflict(_l("案件已经结束，不能移送。"))
    check_not_at_police(case)


def _hand_over_clocks(session: Session, case: Case, giver: str) -> None:
    """The deadlines of the case and of its measures are the new owner's from now on."""
    subjects = [Subject(CASE, case.id)]
    subjects += [Subject(MEASURE, measure.id) for measure in measures_of(session, case.id)]
    clocks.hand_over(
        session,
        subjects,
        giver=giver,
        taker=case.owner_bureau_id,
        at=utc_now(),
        reason=str(_l("案件已移送，由接收单位继续计时")),
    )


def _leave_stub(session: Session, case: Case, giver: str) -> None:
    """What the giver goes on to read; it knows the case, so there is nothing to acknowledge."""
    _purpose, decision = Judge(session).best(subject_of(case), giver)
    if isinstance(decision, Denied):
        return
    owner = on_behalf_of(session, case.owner_bureau_id)
    sharer = replace(owner, rights=frozenset({Right.SHARE}))
    sharing.share_case(session, sharer, case, giver, asks=False)


def superior_of(session: Session, one: Bureau, other: Bureau) -> str:
    """Who decides between two bureaus: the lowest authority above both (行政处罚法 第二十五条)."""
    a, b = jurisdiction(session, one.adcode), jurisdiction(session, other.adcode)
    if a.adcode[:4] == b.adcode[:4]:
        return f"{a.parent_name}生态环境局"  # data, not screen text
    if a.adcode[:2] == b.adcode[:2]:
        return f"{a.province}生态环境厅"  # data, not screen text
    return MINISTRY
