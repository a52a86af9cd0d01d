"""What was added to clocks, and what may still be added in which way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from hub.deadlines.models import Clock, Unit
from hub.deadlines.services import OPEN
from hub.deadlines.views import UNIT_NAMES, in_locale


@dataclass(frozen=True)
class Room:
    """How much more a clock may be extended, in its unit, and how much of that without a
    collective discussion."""

    left: int
    simple: int
    unit_name: str

    def collective(self, amount: int) -> bool:
        """Whether so much more needs a collective discussion."""
        return amount > self.simple


def room_of(clock: Clock) -> Room:
    """What the clock's rule still allows (行政处罚法 第六十条, 行政强制法 第二十五条)."""
    rule = clock.rule
    given = sum(int(one["amount"]) for one in clock.extensions)
    left = max(0, (rule.max_extension or 0) - given)
    bound = rule.max_extension if rule.collective_above is None else rule.collective_above
    simple = min(left, max(0, (bound or 0) - given))
    return Room(left, simple, str(UNIT_NAMES[Unit(rule.unit)]))


def rooms_of(session: Session, subjects: Collection[tuple[str, str]]) -> dict[str, Room]:
    """Which open clocks of some subjects (kind, id) may be extended, by the clock's id."""
    rows = session.scalars(
        select(Clock).where(
            tuple_(Clock.kind, Clock.subject_id).in_(list(subjects)), Clock.state.in_(OPEN)
        )
    )
    rooms = {clock.id: room_of(clock) for clock in rows.unique()}
    return {clock_id: room for clock_id, room in rooms.items() if room.left}


def extensions_of(session: Session, subjects: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
    """The extensions of all clocks of some subjects (kind, id): how much, why, by whom, when."""
    rows = session.scalars(
        select(Clock).where(tuple_(Clock.kind, Clock.subject_id).in_(list(subjects)))
    )
    return [
        {
            "rule_name": in_locale(clock.rule.name, clock.rule.name_en),
            "unit": str(UNIT_NAMES[Unit(clock.rule.unit)]),
            "amount": int(given["amount"]),
            "ground": str(given["ground"]),
            "by_name": str(given["by_name"]),
            "at": str(given["at"]),
        }
        for clock in rows.unique()
        for given in clock.extensions
    ]
