"""Whose side is this, may I act here? One place or ten thousand, over JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from geo.crs import gcj02_to_wgs84
from geo.errors import GeoError
from geo.limits import Position, parse_position
from hub.access import Actor
from hub.errors import FieldError, Invalid
from hub.locate import schemas, services
from hub.web.doors import json_response, reading
from hub.web.geo_texts import geo_text

bp = APIBlueprint("locate_api", __name__, url_prefix="/api/v1", tag="locate")


@bp.get("/locate")
@bp.input(schemas.LocateQuery, location="query", arg_name="query")
@bp.output(schemas.LocateOut)
@bp.doc(summary="Whose ground is this place, and what may your bureau do there?")
@reading
def locate(session: Session, actor: Actor, query: schemas.LocateQuery) -> dict[str, Any]:
    """One place. GCJ-02 is shifted to WGS 84 first; the answer names WGS 84."""
    lon, lat = query.lon, query.lat
    if query.datum == "gcj02":
        parse_position(lon, lat)
        lon, lat = (round(float(axis), 8) for axis in gcj02_to_wgs84(lon, lat))
    return services.locate(session, actor, lon, lat, query.accuracy_m)


@bp.post("/locate")
@bp.input(schemas.PointsIn, arg_name="body")
@bp.output(schemas.LocatedOut)
@bp.doc(summary="The same for a GeoJSON FeatureCollection of at most 10,000 points")
@reading
def locate_points(session: Session, actor: Actor, body: schemas.PointsIn) -> Response:
    """Many places; the answer has the same points in the same order."""
    places = [_position(number, feature) for number, feature in enumerate(body.features)]
    answers = services.locate_many(session, actor, places)
    features = [
        {
            "type": "Feature",
            "id": _id(source, number),
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
            "properties": answer,
        }
        for number, (source, place, answer) in enumerate(
            zip(body.features, places, answers, strict=True)
        )
    ]
    response = json_response({"type": "FeatureCollection", "features": features})
    response.mimetype = "application/geo+json"
    return response


def _id(feature: Mapping[str, Any], number: int) -> str | int:
    given = feature.get("id")
    return given if isinstance(given, str | int) and not isinstance(given, bool) else number


def _position(number: int, feature: Mapping[str, Any]) -> Position:
    geometry, properties = feature.get("geometry"), feature.get("properties")
    where = f"features.{number}"
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    is_point = isinstance(geometry, dict) and geometry.get("type") == "Point"
    if not is_point or not isinstance(coordinates, list) or len(coordinates) not in (2, 3):
        raise _refused(where, _("应为一个点（Point），坐标为[经度, 纬度]。"))
    if not all(isinstance(axis, int | float) for axis in coordinates):
        raise _refused(where, _("坐标应为数字。"))
    accuracy = properties.get("accuracy_m") if isinstance(properties, dict) else None
    try:
        return parse_position(coordinates[0], coordinates[1], accuracy)
    except GeoError as error:
        raise _refused(where, geo_text(error)) from error


def _refused(where: str, text: str) -> Invalid:
    return Invalid(text, errors=[FieldError(where, text)])
