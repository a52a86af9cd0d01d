"""The clocks of an action item: its own day, and the escalation when that has passed."""

from __future__ import annotations

from datetime import UTC, datetime, time

from sqlalchemy.orm import Session

from hub.action_items.models import ActionItem
from hub.clock import SHANGHAI, local_day
from hub.deadlines.services import Subject, cancel_clock, meet_clock, start_clock

KIND = "action_item"
DUE, ESCALATION = "H3.action_item", "H4.action_escalation"
RULES = (DUE, ESCALATION)


def end_of_day(row: ActionItem) -> datetime:
    """The last moment (UTC) of the local day by which it is due."""
    return datetime.combine(row.due_on, time(23, 59, 59), SHANGHAI).astimezone(UTC)


def start(session: Session, row: ActionItem, at: datetime, told: frozenset[str]) -> None:
    """Set both clocks going: the person is reminded first, then the officials of both sides."""
    subject = Subject(KIND, row.id)
    days = max((row.due_on - local_day(at)).days, 0)
    start_clock(
        session,
        subject,
        DUE,
        starts_at=at,
        bureau_id=row.bureau_id,
        person_id=row.person_id,
        also_told=told,
        amount=days,
    )
    start_clock(
        session,
        subject,
        ESCALATION,
        starts_at=end_of_day(row),
        bureau_id=row.bureau_id,
        also_told=told,
    )


def meet(session: Session, row: ActionItem, at: datetime) -> None:
    """It was done at a moment, in time or late."""
    meet_clock(session, Subject(KIND, row.id), DUE, at=at)
    cancel_clock(session, Subject(KIND, row.id), ESCALATION, at=at, reason="reported")


def cancel(session: Session, row: ActionItem, at: datetime, reason: str) -> None:
    """Nothing is due by these clocks any more."""
    for code in RULES:
        cancel_clock(session, Subject(KIND, row.id), code, at=at, reason=reason)
