"""A reason: what was looked at, what it says, with which figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Stand(StrEnum):
    """What a reason says of the evidence."""

    SUPPORTS = "supports"
    QUESTIONS = "questions"
    SILENT = "silent"


WEIGHTS: dict[str, int] = {
    # how the track was made
    "repeats_earlier": 45,
    "same_as_other": 45,
    "on_plan_exactly": 40,
    "impossible_speed": 30,
    "too_even": 25,
    "too_restless": 25,
    "photos": 25,
    "clock": 20,
    # what was done
    "plan_covered": 15,
    "together": 15,
    "standing": 10,
    "observed": 10,
    "off_route": 5,
}
"""Points that a reason takes from 100 when it questions the evidence (our own proposal: a forged
track costs more than a lazy patrol)."""

MADE = frozenset(list(WEIGHTS)[:8])
"""Reasons about how the track came about; the others are about what the patrol did."""

SOUND = 85
LOOK = 50


@dataclass(frozen=True)
class Reason:
    """One thing looked at: its code, what it says, its figures (metres, seconds, shares 0 to 1).

    ``unit`` is the unit it is about, None for the patrol as a whole.
    """

    code: str
    stand: Stand
    values: Mapping[str, object]
    unit: str | None = None

    @property
    def cost(self) -> int:
        """Points this reason takes away."""
        return WEIGHTS[self.code] if self.stand is Stand.QUESTIONS else 0


@dataclass(frozen=True)
class Judgement:
    """All reasons, and the score they add up to: 0 to 100, None when there is too little to say."""

    reasons: tuple[Reason, ...]
    score: int | None

    @property
    def level(self) -> str:
        """`sound`, `look` (people should look at it), `doubtful`, or `unknown`."""
        if self.score is None:
            return "unknown"
        return "sound" if self.score >= SOUND else "look" if self.score >= LOOK else "doubtful"


def weigh(reasons: Sequence[Reason]) -> int:
    """The score: 100 less the cost of each code that questions, once however many units it hit."""
    costs = {reason.code: reason.cost for reason in reasons if reason.cost}
    return max(0, 100 - sum(costs.values()))
