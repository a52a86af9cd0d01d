"""What is shown of days."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import get_locale
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.calendar.known import SOURCE_NAMES, DayAnswer
from hub.calendar.models import CalendarDay
from sharing.canonical import utc_text


def day_view(answer: DayAnswer, entry: CalendarDay | None) -> dict[str, Any]:
    """A day: what it is, how that is known, and who entered it if a person did."""
    english = str(get_locale() or "").startswith("en")
    name = answer.name_en if english and answer.name_en else answer.name
    return {
        "day": answer.day.isoformat(),
        "workday": answer.workday,
        "known": answer.known,
        "name": name,
        "source": answer.source.value,
        "source_name": str(SOURCE_NAMES[answer.source]),
        "reference": answer.reference,
        "entered_by_name": entry.entered_by_name if entry else None,
        "entered_at": utc_text(entry.entered_at) if entry else None,
        "version": entry.version if entry else 0,
    }


def entry_view(row: CalendarDay) -> dict[str, Any]:
    """What a person entered about a day."""
    return {
        "day": row.day.isoformat(),
        "workday": row.workday,
        "name": row.name,
        "source": row.source,
        "entered_by_name": row.entered_by_name,
        "entered_at": utc_text(row.entered_at),
        "version": row.version,
    }


def render_day(session: Session, _reader: ReaderClass, day: str) -> dict[str, Any] | None:
    """The view of an entry in the feed: the calendar is everybody's; None once taken back."""
    row = session.get(CalendarDay, date.fromisoformat(day))
    return entry_view(row) | {"id": day} if row is not None else None
