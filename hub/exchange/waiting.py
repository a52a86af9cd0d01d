"""Packages that wait: for a second person's approval, or for the partner's receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import on_behalf_of
from hub.exchange.building import OUT, tell
from hub.exchange.models import ExchangePackage, PackageState

# A draft that nobody has looked at for so long; a sealed one whose receipt should be here.
DRAFT_AFTER = timedelta(days=2)
RECEIPT_BEFORE = timedelta(days=7)
MOST = 200
OPEN = (PackageState.DRAFT.value, PackageState.APPROVED.value)


def to_remind_of(session: Session, at: datetime) -> Sequence[str]:
    """Ids of packages of which people are to be reminded, once in each state."""
    draft = and_(ExchangePackage.state.in_(OPEN), ExchangePackage.created_at <= at - DRAFT_AFTER)
    sealed = and_(
        ExchangePackage.state == PackageState.SEALED.value,
        ExchangePackage.expires_at <= at + RECEIPT_BEFORE,
        ExchangePackage.expires_at > at,
    )
    return session.scalars(
        select(ExchangePackage.id)
        .where(
            ExchangePackage.direction == OUT,
            ExchangePackage.reminded_at.is_(None),
            or_(draft, sealed),
        )
        .order_by(ExchangePackage.id)
        .limit(MOST)
    ).all()


def remind(session: Session, package_id: str, at: datetime) -> bool:
    """Tell once that a package waits, if it still does."""
    row = session.get(ExchangePackage, package_id, with_for_update=True)
    if row is None or row.id not in to_remind_of(session, at):
        return False
    row.reminded_at = at
    verb = "receipt_due" if row.state == PackageState.SEALED else "waiting"
    tell(session, on_behalf_of(session, row.bureau_id), row, verb)
    return True


def to_approve(session: Session, actor: Actor) -> Sequence[ExchangePackage]:
    """Drafts of the bureau that the actor may let leave: somebody else built them."""
    if not actor.may(Right.PACKAGE_APPROVE):
        return []
    return session.scalars(
        select(ExchangePackage)
        .where(
            ExchangePackage.bureau_id == actor.bureau_id,
            ExchangePackage.state.in_(OPEN),
            ExchangePackage.created_by != actor.user_id,
        )
        .order_by(ExchangePackage.id)
        .limit(50)
    ).all()


def without_receipt(session: Session, actor: Actor, at: datetime) -> Sequence[ExchangePackage]:
    """Sealed packages of the bureau that are to be imported soon and have no receipt."""
    if not actor.may(Right.PACKAGE_BUILD):
        return []
    return session.scalars(
        select(ExchangePackage)
        .where(
            ExchangePackage.bureau_id == actor.bureau_id,
            ExchangePackage.state == PackageState.SEALED.value,
            ExchangePackage.expires_at <= at + RECEIPT_BEFORE,
            ExchangePackage.expires_at > at,
        )
        .order_by(ExchangePackage.expires_at, ExchangePackage.id)
        .limit(50)
    ).all()
