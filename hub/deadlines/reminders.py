"""Clocks that come near their end, or have passed it: told to both sides, once each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.bureaus.services import on_behalf_of
from hub.deadlines.models import Clock, ClockState
from hub.deadlines.services import tell

# A run takes no more than this; the next one takes the rest.
MOST = 500


def _running(session: Session, *conditions: Any) -> Sequence[str]:
    return session.scalars(
        select(Clock.id)
        .where(Clock.state == ClockState.RUNNING, *conditions)
        .order_by(Clock.due_at, Clock.id)
        .limit(MOST)
    ).all()


def coming_near(session: Session, at: datetime) -> Sequence[str]:
    """Ids of clocks in the last part of their term that nobody was told of."""
    return _running(session, Clock.near_at <= at, Clock.due_at > at, Clock.near_told_at.is_(None))


def overdue(session: Session, at: datetime) -> Sequence[str]:
    """Ids of clocks whose time has passed and that nobody was told of."""
    return _running(session, Clock.due_at < at, Clock.overdue_told_at.is_(None))


def _locked(session: Session, clock_id: str) -> Clock | None:
    clock = session.scalars(
        select(Clock).where(Clock.id == clock_id).with_for_update(of=Clock)
    ).one_or_none()
    return clock if clock is not None and clock.state == ClockState.RUNNING else None


def tell_near(session: Session, clock_id: str, at: datetime) -> bool:
    """Tell that a clock comes near its end, if it still does and nobody was told."""
    clock = _locked(session, clock_id)
    if clock is None or clock.near_told_at is not None or not clock.near_at <= at < clock.due_at:
        return False
    clock.near_told_at = at
    tell(session, on_behalf_of(session, clock.bureau_id), clock, "near")
    return True


def tell_overdue(session: Session, clock_id: str, at: datetime) -> bool:
    """Tell that a clock's time has passed, if it has and nobody was told."""
    clock = _locked(session, clock_id)
    if clock is None or clock.overdue_told_at is not None or clock.due_at >= at:
        return False
    clock.overdue_told_at = at
    tell(session, on_behalf_of(session, clock.bureau_id), clock, "overdue")
    return True
