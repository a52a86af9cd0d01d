"""Keeping files of records: prepared before the transaction, entered in it, opened by right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal, ParamSpec, TypeVar

import gevent
from flask_babel import lazy_gettext as _l
from gevent import monkey
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases.texts import clean
from hub.changes import record_act
from hub.clock import SHANGHAI
from hub.db import utc_now
from hub.errors import Conflict, NotFound, TooLarge, Unavailable, field_error
from hub.files.images import EXTENSIONS, Captured, clean_copy, media_type_of
from hub.files.marking import mark_pdf, mark_picture
from hub.files.models import StoredFile
from hub.files.store import THUMB, FileStore

P = ParamSpec("P")
FORBIDDEN = re.compile(r'[<>:"|?*]')
R = TypeVar("R")
Copy = Literal["clean", "original", "thumb"]
MAX_PER_RECORD = 50
# Letters of requests, made by the hub: not evidence of the one who sends them.
LETTER = "request_letter"
# Minutes of meetings, sealed when all parties countersigned: each party's own as well.
MINUTES = "minutes"
# Notices of meetings: the host's letters to each party.
NOTICE = "meeting_notice"
# What stays the same when a file is carried from one record into another.
_CARRIED = (
    "owner_bureau_id",
    "name",
    "media_type",
    "size",
    "sha256",
    "clean_sha256",
    "captured_at",
    "captured_lon",
    "captured_lat",
    "uploaded_by",
    "uploaded_by_name",
    "at",
)


@dataclass(frozen=True)
class Prepared:
    """A file that lies in the store, not yet entered in any record."""

    name: str
    media_type: str
    size: int
    sha256: str
    clean_sha256: str | None
    captured: Captured


@dataclass(frozen=True)
class Opened:
    """A copy of a file to send."""

    sha256: str
    suffix: str
    media_type: str
    name: str
    inline: bool
    # What stands across a partner's copy; None: the owner's own reading.
    mark: str | None


def prepare(store: FileStore, filename: str, stream: BinaryIO, max_bytes: int) -> Prepared:
    """Judge a file, keep it and, of a picture, a clean copy and a small one.

    Runs outside any transaction: decoding takes long, and a file without a row is swept later.

    Raises:
        TooLarge: more than `max_bytes`, or too many pixels.
        Invalid: empty, of a kind that is not accepted, or broken.
    """
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise TooLarge(_l("文件超过%(limit)s MB。", limit=max_bytes // 1_048_576))
    if not data:
        raise field_error("file", _l("文件是空的。"))
    media_type = media_type_of(data[:16])
    store.folder.mkdir(parents=True, exist_ok=True)
    return aside(_keep, store, checked_name(filename, media_type), media_type, data)


def _keep(store: FileStore, name: str, media_type: str, data: bytes) -> Prepared:
    copy = clean_copy(data, media_type, utc_now()) if media_type.startswith("image/") else None
    sha256 = store.put(data)
    clean_sha256 = None
    if copy is not None:
        clean_sha256 = store.put(copy.data)
        store.put_thumbnail(clean_sha256, copy.thumbnail)
    captured = copy.captured if copy else Captured()
    return Prepared(name, media_type, len(data), sha256, clean_sha256, captured)


def aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do heavy work on a real thread, so that a green server goes on answering."""
    if not monkey.is_module_patched("socket"):
        return work(*args, **kwargs)
    pool = gevent.get_hub().threadpool
    result: R = pool.spawn(work, *args, **kwargs).get()
    return result


def checked_name(filename: str, media_type: str) -> str:
    """The name without folders and tricks, ending as its content says."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    # What a name may not hold on the reader's machine, whichever that is.
    bare = FORBIDDEN.sub("_", clean(last)).strip(". ")[:150]
    stem, dot, ending = bare.rpartition(".")
    endings = EXTENSIONS[media_type]
    if dot and ending.lower() in endings and stem:
        return bare
    return f"{bare or 'file'}.{endings[0]}"


def store(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    record_id: str,
    owner_bureau_id: str,
    prepared: Prepared,
) -> StoredFile:
    """Enter a prepared file in a record whose access the caller has checked.

    The same file twice in one record is one file.

    Raises:
        Conflict: the record holds as many files as it may.
    """
    rows = files_of(session, kind, record_id)
    same = _same(rows, prepared)
    if same is not None:
        return same
    if len(rows) >= MAX_PER_RECORD:
        raise Conflict(_l("一条记录最多%(limit)s个文件。", limit=MAX_PER_RECORD))
    row = StoredFile(
        kind=kind,
        record_id=record_id,
        owner_bureau_id=owner_bureau_id,
        name=prepared.name,
        media_type=prepared.media_type,
        size=prepared.size,
        sha256=prepared.sha256,
        clean_sha256=prepared.clean_sha256,
        captured_at=prepared.captured.at,
        captured_lon=prepared.captured.lon,
        captured_lat=prepared.captured.lat,
        uploaded_by=actor.user_id,
        uploaded_by_name=actor.name,
        at=utc_now(),
    )
    session.add(row)
    session.flush()
    return row


def carry(
    session: Session, actor: Actor, *, source: tuple[str, str], target: tuple[str, str]
) -> list[StoredFile]:
    """Enter the files of one record, given as (kind, id), in another that grew out of it.

    Nothing is copied: the same sealed originals, still in the custody of the bureau that took them
    in, with who and when. Each carrying is entered in that bureau's chain and the actor's.
    """
    there = {row.sha256 for row in files_of(session, *target)}
    carried = []
    for row in files_of(session, *source):
        if row.sha256 in there:
            continue
        values = {name: getattr(row, name) for name in _CARRIED}
        copy = StoredFile(kind=target[0], record_id=target[1], carried_from=row.id, **values)
        session.add(copy)
        session.flush()
        detail = {"file": copy.id, "from": row.id, "sha256": row.sha256}
        record_act(session, actor, action="file.carried", kind=target[0], record_id=target[1],
                   chains=[row.owner_bureau_id], detail=detail)  # fmt: skip
        carried.append(copy)
    return carried


def hand_over(
    session: Session, actor: Actor, *, kind: str, record_id: str, giver: str, taker: str
) -> int:
    """The custody of one bureau's files of a record goes to another, with the record; how many."""
    rows = [row for row in files_of(session, kind, record_id) if row.owner_bureau_id == giver]
    for row in rows:
        row.owner_bureau_id = taker
        detail = {"file": row.id, "sha256": row.sha256}
        record_act(session, actor, action="file.handed_over", kind=kind, record_id=record_id,
                   chains=[giver, taker], detail=detail)  # fmt: skip
    session.flush()
    return len(rows)


def held(session: Session, kind: str, record_id: str, prepared: Prepared) -> StoredFile | None:
    """The same file under the same name, if the record has it already; then nothing is new.

    Raises:
        Conflict: it has it under another name, which is told: whoever adds it takes it for another.
    """
    same = _same(files_of(session, kind, record_id), prepared)
    if same is not None and same.name != prepared.name:
        text = _l("内容相同的文件已在附件中，名称为“%(name)s”。", name=same.name)
        raise Conflict(text, extra={"file_id": same.id})
    return same


def _same(rows: Sequence[StoredFile], prepared: Prepared) -> StoredFile | None:
    return next((row for row in rows if row.sha256 == prepared.sha256), None)


def files_of(session: Session, kind: str, record_id: str) -> Sequence[StoredFile]:
    """Files of a record, oldest first; the caller has checked access to it."""
    return session.scalars(
        select(StoredFile)
        .where(StoredFile.kind == kind, StoredFile.record_id == record_id)
        .order_by(StoredFile.id)
    ).all()


def open_for(session: Session, actor: Actor, row: StoredFile, copy: Copy) -> Opened:
    """The copy of an accessible file that the actor may have; handing it out is entered.

    Partners get the clean copy only, marked with who reads it and when; the sealed original goes
    to the owner who asks for it, always as a download.

    Raises:
        NotFound: there is no such copy, or it is not the actor's to have.
    """
    own = row.owner_bureau_id == actor.bureau_id
    if copy == "original" and not own:
        raise NotFound
    if copy != "thumb":
        chains = [row.owner_bureau_id]
        detail = {"file": row.id, "copy": copy, "sha256": row.sha256}
        record_act(session, actor, action="file.opened", kind=row.kind, record_id=row.record_id,
                   chains=chains, detail=detail)  # fmt: skip
    # Letters and notices are their addressees' own, minutes are every party's: the sealed bytes,
    # whose digest each can check.
    mark = None if own or row.kind in (LETTER, NOTICE, MINUTES) else watermark(actor)
    if row.clean_sha256 is None or copy == "original":
        if copy == "thumb":
            raise NotFound
        return Opened(row.sha256, "", row.media_type, row.name, inline=False, mark=mark)
    suffix = THUMB if copy == "thumb" else ""
    stem = row.name.rsplit(".", 1)[0]
    name = f"{stem}.jpg"
    return Opened(row.clean_sha256, suffix, "image/jpeg", name, inline=True, mark=mark)


def watermark(actor: Actor) -> str:
    """Who reads, for which bureau, at what time (Asia/Shanghai)."""
    stamp = utc_now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return f"{actor.bureau_name} {actor.name} {stamp}"


def contents(store: FileStore, opened: Opened) -> bytes:
    """The bytes to hand out, checked against the seal and marked; outside any transaction.

    Raises:
        Unavailable: the file is missing or was altered on the disk; nothing is handed out.
        Conflict: it cannot be marked.
    """
    return aside(_contents, store, opened)


def _contents(store: FileStore, opened: Opened) -> bytes:
    data = store.read(opened.sha256, opened.suffix)
    if data is None:
        raise Unavailable(_l("文件缺失或与封存时不一致，未交出。请联系系统管理员。"))
    if opened.mark is None:
        return data
    if opened.media_type == "application/pdf":
        return mark_pdf(data, opened.mark)
    return mark_picture(data, opened.mark)


def verify(session: Session, store: FileStore) -> Iterator[tuple[StoredFile, bool]]:
    """Every file with whether it is still what was sealed, its clean copy included."""
    for row in session.scalars(select(StoredFile).order_by(StoredFile.id)):
        yield row, all(store.intact(name) for name in (row.sha256, row.clean_sha256) if name)


def referenced(session: Session) -> frozenset[str]:
    """Every SHA-256 (hex) that a row of ours names, for the sweep of the store."""
    rows = session.execute(select(StoredFile.sha256, StoredFile.clean_sha256))
    return frozenset(name for row in rows for name in row if name is not None)
