"""The draft of a plan over JSON: read, change unit by unit, put on the table."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.schemas import Strict
from hub.patrols import draft_publishing, drafts, schemas
from hub.patrols.access import access_patrol
from hub.patrols.views import detail_view
from hub.web.doors import reading, required_version, writing

bp = APIBlueprint("plan_draft_api", __name__, url_prefix="/api/v1", tag="patrols")
Unit = Annotated[str, Field(max_length=60)]


class DraftIn(Strict):
    """New values by unit: title, window, route, checklist, note, pace, order, `waypoint:KEY` (null
    takes it away)."""

    changes: dict[Unit, Any] = Field(min_length=1, max_length=80)


class PublishIn(Strict):
    """People and craft of the own bureau; left out they stay."""

    officers: schemas.Refs | None = None
    craft: schemas.Refs | None = None


class DraftOut(BaseModel):
    """The draft: its revision, its units, who changed each last, what differs from the plan."""

    id: str
    version: int
    plan_version: int
    state: str
    units: dict[str, Any]
    marks: dict[str, dict[str, Any]]
    changed: list[str]


@bp.get("/patrols/<patrol_id>/draft")
@bp.output(DraftOut)
@bp.doc(summary="The plan as its planners are writing it")
@reading
def draft(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """For the planners of every party."""
    patrol = access_patrol(session, actor, patrol_id)
    drafts.require_draft(actor, patrol)
    return drafts.draft_view(session, patrol, actor.reader)


@bp.patch("/patrols/<patrol_id>/draft")
@bp.input(DraftIn, arg_name="body")
@bp.output(DraftOut)
@bp.doc(
    summary="Change units of the draft (If-Match: the revision it was written on); what others "
    "changed since stays, a 409 names the units that both changed"
)
@writing
def change(session: Session, actor: Actor, patrol_id: str, body: DraftIn) -> dict[str, Any]:
    """Merged unit by unit."""
    patrol = drafts.save(session, actor, patrol_id, body.changes, required_version())
    return drafts.draft_view(session, patrol, actor.reader)


@bp.post("/patrols/<patrol_id>/draft/publish")
@bp.input(PublishIn, arg_name="body")
@bp.output(schemas.PatrolOut)
@bp.doc(summary="Make the draft the plan on the table (If-Match: its revision); approvals fall")
@writing
def publish(session: Session, actor: Actor, patrol_id: str, body: PublishIn) -> dict[str, Any]:
    """By a planner of any party, as long as not all have approved."""
    patrol = draft_publishing.publish(
        session,
        actor,
        patrol_id,
        required_version(),
        officers=body.officers,
        craft=body.craft,
    )
    return detail_view(session, actor, patrol)
