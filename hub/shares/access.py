"""From an id to a share: its owner and its partner alone, and of them who is cleared for the case.

A share names its case by number, so whoever may not know of the case does not know of the share.
What has ended stays known to those who confirm its purge, whatever their clearance is by then.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.db import utc_now
from hub.errors import NotFound
from sharing.models import Share


def readable_by(reader: ReaderClass, at: datetime) -> ColumnElement[bool]:
    """The condition under which a reader knows of a share at a moment, for queries."""
    received = Share.partner_bureau_id == reader.bureau_id
    above = exists().where(Case.id == Share.record_id, Case.classification > reader.clearance)
    cleared = or_(Share.kind != KIND, ~above)
    if Right.SHARE_ANSWER in reader.rights:
        cleared = or_(cleared, and_(received, ~Share.running(at)))
    return and_(or_(Share.owner_bureau_id == reader.bureau_id, received), cleared)


def knows_of(reader: ReaderClass, share: Share, classification: int | None, at: datetime) -> bool:
    """The same of a share that was read, for many readers of one moment.

    Args:
        classification: of its case; None when it shares no case.
    """
    received = share.partner_bureau_id == reader.bureau_id
    if not received and share.owner_bureau_id != reader.bureau_id:
        return False
    if classification is None or classification <= reader.clearance:
        return True
    return received and Right.SHARE_ANSWER in reader.rights and not share.is_running(at)


def access_share(session: Session, actor: Actor, share_id: str, *, lock: bool = False) -> Share:
    """A share of which the actor's bureau is owner or partner.

    Raises:
        NotFound: absent, between others, or of a case above his clearance.
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    found = select(Share.id).where(Share.id == share_id, readable_by(actor.reader, utc_now()))
    if session.scalar(found) is None:
        raise NotFound
    return session.get_one(Share, share_id, with_for_update=lock or None, populate_existing=lock)


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
