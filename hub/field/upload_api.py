"""Photos of findings in pieces, so that a cut line repeats nothing and loses nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import read_only, unit_of_work
from hub.errors import Forbidden, TooLarge
from hub.field import schemas
from hub.files import services as files
from hub.files import uploads
from hub.files.api import file_store
from hub.patrols import findings
from hub.patrols.finding_views import KIND
from hub.web.doors import json_response, reading, witnessed
from hub.web.identity import current_actor, settings

bp = APIBlueprint("field_upload_api", __name__, url_prefix="/api/v1", tag="field")
MAX_PIECE = 1_048_576


def _parts() -> uploads.PartFolder:
    return uploads.PartFolder(Path(settings().data_dir))


@bp.post("/findings/<finding_id>/uploads")
@bp.input(schemas.UploadIn, arg_name="body")
@bp.output(schemas.UploadOut)
@bp.doc(summary="Announce a photo that will come in pieces; the same key finds it again")
@witnessed
def announce(
    session: Session, actor: Actor, finding_id: str, body: schemas.UploadIn
) -> dict[str, Any]:
    """Where to go on from. Not kept under an Idempotency-Key: its own key is known as long as the
    upload is, and after that the phone has to begin anew."""
    findings.access_attaching(session, actor, finding_id)
    told = uploads.Announced(**body.model_dump())
    limit = settings().max_upload_mb * 1_048_576
    row = uploads.announce(
        session, actor, kind=KIND, record_id=finding_id, told=told, max_bytes=limit
    )
    return uploads.upload_view(row, _parts())


@bp.get("/uploads/<upload_id>")
@bp.output(schemas.UploadOut)
@bp.doc(summary="How far an own upload is")
@reading
def progress(session: Session, actor: Actor, upload_id: str) -> dict[str, Any]:
    """Bytes that are durable here."""
    return uploads.upload_view(uploads.access_upload(session, actor, upload_id), _parts())


@bp.put("/uploads/<upload_id>")
@bp.input(schemas.PieceQuery, location="query", arg_name="query")
@bp.output(schemas.UploadOut)
@bp.doc(summary="The piece of the file that begins at `offset` (raw bytes); the last one enters it")
def piece(upload_id: str, query: schemas.PieceQuery) -> Response:
    """Sent again it changes nothing. The whole is decoded between two short transactions."""
    actor = current_actor()
    if actor.read_only:
        raise Forbidden(_l("此令牌只有读取权限。"))
    data = request.stream.read(MAX_PIECE + 1)
    if len(data) > MAX_PIECE:
        raise TooLarge(_l("每段至多%(limit)s KB。", limit=MAX_PIECE // 1024))
    with unit_of_work() as session:
        row = uploads.access_upload(session, actor, upload_id, for_update=True)
        findings.access_attaching(session, actor, row.record_id)
        uploads.take_piece(row, _parts(), query.offset, data)
        view = uploads.upload_view(row, _parts())
        whole = row.received == row.size and row.file_id is None
    return json_response(_entered(actor, upload_id) if whole else view)


def _entered(actor: Actor, upload_id: str) -> dict[str, Any]:
    """Check the whole, keep it sealed, and enter it in its finding."""
    parts = _parts()
    with read_only() as session:
        row = uploads.access_upload(session, actor, upload_id)
        uploads.check_whole(row, parts)
        name, size = row.name, row.size
    with parts.path(upload_id).open("rb") as stream:
        prepared = files.prepare(file_store(), name, stream, size)
    with unit_of_work() as session:
        row = uploads.access_upload(session, actor, upload_id, for_update=True)
        if row.file_id is None:
            row.file_id = findings.attach(session, actor, row.record_id, prepared).id
        view = uploads.upload_view(row, parts)
    parts.drop(upload_id)
    return view
