"""Stand-alone maps to print or project: folium's frame, words beside it, all from this hub.

folium writes text raw into script, so the map gets geometry and ids alone; names and figures come
to its popups as JSON and are shown as text, and those around the map are escaped by the template.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from apiflask import APIBlueprint
from flask import Response, render_template
from flask_babel import get_locale
from flask_babel import gettext as _
from pydantic import BaseModel
from sqlalchemy.orm import Session

from geo.maps import MapLayer, briefing_map
from hub.access import Actor, Right
from hub.bureaus.basemap import simplified
from hub.bureaus.services import jurisdictions, outline_of
from hub.clock import SHANGHAI
from hub.db import read_only
from hub.patrols.access import access_patrol
from hub.patrols.plan import route_of
from hub.patrols.sides import side_of
from hub.patrols.views import patrol_view
from hub.web.assets import ASSETS, asset_url
from hub.web.doors import reading
from hub.web.identity import current_actor
from hub.web.security import csp_nonce
from hub.zones.access import access_zone
from hub.zones.models import Zone, ZoneVersion
from hub.zones.views import zone_view

bp = APIBlueprint("briefing", __name__, tag="briefing")

NPM = {path: name for name, path in ASSETS.items()}
# A printed page knows no dark mode: the light colours of css/tokens.css, a and b as on screen.
SIDES = {"a": "#006d83", "b": "#b25c00"}
LAND = {"color": "#9aa5b1", "weight": 1, "fillColor": "#f6f5f1", "fillOpacity": 1}
LINE = {"color": "#5f3dc4", "weight": 4}
POINT = {"color": "#12283a", "weight": 2, "radius": 6, "fillColor": "#ffffff", "fillOpacity": 1}
ROUTE = {"color": "#12283a", "weight": 4, "dashArray": "8 6"}
MARGIN = 0.35


@dataclass(frozen=True)
class Briefing:
    """A map with its words: `texts` by feature id for the popups, `facts` beside the map."""

    title: str
    template: str
    view: dict[str, Any]
    layers: Sequence[MapLayer]
    texts: dict[str, dict[str, Any]]
    bounds: tuple[float, float, float, float]


class TextOut(BaseModel):
    """What the popup of one feature says: a title, rows of label and value, where to read on."""

    title: str
    rows: list[list[str]]
    url: str | None = None


class TextsOut(BaseModel):
    """The words of a map by feature id; the map itself carries none."""

    texts: dict[str, TextOut]


@bp.get("/zones/<zone_id>/briefing")
@bp.doc(hide=True)
def zone_page(zone_id: str) -> Response:
    """A zone on paper: strips, line, figures, keys."""
    return _page(f"/api/v1/zones/{zone_id}/briefing", _zone, zone_id)


@bp.get("/patrols/<patrol_id>/briefing")
@bp.doc(hide=True)
def patrol_page(patrol_id: str) -> Response:
    """A joint patrol on paper: route, who leads where, crew, things to look at."""
    return _page(f"/api/v1/patrols/{patrol_id}/briefing", _patrol, patrol_id)


@bp.get("/api/v1/zones/<zone_id>/briefing")
@bp.output(TextsOut)
@bp.doc(summary="The words of a zone's printed map, by feature")
@reading
def zone_texts(session: Session, actor: Actor, zone_id: str) -> dict[str, Any]:
    """The words of the zone's map, by feature id."""
    return {"texts": _zone(session, actor, zone_id).texts}


@bp.get("/api/v1/patrols/<patrol_id>/briefing")
@bp.output(TextsOut)
@bp.doc(summary="The words of a patrol's printed map, by feature")
@reading
def patrol_texts(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """The words of the patrol's map, by feature id."""
    return {"texts": _patrol(session, actor, patrol_id).texts}


def _page(texts_url: str, make: Any, record_id: str) -> Response:
    actor = current_actor()
    with read_only() as session:
        briefing: Briefing = make(session, actor, record_id)
        land = MapLayer(_("行政区划"), _land(session), LAND)
    locale = str(get_locale() or "zh")
    page = briefing_map(
        [land, *briefing.layers],
        asset_url=lambda path: asset_url(NPM[path]),
        nonce=csp_nonce(),
        title=briefing.title,
        bounds=briefing.bounds,
        lang="en" if locale.startswith("en") else "zh-CN",
    )
    head = render_template("briefing/head.html", texts_url=texts_url)
    body = render_template(briefing.template, view=briefing.view, actor=actor)
    page = page.replace("</head>", f"{head}</head>", 1).replace("</body>", f"{body}</body>", 1)
    return Response(page, mimetype="text/html")


def _land(session: Session) -> list[tuple[str, Any]]:
    outlines = simplified([outline_of(row) for row in jurisdictions(session)])
    return [(f"unit-{outline.adcode}", outline.polygon) for outline in outlines]


def _around(shapes: Sequence[Any]) -> tuple[float, float, float, float]:
    """The bounds of some shapes (EPSG:4326) with air about them."""
    west, south, east, north = shapely.union_all(list(shapes)).bounds
    width, height = max(east - west, 0.01) * MARGIN, max(north - south, 0.01) * MARGIN
    return west - width, south - height, east + width, north + height


def _strips(version: ZoneVersion, reader_bureau_id: str) -> tuple[list[MapLayer], list[Any]]:
    """The strips, the reader's own first and in the colour that it has on every screen."""
    layers, shapes = [], []
    for strip in sorted(version.strips, key=lambda s: s.bureau_id != reader_bureau_id):
        colour = SIDES[side_of(reader_bureau_id, strip.bureau_id)]
        shapes.append(shapely.from_wkb(strip.shape))
        style = {"color": colour, "weight": 2, "fillColor": colour, "fillOpacity": 0.25}
        layers.append(MapLayer(strip.adcode, [(f"strip-{strip.adcode}", shapes[-1])], style))
    shapes.append(shapely.from_wkb(version.line))
    layers.append(MapLayer(_("分界线"), [("line", shapes[-1])], LINE))
    return layers, shapes


def _zone_texts(zone: Zone, version: dict[str, Any]) -> dict[str, dict[str, Any]]:
    error = [_("误差"), f"±{version['error_m']:.0f} m"]
    texts = {
        f"strip-{strip['adcode']}": {
            "title": _("%(name)s一侧", name=strip["bureau_name"]),
            "rows": [
                [_("面积"), f"{strip['area_m2'] / 1e6:.3f} km²"],
                [_("宽度"), f"{version['width_m']:.0f} m"],
                error,
            ],
            "url": f"/zones/{zone.id}",
        }
        for strip in version["strips"]
    }
    length = [_("长度"), f"{version['line_length_m'] / 1000:.2f} km"]
    texts["line"] = {"title": _("分界线"), "rows": [length, error], "url": f"/zones/{zone.id}"}
    return texts


def _zone(session: Session, actor: Actor, zone_id: str) -> Briefing:
    actor.require(Right.WORK_VIEW)
    zone = access_zone(session, actor, zone_id)
    view = zone_view(session, zone)
    layers, shapes = _strips(zone.current, actor.bureau_id)
    texts = _zone_texts(zone, view["current"])
    return Briefing(zone.name, "briefing/zone.html", view, layers, texts, _around(shapes))


def _patrol(session: Session, actor: Actor, patrol_id: str) -> Briefing:
    actor.require(Right.WORK_VIEW)
    patrol = access_patrol(session, actor, patrol_id)
    zone = session.get_one(Zone, patrol.zone_id)
    version = next(v for v in zone.versions if v.number == patrol.zone_version)
    view = patrol_view(session, patrol, actor.reader) | {
        "when": _when(patrol.starts_at, patrol.ends_at)
    }
    layers, shapes = _strips(version, actor.bureau_id)
    route = route_of(patrol)
    layers.append(MapLayer(_("巡查路线"), [("route", route)], ROUTE))
    if view["waypoints"]:
        points = [
            (f"point-{p['number']}", shapely.Point(p["lon"], p["lat"])) for p in view["waypoints"]
        ]
        labels = {f"point-{p['number']}": f"{p['number']} {p['name']}" for p in view["waypoints"]}
        layers.append(MapLayer(_("途经点"), points, POINT, labels))
    names = {party["adcode"]: party["short_name"] for party in view["parties"]}
    texts: dict[str, dict[str, Any]] = {
        f"strip-{strip.adcode}": {
            "title": _("%(name)s一侧", name=names.get(strip.adcode, strip.adcode)),
            "rows": [[_("面积"), f"{strip.area_m2 / 1e6:.3f} km²"]],
        }
        for strip in version.strips
    }
    rows = [
        [leg["name"], _("%(host)s牵头，%(km)s公里", host=leg["host_bureau_name"], km=_km(leg))]
        for leg in view["legs"]
    ]
    texts["route"] = {"title": patrol.title, "rows": rows, "url": f"/patrols/{patrol.id}"}
    bounds = _around([*shapes, route])
    return Briefing(patrol.title, "briefing/patrol.html", view, layers, texts, bounds)


def _when(begin: datetime, end: datetime) -> str:
    """A time span on the bureaus' clock; paper runs no script that could convert it."""
    first, last = (moment.astimezone(SHANGHAI) for moment in (begin, end))
    shape = "%H:%M" if first.date() == last.date() else "%Y-%m-%d %H:%M"
    return f"{first:%Y-%m-%d %H:%M} — {last.strftime(shape)}"


def _km(leg: dict[str, Any]) -> str:
    return f"{leg['length_m'] / 1000:.2f}"
