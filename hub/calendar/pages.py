"""The page of the calendar: a year at a glance, where each holiday is from, and the entries."""

from __future__ import annotations

import calendar as months
from datetime import date
from typing import Any

from babel import Locale
from flask import Blueprint, render_template, request
from flask_babel import get_locale
from sqlalchemy.orm import Session

from hub.access import Right
from hub.calendar import services
from hub.calendar.listing import year_view
from hub.calendar.views import day_view
from hub.clock import local_day
from hub.db import read_only, utc_now
from hub.web.identity import current_actor

bp = Blueprint("calendar", __name__)


@bp.get("/calendar")
def index() -> str:
    """A year."""
    actor = current_actor()
    today = local_day(utc_now())
    year = request.args.get("year", today.year, type=int)
    year = min(max(year, services.FIRST_YEAR), services.LAST_YEAR)
    with read_only() as session:
        return render_template(
            "calendar/year.html",
            months=_months(session, year),
            weekdays=[_weekday(number) for number in range(7)],
            today=today.isoformat(),
            warning=services.warning(session),
            may_edit=actor.may(Right.CALENDAR_EDIT),
            **year_view(session, year),
        )


def _weekday(number: int) -> str:
    """A weekday in one letter or character; Monday is 0."""
    return str((get_locale() or Locale("zh")).days["stand-alone"]["narrow"][number])


def _months(session: Session, year: int) -> list[list[list[dict[str, Any] | None]]]:
    """Twelve months of weeks that begin on Monday; None: a day of another month."""
    known = services.calendar(session)

    def cell(day: date, month: int) -> dict[str, Any] | None:
        return day_view(known.answer(day), None) if day.month == month else None

    weeks = months.Calendar().monthdatescalendar
    return [
        [[cell(day, month) for day in week] for week in weeks(year, month)]
        for month in range(1, 13)
    ]
