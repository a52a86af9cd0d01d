"""How much patrol a zone got in a period: where and when, by whom, what it found, where nobody was.

Built from the tracks that the reader may see, and from findings as far as he sees them; another
reader may get other figures, and each page says whose they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import shapely
from shapely.geometry import mapping
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.crs import geodesic_area_m2
from geo.effort import Effort, Ground, effort, ground
from hub.access import ReaderClass
from hub.bureaus.services import bureau
from hub.files.services import aside
from hub.patrols.access import may_see
from hub.patrols.condensed import FloatArray, thinned, unpacked
from hub.patrols.condensed_models import CondensedTrack
from hub.patrols.finding_views import view_for
from hub.patrols.models import Finding, Patrol, PatrolState
from hub.patrols.openness import Course
from hub.patrols.results import Kept, visible_tracks
from hub.patrols.sides import side_of
from hub.zones.binding import strip_shapes
from hub.zones.models import Zone
from sharing.canonical import utc_text

USUAL = timedelta(days=30)
MOST_GAPS = 200
SMALLEST_GAP_M2 = 2_000.0
"""Smaller gaps are the rim of the raster, not places that nobody looked at."""

_grounds: Kept[Ground] = Kept()
_efforts: Kept[Effort] = Kept()


@dataclass(frozen=True)
class Asked:
    """A period (from, to, aware) and how near counts as seen, metres."""

    since: datetime
    until: datetime
    reach_m: float


@dataclass(frozen=True)
class Way:
    """What one unit did on one patrol."""

    patrol_id: str
    unit_id: str
    bureau_id: str
    distance_m: float
    observed_s: float
    stretches: list[FloatArray]


def _patrols(session: Session, reader: ReaderClass, zone: Zone, asked: Asked) -> list[Patrol]:
    rows = session.scalars(
        select(Patrol)
        .where(
            Patrol.zone_id == zone.id,
            Patrol.state.in_((PatrolState.IN_PROGRESS, PatrolState.COMPLETED)),
            Patrol.started_at >= asked.since,
            Patrol.started_at < asked.until,
        )
        .order_by(Patrol.started_at)
    )
    return [patrol for patrol in rows if may_see(session, reader, patrol)]


def ways_of(session: Session, reader: ReaderClass, patrols: Sequence[Patrol]) -> list[Way]:
    """What each unit whose track the reader may see did on some patrols that have begun."""
    course = Course(session)
    by_id = {patrol.id: patrol for patrol in patrols}
    ready = _condensed(session, list(by_id))
    found = [
        Way(
            row.patrol_id,
            row.unit_id,
            row.bureau_id,
            row.distance_m,
            row.observed_s,
            unpacked(row.points),
        )
        for rows in ready.values()
        for row in rows
        if course.shows_track(by_id[row.patrol_id], row.bureau_id, reader.bureau_id)
    ]
    for patrol in patrols:
        if patrol.id not in ready:
            found += _measured(session, reader, patrol)
    return found


def _condensed(session: Session, ids: Sequence[str]) -> dict[str, list[CondensedTrack]]:
    rows: defaultdict[str, list[CondensedTrack]] = defaultdict(list)
    for row in session.scalars(select(CondensedTrack).where(CondensedTrack.patrol_id.in_(ids))):
        rows[row.patrol_id].append(row)
    return dict(rows)


def _measured(session: Session, reader: ReaderClass, patrol: Patrol) -> list[Way]:
    return [
        Way(
            patrol.id,
            unit.unit_id,
            unit.bureau_id,
            unit.figures.distance_m,
            unit.figures.duration_s - unit.figures.unobserved_s,
            thinned(unit.stretches),
        )
        for unit in visible_tracks(session, reader, patrol)[1]
    ]


def raster_of(session: Session, reader: ReaderClass, zone: Zone, asked: Asked) -> Effort:
    """The raster that a reader's figures are made from."""
    ways = ways_of(session, reader, _patrols(session, reader, zone, asked))
    return _raster(session, zone, asked, ways)


def _raster(session: Session, zone: Zone, asked: Asked, ways: Sequence[Way]) -> Effort:
    version = zone.binding or zone.current
    url = str(session.get_bind().engine.url)
    place = (url, zone.id, version.number, asked.reach_m)
    on = _grounds.get(place)
    if on is None:
        area = shapely.union_all(list(strip_shapes(version).values()))
        on = _grounds.put(place, aside(ground, area, asked.reach_m))
    stamp = (*place, tuple((w.patrol_id, w.unit_id, w.observed_s, w.distance_m) for w in ways))
    known = _efforts.get(stamp)
    if known is not None:
        return known
    return _efforts.put(stamp, aside(effort, on, [s for way in ways for s in way.stretches]))


def effort_view(session: Session, reader: ReaderClass, zone: Zone, asked: Asked) -> dict[str, Any]:
    """Figures of a zone and period as far as the reader sees tracks and findings; metres, seconds,
    square metres; gaps as GeoJSON, largest first. The caller has checked access to the zone.

    Raises:
        GeoError: the reach is out of range.
    """
    patrols = _patrols(session, reader, zone, asked)
    ways = ways_of(session, reader, patrols)
    raster = _raster(session, zone, asked, ways)
    gaps = sorted(
        ((geodesic_area_m2(part), part) for part in raster.gaps().geoms), key=lambda one: -one[0]
    )
    begun = [patrol.started_at for patrol in patrols if patrol.started_at is not None]
    large = [(area, part) for area, part in gaps if area >= SMALLEST_GAP_M2][:MOST_GAPS]
    return {
        "zone_id": zone.id,
        "since": utc_text(asked.since),
        "until": utc_text(asked.until),
        "reach_m": asked.reach_m,
        "error_share": round(raster.error_share, 4),
        "share": round(raster.share, 4),
        "patrols": len(patrols),
        "distance_m": round(sum(way.distance_m for way in ways)),
        "observed_s": round(sum(way.observed_s for way in ways)),
        "last_at": utc_text(max(begun)) if begun else None,
        "bounds": raster.ground.bounds,
        "most_s": round(float(raster.seconds[raster.ground.inside].max(initial=0.0))),
        "bureaus": _by_bureau(session, reader, patrols, ways),
        "gaps": {
            "type": "FeatureCollection",
            "features": [_gap(number, area, part) for number, (area, part) in enumerate(large, 1)],
        },
    }


def _gap(number: int, area_m2: float, part: Any) -> dict[str, Any]:
    inner = part.representative_point()
    return {
        "type": "Feature",
        "id": number,
        "geometry": mapping(part),
        "properties": {
            "number": number,
            "area_m2": round(area_m2),
            "lon": round(inner.x, 6),
            "lat": round(inner.y, 6),
        },
    }


def _by_bureau(
    session: Session, reader: ReaderClass, patrols: Sequence[Patrol], ways: Sequence[Way]
) -> list[dict[str, Any]]:
    """Effort and findings of each party whose tracks or findings the reader sees."""
    findings = _findings(session, reader, [patrol.id for patrol in patrols])
    parties = {party for patrol in patrols for party in patrol.party_ids}
    rows = []
    for bureau_id in sorted(parties, key=lambda one: (one != reader.bureau_id, one)):
        own = [way for way in ways if way.bureau_id == bureau_id]
        hours = sum(way.observed_s for way in own) / 3_600
        rows.append(
            {
                "bureau_id": bureau_id,
                "bureau_name": bureau(session, bureau_id).short_name,
                "side": side_of(reader.bureau_id, bureau_id),
                "patrols": len({way.patrol_id for way in own}),
                "units": len({way.unit_id for way in own}),
                "hours": round(hours, 2),
                "distance_m": round(sum(way.distance_m for way in own)),
                "findings": findings[bureau_id],
                "findings_per_hour": round(findings[bureau_id] / hours, 2) if hours else None,
            }
        )
    return rows


def _findings(session: Session, reader: ReaderClass, patrol_ids: Sequence[str]) -> Counter[str]:
    rows = session.scalars(select(Finding).where(Finding.patrol_id.in_(patrol_ids)))
    course = Course(session)
    seen = (row for row in rows if view_for(session, reader, row, course) is not None)
    return Counter(row.bureau_id for row in seen)
