"""Receipts 签收: how far a partner came with a share, by whom and when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, false, or_, select
from sqlalchemy.orm import Session

from sharing.errors import ReceiptRefused, ShareEnded
from sharing.models import FeedChange, Receipt, Rung, Share, new_id
from sharing.upsert import upsert_into

# Feed rows that bring a shared record to the partner.
DELIVERING_VERBS = ("shared", "updated")

# What only makes sense while the share runs; ``acted`` may be reported afterwards.
_WHILE_RUNNING = frozenset({Rung.DELIVERED, Rung.OPENED, Rung.ACCEPTED, Rung.REFUSED})


def _check(share: Share, rung: Rung, bureau_id: str, at: datetime, reason: str | None) -> None:
    if bureau_id != share.partner_bureau_id:
        raise ReceiptRefused("not_the_partner", share_id=share.id)
    if rung in _WHILE_RUNNING and not share.is_running(at):
        raise ShareEnded(share_id=share.id, state=share.state.value)
    if rung is Rung.PURGED and share.is_running(at):
        raise ReceiptRefused("share_still_running", share_id=share.id)
    if rung is Rung.REFUSED and not (reason and reason.strip()):
        raise ReceiptRefused("reason_required", share_id=share.id)


def _given(session: Session, share: Share, rung: Rung, bureau_id: str) -> Receipt | None:
    return session.scalars(
        select(Receipt).where(
            Receipt.share_id == share.id, Receipt.bureau_id == bureau_id, Receipt.rung == rung
        )
    ).one_or_none()


def add_receipt(
    session: Session,
    share: Share,
    rung: Rung | str,
    *,
    bureau_id: str,
    user_id: str,
    user_name: str,
    at: datetime,
    reason: str | None = None,
) -> Receipt:
    """Record that the partner reached a rung; the first receipt of a rung stands.

    Idempotent: a repeated one is answered with the first. Raises ReceiptRefused when it is not
    the partner's, when accepted and refused contradict, when a refusal gives no reason, or when
    a running share is said to be purged; ShareEnded when the share is over.
    """
    rung = Rung(rung)
    first = _given(session, share, rung, bureau_id)
    if first is not None:
        return first
    _check(share, rung, bureau_id, at, reason)
    values = {
        "id": new_id(),
        "share_id": share.id,
        "bureau_id": bureau_id,
        "rung": rung,
        "user_id": user_id,
        "user_name": user_name,
        "at": at,
        "reason": reason,
    }
    # The unique indexes decide when two people answer at once; the loser's row is left out.
    session.execute(upsert_into(session, Receipt).values(values).on_conflict_do_nothing())
    given = _given(session, share, rung, bureau_id)
    if given is None:
        raise ReceiptRefused("answered_otherwise", share_id=share.id, rung=rung.value)
    return given


def receipts_of(session: Session, share_ids: Collection[str]) -> Sequence[Receipt]:
    """Return the receipts of some shares, in the order they were given."""
    statement = select(Receipt).where(Receipt.share_id.in_(share_ids))
    return session.scalars(statement.order_by(Receipt.at, Receipt.id)).all()


@dataclass(frozen=True, slots=True)
class Reached:
    """A person whose device has everything of his bureau's feed up to a number."""

    bureau_id: str
    seq: int
    user_id: str
    user_name: str


def delivered_up_to(session: Session, reached: Collection[Reached], at: datetime) -> list[Share]:
    """Add ``delivered`` receipts for what acknowledgements cover, one of each bureau.

    Covered is a running share whose own feed row (shared or updated, not older than the share:
    rows of an earlier, ended share of the same record prove nothing) has a number up to the one
    acknowledged. Returns the shares newly delivered.
    """
    by_bureau = {one.bureau_id: one for one in reached}
    told = [
        and_(FeedChange.bureau_id == one.bureau_id, FeedChange.seq <= one.seq)
        for one in by_bureau.values()
    ]
    brought = exists().where(
        or_(false(), *told),
        FeedChange.bureau_id == Share.partner_bureau_id,
        FeedChange.kind == Share.kind,
        FeedChange.record_id == Share.record_id,
        FeedChange.verb.in_(DELIVERING_VERBS),
        FeedChange.at >= Share.created_at,
    )
    known = exists().where(
        Receipt.share_id == Share.id,
        Receipt.bureau_id == Share.partner_bureau_id,
        Receipt.rung == Rung.DELIVERED,
    )
    statement = select(Share).where(
        Share.partner_bureau_id.in_(list(by_bureau)), Share.running(at), ~known, brought
    )
    found = list(session.scalars(statement.order_by(Share.id)))
    if not found:
        return []
    rows = [_delivery(share, by_bureau[share.partner_bureau_id], at) for share in found]
    # Somebody else's device may have been sooner: then its receipt stands, and is told already.
    new = upsert_into(session, Receipt).on_conflict_do_nothing().returning(Receipt.share_id)
    mine = set(session.connection().scalars(new, rows))
    return [share for share in found if share.id in mine]


def _delivery(share: Share, one: Reached, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "share_id": share.id,
        "bureau_id": one.bureau_id,
        "rung": Rung.DELIVERED,
        "user_id": one.user_id,
        "user_name": one.user_name,
        "at": at,
        "reason": None,
    }
