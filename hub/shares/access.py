"""From an id to a share: its owner and its partner alone."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.errors import NotFound
from sharing.models import Share


def access_share(session: Session, actor: Actor, share_id: str, *, lock: bool = False) -> Share:
    """A share of which the actor's bureau is owner or partner.

    Raises:
        NotFound: absent, or between others.
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    share = session.get(Share, share_id, with_for_update=lock or None, populate_existing=lock)
    if share is None:
        raise NotFound
    if actor.bureau_id not in (share.owner_bureau_id, share.partner_bureau_id):
        raise NotFound
    return share


def own_share(session: Session, actor: Actor, share_id: str) -> Share:
    """A share that the actor's bureau gave, locked; NotFound otherwise."""
    share = access_share(session, actor, share_id, lock=True)
    if share.owner_bureau_id != actor.bureau_id:
        raise NotFound
    return share


def received_share(session: Session, actor: Actor, share_id: str) -> Share:
    """A share that the actor's bureau received, locked; NotFound otherwise."""
    share = access_share(session, actor, share_id, lock=True)
    if share.partner_bureau_id != actor.bureau_id:
        raise NotFound
    return share
