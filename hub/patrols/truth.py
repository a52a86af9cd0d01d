"""How far a patrol's evidence can be relied on: what is gathered for it, and the answer's view.

Nobody is accused: the judgement is reasons with figures, the same for every party that sees the
tracks, and a number to sort by.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.truth.judge import PatrolEvidence, Photo, UnitEvidence, judge
from geo.truth.reasons import Judgement, Reason
from geo.truth.witness import Receipt
from hub.access import ReaderClass
from hub.bureaus.services import bureau
from hub.db import utc_now
from hub.files.models import StoredFile
from hub.files.services import aside
from hub.patrols.access import may_see
from hub.patrols.finding_views import KIND as FINDING
from hub.patrols.finding_views import shows_files
from hub.patrols.models import Finding, Patrol, PatrolState, TrackBatch
from hub.patrols.openness import Course
from hub.patrols.plan import route_of
from hub.patrols.results import Kept, UnitTrack, visible_tracks
from hub.patrols.sides import sides_of
from hub.patrols.truth_words import LEVELS, NAMES, STANDS, said

COMPARED = 20
"""So many earlier patrols of the same zone are looked through for a track played again."""

_judgements: Kept[Judgement] = Kept()


def truth_view(session: Session, reader: ReaderClass, patrol: Patrol) -> dict[str, Any]:
    """The judgement of a patrol that has ended, over the tracks that the reader may see.

    The caller has checked access to the patrol. A patrol under way has no judgement yet.
    """
    if patrol.state != PatrolState.COMPLETED:
        return _view(session, reader, patrol, Judgement((), None), [], {})
    course = Course(session)
    stamp, units = visible_tracks(session, reader, patrol, course)
    earlier = _earlier(session, reader, patrol, course)
    key = (*stamp, tuple(unit.unit_id for unit in units), tuple(sorted(earlier)))
    found = _judgements.get(key)
    if found is None:
        evidence = _evidence(session, reader, patrol, units, earlier)
        found = _judgements.put(key, aside(judge, evidence))
    return _view(session, reader, patrol, found, units, earlier)


def _earlier(
    session: Session, reader: ReaderClass, patrol: Patrol, course: Course
) -> dict[str, tuple[Patrol, UnitTrack]]:
    """Tracks of the zone's latest patrols before this one that the reader may see, by a key."""
    rows = session.scalars(
        select(Patrol)
        .where(
            Patrol.zone_id == patrol.zone_id,
            Patrol.state == PatrolState.COMPLETED,
            Patrol.started_at < patrol.started_at,
        )
        .order_by(Patrol.started_at.desc())
        .limit(COMPARED)
    )
    return {
        f"{row.id}/{unit.unit_id}": (row, unit)
        for row in rows
        if may_see(session, reader, row)
        for unit in visible_tracks(session, reader, row, course)[1]
    }


def _evidence(
    session: Session,
    reader: ReaderClass,
    patrol: Patrol,
    units: list[UnitTrack],
    earlier: dict[str, tuple[Patrol, UnitTrack]],
) -> PatrolEvidence:
    receipts = _receipts(session, patrol)
    photos = _photos(session, reader, patrol)
    older = {key: unit.track.fixes for key, (_patrol, unit) in earlier.items()}
    started = patrol.started_at or patrol.starts_at
    return PatrolEvidence(
        started=started.timestamp(),
        ended=(patrol.ended_at or utc_now()).timestamp(),
        route=route_of(patrol),
        units=[
            UnitEvidence(
                unit=unit.unit_id,
                party=unit.bureau_id,
                fixes=unit.track.fixes,
                dropped=unit.dropped,
                receipts=receipts[unit.unit_id],
                photos=photos[unit.unit_id],
                earlier=older,
            )
            for unit in units
        ],
    )


def _receipts(session: Session, patrol: Patrol) -> defaultdict[str, list[Receipt]]:
    """When each unit's batches were made and came; those of an impossible time left out."""
    found: defaultdict[str, list[Receipt]] = defaultdict(list)
    for unit_id, last_at, received_at in session.execute(
        select(TrackBatch.unit_id, TrackBatch.last_at, TrackBatch.received_at).where(
            TrackBatch.patrol_id == patrol.id,
            TrackBatch.flagged == 0,
            TrackBatch.source == "phone",
        )
    ):
        found[unit_id].append(Receipt(last_at.timestamp(), received_at.timestamp()))
    return found


def _photos(session: Session, reader: ReaderClass, patrol: Patrol) -> defaultdict[str, list[Photo]]:
    """Photos of findings with a time and place of their own, by who took them; of a partner's only
    those whose files the reader may open."""
    found: defaultdict[str, list[Photo]] = defaultdict(list)
    rows = session.execute(
        select(Finding, StoredFile)
        .join(StoredFile, StoredFile.record_id == Finding.id)
        .where(Finding.patrol_id == patrol.id, StoredFile.kind == FINDING)
    )
    for finding, file in rows:
        if file.captured_at is None or file.captured_lon is None or file.captured_lat is None:
            continue
        if shows_files(session, reader, finding):
            photo = Photo(file.captured_at.timestamp(), file.captured_lon, file.captured_lat)
            found[finding.recorded_by].append(photo)
    return found


def _view(
    session: Session,
    reader: ReaderClass,
    patrol: Patrol,
    found: Judgement,
    units: list[UnitTrack],
    earlier: dict[str, tuple[Patrol, UnitTrack]],
) -> dict[str, Any]:
    sides = sides_of(patrol, reader.bureau_id)
    by_unit = {unit.unit_id: unit for unit in units}
    names = {unit.unit_id: unit.name for unit in units}
    names |= {key: f"{row.number} {unit.name}" for key, (row, unit) in earlier.items()}
    return {
        "patrol_id": patrol.id,
        "score": found.score,
        "level": found.level,
        "level_name": str(LEVELS[found.level]),
        "reasons": [
            _reason_view(session, reason, by_unit.get(reason.unit or ""), sides, names)
            for reason in found.reasons
        ],
    }


def _reason_view(
    session: Session,
    reason: Reason,
    unit: UnitTrack | None,
    sides: dict[str, str],
    names: dict[str, str],
) -> dict[str, Any]:
    return {
        "code": reason.code,
        "name": str(NAMES[reason.code]),
        "stand": reason.stand,
        "stand_name": str(STANDS[reason.stand]),
        "cost": reason.cost,
        "text": said(reason, names),
        "unit_id": unit.unit_id if unit else None,
        "unit_name": unit.name if unit else None,
        "bureau_name": bureau(session, unit.bureau_id).short_name if unit else None,
        "side": sides.get(unit.bureau_id) if unit else None,
        "values": dict(reason.values),
    }
