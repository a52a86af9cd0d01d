"""When an answer is late: the receiver is reminded before, then the officials of both are told.

The officials have a term of their own (`H3.official_answer`, data like every other); when that
has passed too, the sender may lay the matter before the superior of both (`report_superior`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from hub.bureaus.services import on_behalf_of
from hub.db import utc_now
from hub.deadlines.models import Clock, ClockState
from hub.deadlines.services import Subject, cancel_clock, clocks_of, meet_clock, open_clock
from hub.deadlines.views import ClockView
from hub.requests.clock import ACCEPTED_WITHIN, OFFICIAL
from hub.requests.machine import ENDED, MACHINES, machine_of
from hub.requests.models import Request, RequestStep
from hub.requests.steps import KIND, enter, steps_of, tell

# A run takes no more than this; the next one takes the rest.
MOST = 500
# The date that the sender asked for is called to mind on its last day.
REMIND = timedelta(days=1)
ESCALATED, DUE_NEAR = "escalated", "due_near"


def owed() -> ColumnElement[bool]:
    """Requests in whose state the receiver owes an answer."""
    return or_(
        *(
            and_(Request.kind == kind, Request.state.in_(sorted(machine.owed)))
            for kind, machine in MACHINES.items()
            if machine.owed
        )
    )


def _ids(session: Session, *conditions: ColumnElement[bool]) -> Sequence[str]:
    found = select(Request.id).where(Request.receiver_bureau_id.is_not(None), *conditions)
    return session.scalars(found.order_by(Request.id).limit(MOST)).all()


def coming_near(session: Session, at: datetime) -> Sequence[str]:
    """Ids of requests whose date is near and whose receiver was not reminded."""
    soon = Request.due_at > at, Request.due_at <= at + REMIND
    return _ids(session, owed(), *soon, Request.reminded_at.is_(None))


def remind(session: Session, request_id: str, at: datetime) -> bool:
    """Remind the receiver's people of the date, once; whether it was still to do."""
    row = _locked(session, request_id)
    if row is None or row.reminded_at is not None or row.due_at is None:
        return False
    if row.state not in machine_of(row.kind).owed or not row.due_at - REMIND <= at < row.due_at:
        return False
    row.reminded_at = at
    row.count()
    session.flush()
    tell(session, on_behalf_of(session, row.sender_bureau_id), row, DUE_NEAR)
    return True


def late_ones(session: Session, at: datetime) -> Sequence[str]:
    """Ids of requests that are late and of which no official was told."""
    passed = select(Clock.subject_id).where(
        Clock.kind == KIND,
        Clock.rule_code.in_(ACCEPTED_WITHIN),
        Clock.state == ClockState.RUNNING,
        Clock.due_at < at,
    )
    late = or_(and_(owed(), Request.due_at < at), Request.id.in_(passed))
    return _ids(session, late, Request.escalated_at.is_(None))


def escalate(session: Session, request_id: str, at: datetime) -> bool:
    """Tell the officials of both sides that an answer is late, once; whether it still is."""
    row = _locked(session, request_id)
    if row is None or row.escalated_at is not None or not is_late(session, row, at):
        return False
    row.escalated_at = at
    enter(session, on_behalf_of(session, row.receiver_bureau_id or ""), row, ESCALATED)
    return True


def is_late(session: Session, row: Request, at: datetime) -> bool:
    """Whether the receiver owes something whose time has passed."""
    owes = row.state in machine_of(row.kind).owed
    if owes and row.due_at is not None and row.due_at < at:
        return True
    clocks = (open_clock(session, Subject(KIND, row.id), code) for code in ACCEPTED_WITHIN)
    return any(clock is not None and clock.due_at < at for clock in clocks)


def settle(session: Session, row: Request) -> None:
    """After an act: if nothing is late any more, the officials' term ends."""
    now = utc_now()
    if row.escalated_at is None or is_late(session, row, now):
        return
    row.escalated_at = None
    subject = Subject(KIND, row.id)
    if row.state in ENDED:
        cancel_clock(session, subject, OFFICIAL, at=now, reason=row.state)
    else:
        meet_clock(session, subject, OFFICIAL, at=now)


def may_go_to_superior(
    row: Request, clocks: Iterable[ClockView], steps: Iterable[RequestStep]
) -> bool:
    """Whether a matter may be laid before the superior of both: his word was not asked yet,
    and the term that the officials had has passed too."""
    late = any(clock.rule_code == OFFICIAL and clock.overdue for clock in clocks)
    return late and not was_reported(row, steps)


def was_reported(row: Request, steps: Iterable[RequestStep]) -> bool:
    """Whether the superior was told of the delay of which the officials were told last."""
    since = row.escalated_at
    return since is not None and any(
        step.act == "report_superior" and step.at >= since for step in steps
    )


def superior_is_next(session: Session, row: Request) -> bool:
    """`may_go_to_superior`, of one request by itself."""
    if row.escalated_at is None:
        return False
    clocks = clocks_of(session, KIND, [row.id]).get(row.id, [])
    return may_go_to_superior(row, clocks, steps_of(session, [row.id]))


def _locked(session: Session, request_id: str) -> Request | None:
    return session.get(Request, request_id, with_for_update=True, populate_existing=True)
