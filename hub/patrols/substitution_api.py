"""Substitutions over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from pydantic import Field
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.schemas import Strict
from hub.patrols.access import access_patrol
from hub.patrols.schemas import PatrolOut, Ref
from hub.patrols.substitution import substitute
from hub.patrols.views import detail_view
from hub.web.doors import check_version, required_version, writing

bp = APIBlueprint("substitution_api", __name__, url_prefix="/api/v1", tag="patrols")


class SubstituteIn(Strict):
    """Who or what goes no more, who or what goes in its place, and why."""

    out_id: Ref
    in_id: Ref
    reason: str = Field(min_length=1, max_length=300)


@bp.post("/patrols/<patrol_id>/substitute")
@bp.input(SubstituteIn, arg_name="body")
@bp.output(PatrolOut)
@bp.doc(summary="Send another officer or craft of your bureau, like for like; approvals stand")
@writing
def send_another(
    session: Session, actor: Actor, patrol_id: str, body: SubstituteIn
) -> dict[str, Any]:
    """Recorded beside the approved plan, and told to both."""
    found = access_patrol(session, actor, patrol_id, for_update=True)
    check_version(required_version(), found.version, detail_view(session, actor, found))
    substitute(session, actor, found, **body.model_dump())
    return detail_view(session, actor, found)
