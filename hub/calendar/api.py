"""The calendar over JSON: everybody reads it, the system administrator enters it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apiflask import APIBlueprint
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.calendar import schemas, services
from hub.calendar.access import access_entry
from hub.calendar.known import provisional_reason
from hub.calendar.listing import csv_columns, csv_row, year_view
from hub.calendar.models import CalendarDay
from hub.calendar.plan_csv import read_plan
from hub.calendar.views import entry_view
from hub.deadlines.services import recalculate
from hub.errors import Conflict, NotFound, field_error
from hub.web.doors import check_version, reading, required_version, writing
from hub.web.list_doors import file_doors

bp = APIBlueprint("calendar_api", __name__, url_prefix="/api/v1", tag="calendar")


@bp.get("/calendar/days")
@bp.input(schemas.YearQuery, location="query", arg_name="query")
@bp.output(schemas.DaysOut)
@bp.doc(summary="Holidays and working weekends of a year, each with its source")
@reading
def days(session: Session, _actor: Actor, query: schemas.YearQuery) -> dict[str, Any]:
    """A year's named days; a year has few, so they come in one page."""
    return year_view(session, query.year)


def _rows(session: Session, _actor: Actor, query: schemas.YearQuery) -> list[dict[str, Any]]:
    return [csv_row(view) for view in year_view(session, query.year)["items"]]


# In the form that can be brought in again.
file_doors(
    bp,
    "/calendar/days",
    query=schemas.YearQuery,
    rows=_rows,
    columns=csv_columns,
    file="calendar",
)


@bp.get("/calendar/count")
@bp.input(schemas.CountQuery, location="query", arg_name="query")
@bp.output(schemas.CountOut)
@bp.doc(summary="Count working days from a day; says when a year on the way is not known")
@reading
def count(session: Session, _actor: Actor, query: schemas.CountQuery) -> dict[str, Any]:
    """The n-th working day after (before) a day."""
    if not services.FIRST_YEAR < query.start.year < services.LAST_YEAR:
        raise field_error("start", _l("年份超出范围。"))
    found = services.add_working_days(session, query.start, query.days)
    reason = str(provisional_reason(found.unknown_years)) if found.provisional else None
    return {"day": found.day.isoformat(), "provisional": found.provisional, "reason": reason}


@bp.post("/calendar/days")
@bp.input(schemas.NewDay, arg_name="body")
@bp.output(schemas.EntryOut, status_code=201)
@bp.doc(summary="Enter a day (system administrator); running deadlines are computed anew")
@writing
def enter(session: Session, actor: Actor, body: schemas.NewDay) -> tuple[dict[str, Any], int]:
    """Declare a day a working day or a holiday."""
    if session.get(CalendarDay, body.day) is not None:
        raise Conflict(_l("这一天已经录入，请修改原有的条目。"))
    row = services.set_day(session, actor, **body.model_dump())
    recalculate(session)
    return entry_view(row), 201


@bp.put("/calendar/days/<day>")
@bp.input(schemas.DayFacts, arg_name="body")
@bp.output(schemas.EntryOut)
@bp.doc(summary="Change what was entered for a day")
@writing
def change(session: Session, actor: Actor, day: str, body: schemas.DayFacts) -> dict[str, Any]:
    """Change an entry."""
    row = _entry(session, day)
    row = services.set_day(session, actor, row.day, **body.model_dump())
    recalculate(session)
    return entry_view(row)


@bp.delete("/calendar/days/<day>")
@bp.output({}, status_code=204)
@bp.doc(summary="Take an entry back: the day is again what the plan says")
@writing
def remove(session: Session, actor: Actor, day: str) -> tuple[dict[str, Any], int]:
    """Remove an entry."""
    services.remove_day(session, actor, _entry(session, day).day)
    recalculate(session)
    return {}, 204


@bp.post("/calendar/import")
@bp.input(schemas.PlanIn, arg_name="body")
@bp.output(schemas.ImportOut)
@bp.doc(summary="Enter a plan as CSV (system administrator)")
@writing
def import_plan(session: Session, actor: Actor, body: schemas.PlanIn) -> dict[str, Any]:
    """Enter many days at once."""
    plan = read_plan(body.csv)
    years = sorted({entry.day.year for entry in plan}) if body.complete else []
    entered = services.import_plan(session, actor, plan, source=body.source, complete_years=years)
    return {
        "entered": entered,
        "complete_years": years,
        "clocks_moved": recalculate(session),
    }


def _entry(session: Session, text: str) -> CalendarDay:
    """The entry of a day, if the write is based on its version."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise NotFound from error
    row = access_entry(session, day)
    check_version(required_version(), row.version, entry_view(row))
    return row
