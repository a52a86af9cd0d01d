"""Duty rosters and stations run together, over JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.bureaus.services import bureau
from hub.clock import local_day
from hub.db import utc_now
from hub.errors import field_error
from hub.stations import joint, roster
from hub.stations import roster_schemas as schemas
from hub.stations.access import access_own_station, access_station
from hub.stations.models import Station
from hub.stations.roster_csv import FIELD, columns, read_turns, row
from hub.stations.roster_views import duties, on_duty, parties_view
from hub.web.days import known_day, stretch
from hub.web.doors import check_version, reading, required_version, writing
from hub.web.list_doors import file_doors

bp = APIBlueprint("roster_api", __name__, url_prefix="/api/v1", tag="stations")
WEEK = timedelta(days=6)
Span = tuple[datetime, datetime]
MOST_DAYS = 100


def _station(session: Session, actor: Actor, station_id: str) -> Station:
    actor.require(Right.WORK_VIEW)
    return access_station(session, actor, station_id)


def span(since: date | None, until: date | None) -> tuple[datetime, datetime]:
    """The moments of local days, both included; without them a week from today."""
    first = known_day("since", since or local_day(utc_now()))
    last = until or first + WEEK
    if not 0 <= (last - first).days <= MOST_DAYS:
        raise field_error("until", _l("结束日期须在开始之后，最多%(n)s天。", n=MOST_DAYS))
    return stretch(first, last)


def _turns(
    session: Session, actor: Actor, station: Station, begins: datetime, ends: datetime
) -> dict[str, Any]:
    """The turns of some time at a station; they are few, so they come in one page."""
    return {"items": duties(session, actor, station, begins, ends), "next": None}


def changing(status: int = 200) -> Callable[[Callable[..., Span]], Callable[..., Response]]:
    """A view `(session, actor, station, ...)` that changes a roster and returns the time of what it
    changed; the turns of that time are the answer."""

    def door_of(view: Callable[..., Span]) -> Callable[..., Response]:
        @writing
        @wraps(view)
        def door(session: Session, actor: Actor, station_id: str, **given: Any) -> Any:
            station = _station(session, actor, station_id)
            time = view(session, actor, station, **given)
            return _turns(session, actor, station, *time), status

        return door

    return door_of


@bp.get("/duties/now")
@bp.output(schemas.OnDutyAllOut)
@bp.doc(summary="Who is on duty at this moment, by station; partners' names as the terms allow")
@reading
def now(session: Session, actor: Actor) -> dict[str, Any]:
    """All stations that the reader sees, with who is on duty."""
    return {"items": on_duty(session, actor, utc_now()), "next": None}


@bp.get("/stations/<station_id>/duties")
@bp.input(schemas.RosterQuery, location="query", arg_name="query")
@bp.output(schemas.DutiesOut)
@bp.doc(summary="The duty roster of a station for some days")
@reading
def roster_of(
    session: Session, actor: Actor, station_id: str, query: schemas.RosterQuery
) -> dict[str, Any]:
    """The turns of some days."""
    station = _station(session, actor, station_id)
    return _turns(session, actor, station, *span(query.since, query.until))


def _rows(
    session: Session, actor: Actor, query: schemas.RosterQuery, station_id: str
) -> list[dict[str, Any]]:
    station = _station(session, actor, station_id)
    views = duties(session, actor, station, *span(query.since, query.until))
    return [row(view) for view in views]


# In the form that can be brought in again.
file_doors(
    bp,
    "/stations/<station_id>/duties",
    query=schemas.RosterQuery,
    rows=_rows,
    columns=columns,
    file="roster",
)


@bp.post("/stations/<station_id>/duties")
@bp.input(schemas.TurnIn, arg_name="body")
@bp.output(schemas.DutiesOut, status_code=201)
@bp.doc(summary="Enter a turn of one of your people (planner, liaison of a bureau that runs it)")
@changing(201)
def add(session: Session, actor: Actor, station: Station, body: schemas.TurnIn) -> Span:
    """Enter a turn."""
    roster.add_turns(session, actor, station, [roster.Turn(**body.model_dump())])
    return body.starts_at, body.ends_at


@bp.post("/stations/<station_id>/duties/import")
@bp.input(schemas.SheetIn, arg_name="body")
@bp.output(schemas.DutiesOut, status_code=201)
@bp.doc(summary="Enter the turns of a sheet, all or none; faults name their lines")
@changing(201)
def bring_in(session: Session, actor: Actor, station: Station, body: schemas.SheetIn) -> Span:
    """Enter a sheet."""
    actor.require(Right.STATION_EDIT)
    people = colleagues(session, actor.bureau_id, Right.WORK_VIEW)
    turns = read_turns(body.csv, people, bureau(session, actor.bureau_id).short_name)
    roster.add_turns(session, actor, station, turns, FIELD)
    return min(t.starts_at for t in turns), max(t.ends_at for t in turns)


@bp.delete("/stations/<station_id>/duties/<duty_id>")
@bp.output(schemas.DutiesOut)
@bp.doc(summary="Take a turn of your bureau off the roster")
@changing()
def remove(session: Session, actor: Actor, station: Station, duty_id: str) -> Span:
    """Take a turn off."""
    duty = roster.own_duty(session, actor, station, duty_id)
    check_version(required_version(), duty.version, {"version": duty.version})
    at = duty.starts_at, duty.ends_at
    roster.remove(session, actor, station, duty)
    return at


@bp.post("/stations/<station_id>/duties/<duty_id>/swap")
@bp.input(schemas.SwapIn, arg_name="body")
@bp.output(schemas.DutiesOut)
@bp.doc(summary="Ask a colleague to take a turn, or to exchange it for one of his")
@changing()
def swap(
    session: Session, actor: Actor, station: Station, duty_id: str, body: schemas.SwapIn
) -> Span:
    """Ask."""
    duty = roster.own_duty(session, actor, station, duty_id)
    roster.ask_swap(session, actor, station, duty, body.to_user_id, body.for_duty_id)
    return duty.starts_at, duty.ends_at


@bp.post("/stations/<station_id>/duties/<duty_id>/swap-answer")
@bp.input(schemas.AnswerIn, arg_name="body")
@bp.output(schemas.DutiesOut)
@bp.doc(summary="Take over a turn you were asked to take, or decline; who asked may withdraw")
@changing()
def swap_answer(
    session: Session, actor: Actor, station: Station, duty_id: str, body: schemas.AnswerIn
) -> Span:
    """Answer."""
    duty = roster.own_duty(session, actor, station, duty_id)
    roster.answer_swap(session, actor, station, duty, accepted=body.accepted)
    return duty.starts_at, duty.ends_at


@bp.post("/stations/<station_id>/parties")
@bp.input(schemas.AskIn, arg_name="body")
@bp.output(schemas.PartiesOut, status_code=201)
@bp.doc(summary="Ask a partner to run an own station together, under an agreement in force")
@writing
def ask(
    session: Session, actor: Actor, station_id: str, body: schemas.AskIn
) -> tuple[dict[str, Any], int]:
    """Ask; answers who runs the station."""
    station = access_own_station(session, actor, station_id)
    joint.ask(session, actor, station, body.bureau_id, body.agreement_id)
    return {"items": parties_view(session, actor, station), "next": None}, 201


@bp.post("/stations/<station_id>/parties/accept")
@bp.output(schemas.PartiesOut)
@bp.doc(summary="Join a station that your bureau was asked to run together")
@writing
def accept(session: Session, actor: Actor, station_id: str) -> dict[str, Any]:
    """Join; answers who runs the station."""
    station = _station(session, actor, station_id)
    joint.accept(session, actor, station)
    return {"items": parties_view(session, actor, station), "next": None}


@bp.post("/stations/<station_id>/parties/leave")
@bp.input(schemas.LeaveIn, arg_name="body")
@bp.output(schemas.PartiesOut)
@bp.doc(summary="End running a station together, or refuse to")
@writing
def leave(session: Session, actor: Actor, station_id: str, body: schemas.LeaveIn) -> dict[str, Any]:
    """Leave; answers who runs the station."""
    station = _station(session, actor, station_id)
    joint.leave(session, actor, station, body.bureau_id)
    session.flush()
    return {"items": parties_view(session, actor, station), "next": None}
