"""From an id to a notification: a person's own, nobody else's."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.errors import NotFound
from hub.notifications.models import Notification


def access_notification(session: Session, actor: Actor, notification_id: str) -> Notification:
    """One of the actor's own notifications.

    Raises:
        NotFound: absent, or somebody else's.
    """
    row = session.get(Notification, notification_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound
    return row
