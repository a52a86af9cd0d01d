"""The decision for an example, with the row of the table behind each field group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hub.agreements.labels import GROUPS, LEVELS
from hub.agreements.naming import Names, groups_of
from hub.db import utc_now
from hub.shares.words import reason
from sharing.terms import (
    AgreementState,
    Denied,
    Ground,
    Level,
    Situation,
    TermRule,
    Terms,
    decide,
    explain,
)

AGREEMENT, OWNER, READER = "example", "owner", "reader"


@dataclass(frozen=True)
class Example:
    """A record as one would describe it: kind, purpose, place (metres, GB/T 2260), level."""

    kind: str
    purpose: str
    in_zone: bool
    distance_m: float | None
    adcode: str | None
    classification: int


def decided(names: Names, terms: Terms, example: Example) -> dict[str, Any]:
    """What the terms, once in force, let the other side see of such a record."""
    now = utc_now()
    state = AgreementState(
        AGREEMENT,
        1,
        frozenset({OWNER, READER}),
        "in_force",
        now - timedelta(seconds=1),
        None,
        terms,
    )
    asked = Situation(
        at=now,
        owner_bureau_id=OWNER,
        reader_bureau_id=READER,
        kind=example.kind,
        purpose=example.purpose,
        in_zone_of=frozenset({AGREEMENT}) if example.in_zone else frozenset(),
        distance_to_line_m=example.distance_m,
        adcode=example.adcode,
        classification=example.classification,
    )
    decision = decide([state], asked)
    grounds = {} if isinstance(decision, Denied) else {g.group: g for g in decision.grounds}
    return {
        "reason": explain(decision).code,
        "reason_text": str(reason(decision)),
        "groups": [
            _group(names, terms, example, group, grounds.get(group))
            for group in groups_of(example.kind)
        ],
    }


def _group(
    names: Names, terms: Terms, example: Example, group: str, ground: Ground | None
) -> dict[str, Any]:
    level = Level.BLACK if ground is None else ground.level
    return {
        "group": group,
        "name": str(GROUPS.get(group, group)),
        "level": level.value,
        "level_name": str(LEVELS[level]),
        "clause": ground.clause if ground else None,
        "row": _row(terms, example, ground) if ground else None,
        "retention_days": ground.retention_days if ground else None,
        "onward": names.onward(ground.onward) if ground else None,
    }


def _row(terms: Terms, example: Example, ground: Ground) -> int | None:
    """Which row of the table is behind a ground; from 0."""
    return row_behind(terms, example.kind, ground.group, ground.level, ground.clause)


def row_behind(terms: Terms, kind: str, group: str, level: Level | str, clause: str) -> int | None:
    """The first row of a kind with this clause that gives the group this level; from 0.

    Existence may be given by a row that does not name it, because it goes with everything.
    """

    def gives(rule: TermRule) -> bool:
        return rule.kind == kind and rule.clause == clause

    rows = [number for number, rule in enumerate(terms.rules) if gives(rule)]
    exact = [number for number in rows if terms.rules[number].levels.get(group) == level]
    return next(iter(exact or rows), None)
