"""The kit of a patrol: all that its officer's phone needs from the start of the day to the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import shapely
from shapely.geometry import mapping
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.db import utc_now
from hub.field.ground import ground_kit
from hub.field.models import EntryKind
from hub.patrols.access import access_patrol
from hub.patrols.conduct import START_SLACK
from hub.patrols.finding_forms import form_views
from hub.patrols.finding_views import CATEGORIES
from hub.patrols.models import Patrol, PatrolOfficer, PatrolState
from hub.patrols.sides import ground_sides, side_of, zone_version_of
from hub.patrols.tracks import LATE
from hub.patrols.views import patrol_view
from hub.patrols.visits import waypoint_entries
from sharing.canonical import utc_text

# Patrols that begin within so long are offered to be made ready.
AHEAD = timedelta(days=7)
# What of a patrol's view the phone keeps: what its officer needs in the field.
KEPT = (
    "id",
    "version",
    "number",
    "title",
    "state",
    "state_name",
    "zone_name",
    "starts_at",
    "ends_at",
    "started_at",
    "ended_at",
    "cancel_reason",
    "route",
    "route_length_m",
    "legs",
    "checklist",
    "note",
    "waypoints",
    "plan_version",
    "parties",
)


def own_patrols(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The patrols of which the actor is crew: soon, under way, or ended while late logs count."""
    actor.require(Right.PATROL_LOG)
    now = utc_now()
    mine = select(PatrolOfficer.patrol_id).where(PatrolOfficer.user_id == actor.user_id)
    coming = (PatrolState.PROPOSED, PatrolState.APPROVED)
    rows = session.scalars(
        select(Patrol)
        .where(
            Patrol.id.in_(mine),
            or_(
                Patrol.state == PatrolState.IN_PROGRESS,
                Patrol.state.in_(coming)
                & (Patrol.starts_at <= now + AHEAD)
                & (Patrol.ends_at >= now - START_SLACK),
                (Patrol.state == PatrolState.COMPLETED) & (Patrol.ended_at >= now - LATE),
            ),
        )
        .order_by(Patrol.starts_at)
    )
    return [brief(session, actor, row) for row in rows]


def brief(session: Session, actor: Actor, patrol: Patrol) -> dict[str, Any]:
    """A patrol as the phone keeps it."""
    view = patrol_view(session, patrol, actor.reader)
    crew = [{k: o[k] for k in ("user_id", "name", "bureau_name", "side")} for o in view["crew"]]
    return {key: view[key] for key in KEPT} | {"crew": crew}


def _with_visits(session: Session, actor: Actor, patrol: Patrol) -> dict[str, Any]:
    """A patrol whose waypoints say whether anybody of those shown was there and is done."""
    kept = brief(session, actor, patrol)
    noted = {(row.waypoint, row.kind) for row in waypoint_entries(session, actor, patrol)}
    kept["waypoints"] = [
        point
        | {
            "visited": any((point["key"], kind) in noted for kind in EntryKind),
            "done": (point["key"], EntryKind.TASK) in noted,
        }
        for point in kept["waypoints"]
    ]
    return kept


def kit(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """Everything for one patrol: plan, map, ground and rules of this moment.

    Raises:
        NotFound: absent, or not his to see.
        Forbidden: the actor's role sees no work.
    """
    actor.require(Right.WORK_VIEW)
    patrol = access_patrol(session, actor, patrol_id)
    version = zone_version_of(session, patrol)
    letters = ground_sides(version, actor.bureau_id)
    shapes = {strip.adcode: shapely.from_wkb(strip.shape) for strip in version.strips}
    route = shapely.from_wkb(patrol.route)
    bounds = shapely.union_all([*shapes.values(), route]).bounds
    crew = {officer.user_id for officer in patrol.crew}
    return {
        "patrol": _with_visits(session, actor, patrol),
        "user_id": actor.user_id,
        "own_side": side_of(actor.bureau_id, actor.bureau_id),
        "logs": actor.may(Right.PATROL_LOG) and actor.user_id in crew,
        "hub_time": utc_text(utc_now()),
        "bounds": list(bounds),
        "sides": letters,
        "strips": {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": mapping(shape),
                    "properties": {"side": letters[adcode], "adcode": adcode},
                }
                for adcode, shape in shapes.items()
            ],
        },
        "line": mapping(shapely.from_wkb(version.line)),
        "categories": {code: str(name) for code, name in CATEGORIES.items()},
        "forms": form_views(),
        "ground": ground_kit(session, actor, bounds),
    }
