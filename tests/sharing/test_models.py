"""Column types and constraints of the sharing tables."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sharing.errors import NaiveDatetime, SharingError
from sharing.models import Base, FeedAck, Share, new_id
from tests.sharing.factories import NOON, create_share


def test_ids_are_uuid7_texts_that_sort_by_time() -> None:
    ids = [new_id() for _ in range(50)]
    assert ids == sorted(ids)
    assert all(len(one) == 36 and UUID(one).version == 7 for one in ids)


def test_a_naive_time_is_refused(session: Session) -> None:
    session.add(FeedAck(bureau_id="b", reader_id="r", seq=1, at=datetime(2026, 1, 1)))  # noqa: DTZ001
    with pytest.raises(NaiveDatetime):
        session.flush()


def test_times_come_back_aware_and_in_utc(session: Session) -> None:
    shanghai = NOON.astimezone(timezone(timedelta(hours=8)))
    session.add(FeedAck(bureau_id="b", reader_id="r", seq=1, at=shanghai))
    session.flush()
    session.expire_all()
    read = session.get_one(FeedAck, ("b", "r")).at
    assert read == NOON
    assert read.utcoffset() == timedelta(0)


def test_an_empty_time_stays_empty(session: Session) -> None:
    share = create_share(session)
    session.expire_all()
    assert session.get_one(Share, share.id).until is None


def test_the_database_itself_refuses_a_second_active_share(session: Session) -> None:
    share = create_share(session)
    columns = {c.name: getattr(share, c.name) for c in Share.__table__.columns}
    session.add(Share(**(columns | {"id": new_id()})))
    with pytest.raises(IntegrityError):
        session.flush()


def test_every_constraint_has_a_name() -> None:
    constraints = [c for table in Base.metadata.tables.values() for c in table.constraints]
    assert constraints
    assert all(constraint.name for constraint in constraints)


def test_an_error_tells_its_code_and_parameters() -> None:
    assert str(SharingError()) == "sharing_refused"
    assert str(SharingError("x", a=1)) == "x: a=1"
