"""From an agreed next step to an action item of a meeting, which is then followed to its end."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.meetings.access import visible_to
from hub.meetings.machine import MINUTES_OPEN
from hub.meetings.models import Meeting
from hub.patrols.models import Patrol


def meetings_for(session: Session, actor: Actor, patrol: Patrol) -> Sequence[Meeting]:
    """Meetings under the patrol's agreement whose minutes the actor can write in now."""
    if not actor.may(Right.MEETING_WORK):
        return ()
    return session.scalars(
        select(Meeting)
        .where(
            visible_to(actor.reader),
            Meeting.agreement_id == patrol.agreement_id,
            Meeting.state.in_(MINUTES_OPEN),
        )
        .order_by(Meeting.starts_at.desc())
    ).all()
