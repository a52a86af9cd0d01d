"""From an id to a notification: a person's own, nobody else's."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.errors import NotFound
from hub.notifications.models import Notification
from hub.realtime.seen import seen


def has_bell(actor: Actor) -> bool:
    """Whoever works with records, and administrators of security: they are told of emergencies."""
    return actor.may(Right.WORK_VIEW) or actor.may(Right.EMERGENCY_REVIEW)


def require_bell(actor: Actor) -> None:
    """Refuse who is never told of anything.

    Raises:
        Forbidden: another administrator.
    """
    if not has_bell(actor):
        actor.require(Right.WORK_VIEW)


def access_notification(session: Session, actor: Actor, notification_id: str) -> Notification:
    """One of the actor's own notifications.

    Raises:
        NotFound: absent, somebody else's, or of a record that is not his to see.
    """
    row = session.get(Notification, notification_id)
    if row is None or row.user_id != actor.user_id or not shown(session, actor.reader, [row]):
        raise NotFound
    return row


def shown(
    session: Session, reader: ReaderClass, rows: Iterable[Notification]
) -> list[Notification]:
    """Those notifications whose record their reader sees at this moment, in the same order."""
    held = list(rows)
    found = seen(session, reader, [(row.kind, row.record_id) for row in held])
    return [row for row in held if (row.kind, row.record_id) in found]
