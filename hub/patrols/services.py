"""Plans of joint patrols: propose, edit, assign the crew, approve with two keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from geo.routes import RouteCut
from hub.access import Actor, Right
from hub.approvals import services as approvals
from hub.db import utc_now
from hub.errors import Conflict, Forbidden
from hub.numbering.services import next_number
from hub.patrols.access import access_patrol
from hub.patrols.clashes import (
    Bookings,
    Clash,
    agreement_clashes,
    booking_clashes,
    lock_bookings,
    place_clashes,
    refuse,
    time_clashes,
)
from hub.patrols.draft_units import units_of
from hub.patrols.drafts import plan_changed
from hub.patrols.models import Patrol, PatrolParty, PatrolState
from hub.patrols.plan import (
    KIND,
    Draft,
    as_it_is,
    edited,
    log,
    open_proposals,
    plan_clashes,
    seal,
    tell,
    write_draft,
)
from hub.patrols.plan_crew import (
    check_requirements,
    choose_craft,
    choose_officers,
    replace_own,
)
from hub.patrols.plan_ground import Ground, legs_of, open_ground
from hub.patrols.waypoints import check_waypoints, waypoint_clashes

SERIES = "联巡"  # data, not screen text


def propose(
    session: Session,
    actor: Actor,
    zone_id: str,
    draft: Draft,
    *,
    officers: Sequence[str],
    craft: Sequence[str],
) -> Patrol:
    """Put the plan of a joint patrol on the table of the zone's parties.

    Raises:
        NotFound: no such zone, or not his.
        Forbidden: the actor is no planner.
        Invalid: people or craft that are not his bureau's.
        Conflict: something speaks against the plan; `clashes` lists it all.
    """
    ground = open_ground(session, actor, zone_id)
    actor.require(Right.PATROL_PLAN)
    draft = _checked(session, actor, draft, None)
    crew = choose_officers(session, actor, officers)
    boats = choose_craft(session, actor, craft)
    cut = ground.cut(draft.route)
    bookings = Bookings(actor.bureau_id, [o.user_id for o in crew], [c.craft_id for c in boats])
    lock_bookings(session, bookings.officers, bookings.craft)
    refuse(_draft_clashes(session, ground, cut, draft, bookings))
    now = utc_now()
    patrol = Patrol(
        number=next_number(session, SERIES, now),
        state=PatrolState.PROPOSED,
        proposing_bureau_id=actor.bureau_id,
        proposed_by_name=actor.name,
        checklist=[],
        created_at=now,
        plan_version=1,
        version=0,
        content_hash="",
    )
    patrol.parties = [PatrolParty(bureau_id=b) for b in sorted(set(ground.hosts.values()))]
    write_draft(patrol, draft, ground, cut, legs_of(session, ground, cut))
    session.add(patrol)
    patrol.crew, patrol.craft = crew, boats
    session.flush()
    seal(patrol)
    log(session, actor, patrol, "proposed")
    tell(session, actor, patrol, "created", title=patrol.title)
    return patrol


def _checked(session: Session, actor: Actor, draft: Draft, patrol: Patrol | None) -> Draft:
    """The draft with its waypoints checked."""
    if draft.waypoints is None:
        return draft
    known = {row.key: row.finding_id for row in patrol.waypoints} if patrol is not None else {}
    return replace(draft, waypoints=check_waypoints(session, actor, draft.waypoints, known))


def _draft_clashes(
    session: Session,
    ground: Ground,
    cut: RouteCut,
    draft: Draft,
    bookings: Bookings,
    *,
    fresh: bool = True,
) -> list[Clash]:
    return [
        *time_clashes(draft.starts_at, draft.ends_at, fresh=fresh),
        *agreement_clashes(ground, draft.starts_at, draft.ends_at),
        *place_clashes(cut),
        *waypoint_clashes(ground, draft.waypoints or ()),
        *booking_clashes(session, bookings, draft.starts_at, draft.ends_at),
    ]


def partners_of(patrol: Patrol, actor: Actor) -> tuple[list[str], list[str]]:
    """Ids of the people and craft that the other parties assigned."""
    return (
        [o.user_id for o in patrol.crew if o.bureau_id != actor.bureau_id],
        [c.craft_id for c in patrol.craft if c.bureau_id != actor.bureau_id],
    )


def change_plan(
    session: Session,
    actor: Actor,
    patrol: Patrol,
    draft: Draft,
    *,
    officers: Sequence[str] | None,
    craft: Sequence[str] | None,
) -> None:
    """Write a new plan in the place of the old one, on the zone version that binds now.

    Args:
        patrol: locked by the caller, who also checked the version.

    Raises:
        Forbidden: not the proposing bureau's planner.
        Conflict: the patrol began or ended, or something speaks against the plan.
    """
    actor.require(Right.PATROL_PLAN)
    if actor.bureau_id != patrol.proposing_bureau_id:
        raise Forbidden(_l("方案由提出单位修改；贵单位可以提出改期建议、指派本方人员。"))
    rewrite_plan(session, actor, patrol, draft, officers=officers, craft=craft)


def rewrite_plan(
    session: Session,
    actor: Actor,
    patrol: Patrol,
    draft: Draft,
    *,
    officers: Sequence[str] | None,
    craft: Sequence[str] | None,
) -> None:
    """Write a plan in the place of the old one; the caller checked who may.

    Raises:
        Conflict: as `change_plan`.
    """
    patrol.check("edit")
    units = units_of(patrol)
    ground = open_ground(session, actor, patrol.zone_id)
    cut = ground.cut(draft.route)
    draft = _checked(session, actor, draft, patrol)
    before = as_it_is(patrol)
    fresh = (draft.starts_at, draft.ends_at) != (patrol.starts_at, patrol.ends_at)
    crew = None if officers is None else choose_officers(session, actor, officers)
    boats = None if craft is None else choose_craft(session, actor, craft)
    bookings = _bookings_with(actor, patrol, crew, boats)
    lock_bookings(session, bookings.officers, bookings.craft)
    refuse(_draft_clashes(session, ground, cut, draft, bookings, fresh=fresh))
    write_draft(patrol, draft, ground, cut, legs_of(session, ground, cut))
    replace_own(session, actor, patrol, crew, boats)
    plan_changed(session, actor, patrol, units)
    edited(session, actor, patrol, before)


def _bookings_with(actor: Actor, patrol: Patrol, crew: Any, boats: Any) -> Bookings:
    """Everything booked once the own crew or craft is replaced by these (None: stays)."""
    people, craft = partners_of(patrol, actor)
    own_crew = [o for o in patrol.crew if o.bureau_id == actor.bureau_id] if crew is None else crew
    own_craft = (
        [c for c in patrol.craft if c.bureau_id == actor.bureau_id] if boats is None else boats
    )
    return Bookings(
        actor.bureau_id,
        [*people, *(o.user_id for o in own_crew)],
        [*craft, *(c.craft_id for c in own_craft)],
        patrol.id,
    )


def set_crew(
    session: Session,
    actor: Actor,
    patrol: Patrol,
    *,
    officers: Sequence[str],
    craft: Sequence[str],
) -> None:
    """Assign the own bureau's people and craft: an edit of the plan, by either party.

    Args:
        patrol: locked by the caller, who also checked the version.

    Raises:
        Forbidden: the actor is no planner.
        Invalid: people or craft that are not his bureau's.
        Conflict: the patrol began or ended, or somebody is booked elsewhere.
    """
    actor.require(Right.PATROL_PLAN)
    patrol.check("edit")
    before = as_it_is(patrol)
    crew = choose_officers(session, actor, officers)
    boats = choose_craft(session, actor, craft)
    bookings = _bookings_with(actor, patrol, crew, boats)
    lock_bookings(session, bookings.officers, bookings.craft)
    refuse(booking_clashes(session, bookings, patrol.starts_at, patrol.ends_at))
    replace_own(session, actor, patrol, crew, boats)
    edited(session, actor, patrol, before, verb="crew")


def approve(
    session: Session, actor: Actor, patrol_id: str, *, plan_version: int, content_hash: str
) -> Patrol:
    """Turn the own bureau's key on the plan that was read; with the last key it is approved.

    Raises:
        Forbidden: the actor may not approve.
        Conflict: the plan changed since it was read, was approved already, a proposed time waits
            for an answer, a host has too few licensed officers, or something speaks against it.
    """
    patrol = access_patrol(session, actor, patrol_id, for_update=True)
    actor.require(Right.PATROL_APPROVE)
    patrol.check("approve")
    if plan_version != patrol.plan_version:
        raise Conflict(
            _l(
                "方案已是第%(new)s版，您阅读的是第%(old)s版；请重新阅读。",
                new=patrol.plan_version,
                old=plan_version,
            ),
            extra={"rule": "patrol.plan_version", "plan_version": patrol.plan_version},
        )
    if open_proposals(session, patrol):
        raise Conflict(_l("请先答复或撤回改期建议。"), extra={"rule": "patrol.open_proposal"})
    check_requirements(session, patrol)
    lock_bookings(session, [o.user_id for o in patrol.crew], [c.craft_id for c in patrol.craft])
    refuse(plan_clashes(session, actor.bureau_id, patrol))
    complete = approvals.approve(
        session,
        actor,
        kind=KIND,
        record_id=patrol.id,
        version=patrol.plan_version,
        expected_hash=patrol.content_hash,
        given_hash=content_hash,
        parties=patrol.party_ids,
    )
    if complete:
        patrol.move("approve")
    log(session, actor, patrol, "approved", {"complete": complete, "content_hash": content_hash})
    tell(session, actor, patrol, "approved", complete=complete, content_hash=content_hash)
    return patrol
