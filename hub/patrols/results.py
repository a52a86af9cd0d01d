"""What a patrol did: track per unit, time per side, the part of the zone it covered."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

import shapely
from shapely.geometry import LineString, MultiLineString, mapping
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.coverage import Coverage, coverage
from geo.tracks import MAX_GAP_S, CleanTrack, Fix, TrackStatistics, clean, simplify, statistics
from hub.access import ReaderClass
from hub.bureaus.services import bureau, jurisdiction
from hub.db import utc_now
from hub.patrols.finding_views import render_findings
from hub.patrols.models import Finding, Patrol, TrackBatch
from hub.patrols.openness import Course
from hub.patrols.sides import sides_of, strips_of
from hub.patrols.tracks import sound_times
from sharing.canonical import utc_text

DEFAULT_REACH_M = 100.0
DRAWN_WITHIN_M = 2.0
# A phone that recorded nothing for so long leaves room for the fixes of another device.
SILENCE_S = 60.0
KEPT = 64
T = TypeVar("T")
Stamp = tuple[object, ...]


class Kept(Generic[T]):
    """The newest results of this process, each under the stamp of what it was made from."""

    def __init__(self) -> None:
        self._values: OrderedDict[Stamp, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, stamp: Stamp) -> T | None:
        """A result, if it is still there."""
        with self._lock:
            return self._values.get(stamp)

    def put(self, stamp: Stamp, value: T) -> T:
        """Keep a result, dropping the oldest."""
        with self._lock:
            self._values[stamp] = value
            while len(self._values) > KEPT:
                self._values.popitem(last=False)
        return value


@dataclass(frozen=True)
class UnitTrack:
    """One unit's way: the fixes that can be true, the observed stretches, the figures.

    The figures are measured when first asked for: who compares tracks needs none.
    """

    unit_id: str
    name: str
    bureau_id: str
    track: CleanTrack
    stretches: tuple[tuple[Fix, ...], ...]
    fixes: int
    dropped: dict[str, int]
    # Adcode -> that side of the zone, EPSG:4326.
    strips: dict[str, Any]

    @cached_property
    def figures(self) -> TrackStatistics:
        """Metres and seconds, of the whole and in each strip."""
        return statistics(self.track, self.strips)

    def lines(self, tolerance_m: float = 0.0) -> list[LineString]:
        """The observed stretches as lines (EPSG:4326), thinned within a tolerance in metres."""
        parts = [CleanTrack(fixes, ()) for fixes in self.stretches]
        if tolerance_m > 0:
            parts = [simplify(part, tolerance_m) for part in parts]
        return [line for part in parts if (line := part.line()) is not None]


_tracks: Kept[tuple[UnitTrack, ...]] = Kept()
_coverages: Kept[Coverage] = Kept()


def _stamp(session: Session, patrol: Patrol) -> Stamp:
    count, newest = session.execute(
        select(func.count(), func.max(TrackBatch.received_at)).where(
            TrackBatch.patrol_id == patrol.id
        )
    ).one()
    url = str(session.get_bind().engine.url)
    return (url, patrol.id, patrol.zone_version, patrol.started_at, patrol.ended_at, count, newest)


def _all_tracks(session: Session, patrol: Patrol) -> tuple[Stamp, tuple[UnitTrack, ...]]:
    stamp = _stamp(session, patrol)
    known = _tracks.get(stamp)
    return stamp, known if known is not None else _tracks.put(stamp, _measure(session, patrol))


def _measure(session: Session, patrol: Patrol) -> tuple[UnitTrack, ...]:
    rows = session.scalars(
        select(TrackBatch)
        .where(TrackBatch.patrol_id == patrol.id)
        .order_by(TrackBatch.unit_id, TrackBatch.first_at, TrackBatch.id)
    )
    by_unit: dict[str, list[TrackBatch]] = {}
    for row in rows:
        by_unit.setdefault(row.unit_id, []).append(row)
    names = {officer.user_id: officer.name for officer in patrol.crew}
    strips = strips_of(session, patrol)
    first, last = sound_times(patrol, utc_now())
    found = []
    for unit_id, batches in by_unit.items():
        raw = _recorded(batches)
        sound = sorted((fix for fix in raw if first <= fix.t <= last), key=lambda fix: fix.t)
        track = clean(sound)
        dropped = Counter(reason for _index, reason in track.dropped)
        if len(raw) > len(sound):
            dropped["clock"] = len(raw) - len(sound)
        found.append(
            UnitTrack(
                unit_id=unit_id,
                name=names.get(unit_id, ""),
                bureau_id=batches[0].bureau_id,
                track=track,
                stretches=_observed(track.fixes),
                fixes=len(raw),
                dropped=dict(dropped),
                strips=strips,
            )
        )
    return tuple(sorted(found, key=lambda unit: (unit.bureau_id, unit.name)))


def _recorded(batches: Sequence[TrackBatch]) -> list[Fix]:
    """The fixes of one unit; those of a file only where the phone itself recorded nothing, since
    two receivers in turn would make a zigzag of their scatter."""
    by_source: dict[str, list[Fix]] = {"phone": [], "file": []}
    for batch in batches:
        by_source[batch.source] += [Fix(*fix) for fix in batch.fixes]
    own = sorted(fix.t for fix in by_source["phone"])
    return by_source["phone"] + [fix for fix in by_source["file"] if not _near(own, fix.t)]


def _near(times: Sequence[float], t: float) -> bool:
    """Whether one of the times (sorted) lies within SILENCE_S of t."""
    place = bisect_left(times, t - SILENCE_S)
    return place < len(times) and times[place] <= t + SILENCE_S


def _observed(fixes: Sequence[Fix]) -> tuple[tuple[Fix, ...], ...]:
    """Cut where nobody can say where the unit was: the straight line between is no track."""
    parts: list[list[Fix]] = []
    for fix in fixes:
        if parts and fix.t - parts[-1][-1].t <= MAX_GAP_S:
            parts[-1].append(fix)
        else:
            parts.append([fix])
    return tuple(tuple(part) for part in parts)


def measured(session: Session, patrol: Patrol) -> tuple[UnitTrack, ...]:
    """All tracks of a patrol, for what is made of them and shown by other decisions."""
    return _all_tracks(session, patrol)[1]


def visible_tracks(
    session: Session, reader: ReaderClass, patrol: Patrol, course: Course | None = None
) -> tuple[Stamp, list[UnitTrack]]:
    """The tracks of a patrol that the reader's bureau may see now, and what they were made from.

    The caller has checked access to the patrol, and may give the course that decides on others too.
    """
    stamp, tracks = _all_tracks(session, patrol)
    course = course or Course(session)
    shown = [t for t in tracks if course.shows_track(patrol, t.bureau_id, reader.bureau_id)]
    return stamp, shown


def track_features(session: Session, reader: ReaderClass, patrol: Patrol) -> dict[str, Any]:
    """The tracks as GeoJSON: a feature for each unit with its figures (metres, seconds)."""
    sides = sides_of(patrol, reader.bureau_id)
    _stamp, tracks = visible_tracks(session, reader, patrol)
    return {
        "type": "FeatureCollection",
        "features": [_feature(session, unit, sides) for unit in tracks],
    }


def _feature(session: Session, unit: UnitTrack, sides: dict[str, str]) -> dict[str, Any]:
    lines = unit.lines(DRAWN_WITHIN_M)
    fixes = unit.track.fixes
    return {
        "type": "Feature",
        "id": unit.unit_id,
        "geometry": mapping(MultiLineString(lines)) if lines else None,
        "properties": {
            "unit_id": unit.unit_id,
            "name": unit.name,
            "bureau_id": unit.bureau_id,
            "bureau_name": bureau(session, unit.bureau_id).short_name,
            "side": sides.get(unit.bureau_id),
            "first_at": utc_text(moment_of(fixes[0])) if fixes else None,
            "last_at": utc_text(moment_of(fixes[-1])) if fixes else None,
            "fixes": unit.fixes,
            "dropped": unit.dropped,
            "distance_m": round(unit.figures.distance_m, 1),
            "duration_s": round(unit.figures.duration_s),
            "moving_s": round(unit.figures.moving_s),
            "unobserved_s": round(unit.figures.unobserved_s),
            "seconds_inside": {k: round(v) for k, v in unit.figures.seconds_inside.items()},
            "distance_inside_m": {
                k: round(v, 1) for k, v in unit.figures.distance_inside_m.items()
            },
        },
    }


def moment_of(fix: Fix) -> datetime:
    """When a fix was made."""
    return datetime.fromtimestamp(fix.t, UTC)


def results_view(
    session: Session, reader: ReaderClass, patrol: Patrol, reach_m: float = DEFAULT_REACH_M
) -> dict[str, Any]:
    """Figures of the whole patrol as far as the reader sees its tracks.

    Coverage is the share (0 to 1) of the zone within `reach_m` metres of any track; `gaps` is what
    is left, as GeoJSON. Time per side is summed over the units.

    Raises:
        GeoError: `reach_m` is out of range.
    """
    stamp, tracks = visible_tracks(session, reader, patrol)
    seen = tuple(unit.unit_id for unit in tracks)
    covered = _covered(session, patrol, (*stamp, seen, reach_m), tracks, reach_m)
    strips = strips_of(session, patrol)
    found = session.scalars(select(Finding.id).where(Finding.patrol_id == patrol.id)).all()
    # Of what the terms keep back not even the number.
    (findings,) = render_findings(session, [(reader, found)])
    return {
        "patrol_id": patrol.id,
        "reach_m": reach_m,
        "share": round(covered.share, 5),
        "area_m2": round(covered.area_m2),
        "covered_m2": round(covered.covered_m2),
        "gaps": mapping(covered.gaps),
        "units": len(tracks),
        "distance_m": round(sum(unit.figures.distance_m for unit in tracks), 1),
        "duration_s": _duration(patrol),
        "unobserved_s": round(sum(unit.figures.unobserved_s for unit in tracks)),
        "sides": [
            {
                "adcode": adcode,
                "name": jurisdiction(session, adcode).name,
                "seconds": round(sum(u.figures.seconds_inside[adcode] for u in tracks)),
                "distance_m": round(sum(u.figures.distance_inside_m[adcode] for u in tracks), 1),
            }
            for adcode in sorted(strips)
        ],
        "findings": sum(view is not None for view in findings.values()),
    }


def _duration(patrol: Patrol) -> int | None:
    if patrol.started_at is None:
        return None
    return round(((patrol.ended_at or utc_now()) - patrol.started_at).total_seconds())


def _covered(
    session: Session, patrol: Patrol, stamp: Stamp, tracks: Sequence[UnitTrack], reach_m: float
) -> Coverage:
    known = _coverages.get(stamp)
    if known is not None:
        return known
    area = shapely.union_all(list(strips_of(session, patrol).values()))
    lines = [line for unit in tracks for line in unit.lines()]
    return _coverages.put(stamp, coverage(area, lines, reach_m))
