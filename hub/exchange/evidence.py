"""The evidence bag of a case: the owner's whole, with custody; the partner's, as far as he sees.

Three steps, so that no transaction waits for pictures: `plan` checks and enters who takes copies,
`build` writes the signed bag, `enter` looks once more whether it may still be had and enters it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.services import bureau
from hub.cases.access import access_case
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.cases.services import open_case
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import Conflict
from hub.exchange.custody import CUSTODY, custody_of
from hub.files import services as files
from hub.files.models import StoredFile
from hub.files.store import FileStore
from hub.keys.services import signing_key
from hub.web.exports import csv_text
from sharing.canonical import utc_text
from sharing.manifest import Manifest, PackageKind, Party
from sharing.models import new_id
from sharing.package_records import PackedRecord
from sharing.package_writer import PackageWriter, Sealed
from sharing.signing import PrivateKey, Purpose


@dataclass(frozen=True)
class Item:
    """A file of the case, and the copy of it that goes into the bag."""

    opened: files.Opened
    row: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """All that a bag needs, read in one transaction."""

    case_id: str
    number: str
    folder: str
    manifest: Manifest
    record: PackedRecord
    custody: list[PackedRecord]
    items: list[Item]
    key: PrivateKey
    at: datetime
    # Whether the payload is listed by SM3 too.
    sm3: bool = False
    headings: dict[str, str] = field(default_factory=dict)
    readme: str = ""


def plan(session: Session, actor: Actor, case_id: str, secret: str, *, sm3: bool = False) -> Plan:
    """Check what the actor may have of a case and enter each copy that he takes.

    Raises:
        NotFound: nothing of the case is his to see.
        Conflict: the owner has no key to sign with.
    """
    view = open_case(session, actor, case_id)
    case = access_case(session, actor, case_id)
    owner, reader = bureau(session, case.owner_bureau_id), bureau(session, actor.bureau_id)
    own, now = owner.id == reader.id, utc_now()
    shown = {item["id"] for item in view.get("files") or ()}
    rows = [row for row in files.files_of(session, KIND, case.id) if row.id in shown]
    items = [_item(session, actor, row) for row in rows]
    session.flush()
    bag_id = new_id()
    return Plan(
        case_id=case.id,
        number=case.number,
        folder=f"evidence-{owner.code}-{bag_id[-12:]}",
        manifest=Manifest(
            id=bag_id,
            kind=PackageKind.EVIDENCE,
            sender=Party(owner.adcode, owner.name),
            recipient=None if own else Party(reader.adcode, reader.name),
            created_at=now,
            context=_context(actor, case, view),
        ),
        record=_packed(case, view, owner.adcode),
        custody=custody_of(session, case, rows, owner.adcode) if own else [],
        items=items,
        key=signing_key(session, owner.id, Purpose.PACKAGE, secret),
        at=now,
        sm3=sm3,
        headings=_headings(),
        readme=_readme(case.number, owner.name),
    )


def _context(actor: Actor, case: Case, view: dict[str, Any]) -> dict[str, Any]:
    """For whom and on what ground."""
    return {
        "case_number": case.number,
        "requested_by": actor.name,
        "requested_for": actor.bureau_name,
        "ground": view.get("access"),
    }


def _packed(case: Case, view: dict[str, Any], adcode: str) -> PackedRecord:
    return PackedRecord(KIND, case.id, view["version"], adcode, case.classification, view)


def _item(session: Session, actor: Actor, row: StoredFile) -> Item:
    own = row.owner_bureau_id == actor.bureau_id
    opened = files.open_for(session, actor, row, "original" if own else "clean")
    told: dict[str, Any] = {
        "file": row.id,
        "name": row.name,
        "sealed_sha256": row.sha256,
        "uploaded_by": row.uploaded_by_name,
        "uploaded_at": utc_text(row.at),
        "watermark": opened.mark,
    }
    if own:
        told |= {
            "captured_at": utc_text(row.captured_at) if row.captured_at else None,
            "captured_lon": row.captured_lon,
            "captured_lat": row.captured_lat,
        }
    return Item(opened, told)


def _headings() -> dict[str, str]:
    return {
        "path": _("文件"),
        "name": _("原名"),
        "sealed_sha256": _("封存原件SHA-256"),
        "sha256": _("本副本SHA-256"),
        "uploaded_by": _("上传人"),
        "uploaded_at": _("上传时间（UTC）"),
        "captured_at": _("拍摄时间（UTC）"),
        "captured_lon": _("拍摄经度"),
        "captured_lat": _("拍摄纬度"),
        "watermark": _("水印"),
        "note": _("说明"),
        "number": _("链上序号"),
        "at": _("时间（UTC）"),
        "who": _("人员"),
        "bureau": _("单位"),
        "action_words": _("操作"),
        "hash": _("链上摘要"),
    }


def _readme(number: str, owner: str) -> str:
    lines = (
        _("案件%(number)s证据包，由%(owner)s签名。", number=number, owner=owner),
        _("核验：flask --app hub package verify 本文件 -k 该单位公钥文件"),
        _("公钥文件的指纹请向该单位核对。任何改动都会使核验失败。"),
    )
    return "".join(f"{line}\n" for line in lines)


def build(made: Plan, store: FileStore, stream: IO[bytes]) -> Sealed:
    """Write the signed bag; takes as long as its pictures need, outside of any transaction.

    Raises:
        Unavailable: a file is missing or altered on the disk; no bag is made.
    """
    with PackageWriter(stream, made.folder, sm3=made.sm3) as writer:
        writer.add("README.txt", [made.readme.encode()], media_type="text/plain")
        writer.add_records(KIND, [made.record])
        if made.custody:
            writer.add_records(CUSTODY, made.custody)
            columns = ("number", "at", "who", "bureau", "action_words", "hash")
            _table(writer, made, CUSTODY, columns, [r.view or {} for r in made.custody])
        rows = [_pack(writer, made, store, n, item) for n, item in enumerate(made.items, 1)]
        named = (
            "path", "name", "sealed_sha256", "sha256", "uploaded_by", "uploaded_at",
            "captured_at", "captured_lon", "captured_lat", "watermark", "note",
        )  # fmt: skip
        _table(writer, made, "files", named, rows)
        return writer.close(made.manifest, made.key, made.at)


def _table(
    writer: PackageWriter, made: Plan, name: str, columns: tuple[str, ...], rows: Any
) -> None:
    text = csv_text([(column, made.headings[column]) for column in columns], rows)
    writer.add(f"tables/{name}.csv", [text.encode()], media_type="text/csv")


def _pack(
    writer: PackageWriter, made: Plan, store: FileStore, number: int, item: Item
) -> dict[str, Any]:
    """Add one file; one that cannot be marked is left out and says so in the table."""
    try:
        data = files.contents(store, item.opened)
    except Conflict as error:
        return item.row | {"note": str(error.detail)}
    entry = writer.add(
        f"files/{number:02}-{item.opened.name}",
        [data],
        media_type=item.opened.media_type,
        name=item.opened.name,
        record=f"{KIND}:{made.case_id}",
    )
    return item.row | {"path": entry.path, "sha256": entry.sha256}


def enter(session: Session, actor: Actor, made: Plan, sealed: Sealed) -> None:
    """Enter the bag in both chains before it leaves.

    Raises:
        NotFound: the share ended while the bag was made; it does not leave.
    """
    case = access_case(session, actor, made.case_id)
    detail = {
        "bag": sealed.manifest.id,
        "digest": sealed.digest,
        "files": [item.row["file"] for item in made.items],
    }
    record_act(session, actor, action="evidence.bagged", kind=KIND, record_id=case.id,
               chains=[case.owner_bureau_id], detail=detail)  # fmt: skip
