"""A plan as GPX 1.1: its route and its waypoints, for receivers and other programs.

What GPX has no element for stands in each waypoint's extensions, by which a plan comes in again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import gpxpy.gpx
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.patrols.models import Patrol
from hub.patrols.plan import route_of
from hub.patrols.waypoint_views import waypoint_views

_GPX = "http://www.topografix.com/GPX/1/1"
NAMESPACE = "urn:lianfang:plan:1"


def plan_gpx(session: Session, reader: ReaderClass, patrol: Patrol) -> str:
    """Route (rte) and waypoints (wpt) with their task and target, as the reader sees them."""
    document = gpxpy.gpx.GPX()
    document.creator = "Lianfang"
    document.name = f"{patrol.number} {patrol.title}"
    points = waypoint_views(session, patrol, reader)
    for point in points:
        made = gpxpy.gpx.GPXWaypoint(
            latitude=point["lat"],
            longitude=point["lon"],
            name=f"{point['number']} {point['name']}",
            comment=point["task_text"] or None,
            description=_words(point),
        )
        document.waypoints.append(made)
    route = gpxpy.gpx.GPXRoute(name=document.name)
    for lon, lat in route_of(patrol).coords:
        route.points.append(gpxpy.gpx.GPXRoutePoint(latitude=lat, longitude=lon))
    document.routes.append(route)
    return _with_more(document.to_xml(version="1.1"), points)


def _words(point: dict[str, Any]) -> str:
    target = point["target"] or {}
    parts = [
        point["task_name"],
        point["task_text"],
        target.get("name"),
        target.get("code"),
    ]
    return "；".join(part for part in parts if part)


def _with_more(text: str, points: Sequence[dict[str, Any]]) -> str:
    """Put the extensions in, here: gpxpy writes their attributes as they are, markup and all."""
    ElementTree.register_namespace("", _GPX)
    ElementTree.register_namespace("lianfang", NAMESPACE)
    root = ElementTree.fromstring(text)  # noqa: S314 - written above
    for made, point in zip(root.iter(f"{{{_GPX}}}wpt"), points, strict=True):
        more = ElementTree.SubElement(made, f"{{{_GPX}}}extensions")
        ElementTree.SubElement(more, f"{{{NAMESPACE}}}waypoint", _more(point))
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _more(point: dict[str, Any]) -> dict[str, str]:
    target = point["target"] or {}
    told = {
        "radius_m": point["radius_m"],
        "at_min": point["at_min"],
        "stay_min": point["stay_min"],
        "mode_name": point["mode"],
        "task_name": point["task"],
        "target_kind": target.get("kind"),
        "target_name": target.get("name"),
        "target_code": target.get("code"),
    }
    return {name: str(value) for name, value in told.items() if value not in (None, "")}
