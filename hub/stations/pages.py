"""Pages of stations: list with a map, one station, its form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.agreements.effect import in_force_of
from hub.bureaus.models import Bureau
from hub.clock import local_day
from hub.db import read_only, utc_now
from hub.locate.map_view import map_start
from hub.stations.access import access_own_station, access_station, partners_of
from hub.stations.listing import StationFilter, stations
from hub.stations.models import Station
from hub.stations.roster_api import WEEK, span
from hub.stations.roster_views import duties, parties_view, runs
from hub.stations.views import station_view
from hub.web.days import day_of, known_day
from hub.web.identity import current_actor

bp = Blueprint("stations", __name__)
PER_PAGE = 50
IN_SERVICE = {"1": True, "0": False}


def _owners(session: Session, actor: Actor) -> list[tuple[str, str]]:
    ids = sorted(partners_of(session, actor.bureau_id) | {actor.bureau_id})
    return [(bureau_id, session.get_one(Bureau, bureau_id).short_name) for bureau_id in ids]


def _query(wanted: StationFilter) -> dict[str, str]:
    """What the list is narrowed to, as it stands in an address."""
    active = "" if wanted.active is None else str(int(wanted.active))
    given = {"q": wanted.q, "bureau_id": wanted.bureau_id, "active": active}
    return {name: value for name, value in given.items() if value}


@bp.get("/stations")
def index() -> str:
    """Own stations and those of partners."""
    actor = current_actor()
    wanted = StationFilter(
        q=request.args.get("q", "")[:100],
        bureau_id=request.args.get("bureau_id") or None,
        active=IN_SERVICE.get(request.args.get("active", "")),
    )
    with read_only() as session:
        found = stations(session, actor, wanted).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
        return render_template(
            "stations/list.html",
            found=found,
            wanted=wanted,
            query=_query(wanted),
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
        station = access_station(session, actor, station_id)
        view = station_view(session, station, actor.bureau_id)
        return _with_map(
            session,
            actor,
            "stations/show.html",
            station=view,
            may_edit=_edits(actor, view),
            **_roster(session, actor, station),
        )


def _roster(session: Session, actor: Actor, station: Station) -> dict[str, Any]:
    """The week that is asked for, who is on duty now, who runs the station, what may be done."""
    today = local_day(utc_now())
    week = known_day("week", day_of(request.args.get("week")) or today)
    begins, ends = span(week, week + WEEK)
    runs_it = runs(session, actor, station)
    return {
        "week": week,
        "week_ends": week + WEEK,
        "week_before": week - timedelta(weeks=1),
        "week_after": week + timedelta(weeks=1),
        "today": today,
        "duties": duties(session, actor, station, begins, ends),
        "now": duties(session, actor, station, utc_now(), utc_now()),
        "parties": parties_view(session, actor, station),
        "may_station": actor.may(Right.STATION_EDIT),
        "may_roster": runs_it and actor.may(Right.STATION_EDIT),
        "staff": colleagues(session, actor.bureau_id, Right.WORK_VIEW) if runs_it else [],
        "askable": _askable(session, actor, station),
    }


def _askable(session: Session, actor: Actor, station: Station) -> list[tuple[str, str]]:
    """Partners that may be asked to run an own station together, each with an agreement."""
    if station.owner_bureau_id != actor.bureau_id or not actor.may(Right.STATION_EDIT):
        return []
    asked = {one["bureau_id"] for one in parties_view(session, actor, station)}
    return [
        (f"{one}/{agreement.id}", f"{session.get_one(Bureau, one).short_name} · {agreement.number}")
        for agreement in in_force_of(session, actor.bureau_id)
        for one in sorted(agreement.party_ids - asked)
    ]


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
