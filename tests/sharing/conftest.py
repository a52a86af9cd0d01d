"""The database of the sharing tests: PostgreSQL where one is named, else SQLite."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, delete, event, make_url, text
from sqlalchemy.orm import Session

from sharing.models import Base
from tests.sharing.factories import throwaway

POSTGRES = os.environ.get("HUB_TEST_DATABASE_URL", "")


def _sqlite(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # Left alone, the driver begins transactions by itself, and too late.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _admin(statement: str) -> None:
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


# One skipped test tells that PostgreSQL was not tried (test_feed_concurrency), not all of them.
KINDS = ["postgresql"] if POSTGRES else ["sqlite"]


@pytest.fixture(scope="session", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Engine]:
    """An engine with the sharing tables, made once; tests leave nothing or use ids of their own."""
    name = f"lianfang_sharing_test_{os.getpid()}"
    if request.param == "sqlite":
        engine = _sqlite(tmp_path_factory.mktemp("sharing") / "sharing.db")
    else:
        _admin(f'CREATE DATABASE "{name}"')
        engine = create_engine(make_url(POSTGRES).set(database=name), pool_size=12)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        _admin(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that sees empty tables, whose work is rolled back when the test ends.

    Tests of concurrent writers commit to the same database, whichever of them ran before.
    """
    with throwaway(engine) as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
        yield session
