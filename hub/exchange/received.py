"""Records received by package: shown as such, to the bureau that received them alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import NotFound
from hub.exchange.models import ExchangePackage, ReceivedFile, ReceivedRecord
from sharing.canonical import utc_text

KIND = "received"


def open_to(actor: Actor) -> Any:
    """Own receptions within the person's clearance; what may be kept no longer shows no more."""
    now = utc_now()
    return (
        (ReceivedRecord.bureau_id == actor.bureau_id)
        & (ReceivedRecord.classification <= actor.clearance)
        & or_(ReceivedRecord.keep_until.is_(None), ReceivedRecord.keep_until > now)
    )


def packages_of(session: Session, rows: Sequence[ReceivedRecord]) -> dict[str, ExchangePackage]:
    """The packages that brought some records last, by id."""
    ids = {row.package_id for row in rows}
    found = session.scalars(select(ExchangePackage).where(ExchangePackage.id.in_(ids)))
    return {row.id: row for row in found}


def received_view(row: ReceivedRecord, packages: dict[str, ExchangePackage]) -> dict[str, Any]:
    """One received record: whose, when, by which package, and its view or that it was withdrawn."""
    package = packages[row.package_id]
    return {
        "id": row.id,
        "kind": row.kind,
        "title": row.title,
        "foreign_id": row.foreign_id,
        "foreign_version": row.foreign_version,
        "owner_adcode": row.owner_adcode,
        "owner_name": row.owner_name,
        "classification": row.classification,
        "received_at": utc_text(row.received_at),
        "ended_at": utc_text(row.ended_at) if row.ended_at else None,
        "keep_until": utc_text(row.keep_until) if row.keep_until else None,
        "package_id": package.id,
        "package_number": package.number,
        "view": row.view,
    }


def access_received(session: Session, actor: Actor, received_id: str) -> ReceivedRecord:
    """A received record of the actor's bureau.

    Raises:
        NotFound: absent, another bureau's, above his clearance, or kept as long as was agreed.
    """
    actor.require(Right.WORK_VIEW)
    row = session.scalars(
        select(ReceivedRecord).where(ReceivedRecord.id == received_id, open_to(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def read_received(session: Session, actor: Actor, received_id: str) -> dict[str, Any]:
    """One received record with its files; the reading is entered."""
    row = access_received(session, actor, received_id)
    record_act(session, actor, action=f"{KIND}.read", kind=KIND, record_id=row.id,
               detail={"owner": row.owner_adcode, "foreign_id": row.foreign_id})  # fmt: skip
    files = session.scalars(
        select(ReceivedFile).where(ReceivedFile.received_id == row.id).order_by(ReceivedFile.id)
    )
    return received_view(row, packages_of(session, [row])) | {
        "files": [
            {
                "id": item.id,
                "name": item.name,
                "size": item.size,
                "sha256": item.sha256,
                "url": f"/api/v1/received-records/{row.id}/files/{item.id}",
            }
            for item in files
        ]
    }


def received_file(session: Session, actor: Actor, received_id: str, file_id: str) -> ReceivedFile:
    """A file of an accessible received record; handing it out is entered."""
    row = access_received(session, actor, received_id)
    item = session.get(ReceivedFile, file_id)
    if item is None or item.received_id != row.id:
        raise NotFound
    record_act(session, actor, action="file.opened", kind=KIND, record_id=row.id,
               detail={"file": item.id, "copy": "received", "sha256": item.sha256})  # fmt: skip
    return item


def received_digests(session: Session) -> frozenset[str]:
    """SHA-256 of every file that came by package, for the sweep of the store."""
    return frozenset(session.scalars(select(ReceivedFile.sha256)))
