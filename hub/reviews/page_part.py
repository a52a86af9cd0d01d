"""The reviews as a part of the page of their patrol."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.services import bureau
from hub.clock import local_day
from hub.db import utc_now
from hub.patrols.models import Patrol, PatrolState
from hub.reviews.labels import POINTS
from hub.reviews.next_steps import meetings_for, meetings_with, next_meeting
from hub.reviews.views import reviews_view


def review_part(session: Session, actor: Actor, patrol: Patrol) -> dict[str, Any]:
    """Both sides' reviews of a patrol that has ended, and what a next step can become."""
    if patrol.state != PatrolState.COMPLETED:
        return {"reviews": None}
    reviews = reviews_view(session, actor, patrol)
    return {
        "reviews": reviews,
        "next_meeting": next_meeting(session, actor, patrol),
        "on_agenda": meetings_with(session, actor, [one["id"] for one in reviews["items"]]),
        "points": [(str(one), str(one)) for one in POINTS],
        "review_meetings": meetings_for(session, actor, patrol),
        "review_parties": [(one, bureau(session, one).short_name) for one in patrol.party_ids],
        "today": local_day(utc_now()).isoformat(),
    }
