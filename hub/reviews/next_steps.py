"""From a next step of a review to a joint meeting: onto its agenda, or an action item of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.db import utc_now
from hub.meetings.access import visible_to
from hub.meetings.machine import AGENDA_OPEN, MINUTES_OPEN
from hub.meetings.models import AgendaItem, Meeting
from hub.patrols.models import Patrol
from hub.reviews.labels import KIND

# A meeting that should have begun by now may still be about to.
LATE = timedelta(days=1)


def meetings_for(session: Session, actor: Actor, patrol: Patrol) -> Sequence[Meeting]:
    """Meetings under the patrol's agreement whose minutes the actor can write in now."""
    if not actor.may(Right.MEETING_WORK):
        return ()
    query = select(Meeting).where(*_under(actor, patrol), Meeting.state.in_(MINUTES_OPEN))
    return session.scalars(query.order_by(Meeting.starts_at.desc())).all()


def next_meeting(session: Session, actor: Actor, patrol: Patrol) -> Meeting | None:
    """The next meeting under the patrol's agreement on whose agenda the actor can put a point."""
    if not actor.may(Right.MEETING_WORK):
        return None
    query = select(Meeting).where(
        *_under(actor, patrol),
        Meeting.state.in_(AGENDA_OPEN),
        Meeting.starts_at > utc_now() - LATE,
    )
    return session.scalars(query.order_by(Meeting.starts_at).limit(1)).first()


def _under(actor: Actor, patrol: Patrol) -> tuple[ColumnElement[bool], ...]:
    return visible_to(actor.reader), Meeting.agreement_id == patrol.agreement_id


def meetings_with(session: Session, actor: Actor, review_ids: Sequence[str]) -> dict[str, Meeting]:
    """The meeting, of those the actor sees, that has each review on its agenda; by review."""
    query = (
        select(AgendaItem.source_id, Meeting)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            AgendaItem.source_kind == KIND,
            AgendaItem.source_id.in_(review_ids),
            visible_to(actor.reader),
        )
        .order_by(Meeting.starts_at)
    )
    return {str(source_id): meeting for source_id, meeting in session.execute(query)}
