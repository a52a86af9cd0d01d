"""What was exchanged: which packages held a record, and what each that came in brought."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import null

from hub.access import Actor
from hub.exchange.models import BroughtRecord, ExchangePackage, PackedLine, ReceivedRecord
from hub.exchange.received import open_to
from hub.web.lists import containing

# So many records of a package are listed.
MOST_LISTED = 1000


def holding(actor: Actor, text: str) -> ColumnElement[bool]:
    """The packages of a bureau that held a record of this number or title.

    Of records above the actor's clearance, and of what is kept no longer, nothing is found.
    """
    gone_out = select(PackedLine.package_id).where(
        PackedLine.classification <= actor.clearance, containing(text, PackedLine.title)
    )
    come_in = exists().where(
        BroughtRecord.package_id == ExchangePackage.id,
        ReceivedRecord.owner_adcode == ExchangePackage.partner_adcode,
        ReceivedRecord.kind == BroughtRecord.kind,
        ReceivedRecord.foreign_id == BroughtRecord.foreign_id,
        ReceivedRecord.view.is_not(null()),
        open_to(actor),
        containing(text, ReceivedRecord.title),
    )
    return ExchangePackage.id.in_(gone_out) | come_in


def brought_by(session: Session, actor: Actor, row: ExchangePackage) -> list[dict[str, Any]]:
    """What a package that came in brought, as far as the actor may read it now."""
    statement = (
        select(BroughtRecord, ReceivedRecord)
        .join(
            ReceivedRecord,
            (ReceivedRecord.kind == BroughtRecord.kind)
            & (ReceivedRecord.foreign_id == BroughtRecord.foreign_id),
        )
        .where(
            BroughtRecord.package_id == row.id,
            ReceivedRecord.owner_adcode == row.partner_adcode,
            open_to(actor),
        )
        .order_by(BroughtRecord.position)
        .limit(MOST_LISTED)
    )
    return [
        {
            "kind": brought.kind,
            "id": brought.foreign_id,
            "version": brought.version,
            "title": received.title,
            "withdrawn": received.view is None,
            "keep_until": received.keep_until,
            "view": None,
            "outcome": brought.outcome,
            "received_id": received.id,
        }
        for brought, received in session.execute(statement)
    ]


def carriers(session: Session, actor: Actor, received: ReceivedRecord) -> list[dict[str, Any]]:
    """The packages that brought a received record, newest first."""
    statement = (
        select(BroughtRecord, ExchangePackage)
        .join(ExchangePackage, ExchangePackage.id == BroughtRecord.package_id)
        .where(
            ExchangePackage.bureau_id == actor.bureau_id,
            ExchangePackage.partner_adcode == received.owner_adcode,
            BroughtRecord.kind == received.kind,
            BroughtRecord.foreign_id == received.foreign_id,
        )
        .order_by(ExchangePackage.id.desc())
    )
    return [
        {
            "id": package.id,
            "number": package.number,
            "at": package.created_at,
            "outcome": brought.outcome,
            "version": brought.version,
        }
        for brought, package in session.execute(statement)
    ]
