"""Importing a package: what it would do, then all of it or nothing, with a signed receipt.

Records from elsewhere are kept apart from the own ones (`ReceivedRecord`), visible to the bureau
that received them and to nobody else, so that nothing from a package can touch what is the
receiver's or open anything to a third.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.services import bureau
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Conflict
from hub.exchange.building import KIND
from hub.exchange.judging import IN, Item, Report, begun, held, judged
from hub.exchange.models import (
    BroughtRecord,
    ExchangePackage,
    PackageState,
    ReceivedFile,
    ReceivedRecord,
)
from hub.exchange.naming import hold
from hub.exchange.telling import Telling, Untold
from hub.files.store import FileStore
from hub.keys.services import signing_key
from hub.meetings.access import access_meeting
from sharing.canonical import utc_text
from sharing.documents import write_document
from sharing.errors import PackageRefused
from sharing.manifest import FileEntry
from sharing.models import new_id
from sharing.package_records import PackedRecord
from sharing.packages import Package
from sharing.signing import Purpose

# Attachments are read whole, one by one.
MOST_FILE = 64 << 20


def store_files(
    store: FileStore, package: Package, telling: Telling | None = None
) -> dict[str, str]:
    """Keep the package's files on the disk, before the transaction; by path their SHA-256.

    What no row names afterwards is swept away. `telling` is told the bytes kept so far.

    Raises:
        PackageRefused: one is larger than any attachment of a hub.
    """
    kept: dict[str, str] = {}
    carried = [e for e in package.manifest.files if e.path.startswith("data/files/")]
    for entry in carried:
        if entry.size > MOST_FILE:
            raise PackageRefused("too_large", limit_mb=MOST_FILE >> 20, path=entry.path)
    store.folder.mkdir(parents=True, exist_ok=True)
    done = 0
    with (telling or Untold()).step("files", sum(e.size for e in carried)) as told:
        for entry in carried:
            with closing(package.open(entry.path)) as stream:
                data = stream.read(MOST_FILE + 1)
            if len(data) > MOST_FILE:
                raise PackageRefused("too_large", limit_mb=MOST_FILE >> 20, path=entry.path)
            kept[entry.path] = store.put(data)
            done += len(data)
            told(done)
    return kept


def import_package(
    session: Session,
    actor: Actor,
    package: Package,
    kept: dict[str, str],
    secret: str,
    meeting_id: str | None = None,
    telling: Telling | None = None,
) -> ExchangePackage:
    """Take over a verified package completely, or not at all; a second time changes nothing.

    Args:
        meeting_id: of the meeting at which it was handed over, if it was at one.
        telling: to whom it is told how many records are done.

    Raises:
        NotFound: not a meeting of the actor's.
        Conflict: as `dry_run`; or something in it is refused, then nothing is taken.
    """
    if meeting_id is not None:
        access_meeting(session, actor, meeting_id)
    bureau_row = bureau(session, actor.bureau_id)
    session.refresh(bureau_row, with_for_update=True)
    report = begun(session, actor, package)
    if report.before is not None:
        return report.before
    row = _package_row(actor, report)
    row.meeting_id = meeting_id
    session.add(row)
    session.flush()
    files = _files_by_record(package)
    with (telling or Untold()).step("import", package.manifest.records) as told:
        for item, record in judged(session, actor, report):
            session.add(_brought(row, report.counts.total(), item))
            _take(session, actor, row, item, record, files, kept)
            told(report.counts.total())
    if report.refused:
        # What was taken until here goes back with the transaction.
        raise Conflict(
            _l("其中%(n)s条不能接受，整包未导入。", n=report.counts["refused"]),
            extra={"refused": [[i.kind, i.id, i.why] for i in report.refused]},
        )
    row.choice = {"context": dict(package.manifest.context), "counts": dict(report.counts)}
    _sign_receipt(session, actor, row, report, bureau_row.adcode, bureau_row.name, secret)
    record_change(session, actor, kind=KIND, record_id=row.id, version=row.version,
                  verb="imported", bureaus=[row.bureau_id],
                  detail={"number": row.number, "from": row.partner_name, "digest": row.digest}
                  | dict(report.counts))  # fmt: skip
    return row


def _package_row(actor: Actor, report: Report) -> ExchangePackage:
    manifest = report.package.manifest
    return ExchangePackage(
        id=new_id(),
        package_id=manifest.id,
        number=str(manifest.context.get("number", ""))[:60],
        direction=IN,
        bureau_id=actor.bureau_id,
        partner_adcode=manifest.sender.adcode,
        partner_name=manifest.sender.name[:200],
        state=PackageState.IMPORTED.value,
        choice={"context": dict(manifest.context)},
        content_hash=manifest.root,
        records=manifest.records,
        sequence=manifest.sequence,
        previous=manifest.previous,
        digest=report.package.digest,
        root=manifest.root,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=utc_now(),
        approved_by_name=str(manifest.context.get("approved_by", ""))[:200],
        approved_at=manifest.created_at,
        expires_at=manifest.expires_at,
        version=1,
    )


def _brought(row: ExchangePackage, position: int, item: Item) -> BroughtRecord:
    return BroughtRecord(
        package_id=row.id,
        position=position,
        kind=item.kind,
        foreign_id=item.id,
        version=item.version,
        outcome=item.outcome,
    )


def _files_by_record(package: Package) -> dict[str, list[FileEntry]]:
    found: dict[str, list[FileEntry]] = defaultdict(list)
    for entry in package.manifest.files:
        if entry.record is not None:
            found[entry.record].append(entry)
    return found


def _take(
    session: Session,
    actor: Actor,
    row: ExchangePackage,
    item: Item,
    record: PackedRecord,
    files: dict[str, list[FileEntry]],
    kept: dict[str, str],
) -> None:
    if item.outcome not in ("new", "changed", "withdrawn"):
        return
    have = held(session, actor.bureau_id, record)
    if have is None:
        have = ReceivedRecord(
            bureau_id=actor.bureau_id,
            owner_adcode=record.owner,
            kind=record.kind,
            foreign_id=record.id,
        )
        session.add(have)
    have.owner_name = row.partner_name
    have.foreign_version = record.version
    have.classification = record.classification
    hold(have, record.view)
    have.keep_until = datetime.fromisoformat(record.keep_until) if record.keep_until else None
    have.package_id, have.received_at = row.id, utc_now()
    have.ended_at = utc_now() if record.view is None else None
    session.flush()
    _replace_files(session, have, files.get(f"{record.kind}:{record.id}", []), kept)


def _replace_files(
    session: Session, have: ReceivedRecord, entries: list[FileEntry], kept: dict[str, str]
) -> None:
    for old in session.scalars(select(ReceivedFile).where(ReceivedFile.received_id == have.id)):
        session.delete(old)
    if have.view is None:
        return
    for entry in entries:
        if entry.path in kept:
            session.add(
                ReceivedFile(
                    received_id=have.id,
                    name=entry.name[:200],
                    media_type=entry.media_type[:100],
                    size=entry.size,
                    sha256=kept[entry.path],
                )
            )


def _sign_receipt(
    session: Session,
    actor: Actor,
    row: ExchangePackage,
    report: Report,
    adcode: str,
    name: str,
    secret: str,
) -> None:
    now = utc_now()
    body = {
        "package": row.package_id,
        "digest": row.digest,
        "root": row.root,
        "sender": row.partner_adcode,
        "receiver": {"adcode": adcode, "name": name},
        "imported_at": utc_text(now),
        "imported_by": actor.name,
        "counts": dict(report.counts),
    }
    key = signing_key(session, actor.bureau_id, Purpose.RECEIPT, secret)
    row.receipt = write_document(key, body, now).decode()
    row.receipt_at = now
    session.flush()
