"""Waypoints as a reader sees them: all of the plan, and of a finding his own view of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.patrols.finding_views import view_for
from hub.patrols.guide_models import GUIDE_NAMES
from hub.patrols.models import Finding, Patrol
from hub.patrols.openness import Course
from hub.patrols.waypoint_models import (
    MODE_NAMES,
    TARGET_NAMES,
    TASK_NAMES,
    Target,
    Task,
    Waypoint,
)

# What of a finding a plan tells: as far as the reader's own view of it has it.
TOLD = ("id", "number", "category_name", "text", "state_name", "due_on")


def waypoint_words() -> dict[str, dict[str, str]]:
    """The names of tasks, kinds of targets and ways to go, for forms."""
    return {
        "tasks": {code: str(name) for code, name in TASK_NAMES.items()},
        "targets": {code: str(name) for code, name in TARGET_NAMES.items()},
        "guides": {str(code): str(name) for code, name in GUIDE_NAMES.items()},
        "modes": {code: str(name) for code, name in MODE_NAMES.items()},
    }


def waypoint_views(session: Session, patrol: Patrol, reader: ReaderClass) -> list[dict[str, Any]]:
    """The waypoints of a patrol in order; access to the patrol was checked."""
    return row_views(session, sorted(patrol.waypoints, key=lambda row: row.number), reader)


def row_views(session: Session, rows: list[Waypoint], reader: ReaderClass) -> list[dict[str, Any]]:
    """Waypoints of a plan or of a draft of it, as they come."""
    told = _findings(session, rows, reader)
    return [
        {
            "key": row.key,
            "number": row.number,
            "name": row.name,
            "lon": row.lon,
            "lat": row.lat,
            "radius_m": row.radius_m,
            "at_min": row.at_min,
            "stay_min": row.stay_min,
            "mode": row.mode,
            "mode_name": str(MODE_NAMES[row.mode]) if row.mode else None,
            "task": row.task,
            "task_name": str(TASK_NAMES[Task(row.task)]) if row.task else None,
            "task_text": row.task_text,
            "target": _target(row, told),
        }
        for row in rows
    ]


def _findings(
    session: Session, rows: list[Waypoint], reader: ReaderClass
) -> Callable[[str], dict[str, Any] | None]:
    """From the id of a finding to what the reader is told of it; None: nothing."""
    wanted = {row.finding_id for row in rows if row.finding_id is not None}
    if not wanted:
        return lambda _id: None
    course = Course(session)
    found: dict[str, dict[str, Any] | None] = {}
    for finding in session.scalars(select(Finding).where(Finding.id.in_(sorted(wanted)))):
        view = view_for(session, reader, finding, course)
        found[finding.id] = None if view is None else {k: view.get(k) for k in TOLD}
    return found.get


def _target(row: Waypoint, told: Callable[[str], dict[str, Any] | None]) -> dict[str, Any] | None:
    if row.target_kind is None:
        return None
    kind_name = str(TARGET_NAMES[Target(row.target_kind)])
    finding = told(row.finding_id) if row.finding_id is not None else None
    return {
        "kind": row.target_kind,
        "kind_name": kind_name,
        "name": finding["number"] if finding else row.target_name,
        "code": row.target_code,
        "finding": finding,
    }
