"""Received records are kept as long as was agreed: then their content goes, and a tombstone stays.

They stopped showing at that moment, because each reading asks for it. The tombstone (whose record,
which version, by which package, until when) is what a later package is compared with.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import null

from hub.bureaus.services import on_behalf_of
from hub.changes import record_act
from hub.db import Database
from hub.exchange.models import ReceivedFile, ReceivedRecord
from hub.exchange.naming import hold
from hub.exchange.received import KIND
from hub.files.models import StoredFile
from hub.files.store import FileStore
from hub.search.indexing import index_records
from sharing.canonical import utc_text

# A run takes no more than this; the next one takes the rest.
MOST = 500


def kept_long_enough(session: Session, at: datetime) -> Sequence[str]:
    """Ids of received records that may be kept no longer and still have their content."""
    return session.scalars(
        select(ReceivedRecord.id)
        .where(ReceivedRecord.keep_until <= at, ReceivedRecord.view.is_not(null()))
        .order_by(ReceivedRecord.keep_until, ReceivedRecord.id)
        .limit(MOST)
    ).all()


def remove_content(database: Database, received_id: str, at: datetime) -> bool:
    """Remove the content and the files of one received record, the rows first; whether it was due.

    Bytes that a kill in between leaves on the disk are named by no row: the sweep takes them.
    """
    with database.unit_of_work() as session:
        row = session.get(ReceivedRecord, received_id, with_for_update=True)
        if row is None or row.view is None or row.keep_until is None or row.keep_until > at:
            return False
        digests = _end(session, row, at)
    with database.read_only() as session:
        free = digests - _named(session, digests)
    store = FileStore(Path(current_app.extensions["hub.settings"].data_dir) / "files")
    for digest in free:
        store.drop(digest)
    return True


def _end(session: Session, row: ReceivedRecord, at: datetime) -> set[str]:
    """Take the content off its rows and enter it; returns the SHA-256 of the files it had."""
    files = session.scalars(select(ReceivedFile).where(ReceivedFile.received_id == row.id)).all()
    for item in files:
        session.delete(item)
    hold(row, None)
    row.ended_at = at
    session.flush()
    index_records(session, KIND, [row.id])
    record_act(
        session,
        on_behalf_of(session, row.bureau_id),
        action=f"{KIND}.expired",
        kind=KIND,
        record_id=row.id,
        detail={
            "owner": row.owner_adcode,
            "foreign_id": row.foreign_id,
            "keep_until": utc_text(row.keep_until) if row.keep_until else None,
            "files": len(files),
        },
    )
    return {item.sha256 for item in files}


def _named(session: Session, digests: Collection[str]) -> set[str]:
    """Those of some files that a row still names: a copy of the same bytes came another way."""
    stored = or_(StoredFile.sha256.in_(digests), StoredFile.clean_sha256.in_(digests))
    rows = session.execute(select(StoredFile.sha256, StoredFile.clean_sha256).where(stored))
    named = {one for row in rows for one in row if one is not None}
    received = select(ReceivedFile.sha256).where(ReceivedFile.sha256.in_(digests))
    return named | set(session.scalars(received))
