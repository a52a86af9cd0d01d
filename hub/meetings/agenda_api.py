"""The agenda over JSON: points, their order and material, and what the live data propose."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.services import bureau
from hub.db import read_only
from hub.files import services as files
from hub.files.api import prepared_file
from hub.files.views import file_view
from hub.meetings import agenda, schemas
from hub.meetings.access import access_meeting
from hub.meetings.labels import CODES
from hub.meetings.models import Meeting
from hub.meetings.proposals import proposals
from hub.meetings.since_last import changes_since, last_before
from hub.meetings.views import meeting_view
from hub.patrols.field_schemas import FileOut
from hub.web.doors import reading, writing
from hub.web.identity import current_actor
from sharing.canonical import utc_text

bp = APIBlueprint("agenda_api", __name__, url_prefix="/api/v1", tag="meetings")


@bp.get("/meetings/<meeting_id>/proposals")
@bp.input(schemas.ProposalsQuery, location="query", arg_name="query")
@bp.output(schemas.ProposalsOut)
@bp.doc(summary="What the live data propose for the agenda, and what changed since last time")
@reading
def proposed(
    session: Session, actor: Actor, meeting_id: str, query: schemas.ProposalsQuery
) -> dict[str, Any]:
    """As the caller may see it at this moment."""
    row = access_meeting(session, actor, meeting_id)
    return proposed_view(session, actor, row, query.gap_days)


def proposed_view(session: Session, actor: Actor, row: Meeting, gap_days: int) -> dict[str, Any]:
    """What is proposed to a reader, marked where it is on this agenda or was on the last one."""
    last = last_before(session, row)
    now, before = _sources(row), _sources(last) if last is not None else set()
    items = [
        {
            "code": one.code,
            "code_name": str(CODES[one.code]),
            "kind": one.kind,
            "id": one.id,
            "title": one.title,
            "url": one.url,
            "why": one.why,
            "bureau_id": one.bureau_id,
            "bureau_name": bureau(session, one.bureau_id).short_name,
            "since": utc_text(one.since),
            # The same record on the agenda for another reason is there all the same.
            "on_agenda": (one.kind, one.id) in now,
            "on_last": (one.kind, one.id) in before,
        }
        for one in proposals(session, actor, row, gap_days)
    ]
    since = changes_since(session, actor, row)
    return {"items": items, "next": None, "since_last": since}


def _sources(row: Meeting) -> set[tuple[str | None, str | None]]:
    return {(one.source_kind, one.source_id) for one in row.agenda if one.source_code}


@bp.post("/meetings/<meeting_id>/agenda")
@bp.input(schemas.ItemIn, arg_name="body")
@bp.output(schemas.MeetingOut, status_code=201)
@bp.doc(summary="Add a point of your own, or take over one that the hub proposed (`source`)")
@writing
def add(
    session: Session, actor: Actor, meeting_id: str, body: schemas.ItemIn
) -> tuple[dict[str, Any] | None, int]:
    """Add a point."""
    if body.source is not None:
        source = (body.source.code, body.source.kind, body.source.id)
        row = agenda.take_over(session, actor, meeting_id, source)
    else:
        values = body.model_dump(exclude_unset=True, exclude={"source"})
        row = agenda.add_item(session, actor, meeting_id, values)
    return meeting_view(session, actor, row), 201


@bp.patch("/meetings/<meeting_id>/agenda/<item_id>")
@bp.input(schemas.ItemFields, arg_name="body")
@bp.output(schemas.MeetingOut)
@bp.doc(summary="Change a point: words, owner, time allotted")
@writing
def change(
    session: Session, actor: Actor, meeting_id: str, item_id: str, body: schemas.ItemFields
) -> dict[str, Any] | None:
    """Change a point."""
    values = body.model_dump(exclude_unset=True)
    row = agenda.change_item(session, actor, meeting_id, item_id, values)
    return meeting_view(session, actor, row)


@bp.delete("/meetings/<meeting_id>/agenda/<item_id>")
@bp.output(schemas.MeetingOut)
@bp.doc(summary="Take a point off the agenda")
@writing
def remove(session: Session, actor: Actor, meeting_id: str, item_id: str) -> dict[str, Any] | None:
    """Take a point off."""
    return meeting_view(session, actor, agenda.remove_item(session, actor, meeting_id, item_id))


@bp.put("/meetings/<meeting_id>/agenda")
@bp.input(schemas.OrderIn, arg_name="body")
@bp.output(schemas.MeetingOut)
@bp.doc(summary="Put the points in another order")
@writing
def order(
    session: Session, actor: Actor, meeting_id: str, body: schemas.OrderIn
) -> dict[str, Any] | None:
    """Another order."""
    return meeting_view(session, actor, agenda.put_in_order(session, actor, meeting_id, body.ids))


@bp.post("/meetings/<meeting_id>/agenda/<item_id>/files")
@bp.output(FileOut, status_code=201)
@bp.doc(summary="Add material to a point: a photo or PDF (multipart, field `file`)")
def attach(meeting_id: str, item_id: str) -> Response:
    """Decoded before the transaction, which stays short."""
    actor = current_actor()
    with read_only() as session:
        agenda.item_of(agenda.open_agenda(session, actor, meeting_id, lock=False), item_id)
    answer: Response = _enter(meeting_id, item_id, prepared_file())
    return answer


@writing
def _enter(
    session: Session, actor: Actor, meeting_id: str, item_id: str, prepared: files.Prepared
) -> tuple[dict[str, Any], int]:
    stored = agenda.attach(session, actor, meeting_id, item_id, prepared)
    return file_view(stored, actor.bureau_id), 201
