"""Keeping the index: in the transaction of the change itself, or all of it anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.cases.models import Case
from hub.changes import changed_records
from hub.exchange.models import ReceivedRecord
from hub.petitions.models import Petition
from hub.search.models import SearchRecord
from hub.search.source import Entry, Source
from hub.search.sources import SOURCES, agreement_id_of, rows_of
from hub.search.tokens import (
    agreement_token,
    marked,
    owner_token,
    received_token,
)
from hub.shares.deciding import Judge
from sharing.upsert import upsert_into

BATCH = 200


def index_changes(session: Session) -> None:
    """Index anew what a transaction changed; called by the unit of work before it commits."""
    changed: dict[str, set[str]] = defaultdict(set)
    for kind, record_id in changed_records(session):
        if kind in SOURCES:
            changed[kind].add(record_id)
        elif kind == "package":
            changed["received"].update(_brought_by(session, record_id))
    if changed:
        session.flush()
        judge = Judge(session)
        for kind in sorted(changed):
            _index(session, judge, SOURCES[kind], sorted(changed[kind]))


def _brought_by(session: Session, package_id: str) -> Iterator[str]:
    """What a package brought; it is not told of one by one."""
    session.flush()
    yield from session.scalars(
        select(ReceivedRecord.id).where(ReceivedRecord.package_id == package_id)
    )


def index_records(session: Session, kind: str, ids: Iterable[str]) -> None:
    """Index anew what was changed without telling anybody."""
    _index(session, Judge(session), SOURCES[kind], ids)


def rebuild(session: Session) -> int:
    """Index everything anew; returns how many records there are."""
    session.execute(delete(SearchRecord))
    judge = Judge(session)
    count = 0
    for source in SOURCES.values():
        for ids in _all_ids(session, source):
            _index(session, judge, source, ids)
            count += len(ids)
            session.expire_all()
    return count


def is_missing(session: Session) -> bool:
    """Whether there are records of a kind and none of it in the index, as after an upgrade."""
    indexed = set(session.scalars(select(SearchRecord.kind).distinct()))
    return any(
        session.scalar(select(source.model.id).limit(1)) is not None
        for source in SOURCES.values()
        if source.kind not in indexed
    )


def _all_ids(session: Session, source: Source) -> Iterator[list[str]]:
    last = ""
    while True:
        statement = select(source.model.id).where(source.model.id > last)
        ids = list(session.scalars(statement.order_by(source.model.id).limit(BATCH)))
        if not ids:
            return
        yield ids
        last = ids[-1]


def _index(session: Session, judge: Judge, source: Source, ids: Iterable[str]) -> None:
    """In parts: a package may bring more records than a statement takes, or memory should."""
    rest = list(ids)
    for start in range(0, len(rest), BATCH):
        _index_part(session, judge, source, rest[start : start + BATCH])


def _index_part(session: Session, judge: Judge, source: Source, ids: Iterable[str]) -> None:
    rows = rows_of(session, source.kind, list(ids))
    if not rows:
        return
    statement = upsert_into(session, SearchRecord)
    told = {
        column.name: statement.excluded[column.name]
        for column in SearchRecord.__table__.columns
        if column.name not in ("id", "kind", "record_id")
    }
    statement = statement.on_conflict_do_update(index_elements=["record_id", "kind"], set_=told)
    entries = source.entries(session, judge, rows)
    values = [_stored(judge, source, row, entry) for row, entry in zip(rows, entries, strict=True)]
    session.connection().execute(statement, values)


def _stored(judge: Judge, source: Source, row: Any, entry: Entry) -> dict[str, Any]:
    record = entry.record
    facets = source.facets(record)
    tokens = marked(source.texts(record))
    agreement_id = agreement_id_of(judge, source.kind, row)
    if isinstance(row, ReceivedRecord):
        # It is its receiver's to find; its owner's partners are told nothing.
        tokens.append(received_token(row.bureau_id))
    else:
        tokens.append(owner_token(record["owner_bureau_id"]))
    if agreement_id is not None:
        tokens.append(agreement_token(agreement_id))
    return {
        "kind": source.kind,
        "record_id": row.id,
        "owner_bureau_id": record["owner_bureau_id"],
        "agreement_id": agreement_id,
        "classification": row.classification if isinstance(row, Case | Petition) else 0,
        "stage": facets["stage"],
        "category": facets["category"],
        "year": facets["year"],
        "adcode": facets["district"],
        "tokens": " ".join([*tokens, *entry.tokens]),
    }
