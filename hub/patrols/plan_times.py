"""Another time for a patrol: one party proposes it, another accepts or refuses."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, NotFound
from hub.patrols.access import access_patrol
from hub.patrols.clashes import lock_bookings, refuse
from hub.patrols.draft_units import units_of
from hub.patrols.drafts import plan_changed
from hub.patrols.models import Patrol, TimeProposal
from hub.patrols.plan import as_it_is, edited, log, open_proposals, plan_clashes, tell
from sharing.canonical import utc_text


def propose_time(
    session: Session,
    actor: Actor,
    patrol_id: str,
    *,
    starts_at: datetime,
    ends_at: datetime,
    message: str,
) -> Patrol:
    """Put another time on the table; the plan and its approvals stay until it is accepted.

    Raises:
        Conflict: the patrol began or ended, a proposal waits already, or something speaks
            against the time.
    """
    patrol = access_patrol(session, actor, patrol_id, for_update=True)
    actor.require(Right.PATROL_PLAN)
    patrol.check("edit")
    if open_proposals(session, patrol):
        raise Conflict(_l("已有一项改期建议等待答复。"), extra={"rule": "patrol.one_proposal"})
    refuse(plan_clashes(session, actor.bureau_id, patrol, window=(starts_at, ends_at)))
    row = TimeProposal(
        patrol_id=patrol.id,
        bureau_id=actor.bureau_id,
        user_name=actor.name,
        starts_at=starts_at,
        ends_at=ends_at,
        message=message,
        state="open",
        at=utc_now(),
    )
    session.add(row)
    detail = {"starts_at": utc_text(starts_at), "ends_at": utc_text(ends_at), "message": message}
    log(session, actor, patrol, "time_proposed", detail)
    tell(session, actor, patrol, "time_proposed")
    return patrol


def answer_time(
    session: Session, actor: Actor, patrol: Patrol, *, proposal_id: str, answer: str
) -> None:
    """Accept or refuse the other party's time, or withdraw the own proposal.

    Accepting changes the plan: a new plan version, all approvals withdrawn.

    Args:
        patrol: locked by the caller, who also checked the version.
        answer: accept, refuse or withdraw.

    Raises:
        NotFound: no such open proposal.
        Forbidden: accepting or refusing the own proposal, or withdrawing another's.
        Conflict: something speaks against the time by now.
    """
    actor.require(Right.PATROL_PLAN)
    patrol.check("edit")
    row = next((p for p in open_proposals(session, patrol) if p.id == proposal_id), None)
    if row is None:
        raise NotFound
    if (answer == "withdraw") != (row.bureau_id == actor.bureau_id):
        raise Forbidden(_l("改期建议由对方答复，提出方只能撤回。"))
    row.answered_at, row.answered_by_name = utc_now(), actor.name
    if answer != "accept":
        row.state = "refused" if answer == "refuse" else "withdrawn"
        log(session, actor, patrol, f"time_{row.state}")
        tell(session, actor, patrol, f"time_{row.state}")
        return
    _accept(session, actor, patrol, row)


def _accept(session: Session, actor: Actor, patrol: Patrol, row: TimeProposal) -> None:
    lock_bookings(session, [o.user_id for o in patrol.crew], [c.craft_id for c in patrol.craft])
    refuse(plan_clashes(session, actor.bureau_id, patrol, window=(row.starts_at, row.ends_at)))
    before, units = as_it_is(patrol), units_of(patrol)
    row.state = "accepted"
    session.flush()
    patrol.starts_at, patrol.ends_at = row.starts_at, row.ends_at
    plan_changed(session, actor, patrol, units)
    detail = {"starts_at": utc_text(row.starts_at), "ends_at": utc_text(row.ends_at)}
    if not edited(session, actor, patrol, before, verb="time_accepted", detail=detail):
        tell(session, actor, patrol, "time_accepted")
