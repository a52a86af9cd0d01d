"""Waypoints from a file: read for the form, which keeps them, or brought into a plan's draft."""

from __future__ import annotations

import json
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from flask_babel import lazy_gettext as _l
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.db import read_only
from hub.errors import field_error
from hub.patrols import drafts
from hub.patrols.access import access_patrol
from hub.patrols.draft_units import POINT, point_row, points_in_order
from hub.patrols.schemas import Waypoints
from hub.patrols.waypoint_columns import PLANNED
from hub.patrols.waypoint_files import PlaceFile, read_file
from hub.patrols.waypoint_import import Points, bring_in
from hub.patrols.waypoint_views import row_views
from hub.web.doors import reading
from hub.web.exports import xlsx_response
from hub.web.identity import current_actor
from hub.web.sheet_import import ImportQuery, Report, ReportOut, Sheet, bring_sheet, sent_bytes

bp = APIBlueprint("waypoint_import_api", __name__, url_prefix="/api/v1", tag="patrols")
_STANDING: TypeAdapter[Any] = TypeAdapter(Waypoints)


class PlacesOut(ReportOut):
    """What a file of waypoints holds: row by row, the waypoints as they would be, in their order,
    and the route (GeoJSON LineString) that a GPX file has besides."""

    waypoints: list[dict[str, Any]]
    route: dict[str, Any] | None


@bp.get("/waypoints/template.xlsx")
@bp.doc(summary="An empty sheet with the columns of waypoints that can be brought in")
def template() -> Response:
    """Headings in the reader's language; the files of a plan can be brought in as well."""
    current_actor().require(Right.PATROL_PLAN)
    return xlsx_response("waypoints-template", tuple(PLANNED.items()), [])


def _gcj02() -> bool:
    return request.form.get("gcj02") in ("true", "on", "1")


def _file() -> PlaceFile:
    return read_file(sent_bytes(), gcj02=_gcj02())


@bp.post("/waypoints/read")
@bp.output(PlacesOut)
@bp.doc(
    summary="What a file of waypoints (CSV, XLSX, GPX; multipart, `file`) holds, beside those that "
    "stand already (`standing`, JSON); nothing is kept"
)
def read() -> Response:
    """For a form: row by row what becomes of it, and the waypoints as they would be.

    `gcj02` where the file's places are GCJ-02. `route`: of a GPX file with a route.
    """
    current_actor().require(Right.PATROL_PLAN)
    answer: Response = _read(_file(), _standing(), _gcj02())
    return answer


def _standing() -> list[dict[str, Any]]:
    """The waypoints of the form, in their order.

    Raises:
        Invalid: they are none.
    """
    try:
        found = _STANDING.validate_python(json.loads(request.form.get("standing") or "[]"))
    except (ValueError, RecursionError, ValidationError) as error:
        raise field_error("standing", _l("格式不对。")) from error
    return [one.model_dump() for one in found]


@reading
def _read(
    session: Session, actor: Actor, file: PlaceFile, standing: list[dict[str, Any]], gcj02: bool
) -> dict[str, Any]:
    points = Points(session, actor, standing, gcj02)
    report = bring_in(points, file.rows)
    rows = [point_row(value, number) for number, value in enumerate(points.values, start=1)]
    route = {"type": "LineString", "coordinates": file.route} if len(file.route) > 1 else None
    return report.unkept().to_dict() | {
        "waypoints": row_views(session, rows, actor.reader),
        "route": route,
    }


@bp.post("/patrols/<patrol_id>/waypoints/import")
@bp.input(ImportQuery, location="query", arg_name="query")
@bp.output(ReportOut)
@bp.doc(
    summary="Bring waypoints from CSV, XLSX or GPX (multipart, `file`) into the draft of the plan: "
    "all rows or none"
)
def into_draft(patrol_id: str, query: ImportQuery) -> Response:
    """With `dry_run` nothing is kept; else one refused row refuses all (422, the report)."""
    actor = current_actor()
    with read_only() as looking:
        # To a stranger there is no such plan, whatever he sends.
        drafts.require_draft(actor, access_patrol(looking, actor, patrol_id))
    gcj02 = _gcj02()

    def bring(session: Session, who: Actor, sheet: Sheet) -> Report:
        patrol = access_patrol(session, who, patrol_id, for_update=True)
        drafts.require_draft(who, patrol)
        draft, units = drafts.standing(session, patrol)
        before = points_in_order(units)
        points = Points(session, who, list(before), gcj02)
        report = bring_in(points, sheet)
        changes = {
            POINT + value["key"]: value for value in points.values if value not in before
        } | {"order": [value["key"] for value in points.values]}
        if not report.refused and len(changes) > 1:
            drafts.save(session, who, patrol_id, changes, draft.rev)
        return report

    return bring_sheet(actor, bring, dry_run=query.dry_run, read=lambda data: read_file(data).rows)
