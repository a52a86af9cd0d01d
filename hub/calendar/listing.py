"""A year of the calendar for readers."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.calendar import services
from hub.calendar.views import day_view


def year_view(session: Session, year: int) -> dict[str, Any]:
    """The named days of a year, by day, and whether its plan is known."""
    entered = {row.day: row for row in services.entries(session, year)}
    items = [day_view(a, entered.get(a.day)) for a in services.days_of_year(session, year)]
    return {
        "year": year,
        "known": services.year_known(session, year),
        "items": items,
        "next": None,
    }


def csv_columns() -> list[tuple[str, str]]:
    """Keys and headings of the export, which can be imported again."""
    return [
        ("day", _("日期")),
        ("kind", _("类型")),
        ("name", _("名称")),
        ("source_name", _("来源")),
    ]


def csv_row(view: dict[str, Any]) -> dict[str, Any]:
    """A day as a line of the export."""
    return view | {"kind": "work" if view["workday"] else "off"}
