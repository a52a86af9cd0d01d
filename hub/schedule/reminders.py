"""Reminders: of patrols that come near, to their people and stations; of plans nobody answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.access import Right, Role, rights_of
from hub.accounts.models import User
from hub.bureaus.services import on_behalf_of
from hub.changes import record_change, view_changed
from hub.notifications.models import Notification
from hub.notifications.services import wish_of
from hub.notifications.topics import Topic
from hub.patrols.models import Patrol, PatrolEvent, PatrolState
from hub.patrols.plan import KIND
from hub.schedule.reminder_models import PatrolReminder

# Nobody can wish to be reminded earlier.
MOST_HOURS = 168
# A plan that waits so long, or that begins so soon, is called unanswered.
PATIENCE = timedelta(hours=48)
SOON = timedelta(hours=24)
EVERYBODY = "all"


def near(session: Session, at: datetime) -> Sequence[str]:
    """Ids of approved patrols of which somebody is to be reminded now."""
    rows = session.scalars(
        select(Patrol).where(
            Patrol.state == PatrolState.APPROVED,
            Patrol.starts_at > at,
            Patrol.starts_at <= at + timedelta(hours=MOST_HOURS),
        )
    )
    return [row.id for row in rows if next(_waiting(session, row, at), None) is not None]


def remind(session: Session, patrol_id: str, at: datetime) -> bool:
    """Remind everybody who is due, once for each time he wished; whether anybody was."""
    patrol = session.get(Patrol, patrol_id, with_for_update=True, populate_existing=True)
    if patrol is None or patrol.state != PatrolState.APPROVED or patrol.starts_at <= at:
        return False
    waiting = list(_waiting(session, patrol, at))
    for user_id, keys in waiting:
        for key in keys:
            session.add(PatrolReminder(patrol_id=patrol.id, user_id=user_id, key=key, at=at))
        session.add(
            Notification(
                user_id=user_id,
                topic=Topic.PATROL.value,
                kind=KIND,
                record_id=patrol.id,
                verb="near",
                at=at,
            )
        )
    if waiting:
        # Rings the bell; the record itself reads as before.
        view_changed(
            session,
            kind=KIND,
            record_id=patrol.id,
            version=patrol.version,
            bureaus=patrol.party_ids,
        )
    return bool(waiting)


def _waiting(session: Session, patrol: Patrol, at: datetime) -> Iterator[tuple[str, list[str]]]:
    """Whom to remind, with all his times that have come: one reminder for all of them."""
    known = {
        (row.user_id, row.key)
        for row in session.scalars(
            select(PatrolReminder).where(PatrolReminder.patrol_id == patrol.id)
        )
    }
    for user_id in _people(session, patrol):
        wish = wish_of(session, user_id)
        if Topic.PATROL in wish.muted:
            continue
        come = [h for h in wish.patrol_hours if patrol.starts_at - timedelta(hours=h) <= at]
        # The moment is in the key: a patrol that was moved is told of again.
        keys = [f"{hours}@{int(patrol.starts_at.timestamp())}" for hours in come]
        fresh = [key for key in keys if (user_id, key) not in known]
        if fresh:
            yield user_id, fresh


def _people(session: Session, patrol: Patrol) -> list[str]:
    """The crew, and who keeps the stations of the parties."""
    crew = {row.user_id for row in patrol.crew}
    rows = session.scalars(
        select(User).where(User.bureau_id.in_(sorted(patrol.party_ids)), User.active.is_(True))
    )
    found = []
    for user in rows:
        rights = rights_of(Role(value) for value in user.roles)
        if Right.WORK_VIEW in rights and (user.id in crew or Right.STATION_EDIT in rights):
            found.append(user.id)
    return sorted(found)


def unanswered(session: Session, at: datetime) -> Sequence[str]:
    """Ids of proposed patrols whose plan waits too long for a party's approval."""
    rows = session.scalars(
        select(Patrol).where(Patrol.state == PatrolState.PROPOSED, Patrol.starts_at > at)
    )
    return [row.id for row in rows if _overlong(session, row, at)]


def _overlong(session: Session, patrol: Patrol, at: datetime) -> bool:
    key = (patrol.id, EVERYBODY, _key(patrol))
    if session.get(PatrolReminder, key) is not None:
        return False
    since = session.scalar(
        select(func.min(PatrolEvent.at)).where(
            PatrolEvent.patrol_id == patrol.id, PatrolEvent.plan_version == patrol.plan_version
        )
    )
    waits = since or patrol.created_at
    # What was only just proposed for tomorrow is not called unanswered at once.
    short = patrol.starts_at - at <= SOON and at - waits >= timedelta(hours=1)
    return short or at - waits >= PATIENCE


def _key(patrol: Patrol) -> str:
    return f"unanswered@{patrol.plan_version}"


def tell_unanswered(session: Session, patrol_id: str, at: datetime) -> bool:
    """Tell the planners of both sides, once for each version of the plan."""
    patrol = session.get(Patrol, patrol_id, with_for_update=True, populate_existing=True)
    if patrol is None or patrol.state != PatrolState.PROPOSED:
        return False
    if patrol.starts_at <= at or not _overlong(session, patrol, at):
        return False
    session.add(PatrolReminder(patrol_id=patrol.id, user_id=EVERYBODY, key=_key(patrol), at=at))
    record_change(
        session,
        on_behalf_of(session, patrol.proposing_bureau_id),
        kind=KIND,
        record_id=patrol.id,
        version=patrol.version,
        verb="unanswered",
        bureaus=patrol.party_ids,
        detail={"plan_version": patrol.plan_version},
    )
    return True
