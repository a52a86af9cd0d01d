"""Boundary lines and zones over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.web.doors import check_version, json_response, reading, required_version, writing
from hub.web.list_doors import NoQuery, file_doors
from hub.zones import schemas, services
from hub.zones.access import access_zone
from hub.zones.geometry import Marked, draw, preview_view
from hub.zones.labels import STATES
from hub.zones.lines import line_view
from hub.zones.views import version_view, zone_features, zone_view

bp = APIBlueprint("zones_api", __name__, url_prefix="/api/v1", tag="zones")
COLUMNS = (
    ("name", _l("区域")),
    ("agreement_number", _l("依据")),
    ("state", _l("状态")),
    ("number", _l("版本")),
    ("bureau_name", _l("一侧")),
    ("adcode", _l("行政区划代码")),
    ("area_m2", _l("面积（平方米）")),
    ("line_length_m", _l("界线长（米）")),
    ("width_m", _l("每侧宽（米）")),
    ("error_m", _l("误差（米）")),
    ("content_hash", _l("摘要")),
)


def _marked(body: schemas.MarkedIn) -> Marked:
    return Marked(**{name: getattr(body, name) for name in schemas.MarkedIn.model_fields})


@bp.get("/boundary-lines")
@bp.input(schemas.LineQuery, location="query", arg_name="query")
@bp.output(schemas.LineOut)
@bp.doc(summary="The line that two jurisdictions share")
@reading
def boundary_line(session: Session, actor: Actor, query: schemas.LineQuery) -> dict[str, Any]:
    """The shared line, part by part; public knowledge, as the outlines are."""
    actor.require(Right.WORK_VIEW)
    return line_view(session, query.a, query.b)


@bp.post("/zones/preview")
@bp.input(schemas.MarkedIn, arg_name="body")
@bp.output(schemas.PreviewOut)
@bp.doc(summary="Strips as they would be; nothing is stored")
@reading
def preview(session: Session, actor: Actor, body: schemas.MarkedIn) -> dict[str, Any]:
    """Build the strips without keeping them."""
    actor.require(Right.WORK_VIEW)
    return preview_view(draw(session, _marked(body)))


@bp.get("/zones")
@bp.output(schemas.ZonesOut)
@bp.doc(summary="Zones of your bureau's agreements")
@reading
def zones(session: Session, actor: Actor) -> dict[str, Any]:
    """All zones; an agreement has few."""
    rows = services.zones_of(session, actor)
    return {"items": [zone_view(session, zone) for zone in rows], "next": None}


def _rows(session: Session, actor: Actor, _query: NoQuery) -> list[dict[str, Any]]:
    """All zones, one row for each side of the version on the table."""
    views = [zone_view(session, zone) for zone in services.zones_of(session, actor)]
    return [
        view["current"]
        | strip
        | {key: view[key] for key in ("name", "agreement_number")}
        | {"state": str(STATES.get(view["state"], view["state"]))}
        for view in views
        for strip in view["current"]["strips"]
    ]


file_doors(bp, "/zones", query=NoQuery, rows=_rows, columns=COLUMNS)


@bp.get("/zones/<zone_id>")
@bp.output(schemas.ZoneOut)
@bp.doc(summary="One zone")
@reading
def zone(session: Session, actor: Actor, zone_id: str) -> dict[str, Any]:
    """One zone."""
    actor.require(Right.WORK_VIEW)
    return zone_view(session, access_zone(session, actor, zone_id))


@bp.get("/zones/<zone_id>/versions")
@bp.doc(summary="Every version of a zone")
@reading
def versions(session: Session, actor: Actor, zone_id: str) -> dict[str, Any]:
    """Every version, oldest first."""
    actor.require(Right.WORK_VIEW)
    found = access_zone(session, actor, zone_id)
    return {"items": [version_view(session, v) for v in found.versions], "next": None}


@bp.get("/zones/<zone_id>.geojson")
@bp.doc(summary="The version on the table as GeoJSON")
@reading
def zone_geojson(session: Session, actor: Actor, zone_id: str) -> Response:
    """Strips and line, to open in a GIS."""
    actor.require(Right.WORK_VIEW)
    view = zone_view(session, access_zone(session, actor, zone_id))
    response = json_response(zone_features(view))
    response.mimetype = "application/geo+json"
    return response


@bp.post("/zones")
@bp.input(schemas.ZoneIn, arg_name="body")
@bp.output(schemas.ZoneOut, status_code=201)
@bp.doc(summary="Propose a zone (planner)")
@writing
def propose(session: Session, actor: Actor, body: schemas.ZoneIn) -> tuple[dict[str, Any], int]:
    """Put a zone on the table of the agreement's parties."""
    made = services.propose(
        session,
        actor,
        name=body.name,
        agreement_id=body.agreement_id,
        marked=_marked(body),
        note=body.note,
    )
    return zone_view(session, made), 201


@bp.post("/zones/<zone_id>/versions")
@bp.input(schemas.ZoneVersionIn, arg_name="body")
@bp.output(schemas.ZoneOut)
@bp.doc(summary="Put a new version on the table; approvals of the one before are withdrawn")
@writing
def revise(
    session: Session, actor: Actor, zone_id: str, body: schemas.ZoneVersionIn
) -> dict[str, Any]:
    """A new version."""
    found = access_zone(session, actor, zone_id, for_update=True)
    check_version(required_version(), found.version, zone_view(session, found))
    services.revise(session, actor, found, _marked(body), body.note)
    return zone_view(session, found)


@bp.post("/zones/<zone_id>/approve")
@bp.input(schemas.ApproveIn, arg_name="body")
@bp.output(schemas.ZoneOut)
@bp.doc(summary="Approve the version on the table for your bureau")
@writing
def approve(
    session: Session, actor: Actor, zone_id: str, body: schemas.ApproveIn
) -> dict[str, Any]:
    """One of the two keys."""
    found = services.approve(
        session, actor, zone_id, number=body.version, content_hash=body.content_hash
    )
    return zone_view(session, found)
