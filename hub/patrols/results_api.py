"""What a patrol's tracks are worth, over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.patrols import field_schemas as schemas
from hub.patrols import truth
from hub.patrols.access import access_patrol
from hub.web.doors import reading

bp = APIBlueprint("patrol_results_api", __name__, url_prefix="/api/v1", tag="patrols")


@bp.get("/patrols/<patrol_id>/truth")
@bp.output(schemas.TruthOut)
@bp.doc(summary="What speaks for a patrol's evidence and what questions it, with reasons")
@reading
def judged(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """For every party the same reasons, as far as it sees the tracks."""
    patrol = access_patrol(session, actor, patrol_id)
    return truth.truth_view(session, actor.reader, patrol)
