"""Waypoints of a plan: checked, written into the patrol, part of what approvals cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from geo.limits import parse_position
from hub.access import Actor
from hub.cases.texts import checked_uscc, clean, refuse_secrets
from hub.errors import field_error
from hub.patrols.clashes import Clash
from hub.patrols.finding_views import view_for
from hub.patrols.models import Finding, Patrol
from hub.patrols.plan_ground import Ground
from hub.patrols.waypoint_models import Stop, Target, Waypoint


@dataclass(frozen=True)
class TargetDraft:
    """At what a waypoint is aimed; of a finding only which (None: the one that is there stays)."""

    kind: str
    name: str = ""
    code: str | None = None
    finding_id: str | None = None


@dataclass(frozen=True)
class WaypointDraft:
    """A waypoint as a planner sends it; degrees, EPSG:4326; metres; minutes."""

    key: str
    name: str
    lon: float
    lat: float
    radius_m: float = 50.0
    at_min: int | None = None
    stay_min: int = 0
    mode: str | None = None
    task: str | None = None
    task_text: str = ""
    target: TargetDraft | None = None


def check_waypoints(
    session: Session, actor: Actor, drafts: Sequence[WaypointDraft], known: Mapping[str, str | None]
) -> list[WaypointDraft]:
    """The waypoints with clean texts, whole codes and places on Earth.

    Args:
        known: key -> finding that stands there so far; it may stay, whoever sees it.

    Raises:
        Invalid: names waypoint and field: two of one key, a text that is missing or a state secret,
            a wrong credit code, a finding that is not the actor's to see.
        GeoError: a place that cannot be.
    """
    made: list[WaypointDraft] = []
    for number, draft in enumerate(drafts):
        path = f"waypoints.{number}"
        if any(draft.key == other.key for other in made):
            raise field_error(f"{path}.key", _l("两个途经点不能用同一个标识。"))
        made.append(check_waypoint(session, actor, draft, known.get(draft.key), path))
    return made


def check_waypoint(
    session: Session, actor: Actor, draft: WaypointDraft, stood: str | None, path: str
) -> WaypointDraft:
    """One of them; `stood`: the finding it aimed at so far, `path`: what a refusal calls it.

    Raises:
        Invalid, GeoError: as `check_waypoints`.
    """
    place = parse_position(draft.lon, draft.lat)
    return WaypointDraft(
        draft.key,
        _text(f"{path}.name", draft.name, needed=True),
        round(place.lon, 7),
        round(place.lat, 7),
        draft.radius_m,
        draft.at_min,
        draft.stay_min,
        draft.mode,
        draft.task,
        _text(f"{path}.task_text", draft.task_text, lines=True),
        _target(session, actor, f"{path}.target", draft.target, stood),
    )


def _text(field: str, given: str, *, needed: bool = False, lines: bool = False) -> str:
    text = clean(given, lines=lines)
    if needed and not text:
        raise field_error(field, _l("请填写名称。"))
    refuse_secrets(field, text)
    return text


def _target(
    session: Session,
    actor: Actor,
    path: str,
    draft: TargetDraft | None,
    stood: str | None,
) -> TargetDraft | None:
    if draft is None:
        return None
    if draft.kind == Target.FINDING:
        return TargetDraft(draft.kind, finding_id=_finding(session, actor, path, draft, stood))
    name = _text(f"{path}.name", draft.name, needed=True)
    code = clean(draft.code) or None
    if draft.kind == Target.PARTY:
        code = checked_uscc(code, f"{path}.code")
    return TargetDraft(draft.kind, name, code if draft.kind != Target.FREE else None)


def _finding(
    session: Session, actor: Actor, path: str, draft: TargetDraft, stood: str | None
) -> str:
    """The finding that is aimed at: one that the actor sees, or the one that stood there."""
    wanted = draft.finding_id or stood
    if wanted is not None and wanted == stood:
        return wanted
    finding = session.get(Finding, wanted) if wanted is not None else None
    if finding is None or view_for(session, actor.reader, finding) is None:
        raise field_error(f"{path}.finding_id", _l("没有这一发现，或贵单位无权查看。"))
    return finding.id


def write_waypoints(patrol: Patrol, drafts: Sequence[WaypointDraft]) -> None:
    """Put checked waypoints into a patrol in their order; a row stays the row of its key."""
    rows = {row.key: row for row in patrol.waypoints}
    patrol.waypoints = [
        waypoint_row(rows.get(draft.key) or Waypoint(key=draft.key), number, draft)
        for number, draft in enumerate(drafts, start=1)
    ]


def waypoint_row(row: Waypoint, number: int, draft: WaypointDraft) -> Waypoint:
    """Put a checked waypoint into a row."""
    target = draft.target
    row.number, row.name = number, draft.name
    row.lon, row.lat, row.radius_m = draft.lon, draft.lat, draft.radius_m
    row.at_min, row.stay_min, row.mode = draft.at_min, draft.stay_min, draft.mode
    row.task, row.task_text = draft.task, draft.task_text
    row.target_kind = target.kind if target else None
    row.target_name = target.name if target else ""
    row.target_code = target.code if target else None
    row.finding_id = target.finding_id if target else None
    return row


def waypoint_content(patrol: Patrol) -> list[dict[str, Any]]:
    """What of the waypoints an approval covers: all of it, in order."""
    return [
        {
            "key": row.key,
            "name": row.name,
            "place": [row.lon, row.lat],
            "radius_m": row.radius_m,
            "at_min": row.at_min,
            "stay_min": row.stay_min,
            "mode": row.mode,
            "task": [row.task, row.task_text],
            "target": [row.target_kind, row.target_name, row.target_code, row.finding_id],
        }
        for row in sorted(patrol.waypoints, key=lambda row: row.number)
    ]


def waypoint_clashes(ground: Ground, waypoints: Sequence[Stop]) -> list[Clash]:
    """Waypoints outside the zone: nobody patrols there."""
    area = shapely.union_all(list(ground.strips.values()))
    shapely.prepare(area)
    outside = [
        (number, point)
        for number, point in enumerate(waypoints, start=1)
        if not shapely.covers(area, shapely.Point(point.lon, point.lat))
    ]
    if not outside:
        return []
    names = "、".join(f"{number} {point.name}" for number, point in outside)
    words = _l("途经点在区域之外：%(names)s。", names=names)
    return [Clash("waypoint_outside", words, {"waypoints": [point.key for _n, point in outside]})]
