"""Shares by record and by bureau."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.shares.models import AccessRequest
from hub.shares.onward_models import OnwardRequest
from sharing import shares
from sharing.models import Share


def running_shares(
    session: Session, kind: str, record_ids: Collection[str], partner_bureau_id: str, at: datetime
) -> dict[str, Share]:
    """The shares that run at a moment for one partner, by record id."""
    if not record_ids:
        return {}
    rows = session.scalars(
        select(Share).where(
            Share.kind == kind,
            Share.record_id.in_(record_ids),
            Share.partner_bureau_id == partner_bureau_id,
            Share.running(at),
        )
    )
    return {share.record_id: share for share in rows}


def shares_by_record(session: Session, kind: str, record_id: str) -> Sequence[Share]:
    """All shares a record ever had, oldest first."""
    return shares.shares_of(session, kind, record_id)


def partners_now(session: Session, kind: str, record_id: str, at: datetime) -> frozenset[str]:
    """Every bureau to which a share of a record runs at a moment: they hear of a change. To whom
    it was recalled hears of none: what becomes of the record is nothing to him any more."""
    return frozenset(
        share.partner_bureau_id
        for share in shares_by_record(session, kind, record_id)
        if share.is_running(at)
    )


def wishes_of(session: Session, share_ids: Collection[str]) -> Sequence[OnwardRequest]:
    """The wishes to pass some shares on, oldest first."""
    rows = select(OnwardRequest).where(OnwardRequest.share_id.in_(share_ids))
    return session.scalars(rows.order_by(OnwardRequest.id)).all()


def requests_of(session: Session, share_ids: Collection[str]) -> Sequence[AccessRequest]:
    """The requests for access on some shares, oldest first."""
    return session.scalars(
        select(AccessRequest)
        .where(AccessRequest.share_id.in_(share_ids))
        .order_by(AccessRequest.id)
    ).all()
