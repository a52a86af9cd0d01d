"""Lines to draw routes along, over JSON; and a bureau's own guide lines."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from shapely.geometry import mapping
from sqlalchemy.orm import Session

from geo.limits import parse_position
from hub.access import Actor
from hub.accounts.schemas import Strict
from hub.patrols import guides
from hub.patrols.guide_models import GuideKind
from hub.patrols.snap_lines import follow, snap_lines
from hub.web.doors import check_version, reading, required_version, writing

bp = APIBlueprint("snap_api", __name__, url_prefix="/api/v1", tag="patrols")


class PlaceIn(Strict):
    """Degrees, WGS 84."""

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)


class StretchIn(Strict):
    """Which line, from where to where."""

    line: str = Field(min_length=1, max_length=120)
    begin: PlaceIn
    end: PlaceIn


class StretchOut(BaseModel):
    """The stretch as asked for, its length and how far both places lie off, metres."""

    geometry: dict[str, Any]
    length_m: float
    off_m: list[float]


class CollectionOut(BaseModel):
    """A GeoJSON FeatureCollection; each feature tells id, kind and name."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


class GuideIn(Strict):
    """Lines (or areas, whose outlines count) as a GeoJSON FeatureCollection, lon lat, WGS 84."""

    name: str = Field(min_length=1, max_length=100)
    kind: GuideKind = GuideKind.WATER
    collection: dict[str, Any]


class GuideOut(BaseModel):
    """A layer without its lines."""

    id: str
    version: int
    name: str
    kind: GuideKind
    kind_name: str
    line_count: int
    length_m: float
    added_by_name: str
    added_at: str


class GuidesOut(BaseModel):
    """The layers of the caller's bureau."""

    items: list[GuideOut]
    next: str | None = None


@bp.get("/zones/<zone_id>/snap-lines")
@bp.output(CollectionOut)
@bp.doc(summary="Lines to draw a route along: boundary, edge, earlier tracks, own guide lines")
@reading
def lines(session: Session, actor: Actor, zone_id: str) -> dict[str, Any]:
    """As far as they are open to the caller."""
    found = snap_lines(session, actor, zone_id)
    return {"type": "FeatureCollection", "features": [line.feature() for line in found]}


@bp.post("/zones/<zone_id>/stretch")
@bp.input(StretchIn, arg_name="body")
@bp.output(StretchOut)
@bp.doc(summary="The stretch of such a line between two places; nothing is kept")
@reading
def stretch(session: Session, actor: Actor, zone_id: str, body: StretchIn) -> dict[str, Any]:
    """What a route that follows the line runs over."""
    begin = parse_position(body.begin.lon, body.begin.lat)
    end = parse_position(body.end.lon, body.end.lat)
    found = follow(session, actor, zone_id, body.line, (begin.lon, begin.lat), (end.lon, end.lat))
    return {
        "geometry": mapping(found.line),
        "length_m": round(found.length_m, 1),
        "off_m": [round(off, 1) for off in found.off_m],
    }


@bp.get("/guide-lines")
@bp.output(GuidesOut)
@bp.doc(summary="Guide lines of your bureau")
@reading
def layers(session: Session, actor: Actor) -> dict[str, Any]:
    """By name."""
    return layers_left(session, actor)


@bp.post("/guide-lines")
@bp.input(GuideIn, arg_name="body")
@bp.output(GuideOut, status_code=201)
@bp.doc(summary="Bring in guide lines, e.g. waterways, from GeoJSON (planner)")
@writing
def add(session: Session, actor: Actor, body: GuideIn) -> tuple[dict[str, Any], int]:
    """All or nothing."""
    made = guides.add_layer(
        session, actor, name=body.name, kind=body.kind, collection=body.collection
    )
    return guides.layer_view(made), 201


@bp.delete("/guide-lines/<layer_id>")
@bp.output(GuidesOut)
@bp.doc(summary="Take guide lines away (planner)")
@writing
def remove(session: Session, actor: Actor, layer_id: str) -> dict[str, Any]:
    """Routes drawn along them stay; answers with the layers that are left."""
    layer = guides.access_layer(session, actor, layer_id)
    check_version(required_version(), layer.version, guides.layer_view(layer))
    guides.remove_layer(session, actor, layer)
    session.flush()
    return layers_left(session, actor)


def layers_left(session: Session, actor: Actor) -> dict[str, Any]:
    """The list as it is now."""
    return {"items": [guides.layer_view(row) for row in guides.layers_of(session, actor)]}
