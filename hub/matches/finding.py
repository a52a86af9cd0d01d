"""Finding matches: the same firm, or the same place, sort and time, on both sides of the line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pyproj import Geod
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.db import utc_now
from hub.matches.models import MatchMark
from hub.matches.sides import BACK, FINDING, KINDS, MOST_OTHER, Facts, other_facts, own_facts

# The same matter: so many metres and days apart; likely within the narrower bounds.
NEAR_M, NEAR_DAYS = 500.0, 30.0
LIKELY_M, LIKELY_DAYS = 100.0, 3.0
# Degrees of a cell of the grid in which own records are looked up: more than NEAR_M anywhere here.
CELL = 0.01
EARTH = Geod(ellps="WGS84")
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Match:
    """An own record and one of the other side that seem to be of the same matter."""

    own: Facts
    other: Facts
    # firm, place: why.
    reasons: tuple[str, ...]
    metres: float | None
    days: float | None
    mark: MatchMark | None = None

    @property
    def key(self) -> Key:
        """The pair, as marks name it."""
        return self.own.kind, self.own.id, self.other.kind, self.other.id

    @property
    def likely(self) -> bool:
        """The same firm, or very near in place and time."""
        close = self.metres is not None and self.metres <= LIKELY_M
        return "firm" in self.reasons or (
            close and self.days is not None and self.days <= LIKELY_DAYS
        )

    @property
    def state(self) -> str:
        """new, seen, dismissed or linked, as the own bureau said."""
        return self.mark.state if self.mark is not None else "new"

    @property
    def since(self) -> datetime | None:
        """From when both stand: the later of their moments."""
        return max(filter(None, (self.own.at, self.other.at)), default=None)


def find_matches(
    session: Session,
    actor: Actor,
    at: datetime | None = None,
    *,
    told: timedelta = BACK,
    most: int = MOST_OTHER,
) -> list[Match]:
    """The matches that the reader may see on both sides now, the likely ones and newest first.

    Computed from what he is shown of each record; nothing of it is stored but the bureau's marks.
    Of the other side's records those count that came so long ago at most (`told`), the newest
    `most` of each kind.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    now = at or utc_now()
    others = list(other_facts(session, actor, now - told, most))
    if not others:
        return []
    marks = {
        (row.own_kind, row.own_id, row.other_kind, row.other_id): row
        for row in session.scalars(select(MatchMark).where(MatchMark.bureau_id == actor.bureau_id))
    }
    found = [
        Match(one.own, one.other, one.reasons, one.metres, one.days, marks.get(one.key))
        for one in _pairs(list(own_facts(session, actor, now - BACK)), others)
    ]
    return sorted(found, key=lambda one: (one.likely, one.other.id, one.own.id), reverse=True)


def _pairs(own: list[Facts], others: Iterable[Facts]) -> Iterator[Match]:
    by_code: dict[str, list[Facts]] = defaultdict(list)
    by_cell: dict[tuple[int, int], list[Facts]] = defaultdict(list)
    for one in own:
        for code in one.codes:
            by_code[code].append(one)
        if one.lon is not None and one.lat is not None:
            by_cell[_cell(one.lon, one.lat)].append(one)
    for other in others:
        seen: set[tuple[str, str]] = set()
        for one in _candidates(other, by_code, by_cell):
            if (one.kind, one.id) in seen or _arose(one, other):
                continue
            seen.add((one.kind, one.id))
            match = _compared(one, other)
            if match is not None:
                yield match


def _candidates(
    other: Facts,
    by_code: dict[str, list[Facts]],
    by_cell: dict[tuple[int, int], list[Facts]],
) -> Iterator[Facts]:
    for code in sorted(other.codes):
        yield from by_code.get(code, ())
    if other.lon is not None and other.lat is not None:
        column, row = _cell(other.lon, other.lat)
        for x in (column - 1, column, column + 1):
            for y in (row - 1, row, row + 1):
                yield from by_cell.get((x, y), ())


def _cell(lon: float, lat: float) -> tuple[int, int]:
    return int(lon // CELL), int(lat // CELL)


def _arose(own: Facts, other: Facts) -> bool:
    """A case that was opened from the very finding is no news."""
    return other.kind == FINDING and own.source_id == other.id


def _compared(own: Facts, other: Facts) -> Match | None:
    metres, days = _metres(own, other), _days(own, other)
    reasons = []
    if own.codes & other.codes:
        reasons.append("firm")
    alike = own.sort is not None and own.sort == other.sort
    close = metres is not None and metres <= NEAR_M
    if alike and close and days is not None and days <= NEAR_DAYS:
        reasons.append("place")
    return Match(own, other, tuple(reasons), metres, days) if reasons else None


def _metres(a: Facts, b: Facts) -> float | None:
    if a.lon is None or a.lat is None or b.lon is None or b.lat is None:
        return None
    return float(EARTH.inv(a.lon, a.lat, b.lon, b.lat)[2])


def _days(a: Facts, b: Facts) -> float | None:
    if a.at is None or b.at is None:
        return None
    return abs(a.at - b.at) / timedelta(days=1)


__all__ = ["KINDS", "Match", "find_matches"]
