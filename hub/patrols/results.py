"""What a patrol did: distance, time in the zone, share of the zone covered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import gpxpy.gpx
import shapely
from shapely.geometry import mapping
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.coverage import coverage
from geo.tracks import CleanTrack, clean, statistics
from hub.accounts.models import User
from hub.bureaus.models import Bureau
from hub.patrols.models import Finding, Patrol
from hub.patrols.tracks import fixes_by_unit
from hub.zones.models import ZoneVersion
from hub.zones.services import strip_shapes

REACH_M = 100.0
MAX_REACH_M = 2000.0


def _strips(session: Session, patrol: Patrol) -> dict[str, Any]:
    version = session.get_one(ZoneVersion, (patrol.zone_id, patrol.zone_version))
    return strip_shapes(version)


def _tracks(session: Session, patrol: Patrol) -> dict[str, CleanTrack]:
    return {unit: clean(fixes) for unit, fixes in fixes_by_unit(session, patrol.id).items()}


def track_features(session: Session, patrol: Patrol) -> dict[str, Any]:
    """The cleaned track of each unit as GeoJSON, with its figures (metres, seconds)."""
    strips = _strips(session, patrol)
    features = []
    for unit, track in _tracks(session, patrol).items():
        user = session.get_one(User, unit)
        figures = statistics(track, strips)
        line = track.line()
        features.append(
            {
                "type": "Feature",
                "id": unit,
                "properties": {
                    "unit_name": user.name,
                    "bureau_id": user.bureau_id,
                    "bureau_name": session.get_one(Bureau, user.bureau_id).short_name,
                    "fixes": len(track.fixes),
                    "dropped": len(track.dropped),
                    "distance_m": figures.distance_m,
                    "duration_s": figures.duration_s,
                    "moving_s": figures.moving_s,
                    "seconds_inside": figures.seconds_inside,
                    "distance_inside_m": figures.distance_inside_m,
                    "max_speed_m_s": figures.max_speed_m_s,
                },
                "geometry": mapping(line) if line is not None else None,
            }
        )
    return {"type": "FeatureCollection", "features": features}


def coverage_view(session: Session, patrol: Patrol, reach_m: float = REACH_M) -> dict[str, Any]:
    """How much of the zone came within `reach_m` metres of a track, and what did not."""
    strips = _strips(session, patrol)
    area = shapely.union_all(list(strips.values()))
    lines = [line for t in _tracks(session, patrol).values() if (line := t.line()) is not None]
    found = coverage(area, lines, reach_m)
    return {
        "reach_m": reach_m,
        "share": found.share,
        "area_m2": found.area_m2,
        "covered_m2": found.covered_m2,
        "gaps": mapping(found.gaps),
    }


def summary(session: Session, patrol: Patrol) -> dict[str, Any]:
    """The figures on the patrol's page."""
    tracks = track_features(session, patrol)["features"]
    findings = session.scalar(
        select(func.count()).select_from(Finding).where(Finding.patrol_id == patrol.id)
    )
    return {
        "units": [feature["properties"] for feature in tracks],
        "distance_m": sum(f["properties"]["distance_m"] for f in tracks),
        "findings": findings or 0,
        "coverage": coverage_view(session, patrol) if tracks else None,
    }


def gpx(session: Session, patrol: Patrol) -> str:
    """The cleaned tracks as GPX 1.1."""
    document = gpxpy.gpx.GPX()
    document.creator = "Lianfang"
    for unit, track in _tracks(session, patrol).items():
        segment = gpxpy.gpx.GPXTrackSegment()
        for fix in track.fixes:
            segment.points.append(
                gpxpy.gpx.GPXTrackPoint(latitude=fix.lat, longitude=fix.lon, time=_moment(fix.t))
            )
        one = gpxpy.gpx.GPXTrack(name=session.get_one(User, unit).name)
        one.segments.append(segment)
        document.tracks.append(one)
    return str(document.to_xml())


def _moment(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
