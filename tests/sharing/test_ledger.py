"""The audit chain: every change after the fact is found, and the first broken entry is named."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, bindparam, delete, insert, select, text, update
from sqlalchemy.orm import Session

from sharing import ledger
from sharing.audit_hash import HASHED_FIELDS, entry_hash
from sharing.canonical import canonical
from sharing.errors import NaiveDatetime, NotCanonical
from sharing.ledger import Checkpoint, NewEntry, VerifyReport
from sharing.models import AuditEntry, AuditHead
from tests.sharing.factories import HOUR, NOON, entry, throwaway

CHAIN = "chain-of-tests"
LENGTH = 7
TABLE: Any = AuditEntry.__table__
HEAD: Any = AuditHead.__table__


def _fill(session: Session, length: int = LENGTH, chain: str = CHAIN) -> None:
    ledger.append_many(session, chain, [(entry(n), NOON) for n in range(length)])
    session.expunge_all()


def _row(session: Session, number: int) -> dict[str, Any]:
    statement = select(*TABLE.columns).where(TABLE.c.chain == CHAIN, TABLE.c.number == number)
    return dict(session.execute(statement).mappings().one())


def _edit(session: Session, number: int, **values: Any) -> None:
    where = (TABLE.c.chain == CHAIN, TABLE.c.number == number)
    session.execute(update(TABLE).where(*where).values(**values))


def _delete(session: Session, *numbers: int) -> None:
    session.execute(delete(TABLE).where(TABLE.c.chain == CHAIN, TABLE.c.number.in_(numbers)))


def _renumber(session: Session, moves: dict[int, int]) -> None:
    """Move entries to other numbers, by way of numbers that nobody has."""
    statement = (
        update(TABLE)
        .where(TABLE.c.chain == CHAIN, TABLE.c.number == bindparam("old"))
        .values(number=bindparam("new"))
    )
    connection = session.connection()
    for old in moves:
        connection.execute(statement, {"old": old, "new": 1000 + old})
    for old, new in moves.items():
        connection.execute(statement, {"old": 1000 + old, "new": new})


def _forged(row: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The row with changes and a hash that fits them: what an insider with SQL can do."""
    row = row | changes
    return row | {"hash": entry_hash({name: row[name] for name in HASHED_FIELDS})}


def _broken(session: Session, **options: Any) -> tuple[int | None, str | None]:
    report = ledger.verify(session, CHAIN, **options)
    assert not report.ok
    assert report.first_broken is not None
    return report.first_broken, report.what


def test_an_entry_points_back_and_its_hash_covers_it(session: Session) -> None:
    first = ledger.append(session, CHAIN, entry(), NOON)
    second = ledger.append(session, CHAIN, entry(2), NOON + HOUR)
    assert (first.number, first.prev_hash) == (1, ledger.GENESIS)
    assert (second.number, second.prev_hash) == (2, first.hash)
    fields = {name: getattr(second, name) for name in HASHED_FIELDS}
    expected = hashlib.sha256(b"lianfang-audit-1\0" + canonical(fields)).hexdigest()
    assert second.hash == expected
    assert second.detail == '{"clause":"3.1","n":2,"until":"2026-11-23T04:00:00.000000Z"}'


def test_a_known_entry_keeps_its_hash_for_ever(session: Session) -> None:
    made = ledger.append(session, "fixed", NewEntry("user.login", "甲"), NOON)
    assert made.hash == "3e916d030ffe8bacf1a9c151db7caa7c5183460c0344ea9dc0cbd5a5414db23c"


def test_a_whole_chain_verifies(session: Session) -> None:
    _fill(session)
    assert ledger.verify(session, CHAIN) == VerifyReport(CHAIN, LENGTH, ok=True)


def test_an_unknown_chain_is_empty_and_sound(session: Session) -> None:
    assert ledger.verify(session, "none") == VerifyReport("none", 0, ok=True)
    assert ledger.checkpoint(session, "none") == Checkpoint("none", 0, ledger.GENESIS)


def test_nothing_to_append_appends_nothing(session: Session) -> None:
    assert ledger.append_many(session, CHAIN, []) == []
    assert CHAIN not in ledger.chains(session)


def test_details_without_a_json_form_are_refused(session: Session) -> None:
    with pytest.raises(NotCanonical):
        ledger.append(session, CHAIN, NewEntry("x", "n", detail={"x": object()}), NOON)
    with pytest.raises(NaiveDatetime):
        ledger.append(session, CHAIN, NewEntry("x", "n"), datetime(2026, 1, 1))  # noqa: DTZ001


def test_every_chain_is_verified(session: Session) -> None:
    _fill(session)
    _fill(session, 2, "another")
    session.execute(delete(HEAD).where(HEAD.c.chain == "another"))
    reports = {r.chain: r for r in ledger.verify_all(session)}
    assert reports[CHAIN].ok
    assert (reports["another"].first_broken, reports["another"].what) == (3, "head_missing")
    assert {CHAIN, "another"} <= set(ledger.chains(session))


EDITS: list[dict[str, Any]] = [
    {"at": NOON + HOUR},
    {"actor_id": None},
    {"actor_name": "别人"},
    {"actor_bureau_id": "x"},
    {"action": "case.read"},
    {"kind": None},
    {"record_id": "case-99"},
    {"detail": "{}"},
    {"prev_hash": "f" * 64},
    {"hash": "f" * 64},
]


@pytest.mark.parametrize("number", [1, 4, LENGTH])
@pytest.mark.parametrize("values", EDITS, ids=[next(iter(e)) for e in EDITS])
def test_an_edited_column_is_found(session: Session, number: int, values: dict[str, Any]) -> None:
    _fill(session)
    _edit(session, number, **values)
    assert _broken(session) == (number, "edited")


@pytest.mark.parametrize("number", [1, 4, LENGTH])
def test_an_entry_hashed_anew_is_found(session: Session, number: int) -> None:
    _fill(session)
    forged = _forged(_row(session, number), actor_name="别人")
    _edit(session, number, actor_name="别人", hash=forged["hash"])
    assert _broken(session) == (number, "rewritten")


@pytest.mark.parametrize("number", [1, 4, LENGTH - 1])
def test_a_deleted_entry_is_found(session: Session, number: int) -> None:
    _fill(session)
    _delete(session, number)
    assert _broken(session) == (number, "deleted")


@pytest.mark.parametrize("number", [1, 4, LENGTH - 2])
def test_a_deleted_entry_is_found_when_the_others_move_up(session: Session, number: int) -> None:
    _fill(session)
    _delete(session, number)
    _renumber(session, {n: n - 1 for n in range(number + 1, LENGTH + 1)})
    assert _broken(session) == (number, "deleted")


@pytest.mark.parametrize("kept", [0, 3, LENGTH - 1])
def test_a_cut_tail_is_found(session: Session, kept: int) -> None:
    _fill(session)
    _delete(session, *range(kept + 1, LENGTH + 1))
    assert _broken(session) == (kept + 1, "cut_tail")


@pytest.mark.parametrize("forged", [True, False])
@pytest.mark.parametrize("number", [1, 4, LENGTH])
def test_an_inserted_entry_is_found(session: Session, number: int, forged: bool) -> None:
    _fill(session)
    model = _row(session, number)
    _renumber(session, {n: n + 1 for n in range(number, LENGTH + 1)})
    row = _forged(model, action="x") if forged else model | {"action": "x"}
    session.execute(insert(TABLE).values(**row))
    session.execute(update(HEAD).where(HEAD.c.chain == CHAIN).values(number=LENGTH + 1))
    assert _broken(session) == (number, "inserted")


@pytest.mark.parametrize("number", [-3, 0])
def test_an_entry_before_the_first_is_found(session: Session, number: int) -> None:
    _fill(session)
    session.execute(insert(TABLE).values(**_row(session, 1) | {"number": number}))
    assert _broken(session) == (number, "inserted")


def test_an_entry_behind_the_head_is_found(session: Session) -> None:
    _fill(session)
    last = _row(session, LENGTH)
    row = _forged(last, number=LENGTH + 1, prev_hash=last["hash"])
    session.execute(insert(TABLE).values(**row))
    assert _broken(session) == (LENGTH + 1, "inserted")


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 4), (2, 6), (LENGTH - 1, LENGTH), (1, 7)])
def test_exchanged_entries_are_found(session: Session, one: int, other: int) -> None:
    _fill(session)
    _renumber(session, {one: other, other: one})
    assert _broken(session) == (one, "reordered")


def test_an_altered_head_is_found(session: Session) -> None:
    _fill(session)
    session.execute(update(HEAD).where(HEAD.c.chain == CHAIN).values(hash="f" * 64))
    assert _broken(session) == (LENGTH, "rewritten")


def test_a_head_without_entries_is_found(session: Session) -> None:
    session.execute(insert(HEAD).values(chain=CHAIN, number=0, hash="f" * 64))
    assert _broken(session) == (1, "rewritten")


def test_a_time_that_is_no_time_is_an_edit(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL refuses to store it")
    _fill(session)
    session.execute(
        text("UPDATE audit_entry SET at = 'yesterday' WHERE chain = :c AND number = 3"),
        {"c": CHAIN},
    )
    session.execute(
        text("UPDATE audit_entry SET detail = x'ff00' WHERE chain = :c AND number = 5"),
        {"c": CHAIN},
    )
    assert _broken(session) == (3, "edited")
    _edit(session, 3, at=NOON)
    assert _broken(session) == (5, "edited")


class TestWitness:
    """What a partner keeps shows what the chain alone cannot."""

    def test_a_checkpoint_of_a_sound_chain_agrees(self, session: Session) -> None:
        _fill(session)
        kept = ledger.checkpoint(session, CHAIN)
        assert ledger.verify(session, CHAIN, witnessed=[kept]).ok
        _fill(session, 2)
        assert ledger.verify(session, CHAIN, witnessed=[kept, Checkpoint("other", 9, "")]).ok

    def test_a_cut_with_a_matching_head_is_found(self, session: Session) -> None:
        _fill(session)
        kept = ledger.checkpoint(session, CHAIN)
        _delete(session, LENGTH)
        head = {"number": LENGTH - 1, "hash": _row(session, LENGTH - 1)["hash"]}
        session.execute(update(HEAD).where(HEAD.c.chain == CHAIN).values(**head))
        assert ledger.verify(session, CHAIN).ok
        assert _broken(session, witnessed=[kept]) == (LENGTH, "cut_tail")

    @pytest.mark.parametrize("number", [1, 4, LENGTH])
    def test_the_entry_that_a_witness_remembers_otherwise_is_named(
        self, session: Session, number: int
    ) -> None:
        _fill(session)
        kept = Checkpoint(CHAIN, number, "f" * 64)
        assert _broken(session, witnessed=[kept]) == (number, "witness_mismatch")

    def test_a_chain_rewritten_as_a_whole_is_found(self, session: Session) -> None:
        _fill(session)
        kept = ledger.checkpoint(session, CHAIN)
        _delete(session, *range(1, LENGTH + 1))
        session.execute(delete(HEAD).where(HEAD.c.chain == CHAIN))
        ledger.append_many(session, CHAIN, [(entry(n + 1), NOON) for n in range(LENGTH)])
        assert ledger.verify(session, CHAIN).ok
        assert _broken(session, witnessed=[kept]) == (LENGTH, "witness_mismatch")

    def test_a_chain_that_is_gone_is_found(self, session: Session) -> None:
        reports = ledger.verify_all(session, witnessed=[Checkpoint("gone", 3, "f" * 64)])
        found = [(r.first_broken, r.what) for r in reports if r.chain == "gone"]
        assert found == [(1, "cut_tail")]


ACTIONS = st.sampled_from(["edit", "delete", "insert"])


@settings(max_examples=50, deadline=None)
@given(ACTIONS, st.data())
def test_any_single_tampering_is_found_and_named(
    engine: Engine, action: str, data: st.DataObject
) -> None:
    length = data.draw(st.integers(1, 9))
    number = data.draw(st.integers(1, length))
    with throwaway(engine) as session:
        _fill(session, length)
        if action == "edit":
            values = data.draw(st.sampled_from(EDITS))
            _edit(session, number, **values)
        elif action == "delete":
            _delete(session, number)
        else:
            model = _row(session, number)
            _renumber(session, {n: n + 1 for n in range(number, length + 1)})
            session.execute(insert(TABLE).values(**model | {"actor_name": "别人"}))
        report = ledger.verify(session, CHAIN)
        assert (report.ok, report.first_broken) == (False, number)
