"""Secret addresses under which a calendar program reads a person's calendar without signing in.

An address is shown once and kept as a hash, like an access token; it opens the calendar alone.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.access import READ_RIGHTS, make_actor
from hub.accounts.models import CalendarFeed
from hub.accounts.secrets import token_hash
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import NotFound
from sharing.canonical import utc_text

KIND = "calendar_feed"
SEEN_EVERY = timedelta(minutes=5)


class FeedScope(StrEnum):
    """Whose calendar: the person's own, or that of his bureau as far as he sees it."""

    PERSON = "person"
    BUREAU = "bureau"


def renew_feed(session: Session, actor: Actor, scope: FeedScope) -> tuple[CalendarFeed, str]:
    """A new secret address in the place of the old one; the second value is shown once.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    _revoke(session, actor, scope)
    raw = secrets.token_urlsafe(32)
    row = CalendarFeed(
        user_id=actor.user_id,
        scope=scope.value,
        token_hash=token_hash(raw),
        created_at=utc_now(),
    )
    session.add(row)
    session.flush()
    detail = {"scope": scope.value}
    record_act(
        session, actor, action="calendar_feed.created", kind=KIND, record_id=row.id, detail=detail
    )
    return row, raw


def revoke_feed(session: Session, actor: Actor, scope: FeedScope) -> None:
    """End an own secret address: whoever has it reads nothing more.

    Raises:
        NotFound: there is none.
    """
    if not _revoke(session, actor, scope):
        raise NotFound


def _revoke(session: Session, actor: Actor, scope: FeedScope) -> bool:
    rows = session.scalars(
        select(CalendarFeed).where(
            CalendarFeed.user_id == actor.user_id,
            CalendarFeed.scope == scope.value,
            CalendarFeed.revoked_at.is_(None),
        )
    ).all()
    for row in rows:
        row.revoked_at = utc_now()
        record_act(session, actor, action="calendar_feed.revoked", kind=KIND, record_id=row.id)
    return bool(rows)


def list_feeds(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The actor's own addresses by scope, without their secret.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    rows = session.scalars(
        select(CalendarFeed).where(
            CalendarFeed.user_id == actor.user_id, CalendarFeed.revoked_at.is_(None)
        )
    )
    held = {row.scope: row for row in rows}
    return [feed_view(scope, held.get(scope.value)) for scope in FeedScope]


def feed_view(scope: FeedScope, row: CalendarFeed | None) -> dict[str, Any]:
    """Whether there is an address, since when, and when it was last read."""
    return {
        "scope": scope.value,
        "active": row is not None,
        "created_at": utc_text(row.created_at) if row else None,
        "last_used_at": utc_text(row.last_used_at) if row and row.last_used_at else None,
    }


def open_feed(session: Session, raw: str) -> tuple[CalendarFeed, Actor]:
    """The feed of an address and its person with the rights of this moment, to read.

    Raises:
        NotFound: no such address, it was revoked, or its person may not work any more.
    """
    row = session.scalar(select(CalendarFeed).where(CalendarFeed.token_hash == token_hash(raw)))
    if row is None or row.revoked_at is not None or not row.user.active:
        raise NotFound
    actor = make_actor(row.user)
    if not actor.may(Right.WORK_VIEW):
        raise NotFound
    return row, _reading(actor)


def _reading(actor: Actor) -> Actor:
    fields = vars(actor) | {"rights": actor.rights & READ_RIGHTS, "read_only": True}
    return Actor(**fields)


def note_read(session: Session, feed_id: str, now: datetime) -> None:
    """Note when an address was last read."""
    session.execute(update(CalendarFeed).where(CalendarFeed.id == feed_id).values(last_used_at=now))
