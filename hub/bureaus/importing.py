"""What an import of boundaries would do, before it is done: faults, moves, zones and lines."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.boundaries import (
    BoundarySet,
    Change,
    Comparison,
    Problem,
    check,
    compare,
    shared_line,
)
from geo.boundaries import Jurisdiction as Outline
from geo.errors import GeoError
from hub.bureaus.models import Bureau, Jurisdiction
from hub.bureaus.services import jurisdictions, outline_of
from hub.zones.models import Zone

# A move below this is rounding, not news.
NOTICEABLE_M = 0.01


@dataclass(frozen=True)
class LineMove:
    """A line between two bureaus whose course would change, and by how many metres at most."""

    a: str
    b: str
    moved_m: float
    length_new_m: float | None


@dataclass(frozen=True)
class ImportPlan:
    """An import thought through.

    `faults` are in the file itself; `mismatches` lie between it and outlines that stay in use.
    """

    boundaries: BoundarySet
    comparison: Comparison
    faults: tuple[Problem, ...]
    mismatches: tuple[Problem, ...]
    lines: tuple[LineMove, ...]
    zones: tuple[str, ...]

    @property
    def moved(self) -> tuple[Change, ...]:
        """The jurisdictions that would move noticeably."""
        return tuple(c for c in self.comparison.changes if c.moved_max_m > NOTICEABLE_M)

    @property
    def lost(self) -> tuple[LineMove, ...]:
        """Lines that two bureaus share now and would share no more."""
        return tuple(line for line in self.lines if line.length_new_m is None)


def in_use(session: Session) -> BoundarySet:
    """The outlines in use as one set; its accuracy is that of the worst of them."""
    rows = jurisdictions(session)
    return BoundarySet(
        jurisdictions=tuple(outline_of(row) for row in rows),
        accuracy_m=max((row.accuracy_m for row in rows), default=0.0),
        source="；".join(sorted({row.source for row in rows})),
        licence="",
        crs="EPSG:4326",
        built_at="",
    )


def plan_import(session: Session, boundaries: BoundarySet) -> ImportPlan:
    """Check the file, then the whole that would be in use with it; nothing is changed.

    A city or province that the file leaves empty keeps its name in use.
    """
    current = in_use(session)
    named = _with_known_names(session, boundaries)
    faults = check(named).problems
    comparison = compare(current, named)
    given = {outline.adcode for outline in named.jurisdictions}
    kept = tuple(o for o in current.jurisdictions if o.adcode not in given)
    whole = replace(named, jurisdictions=kept + named.jurisdictions)
    mismatches: tuple[Problem, ...] = ()
    if not faults and kept:
        known = {problem.text for problem in check(current).problems}
        mismatches = tuple(p for p in check(whole).problems if p.text not in known)
    moves = {c.adcode: c.moved_max_m for c in comparison.changes if c.moved_max_m > NOTICEABLE_M}
    return ImportPlan(
        boundaries=named,
        comparison=comparison,
        faults=faults,
        mismatches=mismatches,
        lines=_lines(session, current, whole, moves) if not faults else (),
        zones=_zones(session, moves),
    )


def _with_known_names(session: Session, boundaries: BoundarySet) -> BoundarySet:
    known = {row.adcode: row for row in session.scalars(select(Jurisdiction))}

    def named(outline: Outline) -> Outline:
        row = known.get(outline.adcode)
        if row is None:
            return outline
        return replace(
            outline,
            name=outline.name or row.name,
            parent_name=outline.parent_name or row.parent_name,
            province=outline.province or row.province,
        )

    return replace(boundaries, jurisdictions=tuple(map(named, boundaries.jurisdictions)))


def _lines(
    session: Session, current: BoundarySet, whole: BoundarySet, moves: dict[str, float]
) -> tuple[LineMove, ...]:
    """The lines between bureaus, now or then, at least one side of which moves."""
    codes = sorted(session.scalars(select(Bureau.adcode)))
    present = {outline.adcode for outline in whole.jurisdictions}
    found = []
    for number, a in enumerate(codes):
        for b in codes[number + 1 :]:
            if not {a, b} & moves.keys() or not {a, b} <= present:
                continue
            length = _length(whole, a, b)
            if length is None and _length(current, a, b) is None:
                continue
            moved = max(moves.get(a, 0.0), moves.get(b, 0.0))
            found.append(LineMove(a, b, moved, length))
    return tuple(found)


def _length(outlines: BoundarySet, a: str, b: str) -> float | None:
    try:
        return shared_line(outlines.by_adcode(a), outlines.by_adcode(b)).length_m
    except GeoError:
        return None


def _zones(session: Session, moves: dict[str, float]) -> tuple[str, ...]:
    """Names of the zones that were cut along a line that moves; they keep their geometry."""
    return tuple(
        zone.name
        for zone in session.scalars(select(Zone).order_by(Zone.id))
        if {zone.current.adcode_a, zone.current.adcode_b} & moves.keys()
    )
