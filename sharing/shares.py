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
from sharing.models import Share, ShareLevel, ShareState, new_id
from sharing.obligations import keep_until
from sharing.receipts import add_receipt, delivered_up_to, receipts_of
from sharing.upsert import upsert_into

__all__ = [
    "active_share",
    "add_receipt",
    "delivered_up_to",
    "effective",
    "end_for_agreement",
    "expire_due",
    "open_share",
    "recall",
    "receipts_of",
    "rest_on",
    "shared_ids_query",
    "shares_of",
]


def _held(session: Session, kind: str, record_id: str, partner: str) -> Share | None:
    return session.scalars(
        select(Share).where(
            Share.kind == kind,
            Share.record_id == record_id,
            Share.partner_bureau_id == partner,
            Share.state == ShareState.ACTIVE,
        )
    ).one_or_none()


def _opens(decision: Allowed | Gray) -> tuple[ShareLevel, frozenset[str]]:
    if isinstance(decision, Allowed):
        return ShareLevel.WHITE, decision.field_groups
    return ShareLevel.GRAY, frozenset({EXISTENCE})


def open_share(
    session: Session,
    decision: Allowed | Gray,
    *,
    kind: str,
    record_id: str,
    owner: str,
    partner: str,
    purpose: str,
    created_by: str,
    at: datetime,
    until: datetime | None = None,
) -> Share:
    """Open a record to a partner as a decision allows; ``at`` and ``until`` are UTC-aware.

    Idempotent: a running share that already opens as much is returned as it is (``until`` does
    not lengthen it). One that opens less, or whose time is over, ends and a new one begins, so
    the partner's receipts say what he received.
    Raises SharingError for a denied decision, the owner as partner, or an end before the start.
    """
    if isinstance(decision, Denied):
        raise SharingError("share_denied", reason=decision.reason)
    if owner == partner:
        raise SharingError("own_record", bureau_id=owner)
    if until is not None and until <= at:
        raise SharingError("ends_before_start", until=until, at=at)
    level, groups = _opens(decision)
    held = _held(session, kind, record_id, partner)
    if held is not None:
        running = held.is_running(at)
        if running and groups <= set(held.field_groups):
            return held
        why = "superseded" if running else _why_over(held, at)
        held.end(ShareState.EXPIRED, at=at, by=None, reason=why)
        session.flush()
    values = {
        "id": new_id(),
        "kind": kind,
        "record_id": record_id,
        "owner_bureau_id": owner,
        "partner_bureau_id": partner,
        "agreement_id": decision.agreement_id,
        "agreement_version": decision.agreement_version,
        "clause": decision.clause,
        "purpose": purpose,
        "level": level,
        "field_groups": sorted(groups),
        "state": ShareState.ACTIVE,
        "created_by": created_by,
        "created_at": at,
        "until": until,
        "keep_until": keep_until(decision, at),
        "onward_consented": False,
        "version": 1,
    }
    # Two people may open the same at once: the second waits, inserts nothing, finds the first's.
    session.execute(upsert_into(session, Share).values(values).on_conflict_do_nothing())
    opened = _held(session, kind, record_id, partner)
    if opened is None:  # pragma: no cover - others opened and ended it between two statements
        raise SharingError("share_busy", kind=kind, record_id=record_id)
    return opened


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


def _why_over(share: Share, at: datetime) -> str:
    """Which of its two ends ended a share whose time is over."""
    kept = share.keep_until
    return "retention_over" if kept is not None and kept <= at else "until_passed"


def _expire(
    session: Session, condition: ColumnElement[bool], at: datetime, why: str | None = None
) -> list[Share]:
    statement = select(Share).where(Share.state == ShareState.ACTIVE, condition).order_by(Share.id)
    shares = list(session.scalars(statement.with_for_update()))
    for share in shares:
        share.end(ShareState.EXPIRED, at=at, by=None, reason=why or _why_over(share, at))
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
