"""Reviews after action over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.patrols.access import access_patrol
from hub.reviews import schemas, services
from hub.reviews.views import reviews_view
from hub.web.doors import reading, required_version, writing

bp = APIBlueprint("reviews_api", __name__, url_prefix="/api/v1", tag="patrols")


@bp.get("/patrols/<patrol_id>/reviews")
@bp.output(schemas.ReviewsOut)
@bp.doc(summary="Reviews of a patrol: the own side's, and the other's once both are given")
@reading
def reviews(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """With who has given one."""
    return reviews_view(session, actor, access_patrol(session, actor, patrol_id))


@bp.put("/patrols/<patrol_id>/review")
@bp.input(schemas.ReviewIn, arg_name="body")
@bp.output(schemas.ReviewsOut)
@bp.doc(summary="Give or change your side's review (If-Match: its version, 0 for the first)")
@writing
def give(session: Session, actor: Actor, patrol_id: str, body: schemas.ReviewIn) -> dict[str, Any]:
    """Until the other side reads it."""
    patrol = access_patrol(session, actor, patrol_id, for_update=True)
    words = services.Words(
        body.ratings, body.went_well or "", body.to_improve or "", body.next_step or ""
    )
    services.give(session, actor, patrol, words, required_version())
    return reviews_view(session, actor, patrol)
