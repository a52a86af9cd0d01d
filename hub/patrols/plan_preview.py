"""What a plan would be: live feedback for the form. Nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shapely.geometry import LineString
from sqlalchemy.orm import Session

from geo.routes import RouteCut
from hub.access import Actor, Right
from hub.patrols.clashes import (
    Bookings,
    Clash,
    agreement_clashes,
    booking_clashes,
    place_clashes,
    time_clashes,
)
from hub.patrols.estimates import Course, estimate
from hub.patrols.models import Patrol
from hub.patrols.pace import Pace
from hub.patrols.plan_crew import choose_craft, choose_officers, requirements
from hub.patrols.plan_ground import Ground, legs_of, open_ground
from hub.patrols.services import partners_of
from hub.patrols.waypoints import WaypointDraft, waypoint_clashes


@dataclass(frozen=True)
class Asked:
    """What the form holds so far; `patrol` when it edits one."""

    zone_id: str
    route: LineString | None
    window: tuple[datetime, datetime] | None
    officers: Sequence[str]
    craft: Sequence[str]
    patrol: Patrol | None
    waypoints: Sequence[WaypointDraft] = ()
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True)
class Preview:
    """What that would be."""

    ground: Ground
    cut: RouteCut | None
    legs: list[dict[str, Any]]
    requirements: list[dict[str, Any]]
    clashes: list[Clash]
    estimate: dict[str, Any] | None


def preview(session: Session, actor: Actor, asked: Asked) -> Preview:
    """Legs, what each host owes and all that speaks against the plan.

    Raises:
        NotFound: no such zone, or not his.
        Forbidden: the actor is no planner.
        Invalid: people or craft that are not his bureau's.
    """
    ground = open_ground(session, actor, asked.zone_id)
    actor.require(Right.PATROL_PLAN)
    crew = choose_officers(session, actor, asked.officers)
    boats = choose_craft(session, actor, asked.craft)
    people, craft = ([], []) if asked.patrol is None else partners_of(asked.patrol, actor)
    partner_crew = [o for o in asked.patrol.crew if o.user_id in people] if asked.patrol else []
    bookings = Bookings(
        actor.bureau_id,
        [*people, *(o.user_id for o in crew)],
        [*craft, *(c.craft_id for c in boats)],
        asked.patrol.id if asked.patrol else None,
    )
    cut = ground.cut(asked.route) if asked.route is not None else None
    legs = legs_of(session, ground, cut) if cut is not None else []
    return Preview(
        ground,
        cut,
        legs,
        requirements(session, legs, [*crew, *partner_crew]),
        _clashes(session, asked, ground, cut, bookings),
        _estimate(asked, cut, legs),
    )


def _estimate(
    asked: Asked, cut: RouteCut | None, legs: list[dict[str, Any]]
) -> dict[str, Any] | None:
    if asked.route is None or cut is None:
        return None
    return estimate(
        Course(asked.route, cut.length_m, legs, asked.window), asked.waypoints, asked.pace
    )


def _clashes(
    session: Session, asked: Asked, ground: Ground, cut: RouteCut | None, bookings: Bookings
) -> list[Clash]:
    found: list[Clash] = []
    if asked.window is not None:
        patrol = asked.patrol
        fresh = patrol is None or asked.window != (patrol.starts_at, patrol.ends_at)
        found += time_clashes(*asked.window, fresh=fresh)
        found += agreement_clashes(ground, *asked.window)
        found += booking_clashes(session, bookings, *asked.window)
    if cut is not None:
        found += place_clashes(cut)
    found += waypoint_clashes(ground, asked.waypoints)
    return found
