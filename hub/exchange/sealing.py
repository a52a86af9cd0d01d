"""Sealing an approved package: the signed bag is written outside of any transaction, then entered.

A crash in between leaves the package approved and without a file; approving again seals it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements.models import Agreement
from hub.bureaus.services import bureau
from hub.changes import record_act, record_change
from hub.errors import Conflict, Unavailable
from hub.exchange.building import KIND, lines_of, own_package, tell_meeting
from hub.exchange.models import ExchangePackage, PackageState
from hub.exchange.tables import has_places, layer, table
from hub.exchange.telling import Telling, Told, Untold
from hub.files import services as files
from hub.files.models import StoredFile
from hub.files.store import FileStore
from hub.keys.services import signing_key
from hub.meetings.models import Meeting
from sharing.manifest import Manifest, PackageKind, Party
from sharing.package_records import PackedRecord
from sharing.package_writer import PackageWriter, Sealed
from sharing.signing import PrivateKey, Purpose

WITH_FILES = ("case", "finding")


@dataclass(frozen=True)
class SealPlan:
    """All that the bag needs, read in one transaction."""

    row_id: str
    folder: str
    manifest: Manifest
    records: list[PackedRecord]
    # (record as `kind:id`, copy to draw)
    files: list[tuple[str, files.Opened]]
    key: PrivateKey
    at: datetime
    # Whether the payload is listed by SM3 too.
    sm3: bool = False


def plan(
    session: Session, actor: Actor, package_id: str, secret: str, *, sm3: bool = False
) -> SealPlan:
    """Read an approved package and enter each file copy that goes out with it.

    Raises:
        Conflict: not approved, or no key to sign with.
    """
    row = own_package(session, actor, package_id)
    if row.state != PackageState.APPROVED or row.approved_at is None or row.sequence is None:
        raise Conflict(_l("只有已批准、尚未封装的数据包可以封装。"))
    sender = bureau(session, row.bureau_id)
    key = signing_key(session, row.bureau_id, Purpose.PACKAGE, secret)
    records = lines_of(session, row)
    return SealPlan(
        row_id=row.id,
        folder=f"lianfang-{sender.adcode}-{row.partner_adcode}-{row.sequence:04}",
        manifest=Manifest(
            id=row.package_id,
            kind=PackageKind.EXCHANGE,
            sender=Party(sender.adcode, sender.name),
            recipient=Party(row.partner_adcode, row.partner_name),
            created_at=row.approved_at,
            expires_at=row.expires_at,
            sequence=row.sequence,
            previous=row.previous,
            context=_context(session, row),
        ),
        records=records,
        files=_copies(session, actor, row, records) if row.choice["with_files"] else [],
        key=key,
        # Approved before this key began: it was changed since, or the clock was set back then.
        at=max(row.approved_at, key.public.valid_from),
        sm3=sm3,
    )


def _context(session: Session, row: ExchangePackage) -> dict[str, Any]:
    agreement = session.get_one(Agreement, row.agreement_id)
    meeting = session.get(Meeting, row.meeting_id) if row.meeting_id else None
    at = {"meeting": {"number": meeting.number, "title": meeting.title}} if meeting else {}
    return at | {
        "number": row.number,
        "agreement": {"number": agreement.number, "title": agreement.title},
        "selection": {name: row.choice[name] for name in ("kinds", "since", "until")},
        "built_by": row.created_by_name,
        "approved_by": row.approved_by_name,
        "content_hash": row.content_hash,
    }


def _copies(
    session: Session, actor: Actor, row: ExchangePackage, records: list[PackedRecord]
) -> list[tuple[str, files.Opened]]:
    """The files that the partner's views name, as copies marked with the partner and the number."""
    found = []
    mark = f"{row.partner_name} {row.number}"
    for record in records:
        shown = (record.view or {}).get("files") if record.kind in WITH_FILES else None
        for item in shown or ():
            stored = session.get_one(StoredFile, item["id"])
            opened = files.Opened(
                stored.clean_sha256 or stored.sha256,
                "",
                "image/jpeg" if stored.clean_sha256 else stored.media_type,
                f"{stored.name.rsplit('.', 1)[0]}.jpg" if stored.clean_sha256 else stored.name,
                inline=False,
                mark=mark,
            )
            found.append((f"{record.kind}:{record.id}", opened))
            record_act(session, actor, action="package.handed_out", kind=record.kind,
                       record_id=record.id,
                       detail={"file": stored.id, "package": row.id})  # fmt: skip
    return found


def write(
    made: SealPlan, store: FileStore, folder: Path, telling: Telling | None = None
) -> tuple[Sealed, int]:
    """Write the package's file, durable when it returns; takes as long as its pictures need.

    Returns what was sealed and the file's size; `telling` is told how many files are in.

    Raises:
        Unavailable: a file is missing or altered on the disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = path_of(folder, made.row_id)
    draft = target.with_suffix(".tmp")
    with draft.open("wb") as stream:
        with PackageWriter(stream, made.folder, sm3=made.sm3) as writer:
            with (telling or Untold()).step("write", len(made.files)) as told:
                _fill(writer, made, store, told)
            sealed = writer.close(made.manifest, made.key, made.at)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(target)
    return sealed, target.stat().st_size


def _fill(writer: PackageWriter, made: SealPlan, store: FileStore, told: Told) -> None:
    for kind, group in groupby(made.records, key=lambda record: record.kind):
        rows = list(group)
        writer.add_records(kind, rows)
        writer.add(f"tables/{kind}.csv", [table(rows)], media_type="text/csv")
    if has_places(made.records):
        media = "application/geopackage+sqlite3"
        writer.add("records.gpkg", layer(made.records), media_type=media)
    for number, (record, opened) in enumerate(made.files, 1):
        told(number)
        try:
            data = files.contents(store, opened)
        except Conflict:
            # What cannot be marked stays here; the record's view still names it with its digest.
            continue
        writer.add(
            f"files/{number:04}-{opened.name}",
            [data],
            media_type=opened.media_type,
            name=opened.name,
            record=record,
        )


def path_of(folder: Path, row_id: str) -> Path:
    """Where the file of a package lies."""
    return folder / f"{row_id}.zip"


def finish(
    session: Session, actor: Actor, made: SealPlan, sealed: Sealed, size: int
) -> ExchangePackage:
    """Enter the sealed package; from now on it can be handed out."""
    row = own_package(session, actor, made.row_id, lock=True)
    if row.state != PackageState.APPROVED:
        raise Conflict(_l("只有已批准、尚未封装的数据包可以封装。"))
    row.digest, row.root, row.size = sealed.digest, sealed.manifest.root, size
    row.state, row.reminded_at = PackageState.SEALED.value, None
    row.version += 1
    session.flush()
    detail = {"number": row.number, "digest": row.digest, "partner": row.partner_name}
    record_change(session, actor, kind=KIND, record_id=row.id, version=row.version, verb="sealed",
                  bureaus=[row.bureau_id], detail=detail)  # fmt: skip
    tell_meeting(session, actor, row)
    return row


def open_file(folder: Path, row: ExchangePackage) -> Path:
    """The file of a sealed package.

    Raises:
        Unavailable: it is not on this machine's disk.
    """
    path = path_of(folder, row.id)
    if not path.exists():
        raise Unavailable(_l("数据包文件缺失，请联系系统管理员。"))
    return path
