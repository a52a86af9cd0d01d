"""Small makers of the values the tests speak of: bureaus Wu 吴兴 and Jiang 吴江."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sharing.feed import NewChange, append
from sharing.ledger import NewEntry
from sharing.models import Share
from sharing.shares import open_share
from sharing.terms import AgreementState, Allowed, Gray, InZone, Level, Place, Situation, TermRule
from sharing.terms import Terms as TermsValue

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WU, JIANG, QING = "bureau-wu", "bureau-jiang", "bureau-qing"
AGREEMENT = "agreement-1"

ALLOWED = Allowed("3.1", AGREEMENT, 1, frozenset({"existence", "basic"}))
WIDER = Allowed("3.2", AGREEMENT, 1, frozenset({"existence", "basic", "party"}))
GRAY = Gray("3.3", AGREEMENT, 1)


@contextmanager
def throwaway(engine: Engine) -> Iterator[Session]:
    """A session on a transaction that is rolled back, whatever the test does in it."""
    with engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


def rule(
    levels: Mapping[str, str] | None = None,
    *,
    clause: str = "3.1",
    kind: str = "case",
    place: Place | None = None,
    purposes: frozenset[str] = frozenset({"enforcement"}),
) -> TermRule:
    """A rule that opens ``basic`` of cases in the zone, unless told otherwise."""
    opened = {group: Level(level) for group, level in (levels or {"basic": "white"}).items()}
    return TermRule(clause, kind, place or InZone(), purposes, opened)


def agreement(*rules: TermRule, **changes: Any) -> AgreementState:
    """An agreement of Wu and Jiang, in force around NOON."""
    values: dict[str, Any] = {
        "agreement_id": AGREEMENT,
        "version": 1,
        "parties": frozenset({WU, JIANG}),
        "state": "in_force",
        "valid_from": NOON - DAY,
        "valid_to": NOON + DAY,
        "terms": TermsValue(rules=rules or (rule(),)),
    }
    return AgreementState(**(values | changes))


def situation(**changes: Any) -> Situation:
    """Jiang asks at NOON for a case of Wu inside the zone, for enforcement."""
    values: dict[str, Any] = {
        "at": NOON,
        "owner_bureau_id": WU,
        "reader_bureau_id": JIANG,
        "kind": "case",
        "purpose": "enforcement",
        "in_zone_of": frozenset({AGREEMENT}),
        "distance_to_line_m": 400.0,
        "adcode": "330502",
        "classification": 2,
    }
    return Situation(**(values | changes))


def change(*bureau_ids: str, record_id: str = "case-1", **changes: Any) -> NewChange:
    """A case was shared, at NOON."""
    values: dict[str, Any] = {
        "bureau_ids": bureau_ids or (WU,),
        "kind": "case",
        "record_id": record_id,
        "version": 1,
        "verb": "shared",
        "at": NOON,
    }
    return NewChange(**(values | changes))


def create_feed(session: Session, bureau_id: str, count: int) -> int:
    """Append ``count`` changes, one an hour from NOON; returns the head."""
    rows = [change(bureau_id, at=NOON + HOUR * n) for n in range(count)]
    return append(session, rows)[bureau_id]


def create_share(session: Session, decision: Allowed | Gray = ALLOWED, **changes: Any) -> Share:
    """Wu opens case-1 to Jiang at NOON."""
    values: dict[str, Any] = {
        "kind": "case",
        "record_id": "case-1",
        "owner": WU,
        "partner": JIANG,
        "purpose": "enforcement",
        "created_by": "user-wu",
        "at": NOON,
    }
    return open_share(session, decision, **(values | changes))


def entry(number: int = 1) -> NewEntry:
    """An audit entry with some of everything."""
    return NewEntry(
        action="case.shared",
        actor_name="沈队长",
        actor_id="user-wu",
        actor_bureau_id=WU,
        kind="case",
        record_id=f"case-{number}",
        detail={"clause": "3.1", "until": NOON, "n": number},
    )
