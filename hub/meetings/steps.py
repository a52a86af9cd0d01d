"""Entering a step of a meeting and telling the parties of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.changes import record_change
from hub.db import utc_now
from hub.meetings.models import Meeting, MeetingStep

KIND = "meeting"


def enter(
    session: Session, actor: Actor, row: Meeting, act: str, text: str | None = None
) -> MeetingStep:
    """Enter an act that has been applied, and tell of it."""
    step = MeetingStep(
        meeting_id=row.id,
        act=act,
        state=row.state,
        bureau_id=actor.bureau_id,
        user_id=actor.user_id,
        user_name=actor.name,
        at=utc_now(),
        text=text,
    )
    session.add(step)
    tell(session, actor, row, act)
    return step


def tell(session: Session, actor: Actor, row: Meeting, verb: str, **detail: Any) -> None:
    """Tell the parties that something in a meeting changed; its version goes on."""
    row.version += 1
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        version=row.version,
        verb=verb,
        bureaus=row.party_ids,
        detail={"number": row.number, "state": row.state} | detail,
    )


def steps_of(session: Session, meeting_ids: Collection[str]) -> Sequence[MeetingStep]:
    """The steps of some meetings, oldest first."""
    return session.scalars(
        select(MeetingStep).where(MeetingStep.meeting_id.in_(meeting_ids)).order_by(MeetingStep.id)
    ).all()
