"""Shares and grants whose time is over, one by one; for the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.bureaus.services import on_behalf_of
from hub.cases.models import Case
from hub.shares.lookups import requests_of
from hub.shares.models import RequestState
from hub.shares.services import expire_due
from hub.shares.telling import tell_case, tell_share
from sharing.models import Share, ShareState


def shares_over(session: Session, at: datetime) -> Sequence[str]:
    """Ids of shares whose end has come and that still stand as running."""
    return session.scalars(
        select(Share.id)
        .where(Share.state == ShareState.ACTIVE)
        .where(or_(Share.until <= at, Share.keep_until <= at))
        .order_by(Share.id)
    ).all()


def end_share(session: Session, share_id: str, at: datetime) -> bool:
    """End one share by its date and tell both sides, if nobody did."""
    return expire_due(session, at, share_id) > 0


def grants_over(session: Session, at: datetime) -> Sequence[str]:
    """Ids of shares on which what was granted beyond the terms has ended."""
    return session.scalars(
        select(Share.id)
        .where(Share.state == ShareState.ACTIVE, Share.granted_until <= at)
        .order_by(Share.id)
    ).all()


def end_grant(session: Session, share_id: str, at: datetime) -> bool:
    """Take a grant off the record whose end has come, and tell both sides.

    Reading was refused from that moment; this lets open pages know.
    """
    share = session.get(Share, share_id, with_for_update=True)
    if share is None or share.granted_until is None or share.granted_until > at:
        return False
    share.granted_groups, share.granted_until = None, None
    for row in requests_of(session, [share.id]):
        if row.state == RequestState.GRANTED:
            row.state = RequestState.ENDED.value
    share.version += 1
    session.flush()
    actor = on_behalf_of(session, share.owner_bureau_id)
    case = session.get(Case, share.record_id) if share.kind == "case" else None
    if case is not None:
        told = [share.owner_bureau_id, share.partner_bureau_id]
        tell_case(session, actor, case, "access_ended", told, {"share": share.id})
    tell_share(session, actor, share, "access_ended")
    return True
