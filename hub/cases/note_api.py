"""Notes on a case over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases import note_schemas, notes, schemas
from hub.cases.access import access_case
from hub.cases.note_views import FIELDS
from hub.cases.services import own_view
from hub.web.doors import reading, writing

bp = APIBlueprint("case_notes_api", __name__, url_prefix="/api/v1", tag="cases")


@bp.get("/cases/<case_id>/notes")
@bp.output(note_schemas.NotesOut)
@bp.doc(summary="The notes on a case that you may see, oldest first")
@reading
def list_notes(session: Session, actor: Actor, case_id: str) -> dict[str, Any]:
    """Opinions for handlers, memos for the bureau, progress for whom the terms open it to."""
    view = own_view(session, actor, access_case(session, actor, case_id)) or {}
    items = [note for field in FIELDS for note in view.get(field, ())]
    return {"items": sorted(items, key=lambda note: (note["at"], note["id"])), "next": None}


@bp.post("/cases/<case_id>/notes")
@bp.input(note_schemas.NoteIn, arg_name="body")
@bp.output(schemas.CaseOut)
@bp.doc(summary="Write a note on an own case; without `kind` an opinion, for handlers alone")
@writing
def add(
    session: Session, actor: Actor, case_id: str, body: note_schemas.NoteIn
) -> dict[str, Any] | None:
    """A note is never changed, only corrected or withdrawn."""
    case = notes.add_note(session, actor, case_id, body.text, body.kind)
    return own_view(session, actor, case)


@bp.post("/cases/<case_id>/notes/<note_id>/correct")
@bp.input(note_schemas.NoteCorrection, arg_name="body")
@bp.output(schemas.CaseOut)
@bp.doc(summary="Give your own note another wording; the bureau keeps reading the earlier one")
@writing
def correct(
    session: Session,
    actor: Actor,
    case_id: str,
    note_id: str,
    body: note_schemas.NoteCorrection,
) -> dict[str, Any] | None:
    """A correction."""
    return own_view(session, actor, notes.correct_note(session, actor, case_id, note_id, body.text))


@bp.post("/cases/<case_id>/notes/<note_id>/withdraw")
@bp.input(note_schemas.NoteWithdrawal, arg_name="body")
@bp.output(schemas.CaseOut)
@bp.doc(summary="Take back your own note; partners see nothing of it any more")
@writing
def withdraw(
    session: Session,
    actor: Actor,
    case_id: str,
    note_id: str,
    body: note_schemas.NoteWithdrawal,
) -> dict[str, Any] | None:
    """A withdrawal."""
    case = notes.withdraw_note(session, actor, case_id, note_id, body.reason)
    return own_view(session, actor, case)
