"""What must hold of a hub's database and folder after a kill, read from outside of the hub."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import IdempotencyKey
from hub.cases.models import Case, CaseStep
from hub.files.models import StoredFile, Upload
from hub.files.store import THUMB, FileStore
from hub.files.uploads import PartFolder
from hub.patrols.models import Finding, TrackBatch
from hub.search.models import SearchRecord
from sharing.ledger import verify_all
from sharing.models import AuditEntry, AuditHead, FeedChange, FeedCounter, Receipt, Share
from tests.support.busy import Book
from tests.support.clients import Client


def chains_are_whole(session: Session) -> None:
    """The audit chains, entry by entry."""
    broken = [report for report in verify_all(session) if not report.ok]
    assert broken == []


def feeds_are_gapless(session: Session) -> None:
    """Each feed counts from its first number to the last given out; each chain to its head."""
    rows = session.execute(
        select(
            FeedChange.bureau_id,
            func.count(),
            func.min(FeedChange.seq),
            func.max(FeedChange.seq),
            FeedCounter.last_seq,
        )
        .join(FeedCounter, FeedCounter.bureau_id == FeedChange.bureau_id)
        .group_by(FeedChange.bureau_id, FeedCounter.last_seq)
    ).all()
    for bureau, count, first, last, given in rows:
        assert (first, last, count) == (1, given, given), bureau
    ends = session.execute(
        select(AuditHead.chain, AuditHead.number, func.count(), func.max(AuditEntry.number))
        .join(AuditEntry, AuditEntry.chain == AuditHead.chain)
        .group_by(AuditHead.chain, AuditHead.number)
    ).all()
    for chain, number, count, last in ends:
        assert count == last == number, chain


def promises_are_kept(session: Session, book: Book) -> None:
    """What was acknowledged is there, once, and in its order."""
    titled = select(Case.title, Case.id).where(Case.title.like("断电试验案%"))
    _once(session.execute(titled).all(), book.cases)
    logged = select(Finding.text, Finding.id).where(Finding.text.like("断电试验发现%"))
    _once(session.execute(logged).all(), book.findings)
    photos = select(StoredFile.sha256, StoredFile.record_id).where(StoredFile.kind == "finding")
    _once(session.execute(photos).all(), book.photos)
    batches = select(TrackBatch.batch_key, TrackBatch.fixes).where(
        TrackBatch.batch_key.not_like("demo-%")
    )
    _once([(key, len(fixes)) for key, fixes in session.execute(batches)], book.batches)
    rungs = select(Receipt.share_id, Receipt.rung).where(Receipt.rung.in_(("accepted", "opened")))
    told = session.execute(rungs).all()
    for rung in ("accepted", "opened"):
        _once([(row.share_id, 1) for row in told if row.rung == rung],
              dict.fromkeys(book.accepted, 1))  # fmt: skip
    assert book.read == sorted(set(book.read))
    if book.read:
        assert len(book.read) == book.read[-1] - book.read[0] + 1
    _in_order(session, book)


def _once(found: Iterable[Any], promised: Mapping[str, object]) -> None:
    there: dict[str, list[object]] = {}
    for name, value in found:
        there.setdefault(name, []).append(value)
    lost = {name: value for name, value in promised.items() if there.get(name) != [value]}
    assert lost == {}
    assert [name for name, values in there.items() if len(values) > 1] == []


def _in_order(session: Session, book: Book) -> None:
    rows = session.execute(
        select(
            FeedChange.bureau_id,
            FeedChange.record_id,
            FeedChange.version,
            FeedChange.verb,
            FeedChange.seq,
        ).order_by(FeedChange.seq.desc())
    ).all()
    # The first time that a record had a version, and the first time that something befell it.
    first: dict[tuple[str, str, int | str], int] = {}
    for bureau, record, version, verb, seq in rows:
        first[bureau, record, version] = first[bureau, record, verb] = seq
    for who, changes in book.changes.items():
        numbers = [first.get(change, 0) for change in changes]
        assert 0 not in numbers, who
        assert numbers == sorted(numbers), who


def keys_stand_for_what_was_answered(session: Session, clients: Iterable[Client]) -> None:
    """A repeated write finds its first answer."""
    for client in clients:
        keys = [request.key for request, _told in client.answered if request.keyed]
        known = set(
            session.scalars(
                select(IdempotencyKey.key).where(IdempotencyKey.user_id == client.user_id)
            )
        )
        assert set(keys) <= known, client.name


def nothing_is_half_done(session: Session) -> None:
    """A change, its feed rows, its audit entry, its place in the index: all or none."""
    newest = dict(
        session.execute(
            select(FeedChange.record_id, func.max(FeedChange.version))
            .where(FeedChange.kind == "case")
            .group_by(FeedChange.record_id)
        ).all()
    )
    stages = {
        step.case_id: step.to_stage
        for step in session.scalars(select(CaseStep).order_by(CaseStep.id))
    }
    indexed = set(session.execute(select(SearchRecord.kind, SearchRecord.record_id)).all())
    entered = set(session.execute(select(AuditEntry.action, AuditEntry.record_id)).all())
    for case in session.scalars(select(Case).where(Case.title.like("断电试验案%"))):
        assert newest.get(case.id) == case.version
        assert stages.get(case.id, "lead") == case.stage
        assert ("case", case.id) in indexed
        assert ("case.created", case.id) in entered
    for finding in session.scalars(select(Finding.id)):
        assert ("finding", finding) in indexed
        assert ("finding.created", finding) in entered
    heard = set(
        session.execute(
            select(FeedChange.bureau_id, FeedChange.record_id).where(FeedChange.kind == "share")
        ).all()
    )
    for share in session.scalars(select(Share).where(Share.kind == "case")):
        assert {(b, share.id) for b in (share.owner_bureau_id, share.partner_bureau_id)} <= heard


def every_row_has_its_file(session: Session, data_dir: Path) -> None:
    """No row names a file that is missing or other than it was sealed; pieces are as promised."""
    store, parts = FileStore(data_dir / "files"), PartFolder(data_dir)
    for row in session.scalars(select(StoredFile)):
        if row.kind != "finding" or not row.name.startswith("photo"):
            continue
        assert store.intact(row.sha256), row.id
        assert row.clean_sha256
        assert store.intact(row.clean_sha256), row.id
        assert store.path(row.clean_sha256, THUMB).exists(), row.id
    known = set(session.scalars(select(StoredFile.id)))
    for upload in session.scalars(select(Upload)):
        if upload.file_id is None:
            assert parts.length(upload.id) >= upload.received
        else:
            assert upload.file_id in known
