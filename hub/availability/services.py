"""Enter and withdraw absences; whoever is booked meanwhile is named at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.models import User
from hub.availability.access import access_absence, away_between
from hub.availability.models import Absence, Reason
from hub.availability.views import KIND, absence_view
from hub.changes import record_change, view_changed
from hub.db import utc_now
from hub.errors import Conflict, field_error
from hub.patrols.busy import busy_between
from hub.patrols.clashes import Bookings, Clash, clashes_of, lock_bookings
from hub.patrols.models import Patrol
from hub.patrols.plan import KIND as PATROL
from hub.stations.models import Craft, Station
from hub.stations.roster_clashes import duty_words, tell_stations, turns_of
from hub.stations.roster_models import Duty

LONGEST = timedelta(days=400)


def enter(
    session: Session,
    actor: Actor,
    *,
    subject: str,
    subject_id: str,
    starts_at: datetime,
    ends_at: datetime,
    reason: Reason,
    note: str = "",
) -> dict[str, Any]:
    """Enter that a person or craft of the own bureau is not available.

    Patrols it is booked for stay as they are and show the clash; the answer names them.

    Args:
        subject: "officer" or "craft".

    Raises:
        Forbidden: neither a planner, nor the person himself, nor (for craft) who keeps stations.
        Invalid: not of the own bureau, or a time that cannot be.
    """
    if ends_at <= starts_at:
        raise field_error("ends_at", _l("结束时间早于或等于开始时间。"))
    if ends_at - starts_at > LONGEST:
        raise field_error("ends_at", _l("一次最多登记%(days)s天。", days=LONGEST.days))
    name = _named(session, actor, subject, subject_id)
    officers, craft = ([subject_id], []) if subject == "officer" else ([], [subject_id])
    lock_bookings(session, officers, craft)
    row = Absence(
        bureau_id=actor.bureau_id,
        user_id=subject_id if subject == "officer" else None,
        craft_id=subject_id if subject == "craft" else None,
        name=name,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.value,
        note=note,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=utc_now(),
        version=0,
    )
    session.add(row)
    _tell(session, actor, row, "created")
    busy = busy_between(session, officers, craft, starts_at, ends_at)
    _renew(session, {one.patrol.id: one.patrol for one in busy if one.patrol is not None})
    bookings = Bookings(actor.bureau_id, officers, craft)
    met = clashes_of([one for one in busy if one.patrol], bookings, starts_at, ends_at)
    turns = turns_of(session, officers, starts_at, ends_at)
    tell_stations(session, turns)
    view = absence_view(actor.reader, row, actor.user_id) or {}
    on_duty = [_duty_clash(row, duty, station) for duty, station in turns]
    return view | {"clashes": [*(clash.to_dict() for clash in met), *on_duty]}


def _duty_clash(row: Absence, duty: Duty, station: Station) -> dict[str, Any]:
    """A turn of a roster that the absence meets, as the API tells it."""
    text = _l("%(name)s %(what)s", name=row.name, what=duty_words(duty, station))
    return Clash("duty", text, {"duty_id": duty.id, "station_id": station.id}).to_dict()


def _named(session: Session, actor: Actor, subject: str, subject_id: str) -> str:
    """The name of an own person or craft for whom the actor may enter absences."""
    if subject == "officer":
        if subject_id != actor.user_id:
            actor.require(Right.PATROL_PLAN)
        user = session.get(User, subject_id)
        if user is not None and user.bureau_id == actor.bureau_id:
            return user.name
    else:
        if not actor.may(Right.STATION_EDIT):
            actor.require(Right.PATROL_PLAN)
        craft = session.get(Craft, subject_id)
        if craft is not None and craft.bureau_id == actor.bureau_id:
            return craft.name
    raise field_error("subject_id", _l("只能登记本单位的人员和船艇车辆。"))


def withdraw(session: Session, actor: Actor, absence_id: str) -> dict[str, Any] | None:
    """Take an absence back: the person or craft is available again.

    Raises:
        NotFound: absent, or another bureau's.
        Forbidden: as for entering.
        Conflict: it was taken back already.
    """
    row = access_absence(session, actor, absence_id)
    _named(session, actor, "officer" if row.user_id else "craft", row.subject_id)
    if row.withdrawn_at is not None:
        raise Conflict(_l("此登记已经撤销。"))
    row.withdrawn_at = utc_now()
    _tell(session, actor, row, "removed")
    officers = [row.user_id] if row.user_id else []
    craft = [row.craft_id] if row.craft_id else []
    busy = busy_between(session, officers, craft, row.starts_at, row.ends_at)
    _renew(session, {one.patrol.id: one.patrol for one in busy if one.patrol is not None})
    tell_stations(session, turns_of(session, officers, row.starts_at, row.ends_at))
    return absence_view(actor.reader, row, actor.user_id)


def absences(
    session: Session, actor: Actor, starts_at: datetime, ends_at: datetime
) -> list[dict[str, Any]]:
    """Absences of the own bureau in a stretch of time, soonest first.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    people = set(session.scalars(select(User.id).where(User.bureau_id == actor.bureau_id)))
    craft = set(session.scalars(select(Craft.id).where(Craft.bureau_id == actor.bureau_id)))
    rows = away_between(session, people, craft, starts_at, ends_at)
    views = [absence_view(actor.reader, row, actor.user_id) for row in rows]
    return [view for view in views if view is not None]


def _tell(session: Session, actor: Actor, row: Absence, verb: str) -> None:
    """Tell the own bureau alone; the audit entry too keeps no reason."""
    row.version += 1
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        version=row.version,
        verb=verb,
        bureaus=[row.bureau_id],
        detail={"name": row.name},
    )


def _renew(session: Session, patrols: dict[str, Patrol]) -> None:
    """Patrols that are concerned read otherwise now, to both parties: a clash came or went."""
    for patrol in patrols.values():
        view_changed(
            session,
            kind=PATROL,
            record_id=patrol.id,
            version=patrol.version,
            bureaus=patrol.party_ids,
        )
