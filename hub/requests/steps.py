"""Entering a step of a request and telling of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.changes import record_change
from hub.db import utc_now
from hub.requests.clock import run_clocks
from hub.requests.machine import DELIVERED, SENT
from hub.requests.models import Request, RequestStep
from sharing.models import FeedChange

KIND = "request"
ATTACHED = "attached"


def enter(session: Session, actor: Actor, row: Request, act: str, **values: Any) -> RequestStep:
    """Enter an act that has been applied: its step, its clocks, the change for those who know.

    A file is its side's own until that sends something, and so is that it was added.

    Args:
        values: further columns of the step.
    """
    now = utc_now()
    private_to = actor.bureau_id if act == ATTACHED or row.sent_at is None else None
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
    row.count(private_to)
    session.flush()
    run_clocks(session, row, act, step.moment)
    tell(session, actor, row, act, private_to)
    return step


def tell(
    session: Session, actor: Actor, row: Request, verb: str, private_to: str | None = None
) -> None:
    """Tell those who know of a request that something was done in it.

    Args:
        private_to: the side that alone knows of it yet; None: both.
    """
    told = [private_to] if private_to is not None else row.parties()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        version=row.version,
        verb=verb,
        bureaus=told,
        detail={"number": row.number, "state": row.state},
        versions=row.versions_for(told),
    )


def steps_of(session: Session, request_ids: Collection[str]) -> Sequence[RequestStep]:
    """The steps of some requests, oldest first."""
    return session.scalars(
        select(RequestStep).where(RequestStep.request_id.in_(request_ids)).order_by(RequestStep.id)
    ).all()


def note_delivered(session: Session, actor: Actor, row: Request) -> None:
    """It has reached the receiver: a person of his, or his device, has it."""
    row.state = DELIVERED
    enter(session, actor, row, "delivered")


def bureaus_waited_for(session: Session, bureau_ids: Collection[str]) -> set[str]:
    """Those of some bureaus to which a request was sent that has not been delivered."""
    sent = select(Request.receiver_bureau_id).where(
        Request.receiver_bureau_id.in_(bureau_ids), Request.state == SENT
    )
    return set(session.scalars(sent.distinct()))


def deliver_up_to(session: Session, actor: Actor, seq: int) -> int:
    """Requests that a device of the receiver acknowledged in its feed are delivered; how many."""
    told = exists().where(
        FeedChange.bureau_id == actor.bureau_id,
        FeedChange.kind == KIND,
        FeedChange.record_id == Request.id,
        FeedChange.seq <= seq,
    )
    rows = session.scalars(
        select(Request)
        .where(
            Request.receiver_bureau_id == actor.bureau_id,
            Request.state == SENT,
            Request.classification <= actor.clearance,
            told,
        )
        .order_by(Request.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        note_delivered(session, actor, row)
    return len(rows)
