"""Shares: one record opened to one bureau, how they begin, how they end, and who answered.

A share is needed, and is not enough: what a reader gets is what the share opened *and* what the
agreements still allow at that moment (``effective``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from sharing.decisions import EXISTENCE, Allowed, Decision, Denied, Gray
from sharing.errors import SharingError
from sharing.models import Share, ShareLevel, ShareState
from sharing.obligations import keep_until
from sharing.opening import Opened, open_share, open_shares, why_over
from sharing.receipts import Reached, add_receipt, delivered_up_to, receipts_of

__all__ = [
    "Opened",
    "Reached",
    "active_share",
    "add_receipt",
    "delivered_up_to",
    "effective",
    "end_for_agreement",
    "expire_due",
    "open_share",
    "open_shares",
    "recall",
    "receipts_of",
    "rest_on",
    "shared_ids_query",
    "shares_of",
]


def recall(session: Session, share: Share, *, by: str, reason: str, at: datetime) -> Share:
    """Take a share back; it bites at the next read.

    Raises ShareEnded when it has ended already, SharingError without a reason.
    """
    if not reason.strip():
        raise SharingError("reason_required")
    share.end(ShareState.RECALLED, at=at, by=by, reason=reason)
    session.flush()
    return share


def rest_on(share: Share, decision: Allowed | Gray) -> None:
    """Let a running share rest on what is agreed now: version, clause, and until when to keep it.

    What was received is never kept longer than was agreed when it was received.
    """
    share.agreement_version = decision.agreement_version
    share.clause = decision.clause
    ends = [end for end in (share.keep_until, keep_until(decision, share.created_at)) if end]
    share.keep_until = min(ends, default=None)


def _expire(
    session: Session, condition: ColumnElement[bool], at: datetime, why: str | None = None
) -> list[Share]:
    statement = select(Share).where(Share.state == ShareState.ACTIVE, condition).order_by(Share.id)
    shares = list(session.scalars(statement.with_for_update()))
    for share in shares:
        share.end(ShareState.EXPIRED, at=at, by=None, reason=why or why_over(share, at))
    session.flush()
    return shares


def expire_due(session: Session, at: datetime, share_id: str | None = None) -> list[Share]:
    """End every active share whose time is over; returns them, so partners can be told.

    With ``share_id``, that one alone.
    The reason is ``until_passed`` or, where the terms' retention ended it, ``retention_over``.
    """
    over = or_(Share.until <= at, Share.keep_until <= at)
    return _expire(session, over if share_id is None else over & (Share.id == share_id), at)


def end_for_agreement(
    session: Session, agreement_id: str, at: datetime, *, reason: str = "agreement_ended"
) -> list[Share]:
    """End every active share that rests on an agreement; returns them, so partners can be told."""
    return _expire(session, Share.agreement_id == agreement_id, at, reason)


def active_share(
    session: Session, kind: str, record_id: str, partner_bureau_id: str, at: datetime
) -> Share | None:
    """Return the share that runs at that moment, or None."""
    return session.scalars(
        select(Share).where(
            Share.kind == kind,
            Share.record_id == record_id,
            Share.partner_bureau_id == partner_bureau_id,
            Share.running(at),
        )
    ).one_or_none()


def shares_of(session: Session, kind: str, record_id: str) -> Sequence[Share]:
    """Return all shares a record ever had, oldest first."""
    statement = select(Share).where(Share.kind == kind, Share.record_id == record_id)
    return session.scalars(statement.order_by(Share.created_at, Share.id)).all()


def shared_ids_query(
    kind: str,
    partner_bureau_id: str,
    at: datetime,
    *,
    agreement_ids: Collection[str] | Select[str] | None = None,
) -> Select[str]:
    """Return a select of the ids of records shared with a bureau, for use in ``IN``.

    Give ``agreement_ids`` (values, or a select of the agreements in force) to leave out shares
    whose agreement is no longer in force, should the clock that ends them be late.
    """
    statement = select(Share.record_id).where(
        Share.kind == kind, Share.partner_bureau_id == partner_bureau_id, Share.running(at)
    )
    if agreement_ids is None:
        return statement
    # What was passed on rests on an agreement of others; whoever reads it asks the decision.
    return statement.where(or_(Share.agreement_id.in_(agreement_ids), Share.onward_of.is_not(None)))


def effective(
    share: Share | None, decision: Decision, granted: Collection[str] = frozenset()
) -> Decision:
    """Return what a reader gets now: what the share opened and the terms still allow.

    ``granted`` are groups that the owner opened on request (``Share.granted``); they count only
    as far as the terms show or announce them. Without a share nothing; a gray share shows
    existence only, whatever the terms would allow, beside what was granted.
    """
    if isinstance(decision, Denied):
        return decision
    if share is None:
        return Denied("no_share")
    named = (decision.clause, decision.agreement_id, decision.agreement_version)
    white = frozenset() if isinstance(decision, Gray) else decision.field_groups
    opened = frozenset() if share.level is ShareLevel.GRAY else white & set(share.field_groups)
    announced = decision.gray_groups
    if opened <= {EXISTENCE}:
        announced = (white | announced) - {EXISTENCE}
    more = frozenset(granted) & (white | decision.gray_groups)
    shown = opened | more
    if shown <= {EXISTENCE}:
        return Gray(*named, gray_groups=announced, grounds=decision.grounds)
    return Allowed(
        *named,
        field_groups=shown | {EXISTENCE},
        gray_groups=announced - shown,
        grounds=decision.grounds,
    )
