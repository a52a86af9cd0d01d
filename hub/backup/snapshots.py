"""A copy of the database as of one moment, while others go on writing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.backup.manifest import BackupRefused
from hub.db import Database

# Pages of SQLite that are copied between two steps of a bar.
PAGES = 2000
Told = Callable[[str, int, int], None]


def silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody how far it is."""


@contextmanager
def snapshot(database: Database, target: Path, tell: Told = silent) -> Iterator[Session]:
    """Copy the database into a file; the session reads exactly what was copied.

    Raises:
        BackupRefused: the database is damaged, or a program that is needed is missing.
    """
    copy = _from_sqlite if database.is_sqlite else _from_postgres
    yield from copy(database, target, tell)


def _from_sqlite(database: Database, target: Path, tell: Told) -> Iterator[Session]:
    try:
        with (
            closing(database.engine.raw_connection()) as held,
            closing(sqlite3.connect(target)) as into,
        ):
            _copy(held.driver_connection, into, tell)  # type: ignore[arg-type]
            refuse_damaged(into)
    except (sqlite3.DatabaseError, SQLAlchemyError) as error:
        raise BackupRefused(f"the database is damaged or cannot be copied: {error}") from error
    copied = Database(f"sqlite:///{target}")
    try:
        with copied.read_only() as session:
            yield session
    finally:
        copied.dispose()  # the last connection folds its log into the file


def _copy(source: sqlite3.Connection, into: sqlite3.Connection, tell: Told) -> None:
    # Within a transaction every step copies from one state, whoever commits meanwhile; without one
    # SQLite begins anew after each commit of somebody else.
    source.execute("BEGIN")
    try:
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(
            into,
            pages=PAGES,
            progress=lambda _state, left, total: tell("database", total - left, total),
            sleep=0,
        )
    finally:
        source.execute("ROLLBACK")


def refuse_damaged(connection: sqlite3.Connection) -> None:
    """Read every page of an SQLite database.

    Raises:
        BackupRefused: some are damaged.
    """
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        raise BackupRefused(f"the database is damaged: {'; '.join(found)}")


def _from_postgres(database: Database, target: Path, tell: Told) -> Iterator[Session]:
    tell("database", 0, 1)
    isolated = database.engine.execution_options(isolation_level="REPEATABLE READ")
    with isolated.connect() as connection, Session(connection) as session:
        # The dump and our own reading see one and the same moment.
        name = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        options = ["--format=custom", "--no-owner", "--no-privileges", "--schema=public"]
        client("pg_dump", database, *options, f"--snapshot={name}", f"--file={target}")
        tell("database", 1, 1)
        yield session
        session.expunge_all()


def client(program: str, database: Database, *options: str) -> None:
    """Run a client program of PostgreSQL on the database.

    Raises:
        BackupRefused: it is not installed, or it failed.
    """
    found = shutil.which(program)
    if found is None:
        raise BackupRefused(
            f"{program} is needed and not installed: install PostgreSQL's client programs "
            "(Debian: postgresql-client) in the server's version or a later one"
        )
    url = make_url(database.url)
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    # A password on the command line would stand in the list of processes.
    env = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    done = subprocess.run(  # noqa: S603 - the program's path is looked up, no shell
        [found, f"--dbname={plain}", *options], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupRefused(f"{program} failed: {done.stderr.strip()[:2000]}")
