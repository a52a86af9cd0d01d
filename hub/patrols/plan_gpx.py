"""A plan as GPX 1.1: its route and its waypoints, for receivers and other programs."""

from __future__ import annotations

from typing import Any

import gpxpy.gpx
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.patrols.models import Patrol
from hub.patrols.plan import route_of
from hub.patrols.waypoint_views import waypoint_views


def plan_gpx(session: Session, reader: ReaderClass, patrol: Patrol) -> str:
    """Route (rte) and waypoints (wpt) with their task and target, as the reader sees them."""
    document = gpxpy.gpx.GPX()
    document.creator = "Lianfang"
    document.name = f"{patrol.number} {patrol.title}"
    for point in waypoint_views(session, patrol, reader):
        document.waypoints.append(
            gpxpy.gpx.GPXWaypoint(
                latitude=point["lat"],
                longitude=point["lon"],
                name=f"{point['number']} {point['name']}",
                description=_words(point),
            )
        )
    route = gpxpy.gpx.GPXRoute(name=document.name)
    for lon, lat in route_of(patrol).coords:
        route.points.append(gpxpy.gpx.GPXRoutePoint(latitude=lat, longitude=lon))
    document.routes.append(route)
    return str(document.to_xml(version="1.1"))


def _words(point: dict[str, Any]) -> str:
    target = point["target"] or {}
    parts = [
        point["task_name"],
        point["task_text"],
        target.get("name"),
        target.get("code"),
    ]
    return "；".join(part for part in parts if part)
