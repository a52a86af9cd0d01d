"""Minutes, decisions and what is laid on whom, over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.action_items import services as items
from hub.action_items.access import access_action_item
from hub.action_items.models import ActionItem
from hub.action_items.schemas import ActionItemOut
from hub.action_items.views import action_item_view
from hub.errors import NotFound
from hub.meetings import decisions, minutes, schemas
from hub.meetings.access import access_meeting
from hub.meetings.models import Meeting
from hub.meetings.steps import tell
from hub.meetings.views import meeting_view
from hub.web.doors import reading, required_version, writing

bp = APIBlueprint("minutes_api", __name__, url_prefix="/api/v1", tag="meetings")


@bp.post("/meetings/<meeting_id>/sections")
@bp.input(schemas.SectionIn, arg_name="body")
@bp.output(schemas.SectionOut, status_code=201)
@bp.doc(summary="Add a section to the minutes")
@writing
def add_section(
    session: Session, actor: Actor, meeting_id: str, body: schemas.SectionIn
) -> tuple[dict[str, Any], int]:
    """A new section."""
    row = minutes.add_section(session, actor, meeting_id, body.heading)
    return minutes.section_view(session, row, actor.bureau_id), 201


@bp.get("/meetings/<meeting_id>/sections/<section_id>")
@bp.output(schemas.SectionOut)
@bp.doc(summary="One section of the minutes as it stands")
@reading
def section(session: Session, actor: Actor, meeting_id: str, section_id: str) -> dict[str, Any]:
    """One section."""
    row = access_meeting(session, actor, meeting_id)
    found = minutes.section_of(session, row, section_id)
    return minutes.section_view(session, found, actor.bureau_id)


@bp.put("/meetings/<meeting_id>/sections/<section_id>")
@bp.input(schemas.SectionPut, arg_name="body")
@bp.output(schemas.SectionOut)
@bp.doc(
    summary="Save a section (If-Match: the version it was written on); a 409 carries the other's "
    "text and both merged"
)
@writing
def write_section(
    session: Session, actor: Actor, meeting_id: str, section_id: str, body: schemas.SectionPut
) -> dict[str, Any]:
    """Save a section."""
    row = minutes.write_section(
        session,
        actor,
        meeting_id,
        section_id,
        based_on=required_version(),
        heading=body.heading,
        text=body.text,
    )
    return minutes.section_view(session, row, actor.bureau_id)


@bp.get("/meetings/<meeting_id>/sections/<section_id>/revisions")
@bp.output(schemas.RevisionsOut)
@bp.doc(summary="Every text that a section had, newest first")
@reading
def revisions(session: Session, actor: Actor, meeting_id: str, section_id: str) -> dict[str, Any]:
    """All versions of a section."""
    row = access_meeting(session, actor, meeting_id)
    return {"items": minutes.revisions_of(session, row, section_id), "next": None}


@bp.post("/meetings/<meeting_id>/decisions")
@bp.input(schemas.DecisionIn, arg_name="body")
@bp.output(schemas.MeetingOut, status_code=201)
@bp.doc(summary="Put a decision on the table")
@writing
def propose(
    session: Session, actor: Actor, meeting_id: str, body: schemas.DecisionIn
) -> tuple[dict[str, Any] | None, int]:
    """A new decision."""
    decisions.propose(session, actor, meeting_id, body.text)
    return _view(session, actor, meeting_id), 201


@bp.put("/meetings/<meeting_id>/decisions/<decision_id>")
@bp.input(schemas.DecisionIn, arg_name="body")
@bp.output(schemas.MeetingOut)
@bp.doc(summary="Give a decision other words; approvals of the earlier ones fall")
@writing
def reword(
    session: Session, actor: Actor, meeting_id: str, decision_id: str, body: schemas.DecisionIn
) -> dict[str, Any] | None:
    """Other words."""
    decisions.change(session, actor, meeting_id, decision_id, body.text)
    return _view(session, actor, meeting_id)


@bp.delete("/meetings/<meeting_id>/decisions/<decision_id>")
@bp.output(schemas.MeetingOut)
@bp.doc(summary="Take a decision off the table")
@writing
def drop(
    session: Session, actor: Actor, meeting_id: str, decision_id: str
) -> dict[str, Any] | None:
    """Off the table."""
    decisions.drop(session, actor, meeting_id, decision_id)
    return _view(session, actor, meeting_id)


@bp.post("/meetings/<meeting_id>/decisions/<decision_id>/approve")
@bp.input(schemas.ApprovalIn, arg_name="body")
@bp.output(schemas.MeetingOut)
@bp.doc(summary="Turn your party's key on the words you read (official)")
@writing
def approve(
    session: Session, actor: Actor, meeting_id: str, decision_id: str, body: schemas.ApprovalIn
) -> dict[str, Any] | None:
    """One party's key."""
    decisions.approve(session, actor, meeting_id, decision_id, body.content_hash)
    return _view(session, actor, meeting_id)


@bp.post("/meetings/<meeting_id>/action-items")
@bp.input(schemas.ActionItemIn, arg_name="body")
@bp.output(ActionItemOut, status_code=201)
@bp.doc(summary="Lay an action item on a bureau")
@writing
def lay(
    session: Session, actor: Actor, meeting_id: str, body: schemas.ActionItemIn
) -> tuple[dict[str, Any] | None, int]:
    """A new action item."""
    row = minutes.open_minutes(session, actor, meeting_id)
    known = {one.id for one in decisions.decisions_of(session, [row.id])}
    if body.decision_id is not None and body.decision_id not in known:
        raise NotFound
    item = items.create(session, actor, row, body.model_dump(exclude_unset=True))
    _touched(session, actor, row)
    return action_item_view(session, actor.reader, item), 201


@bp.patch("/meetings/<meeting_id>/action-items/<item_id>")
@bp.input(schemas.ActionItemPatch, arg_name="body")
@bp.output(ActionItemOut)
@bp.doc(summary="Change an action item while the minutes are not sealed")
@writing
def change_item(
    session: Session, actor: Actor, meeting_id: str, item_id: str, body: schemas.ActionItemPatch
) -> dict[str, Any] | None:
    """Change it."""
    row, item = _item(session, actor, meeting_id, item_id)
    items.change(session, actor, item, body.model_dump(exclude_unset=True))
    _touched(session, actor, row)
    return action_item_view(session, actor.reader, item)


@bp.delete("/meetings/<meeting_id>/action-items/<item_id>")
@bp.output(ActionItemOut)
@bp.doc(summary="Take an action item back while the minutes are not sealed")
@writing
def take_back(
    session: Session, actor: Actor, meeting_id: str, item_id: str
) -> dict[str, Any] | None:
    """Take it back."""
    row, item = _item(session, actor, meeting_id, item_id)
    items.drop(session, actor, item)
    _touched(session, actor, row)
    return action_item_view(session, actor.reader, item)


def _item(
    session: Session, actor: Actor, meeting_id: str, item_id: str
) -> tuple[Meeting, ActionItem]:
    row = minutes.open_minutes(session, actor, meeting_id)
    item = access_action_item(session, actor, item_id, lock=True)
    if item.meeting_id != row.id or item.state != "open":
        raise NotFound
    return row, item


def _touched(session: Session, actor: Actor, row: Meeting) -> None:
    minutes.touch(session, row)
    tell(session, actor, row, "action_items")


def _view(session: Session, actor: Actor, meeting_id: str) -> dict[str, Any] | None:
    return meeting_view(session, actor, access_meeting(session, actor, meeting_id))
