"""Like for like: another officer or craft of the same bureau in an approved plan.

The plan names who goes; which of its licensed officers a bureau sends is its own affair as long as
what both sides relied on stays true: same bureau, a certificate for a certificate, a boat for a
boat, and two licensed officers of each host (行政处罚法 第四十二条). Such a change is recorded
beside the plan, whose approvals stand (docs/adr); every other change of the crew is an edit.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.models import User
from hub.errors import Conflict, field_error
from hub.patrols.clashes import Bookings, booking_clashes, lock_bookings, refuse
from hub.patrols.models import Patrol, PatrolCraft, PatrolOfficer, PatrolState
from hub.patrols.plan import log, tell
from hub.patrols.plan_crew import (
    able_officers,
    check_requirements,
    choose_craft,
    choose_officers,
    options,
)
from hub.stations.models import Craft


def substitute(
    session: Session, actor: Actor, patrol: Patrol, *, out_id: str, in_id: str, reason: str
) -> None:
    """Send another officer or craft of the own bureau than the approved plan names.

    Args:
        patrol: locked by the caller, who also checked the version.
        out_id, in_id: id of the officer or craft that goes no more, and of the one that goes.

    Raises:
        Forbidden: the actor may not approve for his bureau.
        Invalid: not of the own bureau, or not of this patrol.
        Conflict: not approved by all or begun already, not like for like, or not to be had.
    """
    actor.require(Right.PATROL_APPROVE)
    if patrol.state != PatrolState.APPROVED:
        raise Conflict(
            _l("只有各方都已确认、尚未开始的巡查可以替换；其他情况请重新指派，由各方确认。"),
            extra={"rule": "patrol.substitute", "state": patrol.state},
        )
    mine = [row for row in patrol.crew if row.bureau_id == actor.bureau_id]
    boats = [row for row in patrol.craft if row.bureau_id == actor.bureau_id]
    officer = next((row for row in mine if row.user_id == out_id), None)
    craft = next((row for row in boats if row.craft_id == out_id), None)
    if officer is not None:
        new: Any = _officer(session, actor, patrol, officer, in_id)
    elif craft is not None:
        new = _craft(session, actor, patrol, craft, in_id)
    else:
        raise field_error("out_id", _l("只能替换本单位编入此次巡查的人员和船艇车辆。"))
    session.flush()
    check_requirements(session, patrol)
    old: Any = officer or craft
    detail = {"out": old.name, "in": new.name, "reason": reason}
    log(session, actor, patrol, "substituted", detail)
    tell(session, actor, patrol, "substituted", **detail)


def _officer(
    session: Session, actor: Actor, patrol: Patrol, old: PatrolOfficer, in_id: str
) -> PatrolOfficer:
    (new,) = choose_officers(session, actor, [in_id])
    if any(row.user_id == in_id for row in patrol.crew):
        raise field_error("in_id", _l("%(name)s已编入此次巡查。", name=new.name))
    user = session.get_one(User, in_id)
    if old.license_no is not None and not user.licensed_at(patrol.ends_at):
        raise _unlike(
            _l("%(new)s届时没有有效的执法证，不能替换持证的%(old)s。", new=new.name, old=old.name)
        )
    _check_free(session, actor, patrol, [in_id], [])
    if in_id != old.stands_for_id:
        new.stands_for_id = old.stands_for_id or old.user_id
        new.stands_for_name = old.stands_for_name or old.name
        new.stands_for_license = old.stands_for_license if old.stands_for_id else old.license_no
    patrol.crew = [row for row in patrol.crew if row is not old] + [new]
    return new


def _craft(
    session: Session, actor: Actor, patrol: Patrol, old: PatrolCraft, in_id: str
) -> PatrolCraft:
    (new,) = choose_craft(session, actor, [in_id])
    if any(row.craft_id == in_id for row in patrol.craft):
        raise field_error("in_id", _l("%(name)s已编入此次巡查。", name=new.name))
    kinds = [session.get_one(Craft, one).kind for one in (old.craft_id, in_id)]
    if kinds[0] != kinds[1]:
        raise _unlike(_l("船只能换船，车只能换车。"))
    _check_free(session, actor, patrol, [], [in_id])
    if in_id != old.stands_for_id:
        new.stands_for_id = old.stands_for_id or old.craft_id
        new.stands_for_name = old.stands_for_name or old.name
    patrol.craft = [row for row in patrol.craft if row is not old] + [new]
    return new


def _unlike(words: Any) -> Conflict:
    more = _l("请在方案中重新指派，由各方再确认。")
    return Conflict(f"{words}{more}", extra={"rule": "patrol.substitute"})


def stand_ins(session: Session, actor: Actor, patrol: Patrol) -> list[dict[str, Any]]:
    """Whoever and whatever of the own bureau could go instead, each with whose place he may take.

    Whoever is booked elsewhere is listed with the reason; `substitute` refuses him.
    """
    going = {row.user_id for row in patrol.crew} | {row.craft_id for row in patrol.craft}
    # Held, so that looking at each of them asks the database once for all.
    officers = {one.id: one for one in able_officers(session, actor.bureau_id)}
    choice = options(session, actor, patrol.starts_at, patrol.ends_at, patrol.id)
    mine = [row for row in patrol.crew if row.bureau_id == actor.bureau_id]
    boats = [row for row in patrol.craft if row.bureau_id == actor.bureau_id]
    kinds = {row.craft_id: session.get_one(Craft, row.craft_id).kind for row in boats}
    out = []
    for one in choice["officers"]:
        licensed = officers[one["id"]].licensed_at(patrol.ends_at)
        places = [row.user_id for row in mine if licensed or row.license_no is None]
        out.append({**one, "more": one["license_no"], "places": places})
    for one in choice["craft"]:
        places = [craft_id for craft_id, kind in kinds.items() if kind == one["kind"]]
        out.append({**one, "more": one["plate"], "places": places})
    return [one for one in out if one["id"] not in going and one["places"]]


def _check_free(
    session: Session, actor: Actor, patrol: Patrol, officers: list[str], craft: list[str]
) -> None:
    lock_bookings(session, officers, craft)
    bookings = Bookings(actor.bureau_id, officers, craft, patrol.id)
    refuse(booking_clashes(session, bookings, patrol.starts_at, patrol.ends_at))
