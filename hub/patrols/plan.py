"""The plan of a patrol: what it says, what approvals cover, and how an edit withdraws them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry import LineString
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.routes import RouteCut
from hub.access import Actor
from hub.approvals import services as approvals
from hub.changes import record_change
from hub.db import utc_now
from hub.patrols.clashes import (
    Bookings,
    Clash,
    agreement_clashes,
    booking_clashes,
    pinned_clashes,
    place_clashes,
    time_clashes,
)
from hub.patrols.models import Patrol, PatrolEvent, TimeProposal
from hub.patrols.openness import Course
from hub.patrols.pace import Pace
from hub.patrols.plan_ground import Ground, ground_of
from hub.patrols.waypoints import (
    WaypointDraft,
    waypoint_clashes,
    waypoint_content,
    write_waypoints,
)
from sharing.canonical import utc_text

KIND = "patrol"


@dataclass(frozen=True)
class Draft:
    """What a planner sends: everything of a plan but the crew.

    Waypoints (checked) and pace that are None stay as they are.
    """

    title: str
    starts_at: datetime
    ends_at: datetime
    route: LineString
    checklist: Sequence[str]
    note: str
    waypoints: Sequence[WaypointDraft] | None = None
    pace: Pace | None = None


def content(patrol: Patrol) -> dict[str, Any]:
    """What an approval covers: all that the parties read before the patrol begins.

    Substitutes stand beside it: the plan still names whom they stand in for.
    """
    return as_it_is(patrol) | {
        "crew": sorted(
            [o.bureau_id, o.stands_for_id, o.stands_for_name, o.stands_for_license or ""]
            if o.stands_for_id
            else [o.bureau_id, o.user_id, o.name, o.license_no or ""]
            for o in patrol.crew
        ),
        "craft": sorted(
            [c.bureau_id, c.stands_for_id or c.craft_id, c.stands_for_name or c.name]
            for c in patrol.craft
        ),
    }


def as_it_is(patrol: Patrol) -> dict[str, Any]:
    """The same with those who really go; what an edit is compared with."""
    return {
        "format": 2,
        "patrol": patrol.id,
        "number": patrol.number,
        "title": patrol.title,
        "agreement": [patrol.agreement_id, patrol.agreement_version],
        "zone": [patrol.zone_id, patrol.zone_version],
        "parties": sorted(patrol.party_ids),
        "starts_at": utc_text(patrol.starts_at),
        "ends_at": utc_text(patrol.ends_at),
        "route": [list(place) for place in route_of(patrol).coords],
        "legs": [[leg["adcode"], leg["host_bureau_id"], leg["length_m"]] for leg in patrol.legs],
        "crew": sorted([o.bureau_id, o.user_id, o.name, o.license_no or ""] for o in patrol.crew),
        "craft": sorted([c.bureau_id, c.craft_id, c.name] for c in patrol.craft),
        "checklist": [item["text"] for item in patrol.checklist],
        "note": patrol.note,
        "waypoints": waypoint_content(patrol),
        "pace": Pace.from_json(patrol.pace).to_json(),
    }


def route_of(patrol: Patrol) -> LineString:
    """The planned route, EPSG:4326."""
    return shapely.from_wkb(patrol.route)


def write_draft(
    patrol: Patrol, draft: Draft, ground: Ground, cut: RouteCut, legs: list[dict[str, Any]]
) -> None:
    """Put a draft into a patrol, on the ground it was checked against."""
    done = {item["text"]: item["done"] for item in patrol.checklist or []}
    patrol.title = draft.title
    patrol.starts_at = draft.starts_at
    patrol.ends_at = draft.ends_at
    patrol.route = shapely.to_wkb(draft.route)
    patrol.route_length_m = round(cut.length_m, 1)
    patrol.legs = legs
    patrol.checklist = [{"text": t, "done": done.get(t, False)} for t in draft.checklist]
    patrol.note = draft.note
    if draft.waypoints is not None:
        write_waypoints(patrol, draft.waypoints)
    if draft.pace is not None:
        patrol.pace = draft.pace.to_json()
    patrol.agreement_id = ground.agreement.id
    patrol.agreement_version = ground.agreement.version_at(draft.starts_at).number
    patrol.zone_id = ground.zone.id
    patrol.zone_version = ground.version.number


def seal(patrol: Patrol) -> None:
    """Renew the hash that approvals must repeat; from now on the plan names who really goes."""
    for officer in patrol.crew:
        officer.stands_for_id = officer.stands_for_name = officer.stands_for_license = None
    for boat in patrol.craft:
        boat.stands_for_id = boat.stands_for_name = None
    patrol.content_hash = approvals.content_hash(
        content(patrol) | {"plan_version": patrol.plan_version}
    )


def bookings_of(patrol: Patrol, reader_bureau_id: str) -> Bookings:
    """Everybody and everything that a patrol books."""
    return Bookings(
        reader_bureau_id,
        [row.user_id for row in patrol.crew],
        [row.craft_id for row in patrol.craft],
        patrol.id,
    )


def plan_clashes(
    session: Session,
    reader_bureau_id: str,
    patrol: Patrol,
    *,
    window: tuple[datetime, datetime] | None = None,
) -> list[Clash]:
    """All that speaks against a patrol as planned, or at another time."""
    starts_at, ends_at = window or (patrol.starts_at, patrol.ends_at)
    ground = ground_of(session, patrol)
    return [
        *time_clashes(starts_at, ends_at, fresh=window is not None),
        *agreement_clashes(ground, starts_at, ends_at),
        *pinned_clashes(ground, patrol),
        *place_clashes(ground.cut(route_of(patrol))),
        *waypoint_clashes(ground, patrol.waypoints),
        *booking_clashes(session, bookings_of(patrol, reader_bureau_id), starts_at, ends_at),
    ]


def log(
    session: Session,
    actor: Actor,
    patrol: Patrol,
    verb: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add a line to the patrol's history."""
    session.add(
        PatrolEvent(
            patrol_id=patrol.id,
            at=utc_now(),
            verb=verb,
            bureau_id=actor.bureau_id,
            user_name=actor.name,
            plan_version=patrol.plan_version,
            detail=dict(detail or {}),
        )
    )


def tell(session: Session, actor: Actor, patrol: Patrol, verb: str, **detail: Any) -> None:
    """Count the change and tell every party."""
    patrol.version += 1
    session.flush()
    _record(session, actor, patrol, verb, patrol.party_ids, detail)


def tell_course(session: Session, actor: Actor, patrol: Patrol, verb: str, **detail: Any) -> None:
    """Tell of what stands with the track of the actor's bureau, those to whom the terms show it;
    the plan and its version are as they were."""
    readers = Course(session).track_readers(patrol, actor.bureau_id)
    _record(session, actor, patrol, verb, readers, detail)


def _record(
    session: Session,
    actor: Actor,
    patrol: Patrol,
    verb: str,
    bureaus: Iterable[str],
    detail: dict[str, Any],
) -> None:
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=patrol.id,
        version=patrol.version,
        verb=verb,
        bureaus=bureaus,
        detail={"plan_version": patrol.plan_version, **detail},
    )


def edited(
    session: Session,
    actor: Actor,
    patrol: Patrol,
    before: Mapping[str, Any],
    *,
    verb: str = "edited",
    detail: Mapping[str, Any] | None = None,
) -> bool:
    """Finish an edit: a new plan version, approvals withdrawn, everybody told.

    Args:
        before: `as_it_is(patrol)` as it was.

    Returns:
        Whether anything changed; if not, approvals stand.
    """
    after = as_it_is(patrol)
    changed = [key for key in after if after[key] != before[key]]
    if not changed:
        return False
    patrol.move("edit")
    withdrawn = sorted({a.bureau_id for a in approvals.withdraw_all(session, KIND, patrol.id)})
    patrol.plan_version += 1
    seal(patrol)
    if "starts_at" in changed or "ends_at" in changed:
        lapse_proposals(session, patrol)
    log(
        session, actor, patrol, verb, {"changed": changed, "withdrawn": withdrawn, **(detail or {})}
    )
    tell(session, actor, patrol, "updated", changed=changed, withdrawn=withdrawn)
    return True


def open_proposals(session: Session, patrol: Patrol) -> list[TimeProposal]:
    """Proposals of another time that wait for an answer, oldest first."""
    return list(
        session.scalars(
            select(TimeProposal)
            .where(TimeProposal.patrol_id == patrol.id, TimeProposal.state == "open")
            .order_by(TimeProposal.at)
        )
    )


def lapse_proposals(session: Session, patrol: Patrol) -> None:
    """Close what nobody needs to answer any more."""
    for row in open_proposals(session, patrol):
        row.state = "lapsed"
        row.answered_at = utc_now()
