"""What was exchanged: which packages held a record, and what each that came in brought."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.exchange.judging import title_of
from hub.exchange.models import BroughtRecord, ExchangePackage, PackedLine, ReceivedRecord
from hub.exchange.received import open_to
from sharing.package_records import PackedRecord, read_line

# So many records of a package are listed.
MOST_LISTED = 1000


def holding(session: Session, actor: Actor, text: str) -> set[str]:
    """Ids of the bureau's packages that held a record of this number or title.

    Of records above the actor's clearance, and of what is kept no longer, nothing is found.
    """
    return _out_with(session, actor, text) | _in_with(session, actor, text)


def _out_with(session: Session, actor: Actor, text: str) -> set[str]:
    # As it stands in a line of JSON.
    quoted = json.dumps(text, ensure_ascii=False)[1:-1]
    lines = session.execute(
        select(PackedLine.package_id, PackedLine.line)
        .join(ExchangePackage, ExchangePackage.id == PackedLine.package_id)
        .where(
            ExchangePackage.bureau_id == actor.bureau_id,
            PackedLine.line.icontains(quoted, autoescape=True),
        )
        .execution_options(yield_per=500)
    )
    found = ((package_id, read_line(line.encode())) for package_id, line in lines)
    return {
        package_id
        for package_id, record in found
        if record.classification <= actor.clearance and text.lower() in title_of(record).lower()
    }


def _in_with(session: Session, actor: Actor, text: str) -> set[str]:
    rows = session.scalars(select(ReceivedRecord).where(open_to(actor)))
    known = [
        (row.owner_adcode, row.kind, row.foreign_id)
        for row in rows.yield_per(500)
        if row.view is not None and text.lower() in _title(row).lower()
    ]
    if not known:
        return set()
    brought = (
        select(BroughtRecord.package_id)
        .join(ExchangePackage, ExchangePackage.id == BroughtRecord.package_id)
        .where(
            ExchangePackage.bureau_id == actor.bureau_id,
            tuple_(
                ExchangePackage.partner_adcode, BroughtRecord.kind, BroughtRecord.foreign_id
            ).in_(known[:500]),
        )
    )
    return set(session.scalars(brought))


def _title(row: ReceivedRecord) -> str:
    return title_of(
        PackedRecord(row.kind, row.foreign_id, row.foreign_version, row.owner_adcode, 0, row.view)
    )


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
            "title": _title(received),
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
