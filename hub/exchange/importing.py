"""Importing a package: what it would do, then all of it or nothing, with a signed receipt.

Records from elsewhere are kept apart from the own ones (`ReceivedRecord`), visible to the bureau
that received them and to nobody else, so that nothing from a package can touch what is the
receiver's or open anything to a third.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureau
from hub.cases.models import Case
from hub.cases.texts import refuse_secrets
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Conflict, Invalid, Text
from hub.exchange.building import KIND
from hub.exchange.choice import SOURCES
from hub.exchange.models import ExchangePackage, PackageState, ReceivedFile, ReceivedRecord
from hub.files.store import FileStore
from hub.keys.services import signing_key
from hub.meetings.access import access_meeting
from hub.patrols.models import Finding, Patrol
from sharing.canonical import utc_text
from sharing.documents import write_document
from sharing.errors import PackageRefused
from sharing.manifest import PackageKind
from sharing.models import new_id
from sharing.package_records import PackedRecord
from sharing.packages import Package
from sharing.signing import Purpose

IN = "in"
# Attachments are read whole, one by one.
MOST_FILE = 64 << 20
_OWN = {"case": Case, "finding": Finding, "patrol": Patrol}
OUTCOMES = {
    "new": _l("新增"),
    "changed": _l("更新"),
    "same": _l("无变化"),
    "withdrawn": _l("对方已收回"),
    "older": _l("比已有的旧，保留已有的"),
    "refused": _l("拒绝"),
}
REFUSED = {
    "own_record": _l("标识与本系统的记录相同，不能由外来数据覆盖"),
    "kind_unknown": _l("不认识的记录类型"),
    "state_secret": _l("含有国家秘密标志，不得进入本系统"),
}


@dataclass(frozen=True)
class Item:
    """What an import would do with one record, and why."""

    record: PackedRecord
    outcome: str
    why: str | None = None


@dataclass
class Report:
    """A dry run: what is new, changed, the same, withdrawn, older or refused; or done already."""

    package: Package
    items: list[Item] = field(default_factory=list)
    # The import that brought this very package before, if any.
    before: ExchangePackage | None = None
    # Sequence numbers of packages in between that never came.
    missing: list[int] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each outcome."""
        return dict(Counter(item.outcome for item in self.items))

    @property
    def refused(self) -> list[Item]:
        """What stops the import."""
        return [item for item in self.items if item.outcome == "refused"]


def dry_run(session: Session, actor: Actor, package: Package) -> Report:
    """What importing a verified package would do; writes nothing.

    Raises:
        Forbidden: the actor is neither liaison nor official.
        Conflict: it is older than one imported already, or another under the same id.
    """
    actor.require(Right.PACKAGE_IMPORT)
    manifest = package.manifest
    if manifest.kind is not PackageKind.EXCHANGE:
        raise Conflict(_l("这是证据包，供保存和核验，不能导入。"))
    earlier = _imported(session, actor, manifest.sender.adcode)
    for row in earlier:
        if row.digest == package.digest:
            return Report(package, before=row)
        if row.package_id == manifest.id:
            raise Conflict(_l("已导入过同一编号但内容不同的数据包，请向对方核实。"))
    last = max((row.sequence or 0 for row in earlier), default=0)
    if manifest.sequence <= last:
        raise Conflict(
            _l("这是旧的数据包（第%(n)s个），已导入过更新的（第%(last)s个）。",
               n=manifest.sequence, last=last),
            extra={"reason": "replayed"},
        )  # fmt: skip
    items = [_judged(session, actor, record) for record in package.records()]
    return Report(package, items, missing=list(range(last + 1, manifest.sequence))[:50])


def _imported(session: Session, actor: Actor, adcode: str) -> list[ExchangePackage]:
    return list(
        session.scalars(
            select(ExchangePackage).where(
                ExchangePackage.bureau_id == actor.bureau_id,
                ExchangePackage.direction == IN,
                ExchangePackage.partner_adcode == adcode,
            )
        )
    )


def held(session: Session, bureau_id: str, record: PackedRecord) -> ReceivedRecord | None:
    """What the receiver has of a record already."""
    return session.scalars(
        select(ReceivedRecord).where(
            ReceivedRecord.bureau_id == bureau_id,
            ReceivedRecord.owner_adcode == record.owner,
            ReceivedRecord.kind == record.kind,
            ReceivedRecord.foreign_id == record.id,
        )
    ).one_or_none()


def _judged(session: Session, actor: Actor, record: PackedRecord) -> Item:
    why = _refusal(session, actor, record)
    if why is not None:
        return Item(record, "refused", why)
    have = held(session, actor.bureau_id, record)
    if record.view is None:
        return Item(record, "withdrawn" if have is not None and have.view is not None else "same")
    if have is None or have.view is None:
        return Item(record, "new")
    if have.foreign_version > record.version:
        return Item(record, "older")
    return Item(record, "same" if have.view == dict(record.view) else "changed")


def _refusal(session: Session, actor: Actor, record: PackedRecord) -> str | None:
    if record.kind not in SOURCES:
        return "kind_unknown"
    own = session.get(_OWN[record.kind], record.id)
    if own is not None and _owner(own) == actor.bureau_id:
        return "own_record"
    if any(_secret(text) for text in _texts(record.view)):
        return "state_secret"
    return None


def _owner(row: Any) -> str:
    for name in ("owner_bureau_id", "bureau_id", "proposing_bureau_id"):
        found: str | None = getattr(row, name, None)
        if found is not None:
            return found
    raise TypeError(type(row).__name__)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _secret(text: str) -> bool:
    try:
        refuse_secrets("view", text)
    except Invalid:
        return True
    return False


def store_files(store: FileStore, package: Package) -> dict[str, str]:
    """Keep the package's files on the disk, before the transaction; by path their SHA-256.

    What no row names afterwards is swept away.

    Raises:
        PackageRefused: one is larger than any attachment of a hub.
    """
    kept = {}
    carried = [e for e in package.manifest.files if e.path.startswith("data/files/")]
    for entry in carried:
        if entry.size > MOST_FILE:
            raise PackageRefused("too_large", limit_mb=MOST_FILE >> 20, path=entry.path)
    store.folder.mkdir(parents=True, exist_ok=True)
    for entry in carried:
        with closing(package.open(entry.path)) as stream:
            kept[entry.path] = store.put(stream.read())
    return kept


def import_package(
    session: Session,
    actor: Actor,
    package: Package,
    kept: dict[str, str],
    secret: str,
    meeting_id: str | None = None,
) -> ExchangePackage:
    """Take over a verified package completely, or not at all; a second time changes nothing.

    Args:
        meeting_id: of the meeting at which it was handed over, if it was at one.

    Raises:
        NotFound: not a meeting of the actor's.
        Conflict: as `dry_run`; or something in it is refused, then nothing is taken.
    """
    if meeting_id is not None:
        access_meeting(session, actor, meeting_id)
    bureau_row = bureau(session, actor.bureau_id)
    session.refresh(bureau_row, with_for_update=True)
    report = dry_run(session, actor, package)
    if report.before is not None:
        return report.before
    if report.refused:
        raise Conflict(
            _l("其中%(n)s条不能接受，整包未导入。", n=len(report.refused)),
            extra={"refused": [[i.record.kind, i.record.id, i.why] for i in report.refused]},
        )
    row = _package_row(actor, report)
    row.meeting_id = meeting_id
    session.add(row)
    session.flush()
    for item in report.items:
        _take(session, actor, row, item, package, kept)
    _sign_receipt(session, actor, row, report, bureau_row.adcode, bureau_row.name, secret)
    record_change(session, actor, kind=KIND, record_id=row.id, version=row.version,
                  verb="imported", bureaus=[row.bureau_id],
                  detail={"number": row.number, "from": row.partner_name, "digest": row.digest}
                  | report.counts)  # fmt: skip
    return row


def _package_row(actor: Actor, report: Report) -> ExchangePackage:
    manifest = report.package.manifest
    return ExchangePackage(
        id=new_id(),
        package_id=manifest.id[:64],
        number=str(manifest.context.get("number", ""))[:60],
        direction=IN,
        bureau_id=actor.bureau_id,
        partner_adcode=manifest.sender.adcode[:6],
        partner_name=manifest.sender.name[:200],
        state=PackageState.IMPORTED.value,
        choice={"context": dict(manifest.context), "counts": report.counts},
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


def _take(
    session: Session,
    actor: Actor,
    row: ExchangePackage,
    item: Item,
    package: Package,
    kept: dict[str, str],
) -> None:
    if item.outcome not in ("new", "changed", "withdrawn"):
        return
    record = item.record
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
    have.view = dict(record.view) if record.view is not None else None
    have.keep_until = datetime.fromisoformat(record.keep_until) if record.keep_until else None
    have.package_id, have.received_at = row.id, utc_now()
    have.ended_at = utc_now() if record.view is None else None
    session.flush()
    _replace_files(session, have, package, kept)


def _replace_files(
    session: Session, have: ReceivedRecord, package: Package, kept: dict[str, str]
) -> None:
    for old in session.scalars(select(ReceivedFile).where(ReceivedFile.received_id == have.id)):
        session.delete(old)
    if have.view is None:
        return
    for entry in package.manifest.files:
        if entry.record == f"{have.kind}:{have.foreign_id}" and entry.path in kept:
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
        "counts": report.counts,
    }
    key = signing_key(session, actor.bureau_id, Purpose.RECEIPT, secret)
    row.receipt = write_document(key, body, now).decode()
    row.receipt_at = now
    session.flush()


def words_of(item: Item) -> Text:
    """Why a record is refused, in words."""
    return REFUSED[item.why] if item.why else OUTCOMES[item.outcome]
