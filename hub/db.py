"""The database: declarative base, engine, and unit_of_work(), the program's only commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import orjson
from flask import current_app
from sqlalchemy import JSON, Engine, MetaData, PoolProxiedConnection, String, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.pool import QueuePool

from sharing.models import UtcDateTime, new_id

T = TypeVar("T")
# Idle connections that are kept open to SQLite.
KEPT = 8

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[str, mapped_column(String(36))]
PrimaryId = Annotated[str, mapped_column(String(36), primary_key=True, default=new_id)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
Name = Annotated[str, mapped_column(String(200))]
JsonDict = Annotated[dict[str, Any], mapped_column(JSON)]
JsonList = Annotated[list[Any], mapped_column(JSON)]


class Base(DeclarativeBase):
    """Declarative base of the hub's own tables (sharing has its own)."""

    metadata = MetaData(naming_convention=NAMING)


def hold(session: Session, row: T) -> T:
    """Keep a row in the session for as long as it lasts, and return it.

    A session forgets a row that nobody holds, so `session.get` of the same id would ask the
    database again, for every line of a list.
    """
    session.info.setdefault("held", set()).add(row)
    return row


def row_of(session: Session, model: type[T], row_id: str, *, for_update: bool) -> T | None:
    """A row by its id, or None.

    Args:
        for_update: hold the row until the transaction ends (PostgreSQL), as it is stored now.
    """
    return session.get(
        model, row_id, with_for_update=for_update or None, populate_existing=for_update
    )


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


class Database:
    """An engine and the one way to use it.

    `before_commit` hooks run inside the transaction (feed rows, audit entries);
    `after_commit` hooks run once the outermost transaction is durable (doorbells).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)
        self.before_commit: list[Callable[[Session], None]] = []
        self.after_commit: list[Callable[[dict[Any, Any]], None]] = []
        # SQLite waits for its lock inside C, where a green thread cannot yield: the holder would
        # never get to run and release it. Writers of one process therefore queue here instead.
        self._writer = threading.Lock()
        self._held: PoolProxiedConnection | None = None

    def _hold_open(self) -> None:
        """Keep one idle connection to SQLite for as long as the program runs.

        When the last connection of a database closes, SQLite folds its log into it, syncs and
        deletes the log: 4 to 9 ms at the end of each request that was alone.
        """
        if self.is_sqlite and self._held is None:
            self._held = self.engine.raw_connection()

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """One transaction that may write: commits when the block ends, rolls back if it raises."""
        if self.is_sqlite:
            with self._writer:
                yield from self._write()
        else:
            yield from self._write()

    def _write(self) -> Iterator[Session]:
        self._hold_open()
        engine = self.engine.execution_options(hub_write=True)
        with Session(engine, expire_on_commit=False) as session:
            yield session
            for hook in self.before_commit:
                hook(session)
            session.commit()
            info = dict(session.info)
        for after in self.after_commit:
            after(info)

    @contextmanager
    def read_only(self) -> Iterator[Session]:
        """One transaction for reading; whatever is changed in it is thrown away."""
        self._hold_open()
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.expunge_all()  # what was read stays readable; a rollback would expire it
            session.rollback()

    def dispose(self) -> None:
        """Close all connections kept."""
        if self._held is not None:
            self._held.close()
            self._held = None
        self.engine.dispose()


def _postgres_engine(url: str) -> Engine:
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        json_deserializer=orjson.loads,
        # Compiling a query that reads a few thousand rows took longer than all the rest of a page.
        connect_args={"options": "-c jit=off"},
    )


def _sqlite_engine(url: str) -> Engine:
    # Kept for the next transaction: a new connection reads the whole schema before its first query,
    # which was more than half of a small request. A connection that comes back is rolled back, so
    # none keeps its read snapshot; as many as are asked for at once are opened, nobody waits.
    # Each connection serves one thread at a time, but whoever disposes closes those that are idle.
    arguments = {"timeout": 10, "check_same_thread": False}
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=KEPT,
        max_overflow=-1,
        pool_use_lifo=True,
        connect_args=arguments,
        json_deserializer=orjson.loads,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin or end transactions itself
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # acknowledged means durable, also on power loss
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("hub_write")
        # IMMEDIATE: a reader that turns writer midway could be refused its stale snapshot.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def database() -> Database:
    """The database of the current application."""
    return current_app.extensions["hub.db"]  # type: ignore[no-any-return]


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """`Database.unit_of_work` of the current application."""
    with database().unit_of_work() as session:
        yield session


@contextmanager
def read_only() -> Iterator[Session]:
    """`Database.read_only` of the current application."""
    with database().read_only() as session:
        yield session
