"""Notifications made from the changes of a transaction, in that transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hub.access import Right, Role, rights_of
from hub.accounts.models import User
from hub.action_items.models import ActionItem
from hub.cases.lookups import handlers_of
from hub.changes import Told, told_of
from hub.db import utc_now
from hub.deadlines.models import Clock
from hub.meetings.access import invited_to
from hub.notifications.models import Notification, NotificationWish
from hub.notifications.topics import ALWAYS, CONCERNS, Concern, Side
from hub.patrols.models import PatrolOfficer
from hub.petitions.models import Petition
from hub.requests.joint import joint_handlers
from hub.stations.roster_views import on_duty_people
from sharing.models import Share, new_id


@dataclass(frozen=True)
class _Person:
    user_id: str
    bureau_id: str
    rights: frozenset[Right]
    muted: frozenset[str]


def notify(session: Session) -> None:
    """Write a notification for each person whom a change of this transaction concerns.

    A hook before the commit: a bell that rings with the change finds its notification written.
    """
    found = [(one, CONCERNS[one.kind, one.verb]) for one in told_of(session) if _concerns(one)]
    if not found:
        return
    session.flush()
    people = _people(session, {bureau for one, _concern in found for bureau in one.bureau_ids})
    now = utc_now()
    rows: dict[tuple[str, ...], dict[str, object]] = {}
    for one, concern in found:
        for user_id in _persons(session, one, concern, people):
            key = (user_id, one.kind, one.record_id, one.verb)
            rows[key] = _row(one, concern, user_id, now)
    if rows:
        session.execute(insert(Notification), list(rows.values()))


def _concerns(one: Told) -> bool:
    # What an agreement opens or closes is told by the agreement's own notification.
    follows = one.kind != "agreement" and one.detail.keys() == {"agreement_id"}
    return (one.kind, one.verb) in CONCERNS and not follows


def _row(one: Told, concern: Concern, user_id: str, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "user_id": user_id,
        "topic": concern.topic.value,
        "kind": one.kind,
        "record_id": one.record_id,
        "verb": one.verb,
        "at": now,
    }


def _people(session: Session, bureau_ids: Iterable[str]) -> list[_Person]:
    rows = session.execute(
        select(User.id, User.bureau_id, User.roles, NotificationWish.muted)
        .outerjoin(NotificationWish, NotificationWish.user_id == User.id)
        .where(User.bureau_id.in_(sorted(bureau_ids)), User.active.is_(True))
    )
    return [
        _Person(
            row.id,
            row.bureau_id,
            rights_of(Role(role) for role in row.roles),
            frozenset(row.muted or ()),
        )
        for row in rows
    ]


def _persons(session: Session, one: Told, concern: Concern, people: list[_Person]) -> Iterable[str]:
    """Whom a change concerns: never the one who did it, nor who muted the topic."""
    told_to = set(one.bureau_ids)
    if concern.side is Side.OTHERS:
        told_to.discard(one.actor_bureau_id)
    handlers = _handlers(session, one) if concern.handlers else frozenset()
    laid_on = _laid_on(session, one)
    for person in people:
        muted = concern.topic in person.muted and concern.topic not in ALWAYS
        if person.user_id == one.actor_id or muted:
            continue
        if Right.WORK_VIEW not in person.rights and concern.right not in person.rights:
            continue
        by_role = concern.right in person.rights and person.bureau_id in told_to
        if laid_on is not None and person.bureau_id == laid_on[0]:
            by_role = person.user_id == laid_on[1]
        if by_role or person.user_id in handlers:
            yield person.user_id


def _handlers(session: Session, one: Told) -> frozenset[str]:
    if one.kind == "share":
        share = session.get(Share, one.record_id)
        return handlers_of(session, share.record_id) if share is not None else frozenset()
    if one.kind == "request":
        return joint_handlers(session, one.record_id)
    if one.kind == "meeting":
        return invited_to(session, one.record_id)
    if one.kind == "petition":
        petition = session.get(Petition, one.record_id)
        return frozenset([petition.handler_id]) if petition and petition.handler_id else frozenset()
    if one.kind == "crossing":
        return on_duty_people(session, one.bureau_ids, utc_now())
    if one.kind == "station":
        return frozenset(one.detail.get("person_ids", ()))
    if one.kind == "patrol":
        crew = select(PatrolOfficer.user_id).where(PatrolOfficer.patrol_id == one.record_id)
        return frozenset(session.scalars(crew))
    if one.kind == "action_item":
        item = session.get(ActionItem, one.record_id)
        return frozenset([item.person_id]) if item and item.person_id else frozenset()
    return handlers_of(session, one.record_id) if one.kind == "case" else frozenset()


def _laid_on(session: Session, one: Told) -> tuple[str, str] | None:
    """The bureau and the person who has to keep a deadline, where it is laid on one."""
    clock = session.get(Clock, one.record_id) if one.kind == "clock" else None
    return (clock.bureau_id, clock.person_id) if clock is not None and clock.person_id else None
