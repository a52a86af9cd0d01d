"""Waypoints of a patrol over JSON: what was planned, what became of it; the plan as GPX."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.patrols import waypoint_schemas as schemas
from hub.patrols.access import access_patrol
from hub.patrols.plan_gpx import plan_gpx
from hub.patrols.visits import visits
from hub.patrols.waypoint_columns import EXPORTED
from hub.web.doors import reading
from hub.web.list_doors import NoQuery, file_doors

bp = APIBlueprint("waypoint_api", __name__, url_prefix="/api/v1", tag="patrols")


@bp.get("/patrols/<patrol_id>/waypoints")
@bp.output(schemas.VisitsOut)
@bp.doc(summary="Waypoints in order, and which were visited")
@reading
def waypoints(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """By check-ins and tracks as far as they are open to the reader."""
    return visits(session, actor, patrol_id)


def _target(row: dict[str, Any]) -> dict[str, Any]:
    target = row["target"] or {}
    return {
        "target_kind": target.get("kind_name"),
        "target_name": target.get("name"),
        "target_code": target.get("code"),
    }


def _rows(session: Session, actor: Actor, _query: NoQuery, patrol_id: str) -> list[dict[str, Any]]:
    return [row | _target(row) for row in visits(session, actor, patrol_id)["items"]]


file_doors(bp, "/patrols/<patrol_id>/waypoints", query=NoQuery, rows=_rows, columns=EXPORTED)


@bp.get("/patrols/<patrol_id>/plan.gpx")
@bp.doc(summary="Route and waypoints as GPX, for other devices")
@reading
def as_gpx(session: Session, actor: Actor, patrol_id: str) -> Response:
    """What was planned, as far as the reader sees it."""
    actor.require(Right.WORK_VIEW)
    patrol = access_patrol(session, actor, patrol_id)
    return Response(
        plan_gpx(session, actor.reader, patrol),
        mimetype="application/gpx+xml",
        headers={"Content-Disposition": 'attachment; filename="plan.gpx"'},
    )
