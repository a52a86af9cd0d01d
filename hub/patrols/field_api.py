"""Positions, findings, files and results over JSON."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request, send_file
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.db import utc_now
from hub.errors import field_error
from hub.files import services as files
from hub.files.access import access_file
from hub.files.store import FileStore
from hub.files.views import file_view
from hub.patrols import field_schemas as schemas
from hub.patrols import findings, results
from hub.patrols.access import access_patrol
from hub.patrols.positions import positions_since
from hub.patrols.schemas import PositionReport
from hub.patrols.tracks import report_positions
from hub.web.doors import reading, witnessed, writing
from hub.web.identity import settings

bp = APIBlueprint("field_api", __name__, url_prefix="/api/v1", tag="findings")
LIVE_FOR = timedelta(hours=12)


def file_store() -> FileStore:
    """The files of this hub."""
    return FileStore(Path(settings().data_dir) / "files")


@bp.get("/positions")
@bp.output(schemas.PositionsOut)
@bp.doc(summary="Latest place of each unit under way")
@reading
def positions(session: Session, actor: Actor) -> dict[str, Any]:
    """Units of patrols under way of the caller's bureau."""
    actor.require(Right.WORK_VIEW)
    found = positions_since(session, utc_now() - LIVE_FOR, under_way=True)
    return {"items": [p.view for p in found if actor.bureau_id in p.readers], "next": None}


@bp.post("/patrols/<patrol_id>/positions")
@bp.input(schemas.BatchIn, arg_name="body")
@bp.output(schemas.StoredOut)
@bp.doc(summary="Report fixes of a patrol under way; durable before the answer")
@writing
def report(session: Session, actor: Actor, patrol_id: str, body: schemas.BatchIn) -> dict[str, Any]:
    """The same as the socket's `position` event."""
    sent = PositionReport.model_construct(patrol_id=patrol_id, key=body.key, fixes=body.fixes)
    return {"stored": report_positions(session, actor, sent)}


@bp.post("/patrols/<patrol_id>/findings")
@bp.input(schemas.FindingIn, arg_name="body")
@bp.output(schemas.FindingOut, status_code=201)
@bp.doc(summary="Log a finding")
@writing
def record(
    session: Session, actor: Actor, patrol_id: str, body: schemas.FindingIn
) -> tuple[dict[str, Any], int]:
    """Log a finding of a patrol."""
    values = body.model_dump()
    values["found_at"] = body.found_at or utc_now()
    made = findings.record(session, actor, patrol_id, **values)
    return findings.finding_view(session, made, actor.bureau_id), 201


@bp.get("/findings")
@bp.input(schemas.FindingsQuery, location="query", arg_name="query")
@bp.output(schemas.FindingsOut)
@bp.doc(summary="Findings of your bureau's patrols")
@reading
def index(session: Session, actor: Actor, query: schemas.FindingsQuery) -> dict[str, Any]:
    """Newest first."""
    return findings.list_findings(session, actor, **query.model_dump())


@bp.get("/findings/<finding_id>")
@bp.output(schemas.FindingOut)
@bp.doc(summary="One finding")
@reading
def one(session: Session, actor: Actor, finding_id: str) -> dict[str, Any]:
    """One finding."""
    found = findings.access_finding(session, actor, finding_id)
    return findings.finding_view(session, found, actor.bureau_id)


@bp.post("/findings/<finding_id>/files")
@bp.output(schemas.FileOut, status_code=201)
@bp.doc(summary="Attach a photo or PDF (multipart, field `file`)")
@writing
def attach(session: Session, actor: Actor, finding_id: str) -> tuple[dict[str, Any], int]:
    """Multipart, field `file`."""
    sent = request.files.get("file")
    if sent is None:
        raise field_error("file", _l("请选择文件。"))
    limit = settings().max_upload_mb * 1_048_576
    prepared = files.prepare(file_store(), sent.filename or "", sent.stream, limit)  # type: ignore[arg-type]
    row = findings.attach(session, actor, finding_id, prepared)
    return file_view(row, actor.bureau_id), 201


@bp.post("/findings/<finding_id>/case")
@bp.output(schemas.CaseOpenedOut, status_code=201)
@bp.doc(summary="Open the case that the finding becomes (officer of its side)")
@writing
def open_case(session: Session, actor: Actor, finding_id: str) -> tuple[dict[str, Any], int]:
    """The bureau on whose side it lies opens the case."""
    return {"case_id": findings.open_case(session, actor, finding_id)}, 201


@bp.get("/files/<file_id>")
@bp.input(schemas.FileQuery, location="query", arg_name="query")
@bp.doc(summary="A file; access to its record is checked at each request")
@witnessed
def open_file(session: Session, actor: Actor, file_id: str, query: schemas.FileQuery) -> Response:
    """The clean copy; the owner's bureau may ask for the sealed original."""
    row = access_file(session, actor, file_id)
    opened = files.open_for(session, actor, row, file_store(), query.copy_)
    response = send_file(opened.path, mimetype=opened.media_type, conditional=False)
    disposition = "inline" if opened.inline else "attachment"
    response.headers.set("Content-Disposition", disposition, filename=opened.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/patrols/<patrol_id>/track.geojson")
@bp.doc(summary="Tracks of a patrol, cleaned, with their figures")
@reading
def track(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """One feature per unit."""
    return results.track_features(session, access_patrol(session, actor, patrol_id))


@bp.get("/patrols/<patrol_id>/track.gpx")
@bp.doc(summary="Tracks of a patrol as GPX")
@reading
def track_gpx(session: Session, actor: Actor, patrol_id: str) -> Response:
    """For other programs."""
    text = results.gpx(session, access_patrol(session, actor, patrol_id))
    response = Response(text, mimetype="application/gpx+xml")
    response.headers.set("Content-Disposition", "attachment", filename="track.gpx")
    return response


@bp.get("/patrols/<patrol_id>/coverage")
@bp.input(schemas.CoverageQuery, location="query", arg_name="query")
@bp.output(schemas.CoverageOut)
@bp.doc(summary="Which share of the zone the patrol covered")
@reading
def covered(
    session: Session, actor: Actor, patrol_id: str, query: schemas.CoverageQuery
) -> dict[str, Any]:
    """Share, areas and gaps."""
    patrol = access_patrol(session, actor, patrol_id)
    return results.coverage_view(session, patrol, query.reach_m)
