"""Reading notifications, and what a person wishes to be told of."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import field_error
from hub.notifications.access import access_notification, shown
from hub.notifications.models import Digest, Notification, NotificationWish
from hub.notifications.topics import Topic

# The bell says "99+" beyond that; counting further would be work for nobody.
MOST_COUNTED = 100
EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,24}")


def unread(session: Session, actor: Actor) -> int:
    """How many of the actor's notifications are unread, counted up to `MOST_COUNTED`."""
    query = (
        select(Notification)
        .where(Notification.user_id == actor.user_id, Notification.read_at.is_(None))
        .order_by(Notification.id.desc())
        .limit(MOST_COUNTED)
    )
    rows = session.scalars(query).all()
    count = len(shown(session, actor.reader, rows))
    while len(rows) == MOST_COUNTED and count < MOST_COUNTED:
        rows = session.scalars(query.where(Notification.id < rows[-1].id)).all()
        count += len(shown(session, actor.reader, rows))
    return min(count, MOST_COUNTED)


def mark_read(session: Session, actor: Actor, notification_id: str) -> Notification:
    """Note that a notification was read."""
    row = access_notification(session, actor, notification_id)
    row.read_at = row.read_at or utc_now()
    return row


def mark_all_read(session: Session, actor: Actor, topic: Topic | None = None) -> int:
    """Note that all notifications (of a topic) were read; how many were not yet."""
    condition = [Notification.user_id == actor.user_id, Notification.read_at.is_(None)]
    if topic is not None:
        condition.append(Notification.topic == topic.value)
    done = session.execute(
        update(Notification).where(*condition).values(read_at=utc_now()),
        execution_options={"synchronize_session": False},
    )
    return cast("CursorResult[tuple[()]]", done).rowcount


# Of a patrol that comes near, hours before it begins, as long as a person did not choose.
PATROL_HOURS = (24, 2)


@dataclass(frozen=True)
class Wish:
    """What a person wishes; the defaults are those of one who never chose."""

    muted: frozenset[str] = frozenset()
    email: str | None = None
    mail: bool = False
    digest: Digest = Digest.HOURLY
    quiet_from: int | None = None
    quiet_to: int | None = None
    patrol_hours: tuple[int, ...] = PATROL_HOURS
    version: int = 0


def wish_of(session: Session, user_id: str) -> Wish:
    """A person's wishes."""
    row = session.get(NotificationWish, user_id)
    if row is None:
        return Wish()
    return Wish(
        frozenset(row.muted),
        row.email,
        row.mail,
        Digest(row.digest),
        row.quiet_from,
        row.quiet_to,
        PATROL_HOURS if row.patrol_hours is None else tuple(row.patrol_hours),
        row.version,
    )


def set_wish(
    session: Session,
    actor: Actor,
    *,
    muted: Collection[str],
    email: str | None,
    mail: bool,
    digest: Digest,
    quiet_from: int | None,
    quiet_to: int | None,
    patrol_hours: Collection[int] | None = None,
) -> Wish:
    """Change the actor's own wishes; mail begins with what comes from now on.

    Raises:
        Invalid: mail without an address, an address that is none, half of the quiet hours.
    """
    actor.require(Right.WORK_VIEW)
    if email is not None and not EMAIL.fullmatch(email):
        raise field_error("email", _l("应为电子邮箱地址。"))
    if mail and email is None:
        raise field_error("email", _l("要收邮件，请填写电子邮箱。"))
    if (quiet_from is None) != (quiet_to is None):
        raise field_error("quiet_to", _l("免打扰时段应填写起止两个时间。"))
    row = session.get(NotificationWish, actor.user_id, with_for_update=True)
    if row is None:
        row = NotificationWish(user_id=actor.user_id, version=0, mail=False)
        session.add(row)
    if mail and not row.mail:
        row.mail_since = utc_now()
    row.muted, row.email, row.mail = sorted(muted), email, mail
    row.digest, row.quiet_from, row.quiet_to = digest.value, quiet_from, quiet_to
    if patrol_hours is not None:
        row.patrol_hours = sorted(set(patrol_hours), reverse=True)
    row.version += 1
    session.flush()
    record_act(
        session,
        actor,
        action="user.notifications_set",
        kind="user",
        record_id=actor.user_id,
        detail={"mail": mail, "digest": digest.value, "muted": row.muted},
    )
    return wish_of(session, actor.user_id)


def wish_view(wish: Wish) -> dict[str, Any]:
    """Wishes for the page and the API."""
    return {
        "topics": [topic.value for topic in Topic if topic not in wish.muted],
        "email": wish.email,
        "mail": wish.mail,
        "digest": wish.digest.value,
        "quiet_from": clock_text(wish.quiet_from),
        "quiet_to": clock_text(wish.quiet_to),
        "patrol_hours": list(wish.patrol_hours),
        "version": wish.version,
    }


def clock_text(minutes: int | None) -> str | None:
    """Minutes after midnight as HH:MM."""
    return None if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}"


def minutes_of(text: str | None) -> int | None:
    """HH:MM as minutes after midnight."""
    if not text:
        return None
    hours, _colon, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)
