"""The report of one patrol as values: what the reader's bureau may see of all that it did."""

from __future__ import annotations

import hashlib
from typing import Any

import shapely
from flask_babel import lazy_gettext as _l
from shapely.geometry import MultiLineString
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.errors import Conflict
from hub.field.crossing_views import crossings_of
from hub.field.services import entries
from hub.files import services as files
from hub.files.models import StoredFile
from hub.inspections.listing import of_patrol
from hub.patrols.finding_views import KIND as FINDING
from hub.patrols.finding_views import shows_files, view_for
from hub.patrols.models import Finding, Patrol, PatrolState
from hub.patrols.plan import route_of
from hub.patrols.results import DRAWN_WITHIN_M, results_view, visible_tracks
from hub.patrols.sides import ground_sides, sides_of, strips_of, zone_version_of
from hub.patrols.truth import truth_view
from hub.patrols.views import patrol_view
from hub.patrols.visits import visits
from hub.reports.picture import Drawing, Spot
from hub.reviews.services import readable
from hub.reviews.views import review_view
from sharing.canonical import canonical

FINDING_FIELDS = (
    "number", "category_name", "text", "found_at", "side_bureau_name", "bureau_name",
    "recorded_by_name", "lon", "lat", "state_name", "details_text", "firm_name",
)  # fmt: skip
WAYPOINT_FIELDS = (
    "number", "name", "lon", "lat", "task_name", "task_text", "how", "at", "unit_name", "task_done",
)  # fmt: skip
PATROL_FIELDS = (
    "number", "title", "state", "agreement_number", "zone_name", "starts_at", "ends_at",
    "started_at", "ended_at", "route_length_m", "checklist", "note", "plan_version", "content_hash",
)  # fmt: skip


def check_ended(patrol: Patrol) -> None:
    """A report is made of a patrol that is over.

    Raises:
        Conflict: it is not.
    """
    if patrol.state != PatrolState.COMPLETED:
        raise Conflict(
            _l("巡查结束后才有报告。"), extra={"rule": "report.ended", "state": patrol.state}
        )


def report_content(session: Session, actor: Actor, patrol: Patrol) -> dict[str, Any]:
    """Plan, figures, log, findings, reasons, reviews and records, as far as the reader sees them.

    The caller has checked access and that the patrol has ended. Metres, seconds, shares 0 to 1.
    """
    view = patrol_view(session, patrol, actor.reader)
    results = results_view(session, actor.reader, patrol)
    truth = truth_view(session, actor.reader, patrol)
    return {
        "patrol": {name: view[name] for name in PATROL_FIELDS},
        "parties": [one["bureau_name"] for one in view["parties"]],
        "crew": [
            {"name": one["name"], "bureau": one["bureau_name"], "license_no": one["license_no"]}
            for one in view["crew"]
        ],
        "waypoints": [
            {name: one[name] for name in WAYPOINT_FIELDS}
            for one in visits(session, actor, patrol.id)["items"]
        ],
        "craft": [{"name": one["name"], "bureau": one["bureau_name"]} for one in view["craft"]],
        "figures": {name: value for name, value in results.items() if name != "gaps"},
        "units": _units(session, actor, patrol),
        "truth": {
            "score": truth["score"],
            "level": truth["level_name"],
            "reasons": [
                {"name": one["name"], "stand": one["stand_name"], "text": one["text"],
                 "unit": one["unit_name"]}
                for one in truth["reasons"]
            ],
        },
        "log": _log(session, actor, patrol),
        "findings": [
            {name: one.get(name) for name in FINDING_FIELDS}
            for one in _findings(session, actor, patrol)
        ],
        "photos": [
            {"finding": number, "name": file.name, "sha256": file.sha256,
             "by": file.uploaded_by_name}
            for number, file in photos_of(session, actor, patrol)
        ],
        "inspections": [
            {"number": one["number"], "state": one["state_name"], "sealed_hash": one["sealed_hash"]}
            for one in of_patrol(session, actor, patrol.id)
        ],
        "reviews": [
            review_view(session, row, actor.bureau_id)
            for row in readable(session, actor.reader, patrol)
        ],
    }  # fmt: skip


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 (hex) of the canonical form of a report's content."""
    return hashlib.sha256(canonical(content)).hexdigest()


def _log(session: Session, actor: Actor, patrol: Patrol) -> list[dict[str, Any]]:
    """What the units noted, and what the hub noted of them: crossings and lost contact, by time."""
    noted = [
        {name: one[name] for name in ("at", "unit_name", "kind", "subject", "note")}
        for one in entries(session, actor, patrol.id)
    ]
    seen = [
        {"at": one["at"], "unit_name": one["unit_name"], "kind": one["kind"],
         "subject": one["title"], "note": ""}
        for one in crossings_of(session, actor, patrol.id)
    ]  # fmt: skip
    return sorted(noted + seen, key=lambda one: str(one["at"]))


def _units(session: Session, actor: Actor, patrol: Patrol) -> list[dict[str, Any]]:
    sides = sides_of(patrol, actor.bureau_id)
    return [
        {
            "name": unit.name,
            "side": sides.get(unit.bureau_id),
            "distance_m": round(unit.figures.distance_m, 1),
            "duration_s": round(unit.figures.duration_s),
            "moving_s": round(unit.figures.moving_s),
        }
        for unit in visible_tracks(session, actor.reader, patrol)[1]
    ]


def _findings(session: Session, actor: Actor, patrol: Patrol) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Finding).where(Finding.patrol_id == patrol.id).order_by(Finding.found_at, Finding.id)
    )
    views = (view_for(session, actor.reader, row) for row in rows)
    return [view for view in views if view is not None]


def photos_of(session: Session, actor: Actor, patrol: Patrol) -> list[tuple[int, StoredFile]]:
    """Photos of the findings that the reader may open, each with the number of its finding."""
    found = []
    for number, view in enumerate(_findings(session, actor, patrol), 1):
        row = session.get_one(Finding, view["id"])
        if shows_files(session, actor.reader, row):
            rows = files.files_of(session, FINDING, row.id)
            found += [(number, file) for file in rows if file.clean_sha256]
    return found


def drawing_of(session: Session, actor: Actor, patrol: Patrol) -> Drawing:
    """The patrol's ground, plan, tracks, findings and check-ins, as far as the reader sees them."""
    version = zone_version_of(session, patrol)
    sides, ground = sides_of(patrol, actor.bureau_id), ground_sides(version, actor.bureau_id)
    units = visible_tracks(session, actor.reader, patrol)[1]
    tracks = [
        (sides[unit.bureau_id], MultiLineString(unit.lines(DRAWN_WITHIN_M))) for unit in units
    ]
    log = [one for one in entries(session, actor, patrol.id) if one.get("lon") is not None]
    return Drawing(
        strips=[(ground[code], shape) for code, shape in strips_of(session, patrol).items()],
        line=shapely.from_wkb(version.line),
        route=route_of(patrol),
        tracks=[(side, shape) for side, shape in tracks if not shape.is_empty],
        findings=[
            Spot(number, one["lon"], one["lat"])
            for number, one in enumerate(_findings(session, actor, patrol), 1)
            if one.get("lon") is not None
        ],
        checks=[Spot(0, one["lon"], one["lat"]) for one in log],
    )
