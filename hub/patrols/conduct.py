"""Joint patrols once they are planned: start, end, cancel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.approvals import services as approvals
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, field_error
from hub.patrols.access import access_patrol
from hub.patrols.clashes import local
from hub.patrols.models import Patrol
from hub.patrols.plan import KIND, lapse_proposals, log, tell
from hub.patrols.plan_crew import check_licenses, check_requirements
from hub.patrols.plan_ground import ground_of
from hub.patrols.tracks import CLOCK_SLACK, LATE, refuse_older
from sharing.canonical import utc_text

# A patrol may begin this long before its window and until this long after it.
START_SLACK = timedelta(hours=2)


@dataclass(frozen=True)
class Noted:
    """An act that a phone noted without a network.

    Args:
        at: when it was done, by the hub's clock as the phone reckons it (aware).
        clock_offset_s: what the phone added to its own clock for that; None: it does not say.
        plan_version: the version of the plan that its person went by.
    """

    at: datetime
    clock_offset_s: float | None = None
    plan_version: int | None = None


def start(session: Session, actor: Actor, patrol_id: str, noted: Noted | None = None) -> Patrol:
    """Begin an approved patrol: from now on positions and findings are taken.

    One that was begun without a network is judged by the time at which it was begun; that and the
    time at which the hub learned of it both stand in its history.

    Raises:
        Forbidden: the actor is not of the crew.
        Conflict: not approved, planned anew since, too early or too late, somebody's certificate
            lapsed, a host has too few licensed officers, or the agreement was not in force.
        Invalid: the time cannot be.
    """
    patrol = access_patrol(session, actor, patrol_id, for_update=True)
    actor.require(Right.PATROL_LOG)
    if actor.user_id not in {officer.user_id for officer in patrol.crew}:
        raise Forbidden(_l("只有编入本次巡查的人员可以开始巡查。"))
    patrol.check("start")
    at = _time_of(noted, utc_now())
    _check_plan(patrol, noted)
    _check_window(patrol, at)
    check_licenses(session, patrol, at)
    check_requirements(session, patrol)
    if not ground_of(session, patrol).in_force(at):
        raise Conflict(
            _l("协作机制备忘录现未生效，不能开始巡查。"), extra={"rule": "patrol.agreement"}
        )
    patrol.move("start")
    patrol.started_at = at
    lapse_proposals(session, patrol)
    log(session, actor, patrol, "started", _later(noted))
    tell(session, actor, patrol, "started", **_later(noted))
    return patrol


def _time_of(noted: Noted | None, now: datetime) -> datetime:
    """When an act was done: now, or when the phone noted it, if that can be."""
    if noted is None:
        return now
    if noted.at > now + CLOCK_SLACK:
        raise field_error("at", _l("时间在将来，请检查设备时钟。"))
    refuse_older(noted.at, now, LATE)
    return min(noted.at, now)


def _check_plan(patrol: Patrol, noted: Noted | None) -> None:
    if noted is not None and noted.plan_version not in (None, patrol.plan_version):
        raise Conflict(
            _l(
                "方案已修改：您依据的是第%(old)s版，现为第%(new)s版。请核对后按现行方案继续。",
                old=noted.plan_version,
                new=patrol.plan_version,
            ),
            extra={"rule": "patrol.plan_changed", "plan_version": patrol.plan_version},
        )


def _check_window(patrol: Patrol, at: datetime) -> None:
    if not patrol.starts_at - START_SLACK <= at <= patrol.ends_at + START_SLACK:
        raise Conflict(
            _l(
                "只能在计划时段（%(start)s至%(end)s）前后2小时内开始。",
                start=local(patrol.starts_at),
                end=local(patrol.ends_at),
            ),
            extra={"rule": "patrol.window"},
        )


def _later(noted: Noted | None) -> dict[str, Any]:
    """What history keeps of an act told later."""
    if noted is None:
        return {}
    return {"noted_at": utc_text(noted.at), "clock_offset_s": noted.clock_offset_s}


def end(session: Session, actor: Actor, patrol_id: str, noted: Noted | None = None) -> Patrol:
    """Finish a patrol under way.

    Raises:
        Forbidden: the actor is neither of the crew nor a planner.
        Conflict: it is not under way.
        Invalid: the time cannot be.
    """
    patrol = access_patrol(session, actor, patrol_id, for_update=True)
    if actor.user_id not in {officer.user_id for officer in patrol.crew}:
        actor.require(Right.PATROL_PLAN)
    patrol.check("end")
    at = _time_of(noted, utc_now())
    if patrol.started_at is not None and at < patrol.started_at - CLOCK_SLACK:
        raise field_error("at", _l("结束时间早于开始时间，请检查设备时钟。"))
    patrol.move("end")
    patrol.ended_at = max(at, patrol.started_at or at)
    log(session, actor, patrol, "ended", _later(noted))
    tell(session, actor, patrol, "ended", **_later(noted))
    return patrol


def cancel(session: Session, actor: Actor, patrol: Patrol, reason: str) -> None:
    """Call off a patrol that has not begun; either party may.

    Args:
        patrol: locked by the caller, who also checked the version.

    Raises:
        Forbidden: the actor is no planner.
        Conflict: it began or ended.
    """
    actor.require(Right.PATROL_PLAN)
    patrol.move("cancel")
    patrol.cancel_reason = reason
    approvals.withdraw_all(session, KIND, patrol.id)
    lapse_proposals(session, patrol)
    log(session, actor, patrol, "cancelled", {"reason": reason})
    tell(session, actor, patrol, "cancelled", reason=reason)
