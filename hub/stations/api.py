"""Stations and their craft over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.stations import schemas, services
from hub.stations.access import access_own_station, access_station
from hub.stations.listing import StationFilter, stations
from hub.stations.models import Station
from hub.stations.views import STATION_COLUMNS, station_feature, station_rows, station_view
from hub.web.doors import check_version, json_response, reading, required_version, writing
from hub.web.list_doors import list_doors
from hub.web.lists import Listing, filter_of

bp = APIBlueprint("stations_api", __name__, url_prefix="/api/v1", tag="stations")


def _listed(session: Session, actor: Actor, query: schemas.StationFilterQuery) -> Listing[Station]:
    return stations(session, actor, filter_of(StationFilter, query))


list_doors(
    bp,
    "/stations",
    query=schemas.StationFilterQuery,
    out=schemas.StationsOut,
    listed=_listed,
    columns=STATION_COLUMNS,
    rows=station_rows,
    summary="Own stations and those of partners with an agreement in force, by name",
)


@bp.get("/stations.geojson")
@bp.input(schemas.StationFilterQuery, location="query", arg_name="query")
@bp.output(schemas.StationFeatures)
@bp.doc(summary="The same list as GeoJSON points")
@reading
def geojson(session: Session, actor: Actor, query: schemas.StationFilterQuery) -> Response:
    """The same list for maps."""
    found = _listed(session, actor, query).all(session)
    response = json_response(
        {"type": "FeatureCollection", "features": [station_feature(view) for view in found]}
    )
    response.mimetype = "application/geo+json"
    return response


@bp.get("/stations/<station_id>")
@bp.output(schemas.StationOut)
@bp.doc(summary="One station")
@reading
def one(session: Session, actor: Actor, station_id: str) -> dict[str, Any]:
    """One station."""
    actor.require(Right.WORK_VIEW)
    return station_view(session, access_station(session, actor, station_id), actor.bureau_id)


@bp.post("/stations")
@bp.input(schemas.StationIn, arg_name="body")
@bp.output(schemas.StationOut, status_code=201)
@bp.doc(summary="Add a station of your bureau (planner, liaison)")
@writing
def create(session: Session, actor: Actor, body: schemas.StationIn) -> tuple[dict[str, Any], int]:
    """Add a station."""
    station = services.create(session, actor, **body.facts())
    return station_view(session, station, actor.bureau_id), 201


@bp.put("/stations/<station_id>")
@bp.input(schemas.StationIn, arg_name="body")
@bp.output(schemas.StationOut)
@bp.doc(summary="Change an own station")
@writing
def update(
    session: Session, actor: Actor, station_id: str, body: schemas.StationIn
) -> dict[str, Any]:
    """Replace the facts of a station."""
    station = _own(session, actor, station_id)
    services.update(session, actor, station, **body.facts())
    return station_view(session, station, actor.bureau_id)


@bp.post("/stations/<station_id>/craft")
@bp.input(schemas.CraftIn, arg_name="body")
@bp.output(schemas.StationOut, status_code=201)
@bp.doc(summary="Add a boat or vehicle to an own station")
@writing
def add_craft(
    session: Session, actor: Actor, station_id: str, body: schemas.CraftIn
) -> tuple[dict[str, Any], int]:
    """Add a boat or vehicle; answers the station."""
    station = access_own_station(session, actor, station_id)
    services.add_craft(session, actor, station, **body.model_dump())
    return station_view(session, station, actor.bureau_id), 201


@bp.put("/stations/<station_id>/craft/<craft_id>")
@bp.input(schemas.CraftChange, arg_name="body")
@bp.output(schemas.StationOut)
@bp.doc(summary="Change a boat or vehicle, or take it out of service")
@writing
def update_craft(
    session: Session, actor: Actor, station_id: str, craft_id: str, body: schemas.CraftChange
) -> dict[str, Any]:
    """Change a boat or vehicle; answers the station, whose version it counts in."""
    station = _own(session, actor, station_id)
    services.update_craft(session, actor, station, craft_id, **body.model_dump())
    return station_view(session, station, actor.bureau_id)


def _own(session: Session, actor: Actor, station_id: str) -> Station:
    station = access_own_station(session, actor, station_id)
    view = station_view(session, station, actor.bureau_id)
    check_version(required_version(), station.version, view)
    return station
