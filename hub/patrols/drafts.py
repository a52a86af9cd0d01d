"""Planners of all parties work on one draft: unit by unit, whoever writes second loses nothing.

A write says which revision it is based on. What others changed since stays; only where the same
unit was changed by both, and differently, it is refused with what stands there now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.bureaus.services import bureau
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Forbidden, StaleVersion, field_error
from hub.patrols.access import access_patrol, may_see
from hub.patrols.draft_models import PlanDraft
from hub.patrols.draft_units import (
    POINT,
    Units,
    checked,
    point_draft,
    point_row,
    points_in_order,
    units_of,
)
from hub.patrols.models import Patrol, PatrolState
from hub.patrols.pace import Pace
from hub.patrols.plan import Draft
from hub.patrols.plan_ground import parse_route
from hub.patrols.sides import side_of
from hub.patrols.waypoint_views import row_views
from sharing.canonical import utc_text

KIND = "plan_draft"


def may_draft(actor: Actor, patrol: Patrol) -> bool:
    """Whether the actor's bureau may work on the draft now: every party until the plan is approved,
    after that the one that proposed it."""
    return _works_on(actor.reader, patrol)


def _works_on(reader: ReaderClass, patrol: Patrol) -> bool:
    own = reader.bureau_id == patrol.proposing_bureau_id
    open_to_all = patrol.state == PatrolState.PROPOSED
    return Right.PATROL_PLAN in reader.rights and patrol.may("edit") and (own or open_to_all)


def require_draft(actor: Actor, patrol: Patrol) -> None:
    """Refuse who may not work on the draft.

    Raises:
        Forbidden: no planner, or the other party's once all have approved.
        Conflict: the patrol began or ended.
    """
    actor.require(Right.PATROL_PLAN)
    patrol.check("edit")
    if not may_draft(actor, patrol):
        raise Forbidden(
            _l("各方都已确认的方案由提出单位修改；贵单位可以提出改期建议、指派本方人员。")
        )


def standing(session: Session, patrol: Patrol) -> tuple[PlanDraft, Units]:
    """The draft (a fresh one if there is none) and all its units as they stand."""
    draft = session.get(PlanDraft, patrol.id)
    if draft is None:
        draft = PlanDraft(patrol_id=patrol.id, rev=0, values={}, marks={})
    return draft, units_of(patrol) | draft.values


def save(
    session: Session, actor: Actor, patrol_id: str, changes: Mapping[str, Any], based_on: int
) -> Patrol:
    """Change units of the draft.

    Args:
        based_on: the revision that the writer saw.

    Raises:
        NotFound: absent, or not his to see.
        Forbidden, Conflict: as `require_draft`.
        Invalid, GeoError: a value that a unit cannot have.
        StaleVersion: others changed the same unit since; nothing of this write is kept. Carries
            `conflicts` (units) and the draft as it stands.
    """
    patrol = access_patrol(session, actor, patrol_id, for_update=True)
    require_draft(actor, patrol)
    draft, before = standing(session, patrol)
    wanted = checked(session, actor, changes, before)
    if based_on > draft.rev:
        raise field_error("If-Match", str(draft.rev))
    news = {unit: value for unit, value in wanted.items() if value != before.get(unit)}
    both = sorted(u for u in news if draft.marks.get(u, {}).get("rev", 0) > based_on)
    if both:
        raise StaleVersion(
            _l("同一处内容已被他人修改，请选择保留哪一个。"),
            extra={
                "your_version": based_on,
                "current_version": draft.rev,
                "conflicts": both,
                "current": draft_view(session, patrol, actor.reader),
            },
        )
    if news:
        _keep(session, patrol, draft, draft.values | news)
        mark(draft, actor, news)
        session.flush()
        _tell(session, actor, patrol, draft, sorted(news))
    return patrol


def _keep(session: Session, patrol: Patrol, draft: PlanDraft, values: Units) -> None:
    """Store what differs from the plan."""
    plan = units_of(patrol)
    draft.values = {u: v for u, v in values.items() if v != plan.get(u)}
    session.add(draft)


def mark(draft: PlanDraft, actor: Actor, units: Mapping[str, Any]) -> None:
    """Count a change and note who changed which units."""
    draft.rev += 1
    note = {
        "rev": draft.rev,
        "user_id": actor.user_id,
        "user_name": actor.name,
        "bureau_id": actor.bureau_id,
        "at": utc_text(utc_now()),
    }
    draft.marks = draft.marks | dict.fromkeys(units, note)


def plan_changed(session: Session, actor: Actor, patrol: Patrol, before: Units) -> None:
    """The plan itself was changed: who works on the draft learns which units.

    Args:
        before: `units_of` the plan as it was.
    """
    draft = session.get(PlanDraft, patrol.id)
    now = units_of(patrol)
    moved = {unit: None for unit in {*before, *now} if before.get(unit) != now.get(unit)}
    if draft is None:
        draft = PlanDraft(patrol_id=patrol.id, rev=0, values={}, marks={})
    _keep(session, patrol, draft, draft.values)
    mark(draft, actor, moved)


def draft_for_plan(session: Session, patrol: Patrol) -> Draft:
    """The draft as the services of the plan take it.

    Raises:
        Invalid: it is not whole: no title, no route, no time.
    """
    _draft, units = standing(session, patrol)
    window = units["window"]
    for field, given in (
        ("title", units["title"].strip()),
        ("route", units["route"]),
        *window.items(),
    ):
        if not given:
            raise field_error(field, _l("请填写此项。"))
    return Draft(
        title=units["title"],
        starts_at=datetime.fromisoformat(window["starts_at"]),
        ends_at=datetime.fromisoformat(window["ends_at"]),
        route=parse_route(units["route"]),
        checklist=units["checklist"],
        note=units["note"],
        waypoints=[point_draft(value) for value in points_in_order(units)],
        pace=Pace.from_json(units["pace"]),
    )


def _tell(
    session: Session, actor: Actor, patrol: Patrol, draft: PlanDraft, units: Sequence[str]
) -> None:
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=patrol.id,
        version=draft.rev,
        verb="updated",
        bureaus=patrol.party_ids,
        detail={"changed": sorted({"waypoints" if u.startswith(POINT) else u for u in units})},
    )


def draft_view(session: Session, patrol: Patrol, reader: ReaderClass) -> dict[str, Any]:
    """The draft as a party sees it: units, who changed each last, what differs from the plan."""
    draft, units = standing(session, patrol)
    rows = [point_row(v, n) for n, v in enumerate(points_in_order(units), start=1)]
    points = row_views(session, rows, reader)
    return {
        "id": patrol.id,
        "version": draft.rev,
        "plan_version": patrol.plan_version,
        "state": patrol.state,
        "units": {u: v for u, v in units.items() if not u.startswith(POINT)}
        | {"order": [point["key"] for point in points]}
        | {POINT + point["key"]: point for point in points},
        "marks": {u: _mark_view(session, m, reader) for u, m in draft.marks.items()},
        "changed": sorted(draft.values),
    }


def _mark_view(session: Session, kept: Mapping[str, Any], reader: ReaderClass) -> dict[str, Any]:
    return {
        "rev": kept["rev"],
        "user_id": kept["user_id"],
        "user_name": kept["user_name"],
        "bureau_name": bureau(session, kept["bureau_id"]).short_name,
        "side": side_of(reader.bureau_id, kept["bureau_id"]),
        "at": kept["at"],
    }


def render_draft(session: Session, reader: ReaderClass, patrol_id: str) -> dict[str, Any] | None:
    """The view that a change carries in the feed: for those who may work on it, as at its door."""
    patrol = session.get(Patrol, patrol_id)
    if patrol is None or not may_see(session, reader, patrol) or not _works_on(reader, patrol):
        return None
    return draft_view(session, patrol, reader)
