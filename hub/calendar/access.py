"""From a day to what was entered for it; everybody may see the calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from hub.calendar.models import CalendarDay
from hub.errors import NotFound


def access_entry(session: Session, day: date) -> CalendarDay:
    """What was entered for a day, locked for a change.

    Raises:
        NotFound: nothing was entered.
    """
    row = session.get(CalendarDay, day, with_for_update=True)
    if row is None:
        raise NotFound
    return row
