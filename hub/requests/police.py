"""The case follows its transfer to the police: handed over with the letter, back when not filed.

国务院令310号 (2020): article 3, a case that is suspected a crime goes to the police before any
decision; article 8, when they do not file it they return its papers, and the bureau goes on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.cases.access import own_case
from hub.cases.guards import MIN_OFFICERS, Step
from hub.cases.models import Case, CaseStage
from hub.cases.services import take_step
from hub.cases.stages import check_order
from hub.cases.steps import steps_of
from hub.cases.texts import clean
from hub.clock import SHANGHAI
from hub.db import utc_now
from hub.errors import Conflict, field_error
from hub.requests.machine import ENDED, RESULT, TIMED
from hub.requests.models import Kind, Request, RequestStep

CRIMINAL = CaseStage.CRIMINAL


def check_may_go(case: Case) -> None:
    """Refuse a case that cannot go to the police at its stage.

    Raises:
        Conflict: a decision was made, or the case has ended; carries `rule`.
    """
    if case.stage != CRIMINAL:
        check_order(CaseStage(case.stage), CRIMINAL)


def check_not_at_police(case: Case) -> None:
    """Refuse to give another bureau a case that the police have.

    Raises:
        Conflict: says so.
    """
    if case.stage == CRIMINAL:
        raise Conflict(_l("案件已移送公安，退回之前不能移送其他单位。"))


def check_only_one(session: Session, case: Case, but: str | None = None) -> None:
    """Refuse a second transfer of the same case while one is under way.

    Raises:
        Conflict: names the other one.
    """
    over = (*ENDED, RESULT)
    other = session.scalars(
        select(Request).where(
            Request.kind == Kind.POLICE, Request.case_id == case.id, Request.state.not_in(over),
            Request.id != but,
        )
    ).first()  # fmt: skip
    if other is not None:
        raise Conflict(
            _l("此案已在移送公安办理中（%(number)s）。", number=other.number),
            extra={"rule": "request.police_once", "request_id": other.id},
        )


def hand_over(session: Session, actor: Actor, row: Request) -> None:
    """The case stands with the police from the moment in which its letter goes out.

    Raises:
        Conflict: its stage does not allow it; carries `rule`.
    """
    case = own_case(session, actor, row.case_id or "", lock=True)
    if case.stage != CRIMINAL:
        _step(session, actor, row, case, CRIMINAL, _("移送公安：%(to)s", to=row.addressee))


def filed(session: Session, actor: Actor, row: Request) -> None:
    """The police have filed it, at once or after a review: it stands with them (again)."""
    case = own_case(session, actor, row.case_id or "", lock=True)
    if case.stage != CRIMINAL:
        _step(session, actor, row, case, CRIMINAL, _("公安机关立案：%(to)s", to=row.addressee))


def forwarded_words(to: str | None, words: str | None) -> str:
    """What the step says: to which body the case went, and why."""
    return "\n".join(filter(None, [_("转送：%(to)s", to=clean(to)), words]))


def forwarded(row: Request, to: str | None) -> None:
    """Another police body has it now: what is asked of the police later is asked of that one."""
    row.addressee = clean(to)


def check_moment(session: Session, row: Request, at: datetime) -> None:
    """Refuse a moment that lies ahead, or before what came last.

    Raises:
        Invalid: names the limit.
    """
    if at > utc_now():
        raise field_error("at", _l("办理时间不能在将来。"))
    steps = session.scalars(
        select(RequestStep).where(
            RequestStep.request_id == row.id, RequestStep.act.in_({"send", *TIMED})
        )
    )
    last = max((step.moment for step in steps), default=at)
    # Forms tell minutes.
    if at < last.replace(second=0, microsecond=0):
        limit = f"{last.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        raise field_error("at", _l("办理时间不能早于上一步（%(limit)s）。", limit=limit))


def take_back(session: Session, actor: Actor, row: Request) -> None:
    """The police do not file it: the bureau goes on where the law lets it.

    A lead that went straight to the police is filed by the bureau; the team that took it there
    handles it, where nobody else does.

    Raises:
        Conflict: there are not two licensed officers to investigate; carries `rule`.
    """
    case = own_case(session, actor, row.case_id or "", lock=True)
    if case.stage != CRIMINAL:
        return
    came_from = next(s.from_stage for s in reversed(steps_of(session, case))
                     if s.to_stage == CRIMINAL)  # fmt: skip
    target = CaseStage.FILED if came_from == CaseStage.LEAD else CaseStage.INVESTIGATING
    _man(session, row, case)
    _step(session, actor, row, case, target, _("公安机关不予立案：%(to)s", to=row.addressee))


def _man(session: Session, row: Request, case: Case) -> None:
    """Lay the case on the team of the transfer when its own handlers are too few."""
    people = colleagues(session, case.owner_bureau_id, Right.CASE_EDIT)
    licensed = {one.user_id for one in people if one.licensed}
    if len(licensed & set(case.handlers)) < MIN_OFFICERS:
        team = row.handlers_by_bureau.get(row.sender_bureau_id, [])
        active = {one.user_id for one in people}
        case.handlers = list(dict.fromkeys([*case.handlers, *(t for t in team if t in active)]))


def _step(
    session: Session, actor: Actor, row: Request, case: Case, to: CaseStage, reason: str
) -> None:
    # Who may send the letter or record its answer carries out what follows from it.
    officer = replace(actor, rights=actor.rights | {Right.CASE_EDIT})
    step = Step(
        to,
        utc_now(),
        reason=reason,
        document_number=row.document_number or "",
        at_once=True,
    )
    take_step(session, officer, case, step)
