"""Entering a step of a request and telling of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.changes import record_change
from hub.db import utc_now
from hub.requests.clock import run_clocks
from hub.requests.models import Request, RequestStep

KIND = "request"


def enter(session: Session, actor: Actor, row: Request, act: str, **values: Any) -> RequestStep:
    """Enter an act that has been applied: its step, its clocks, the change for those who know.

    Args:
        values: further columns of the step.
    """
    now = utc_now()
    step = RequestStep(
        request_id=row.id,
        act=act,
        state=row.state,
        bureau_id=actor.bureau_id,
        user_id=actor.user_id,
        user_name=actor.name,
        at=now,
        private=row.sent_at is None,
        **values,
    )
    session.add(step)
    row.version += 1
    session.flush()
    run_clocks(session, row, act, now)
    tell(session, actor, row, act)
    return step


def tell(session: Session, actor: Actor, row: Request, verb: str) -> None:
    """Tell those who know of a request that something was done in it."""
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        version=row.version,
        verb=verb,
        bureaus=row.parties(),
        detail={"number": row.number, "state": row.state},
    )
