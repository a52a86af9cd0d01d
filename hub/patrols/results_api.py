"""What a patrol's tracks are worth, over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from sqlalchemy.orm import Session

from geo.track_files.fixes import MAX_BYTES
from geo.track_files.reading import read_track_file
from hub.access import Actor
from hub.db import read_only
from hub.files.api import sent_file
from hub.files.services import aside
from hub.patrols import field_schemas as schemas
from hub.patrols import track_exports as exports
from hub.patrols import track_import, truth
from hub.patrols.access import access_patrol
from hub.patrols.tracks import access_logged
from hub.web.doors import reading, writing
from hub.web.identity import current_actor

bp = APIBlueprint("patrol_results_api", __name__, url_prefix="/api/v1", tag="patrols")


@bp.get("/patrols/<patrol_id>/truth")
@bp.output(schemas.TruthOut)
@bp.doc(summary="What speaks for a patrol's evidence and what questions it, with reasons")
@reading
def judged(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """For every party the same reasons, as far as it sees the tracks."""
    patrol = access_patrol(session, actor, patrol_id)
    return truth.truth_view(session, actor.reader, patrol)


def _download(content: str | bytes, media_type: str, ending: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=f"track.{ending}")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/patrols/<patrol_id>/track.gpx")
@bp.doc(summary="Tracks of a patrol as GPX")
@reading
def track_gpx(session: Session, actor: Actor, patrol_id: str) -> Response:
    """For other programs."""
    patrol = access_patrol(session, actor, patrol_id)
    return _download(exports.track_gpx(session, actor.reader, patrol), "application/gpx+xml", "gpx")


@bp.get("/patrols/<patrol_id>/track.kml")
@bp.doc(summary="Tracks of a patrol as KML")
@reading
def track_kml(session: Session, actor: Actor, patrol_id: str) -> Response:
    """For earth browsers."""
    patrol = access_patrol(session, actor, patrol_id)
    media_type = "application/vnd.google-earth.kml+xml"
    return _download(exports.track_kml(session, actor.reader, patrol), media_type, "kml")


@bp.get("/patrols/<patrol_id>/track.geojson")
@bp.doc(summary="Tracks of a patrol as GeoJSON, every fix with its time")
@reading
def track_geojson(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """Cleaned, not thinned; the times stand in `coordTimes`."""
    patrol = access_patrol(session, actor, patrol_id)
    return exports.track_geojson(session, actor.reader, patrol)


def _sent_file(patrol_id: str) -> track_import.TrackFile:
    """The file of the request, read on a real thread before the transaction, which stays short."""
    actor = current_actor()
    with read_only() as session:
        access_logged(session, actor, patrol_id)
    data = sent_file().stream.read(MAX_BYTES + 1)
    gcj02 = request.form.get("gcj02") in ("true", "on", "1")
    return track_import.track_file(data, aside(read_track_file, data, gcj02=gcj02), gcj02=gcj02)


@bp.post("/patrols/<patrol_id>/tracks/preview")
@bp.output(schemas.TrackImportOut)
@bp.doc(summary="What a GPX, KML or GeoJSON file would bring to your own track; nothing is kept")
def preview_track(patrol_id: str) -> Response:
    """Multipart: field `file`, and `gcj02` where the file's places are GCJ-02."""
    answer: Response = _look(patrol_id, _sent_file(patrol_id))
    return answer


@reading
def _look(
    session: Session, actor: Actor, patrol_id: str, file: track_import.TrackFile
) -> dict[str, Any]:
    return track_import.preview(session, actor, patrol_id, file)


@bp.post("/patrols/<patrol_id>/tracks")
@bp.output(schemas.TrackImportOut, status_code=201)
@bp.doc(summary="Bring in your own track from another device's GPX, KML or GeoJSON file")
def import_track(patrol_id: str) -> Response:
    """Multipart as in the preview; the same file twice changes nothing."""
    answer: Response = _enter(patrol_id, _sent_file(patrol_id))
    return answer


@writing
def _enter(
    session: Session, actor: Actor, patrol_id: str, file: track_import.TrackFile
) -> tuple[dict[str, Any], int]:
    return track_import.bring_in(session, actor, patrol_id, file), 201
