"""Numbers that people see: 联防〔2026〕0012号, a series per kind and year (GB/T 9704 brackets)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import SHANGHAI
from hub.numbering.models import NumberCounter
from sharing.upsert import upsert_into


def next_number(session: Session, series: str, at: datetime, *, width: int = 4) -> str:
    """The next number of a series in the local year of `at`, e.g. series `联防`.

    Letters are numbered without leading zeros (GB/T 9704): `width` 1.
    """
    year = _year(at)
    statement = upsert_into(session, NumberCounter).values(series=series, year=year, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": NumberCounter.last + 1}
    )
    number = session.scalar(statement.returning(NumberCounter.last))
    return _written(series, year, number or 1, width)


def coming_number(session: Session, series: str, at: datetime, *, width: int = 4) -> str:
    """The number that `next_number` would give at this moment; nothing is taken.

    For documents that are drawn before the transaction in which they get their number.
    """
    year = _year(at)
    last = session.scalar(
        select(NumberCounter.last).where(NumberCounter.series == series, NumberCounter.year == year)
    )
    return _written(series, year, (last or 0) + 1, width)


def _year(at: datetime) -> int:
    return at.astimezone(SHANGHAI).year


def _written(series: str, year: int, number: int, width: int) -> str:
    return f"{series}〔{year}〕{number:0{width}d}号"
