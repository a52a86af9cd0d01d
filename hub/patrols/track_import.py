"""A track recorded by another device, brought in from its file by the person who carried it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.track_files.fixes import Segment
from geo.tracks import Fix, clean, statistics
from hub.access import Actor
from hub.db import utc_now
from hub.errors import Invalid
from hub.patrols.access import access_patrol
from hub.patrols.models import Patrol, TrackBatch
from hub.patrols.plan import log, tell_course
from hub.patrols.schemas import FixIn, PositionReport
from hub.patrols.sides import strips_of
from hub.patrols.tracks import Checked, access_logged, sound_times, store_batches
from sharing.canonical import utc_text

BATCH = 500


@dataclass(frozen=True)
class TrackFile:
    """A file that was read: segments (EPSG:4326), hash of its bytes, how it gave places."""

    segments: Sequence[Segment]
    sha256: str
    source_crs: str


def track_file(data: bytes, segments: Sequence[Segment], *, gcj02: bool) -> TrackFile:
    """A file that was read."""
    return TrackFile(segments, hashlib.sha256(data).hexdigest(), "gcj02" if gcj02 else "wgs84")


def preview(session: Session, actor: Actor, patrol_id: str, file: TrackFile) -> dict[str, Any]:
    """What an import would bring; nothing is kept.

    Raises:
        NotFound, Forbidden, Conflict: as `hub.patrols.tracks.access_logged`.
        Invalid: no fix of the file was made during the patrol.
    """
    patrol = access_logged(session, actor, patrol_id)
    return _summary(session, actor, patrol, file, _during(patrol, file, utc_now()))


def bring_in(session: Session, actor: Actor, patrol_id: str, file: TrackFile) -> dict[str, Any]:
    """Store the fixes that the file has from the time of the patrol, as the actor's own.

    The same file brought in again changes nothing. Raises as `preview`.
    """
    access_patrol(session, actor, patrol_id, for_update=True)
    patrol = access_logged(session, actor, patrol_id)
    now = utc_now()
    fixes = _during(patrol, file, now)
    summary = _summary(session, actor, patrol, file, fixes)
    if not summary["known"]:
        store_batches(session, _batches(actor, patrol, file, fixes), now)
        log(session, actor, patrol, "track_imported", {"fixes": len(fixes)})
        tell_course(session, actor, patrol, "track_imported", fixes=len(fixes), sha256=file.sha256)
    return summary


def _during(patrol: Patrol, file: TrackFile, now: datetime) -> list[Fix]:
    first, last = sound_times(patrol, now)
    every = chain.from_iterable(segment.fixes for segment in file.segments)
    fixes = sorted((fix for fix in every if first <= fix.t <= last), key=lambda fix: fix.t)
    if not fixes:
        raise Invalid(
            _l("文件里没有本次巡查期间的定位点，请核对文件和设备时钟。"),
            extra={"rule": "track.window"},
        )
    return fixes


def _key(file: TrackFile, number: int) -> str:
    return f"file-{file.sha256[:40]}-{number}"


def _summary(
    session: Session, actor: Actor, patrol: Patrol, file: TrackFile, fixes: Sequence[Fix]
) -> dict[str, Any]:
    total = sum(len(segment.fixes) for segment in file.segments)
    track = clean(fixes)
    figures = statistics(track, strips_of(session, patrol))
    known = select(TrackBatch.id).where(
        TrackBatch.patrol_id == patrol.id,
        TrackBatch.unit_id == actor.user_id,
        TrackBatch.batch_key == _key(file, 0),
    )
    return {
        "known": session.scalars(known).first() is not None,
        "fixes": len(fixes),
        "outside": total - len(fixes),
        "dropped": len(track.dropped),
        "first_at": utc_text(_moment(fixes[0])),
        "last_at": utc_text(_moment(fixes[-1])),
        "distance_m": round(figures.distance_m, 1),
        "seconds_inside": round(sum(figures.seconds_inside.values())),
        "sha256": file.sha256,
    }


def _moment(fix: Fix) -> datetime:
    return datetime.fromtimestamp(fix.t, UTC)


def _batches(actor: Actor, patrol: Patrol, file: TrackFile, fixes: Sequence[Fix]) -> list[Checked]:
    found = []
    for number, start in enumerate(range(0, len(fixes), BATCH)):
        part = fixes[start : start + BATCH]
        rows = [FixIn(t=f.t, lon=f.lon, lat=f.lat, accuracy_m=f.accuracy_m) for f in part]
        report = PositionReport(patrol_id=patrol.id, key=_key(file, number), fixes=rows)
        found.append(Checked(actor, patrol, report, rows, "file", file.source_crs))
    return found
