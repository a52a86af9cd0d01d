"""Acknowledging the feed: how far a reader was told, which shares and requests it delivered."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.changes import record_change
from hub.db import utc_now
from hub.requests.steps import deliver_up_to
from sharing import feed, shares


def acknowledge(session: Session, actor: Actor, seq: int) -> int:
    """Note that the actor's device has everything up to `seq`; returns the number on record.

    Shares that reached the bureau for the first time with it become `delivered`, which the owner
    hears as a change of the shared record; so do requests.

    Raises:
        Forbidden: the actor does not read the feed.
        SharingError: the number lies beyond what the bureau was told.
    """
    actor.require(Right.FEED_READ)
    now = utc_now()
    noted = feed.acknowledge(session, actor.bureau_id, actor.user_id, seq, now)
    delivered = shares.delivered_up_to(
        session,
        actor.bureau_id,
        seq,
        user_id=actor.user_id,
        user_name=actor.name,
        at=now,
    )
    deliver_up_to(session, actor, seq)
    for share in delivered:
        record_change(
            session,
            actor,
            kind="share",
            record_id=share.id,
            version=share.version,
            verb="delivered",
            bureaus=[share.owner_bureau_id, share.partner_bureau_id],
        )
    return noted
