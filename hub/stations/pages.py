"""Pages of stations: list with a map, one station, its form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.models import Bureau
from hub.db import read_only
from hub.locate.map_view import map_start
from hub.stations.access import access_own_station, access_station, partners_of
from hub.stations.listing import StationFilter, list_stations
from hub.stations.views import station_view
from hub.web.identity import current_actor

bp = Blueprint("stations", __name__)


def _owners(session: Session, actor: Actor) -> list[tuple[str, str]]:
    ids = sorted(partners_of(session, actor.bureau_id) | {actor.bureau_id})
    return [(bureau_id, session.get_one(Bureau, bureau_id).short_name) for bureau_id in ids]


@bp.get("/stations")
def index() -> str:
    """Own stations and those of partners."""
    actor = current_actor()
    wanted = StationFilter(
        q=request.args.get("q", "")[:100],
        bureau_id=request.args.get("bureau_id") or None,
        active={"1": True, "0": False}.get(request.args.get("active", "")),
    )
    with read_only() as session:
        found = list_stations(session, actor, wanted, 50, request.args.get("cursor") or None)
        return render_template(
            "stations/list.html",
            found=found,
            wanted=wanted,
            owners=_owners(session, actor),
            may_edit=actor.may(Right.STATION_EDIT),
            start=map_start(session, actor),
        )


@bp.get("/stations/<station_id>")
def show(station_id: str) -> str:
    """One station."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        view = station_view(session, access_station(session, actor, station_id), actor.bureau_id)
        return _with_map(
            session, actor, "stations/show.html", station=view, may_edit=_edits(actor, view)
        )


def _edits(actor: Actor, view: dict[str, Any]) -> bool:
    return bool(view["own"]) and actor.may(Right.STATION_EDIT)


@bp.get("/stations/new")
def new() -> str:
    """The form of a new station."""
    actor = current_actor()
    actor.require(Right.STATION_EDIT)
    with read_only() as session:
        return _with_map(session, actor, "stations/form.html", station=None)


@bp.get("/stations/<station_id>/edit")
def edit(station_id: str) -> str:
    """The form of an own station."""
    actor = current_actor()
    actor.require(Right.STATION_EDIT)
    with read_only() as session:
        station = access_own_station(session, actor, station_id)
        view = station_view(session, station, actor.bureau_id)
        return _with_map(session, actor, "stations/form.html", station=view)


def _with_map(session: Session, actor: Actor, template: str, **context: Any) -> str:
    return render_template(template, start=map_start(session, actor), **context)
