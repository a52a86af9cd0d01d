"""Every night each file of the store is compared with what was sealed, and what no row names goes.

A page at a time, so that a store of any size is gone through while the hub works on: hashing runs
on a real thread and outside of any transaction, and a page ends after a few seconds. Killed amid a
page, the check goes on from the page before.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from flask import current_app
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from hub.bureaus.services import on_behalf_of
from hub.changes import record_act
from hub.clock import SHANGHAI
from hub.db import Database
from hub.exchange.received import received_digests
from hub.files.check_models import FileCheck, FileFault
from hub.files.models import StoredFile, Upload
from hub.files.services import aside, referenced
from hub.files.store import FileStore
from hub.files.uploads import PartFolder

log = structlog.get_logger()
KIND = "stored_file"
# From this hour on (Asia/Shanghai), and not before so long has passed: each night, after a day on
# which the hub was down as soon as it is up, and the first time at once.
HOUR, BETWEEN = 2, timedelta(hours=20)
# A page is so many files at most, and ends after so many seconds: well within the clock's lease.
PAGE = 500
PAGE_S = 10.0
NEW, MISSING, ALTERED = "new", "missing", "altered"
# A file without a row may belong to a request under way; a day is far beyond any.
SWEEP_AGE_S = 24 * 3600.0


@dataclass(frozen=True)
class _Judged:
    file_id: str
    bureau_id: str
    # None: as it was sealed.
    what: str | None


def due(session: Session, now: datetime) -> list[str]:
    """The check that is under way, or `new` when tonight's still has to begin."""
    open_ = or_(FileCheck.finished_at.is_(None), FileCheck.swept.is_(None))
    under_way = session.scalars(select(FileCheck.id).where(open_).limit(1)).all()
    if under_way:
        return list(under_way)
    last = newest(session)
    if last is None or last.started_at > now + BETWEEN:
        return [NEW]
    over = now - last.started_at >= BETWEEN and now.astimezone(SHANGHAI).hour >= HOUR
    return [NEW] if over else []


def newest(session: Session) -> FileCheck | None:
    """The last check, finished or not."""
    latest = select(FileCheck).order_by(FileCheck.started_at.desc()).limit(1)
    return session.scalars(latest).first()


def go_on(database: Database, item: str, now: datetime) -> bool:
    """Begin tonight's check, or do its next page, or sweep after it; whether there was one."""
    if item == NEW:
        with database.unit_of_work() as session:
            if due(session, now) != [NEW]:
                return False
            # Begun by a clock that ran ahead, they would put off all that follow.
            session.execute(delete(FileCheck).where(FileCheck.started_at > now + BETWEEN))
            row = FileCheck(started_at=now, counts={})
            session.add(row)
            session.flush()
            item = row.id
    return _next_page(database, item, now)


def _next_page(database: Database, check_id: str, now: datetime) -> bool:
    with database.read_only() as session:
        check = session.get(FileCheck, check_id)
        if check is None:
            return False
        finished, after = check.finished_at is not None, check.after_id
        page = [] if finished else _page(session, after)
    if not finished:
        judged = aside(_judge, _store(), page)
        finished = len(page) < PAGE and len(judged) == len(page)
        if not _note(database, check_id, after, judged, now, last=finished):
            return False
    return not finished or _sweep(database, check_id)


def _page(session: Session, after: str) -> Sequence[StoredFile]:
    statement = select(StoredFile).where(StoredFile.id > after).order_by(StoredFile.id)
    return session.scalars(statement.limit(PAGE)).all()


def _data_dir() -> Path:
    return Path(current_app.extensions["hub.settings"].data_dir)


def _store() -> FileStore:
    return FileStore(_data_dir() / "files")


def _judge(store: FileStore, page: Sequence[StoredFile]) -> list[_Judged]:
    """As many files of a page as a few seconds are enough for, at least one."""
    until = time.monotonic() + PAGE_S
    judged: list[_Judged] = []
    for row in page:
        judged.append(_Judged(row.id, row.owner_bureau_id, _fault(store, row)))
        if time.monotonic() >= until:
            break
    return judged


def _fault(store: FileStore, row: StoredFile) -> str | None:
    for sha256 in (row.sha256, row.clean_sha256):
        if sha256 is None or store.intact(sha256):
            continue
        return ALTERED if store.path(sha256).exists() else MISSING
    return None


def _note(
    database: Database,
    check_id: str,
    after: str,
    judged: list[_Judged],
    now: datetime,
    *,
    last: bool,
) -> bool:
    """Enter what a page showed, unless another worker did meanwhile; the end after the last."""
    with database.unit_of_work() as session:
        check = session.get(FileCheck, check_id, with_for_update=True)
        if check is None or check.finished_at is not None or check.after_id != after:
            return False
        counts = {bureau: dict(told) for bureau, told in check.counts.items()}
        for one in judged:
            told = counts.setdefault(one.bureau_id, {"checked": 0, "broken": 0})
            told["checked"] += 1
            told["broken"] += one.what is not None
            _enter(session, one, now)
        check.counts = counts
        if judged:
            check.after_id = judged[-1].file_id
        if last:
            _finish(session, check, now)
    return True


def _enter(session: Session, one: _Judged, now: datetime) -> None:
    """A fault that is new, or over, stands in the chain of the bureau whose file it is."""
    known = session.get(FileFault, one.file_id)
    before = known.what if known is not None else None
    if one.what is None:
        if known is not None:
            session.delete(known)
    elif known is None:
        session.add(FileFault(id=one.file_id, bureau_id=one.bureau_id, what=one.what,
                              found_at=now, seen_at=now))  # fmt: skip
    else:
        known.what, known.bureau_id, known.seen_at = one.what, one.bureau_id, now
    if one.what == before:
        return
    action = f"{KIND}.{one.what or 'intact'}"
    actor = on_behalf_of(session, one.bureau_id)
    record_act(session, actor, action=action, kind=KIND, record_id=one.file_id)
    if one.what is not None:
        log.error("file.broken", file=one.file_id, bureau=one.bureau_id, what=one.what)


def _finish(session: Session, check: FileCheck, now: datetime) -> None:
    """Each bureau's chain holds that its files were checked, and how many were broken."""
    check.finished_at = now
    for bureau_id, told in sorted(check.counts.items()):
        actor = on_behalf_of(session, bureau_id)
        record_act(session, actor, action="store.checked", kind="store", record_id=check.id,
                   detail=told)  # fmt: skip


def _sweep(database: Database, check_id: str) -> bool:
    """Remove what uploads that were cut off, or content whose time was over, left on the disk."""
    with database.read_only() as session:
        named = referenced(session) | received_digests(session)
        uploads = frozenset(session.scalars(select(Upload.id)))
    removed = aside(_store().sweep, named, SWEEP_AGE_S)
    removed += aside(PartFolder(_data_dir()).sweep, uploads, SWEEP_AGE_S)
    with database.unit_of_work() as session:
        check = session.get(FileCheck, check_id, with_for_update=True)
        if check is None or check.swept is not None:
            return False
        check.swept = removed
    return True
