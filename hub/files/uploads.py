"""Files that come in pieces: what arrived is durable, what was cut is sent on from there."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import Database, row_of, utc_now
from hub.errors import Conflict, NotFound, TooLarge, field_error
from hub.files.models import StoredFile, Upload

# What was not finished after so long is given up; the phone begins anew.
KEPT = timedelta(days=14)
MAX_OPEN = 200


@dataclass(frozen=True)
class Announced:
    """What a device is about to send: its key, a name, bytes, SHA-256 (hex) of the whole."""

    key: str
    name: str
    size: int
    sha256: str


class PartFolder:
    """Where unfinished files lie: one file per upload, longer by a piece at a time."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "uploads"

    def path(self, upload_id: str) -> Path:
        """The file of an upload."""
        return self.folder / f"{upload_id}.part"

    def append(self, upload_id: str, offset: int, data: bytes) -> int:
        """Write a piece at its place, durably; whatever a cut left beyond it is dropped."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path(upload_id), os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(handle, "wb", closefd=True) as part:
            part.seek(offset)
            part.write(data)
            part.truncate()
            part.flush()
            os.fsync(part.fileno())
        return offset + len(data)

    def length(self, upload_id: str) -> int:
        """How many bytes lie there."""
        path = self.path(upload_id)
        return path.stat().st_size if path.exists() else 0

    def digest(self, upload_id: str) -> str:
        """SHA-256 (hex) of what lies there."""
        with self.path(upload_id).open("rb") as part:
            return hashlib.file_digest(part, "sha256").hexdigest()

    def drop(self, upload_id: str) -> None:
        """Remove the file of an upload."""
        self.path(upload_id).unlink(missing_ok=True)

    def sweep(self, known: frozenset[str], older_than_s: float) -> int:
        """Remove what belongs to no upload (a kill between its row and its file leaves it)."""
        limit = time.time() - older_than_s
        removed = 0
        for path in self.folder.glob("*.part"):
            if path.stem not in known and path.stat().st_mtime <= limit:
                path.unlink()
                removed += 1
        return removed


def announce(
    session: Session, actor: Actor, *, kind: str, record_id: str, told: Announced, max_bytes: int
) -> Upload:
    """Begin an upload to a record whose access the caller has checked, or find it begun or done.

    Raises:
        TooLarge: more than `max_bytes`.
        Conflict: the key stands for another file, or too many uploads are under way.
    """
    row = session.scalar(
        select(Upload).where(Upload.user_id == actor.user_id, Upload.key == told.key)
    )
    if row is not None:
        same = (row.kind, row.record_id, row.size, row.sha256)
        if same != (kind, record_id, told.size, told.sha256):
            raise Conflict(_l("同一标识不能用于不同的文件。"), extra={"rule": "upload.key"})
        return row
    if told.size > max_bytes:
        raise TooLarge(_l("文件超过%(limit)s MB。", limit=max_bytes // 1_048_576))
    waiting = select(func.count()).where(Upload.user_id == actor.user_id, Upload.file_id.is_(None))
    if (session.scalar(waiting) or 0) >= MAX_OPEN:
        raise Conflict(_l("未传完的文件过多，请先传完。"), extra={"rule": "upload.open"})
    row = Upload(
        user_id=actor.user_id,
        key=told.key,
        kind=kind,
        record_id=record_id,
        name=told.name[:150] or "file",
        size=told.size,
        sha256=told.sha256,
        received=0,
        at=utc_now(),
    )
    known = _entered(session, actor, row)
    if known is not None:
        row.file_id, row.received = known, row.size
    session.add(row)
    session.flush()
    return row


def _entered(session: Session, actor: Actor, row: Upload) -> str | None:
    """The file that the same person entered in the same record before: its upload was forgotten,
    its answer lost, and the phone announces it once more."""
    return session.scalar(
        select(StoredFile.id).where(
            StoredFile.kind == row.kind,
            StoredFile.record_id == row.record_id,
            StoredFile.sha256 == row.sha256,
            StoredFile.uploaded_by == actor.user_id,
        )
    )


def access_upload(
    session: Session, actor: Actor, upload_id: str, *, for_update: bool = False
) -> Upload:
    """The actor's own upload.

    Args:
        for_update: hold the row until the transaction ends (PostgreSQL).

    Raises:
        NotFound: absent, or somebody else's.
    """
    row = row_of(session, Upload, upload_id, for_update=for_update)
    if row is None or row.user_id != actor.user_id:
        raise NotFound
    return row


def take_piece(row: Upload, parts: PartFolder, offset: int, data: bytes) -> None:
    """Take the next piece; one that came already is passed over.

    Raises:
        Conflict: there is a gap before it; `received` says from where to go on.
        Invalid: it is empty, or goes beyond the end.
    """
    if not data or offset + len(data) > row.size:
        raise field_error("offset", _l("这一段为空或超出文件大小。"))
    held = held_of(row, parts)
    if offset + len(data) <= held:
        return
    if offset > held:
        raise Conflict(
            _l("请从第%(at)s字节继续。", at=held),
            extra={"rule": "upload.offset", "received": held},
        )
    row.received = parts.append(row.id, offset, data)


def check_whole(row: Upload, parts: PartFolder) -> None:
    """Refuse a file that is not what the device announced; it begins anew.

    Raises:
        Conflict: the digest differs.
    """
    if parts.digest(row.id) != row.sha256:
        parts.drop(row.id)
        raise Conflict(
            _l("文件在传输中损坏，请重新上传。"), extra={"rule": "upload.digest", "received": 0}
        )


def held_of(row: Upload, parts: PartFolder) -> int:
    """Bytes of an upload that are here: what its row says, unless the disk holds less."""
    return row.size if row.file_id is not None else min(row.received, parts.length(row.id))


def upload_view(row: Upload, parts: PartFolder) -> dict[str, Any]:
    """How far an upload is."""
    held = held_of(row, parts)
    return {"id": row.id, "size": row.size, "received": held, "file_id": row.file_id}


def old_uploads(session: Session, now: datetime) -> Sequence[str]:
    """Ids of uploads whose time is over."""
    return session.scalars(select(Upload.id).where(Upload.at < now - KEPT)).all()


def forget(database: Database, upload_id: str, now: datetime) -> bool:
    """Remove an old upload, its row first; whether it was there."""
    with database.unit_of_work() as session:
        row = session.get(Upload, upload_id)
        if row is None or row.at >= now - KEPT:
            return False
        session.delete(row)
    PartFolder(Path(current_app.extensions["hub.settings"].data_dir)).drop(upload_id)
    return True
