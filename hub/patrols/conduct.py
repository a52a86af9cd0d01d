"""Joint patrols once they are planned: start, end, cancel."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.approvals import services as approvals
from hub.db import utc_now
from hub.errors import Conflict, Forbidden
from hub.patrols.access import access_patrol
from hub.patrols.clashes import local
from hub.patrols.models import Patrol
from hub.patrols.plan import KIND, lapse_proposals, log, tell
from hub.patrols.plan_crew import check_licenses, check_requirements
from hub.patrols.plan_ground import ground_of

# A patrol may begin this long before its window and until this long after it.
START_SLACK = timedelta(hours=2)


def start(session: Session, actor: Actor, patrol_id: str) -> Patrol:
    """Begin an approved patrol: from now on positions and findings are taken.

    Raises:
        Forbidden: the actor is not of the crew.
        Conflict: not approved, too early or too late, somebody's certificate lapsed since he was
            assigned, a host has too few licensed officers, or the agreement is not in force.
    """
    patrol = access_patrol(session, actor, patrol_id, for_update=True)
    actor.require(Right.PATROL_LOG)
    if actor.user_id not in {officer.user_id for officer in patrol.crew}:
        raise Forbidden(_l("只有编入本次巡查的人员可以开始巡查。"))
    patrol.check("start")
    now = utc_now()
    if not patrol.starts_at - START_SLACK <= now <= patrol.ends_at + START_SLACK:
        raise Conflict(
            _l(
                "只能在计划时段（%(start)s至%(end)s）前后2小时内开始。",
                start=local(patrol.starts_at),
                end=local(patrol.ends_at),
            ),
            extra={"rule": "patrol.window"},
        )
    check_licenses(session, patrol)
    check_requirements(session, patrol)
    if not ground_of(session, patrol).in_force(now):
        raise Conflict(
            _l("协作机制备忘录现未生效，不能开始巡查。"), extra={"rule": "patrol.agreement"}
        )
    patrol.move("start")
    patrol.started_at = now
    lapse_proposals(session, patrol)
    log(session, actor, patrol, "started")
    tell(session, actor, patrol, "started")
    return patrol


def end(session: Session, actor: Actor, patrol_id: str) -> Patrol:
    """Finish a patrol under way.

    Raises:
        Forbidden: the actor is neither of the crew nor a planner.
        Conflict: it is not under way.
    """
    patrol = access_patrol(session, actor, patrol_id, for_update=True)
    if actor.user_id not in {officer.user_id for officer in patrol.crew}:
        actor.require(Right.PATROL_PLAN)
    patrol.move("end")
    patrol.ended_at = utc_now()
    log(session, actor, patrol, "ended")
    tell(session, actor, patrol, "ended")
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
