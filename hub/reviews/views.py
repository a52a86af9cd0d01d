"""What a reader sees of the reviews of a patrol."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass
from hub.bureaus.services import bureau
from hub.patrols.access import may_see
from hub.patrols.models import Patrol
from hub.patrols.sides import side_of
from hub.reviews import services
from hub.reviews.labels import SCALES
from hub.reviews.models import PatrolReview
from sharing.canonical import utc_text


def review_view(session: Session, row: PatrolReview, reader_bureau_id: str) -> dict[str, Any]:
    """One review, for those who may read it."""
    return {
        "id": row.id,
        "version": row.version,
        "patrol_id": row.patrol_id,
        "title": row.next_step or session.get_one(Patrol, row.patrol_id).title,
        "bureau_id": row.bureau_id,
        "bureau_name": bureau(session, row.bureau_id).short_name,
        "side": side_of(reader_bureau_id, row.bureau_id),
        "user_name": row.user_name,
        "ratings": dict(row.ratings),
        "mean": mean_of(row),
        "went_well": row.went_well,
        "to_improve": row.to_improve,
        "next_step": row.next_step,
        "at": utc_text(row.at),
    }


def mean_of(row: PatrolReview) -> float:
    """The mean of a review's marks."""
    return round(sum(row.ratings.values()) / len(row.ratings), 2)


def render_review(session: Session, reader: ReaderClass, review_id: str) -> dict[str, Any] | None:
    """The view that a change of a review carries in the feed."""
    row = session.get(PatrolReview, review_id)
    patrol = session.get(Patrol, row.patrol_id) if row is not None else None
    if row is None or patrol is None or not may_see(session, reader, patrol):
        return None
    known = {one.id for one in services.readable(session, reader, patrol)}
    return review_view(session, row, reader.bureau_id) if row.id in known else None


def reviews_view(session: Session, actor: Actor, patrol: Patrol) -> dict[str, Any]:
    """All that the actor reads of a patrol's reviews, who has given one, and what he may do.

    That a side has given its review is no secret; what stands in it is, until both have.
    """
    given = {one.bureau_id for one in services.reviews_of(session, patrol.id)}
    own = services.own_review(session, actor, patrol)
    until = services.opens_at(patrol)
    rows = services.readable(session, actor.reader, patrol)
    return {
        "patrol_id": patrol.id,
        "open": services.is_open(session, patrol),
        "opens_at": utc_text(until) if until else None,
        "days": services.OPEN_AFTER.days,
        "may_write": services.can_change(session, actor, patrol),
        "version": own.version if own else 0,
        "scales": [{"code": code, "name": str(name)} for code, name in SCALES.items()],
        "parties": [
            {
                "bureau_id": one,
                "bureau_name": bureau(session, one).short_name,
                "side": side_of(actor.bureau_id, one),
                "given": one in given,
            }
            for one in sorted(patrol.party_ids, key=lambda one: one != actor.bureau_id)
        ],
        "items": [review_view(session, row, actor.bureau_id) for row in rows],
        "own": review_view(session, own, actor.bureau_id) if own else None,
    }
