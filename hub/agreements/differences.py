"""What two sets of sharing terms decide differently: asked of the engine, cell by cell.

Rows of a table may differ and mean the same, or look alike and mean another thing, because rules
add up. So both sets are asked about each kind, purpose and field group at each place that either
of them speaks of, and only what is answered differently is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from hub.agreements.naming import groups_of
from sharing.terms import (
    NEVER,
    AgreementState,
    Anywhere,
    Denied,
    Districts,
    InZone,
    Level,
    NearLine,
    Onward,
    Place,
    Situation,
    Terms,
    decide,
)

OWNER, READER, AGREEMENT = "owner", "reader", "agreement"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
ORDER = {Level.BLACK: 0, Level.GRAY: 1, Level.WHITE: 2}


class Effect(StrEnum):
    """What a change means for who is shown the records."""

    ADDED = "added"
    WIDENED = "widened"
    NARROWED = "narrowed"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Cell:
    """How one field group stands: its level, the clause, and what binds the receiver."""

    level: Level = Level.BLACK
    clause: str | None = None
    retention_days: int | None = None
    onward: Onward = NEVER


@dataclass(frozen=True)
class SharingChange:
    """Field groups of a kind at a place, for purposes, that stand differently."""

    effect: Effect
    kind: str
    place: Place
    purposes: tuple[str, ...]
    groups: tuple[str, ...]
    before: Cell
    after: Cell


Key = tuple[str, Place, str, str]


def _samples(place: Place) -> Iterator[Situation]:
    """Situations of which this place alone is known: one per district."""
    plain = Situation(MOMENT, OWNER, READER, "", "")
    if isinstance(place, InZone):
        yield replace(plain, in_zone_of=frozenset({AGREEMENT}))
    elif isinstance(place, NearLine):
        yield replace(plain, distance_to_line_m=place.metres)
    elif isinstance(place, Districts):
        for code in sorted(place.adcodes):
            yield replace(plain, adcode=code)
    else:
        yield plain


def _as_place(sample: Situation) -> Place:
    if sample.in_zone_of:
        return InZone()
    if sample.distance_to_line_m is not None:
        return NearLine(sample.distance_to_line_m)
    return Anywhere() if sample.adcode is None else Districts(frozenset({sample.adcode}))


def cells(terms: Terms, others: Iterable[Terms] = ()) -> dict[Key, Cell]:
    """How each group stands by kind, place and purpose, at every place that any of them names."""
    everything = [rule for one in (terms, *others) for rule in one.rules]
    state = AgreementState(
        AGREEMENT,
        1,
        frozenset({OWNER, READER}),
        "in_force",
        MOMENT - timedelta(days=1),
        None,
        terms,
    )
    samples = {_as_place(s): s for rule in everything for s in _samples(rule.place)}
    samples.setdefault(Anywhere(), next(_samples(Anywhere())))
    found: dict[Key, Cell] = {}
    for kind in sorted({rule.kind for rule in everything}):
        named = {group for rule in everything if rule.kind == kind for group in rule.levels}
        purposes = {p for rule in everything if rule.kind == kind for p in rule.purposes}
        for place, sample in samples.items():
            for purpose in sorted(purposes):
                asked = replace(sample, kind=kind, purpose=purpose)
                stand = _stand(state, asked)
                for group in groups_of(kind, named):
                    found[kind, place, purpose, group] = stand.get(group, Cell())
    return found


def _stand(state: AgreementState, asked: Situation) -> dict[str, Cell]:
    decision = decide([state], asked)
    if isinstance(decision, Denied):
        return {}
    return {
        ground.group: Cell(ground.level, ground.clause, ground.retention_days, ground.onward)
        for ground in decision.grounds
    }


def _effect(before: Cell, after: Cell) -> Effect | None:
    """Which way a cell changed, or None; by level first, then retention, then passing on."""
    if before.level is not after.level:
        if before.level is Level.BLACK:
            return Effect.ADDED
        if after.level is Level.BLACK:
            return Effect.REMOVED
        return _way(ORDER[before.level], ORDER[after.level])
    if after.level is Level.BLACK:
        return None
    # No end agreed is longer than any number of days.
    days = [float("inf") if c.retention_days is None else c.retention_days for c in (before, after)]
    ways = {_way(*days)} | {_way(before.onward.strictness(), after.onward.strictness())}
    ways.discard(None)
    return ways.pop() if len(ways) == 1 else (Effect.CHANGED if ways else None)


def _way(before: object, after: object) -> Effect | None:
    if before == after:
        return None
    return Effect.WIDENED if after > before else Effect.NARROWED  # type: ignore[operator]


def sharing_changes(old: Terms, new: Terms) -> list[SharingChange]:
    """Every difference in what the terms decide, alike ones put together."""
    before, after = cells(old, [new]), cells(new, [old])
    alike: dict[tuple[str, Place, Cell, Cell, Effect], dict[str, list[str]]] = {}
    for key, was in before.items():
        kind, place, purpose, group = key
        effect = _effect(was, after[key])
        if effect is None:
            continue
        bare = [replace(cell, clause=None) for cell in (was, after[key])]
        same = alike.setdefault((kind, place, bare[0], bare[1], effect), {})
        same.setdefault(group, []).append(purpose)
    changes: list[SharingChange] = []
    for (kind, place, was, now, effect), by_group in alike.items():
        by_purposes: dict[tuple[str, ...], list[str]] = {}
        for group, purposes in by_group.items():
            by_purposes.setdefault(tuple(purposes), []).append(group)
        for purposes_, groups in by_purposes.items():
            first = (kind, place, purposes_[0], groups[0])
            cited = [replace(was, clause=before[first].clause)]
            cited.append(replace(now, clause=after[first].clause))
            changes.append(
                SharingChange(effect, kind, place, purposes_, tuple(groups), cited[0], cited[1])
            )
    return sorted(changes, key=lambda c: (c.kind, c.place.rank(), str(c.place), c.purposes))
