"""Where a database is restored to: ready beside what is there, then in its place at one stroke."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import func, inspect, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from hub.backup.manifest import BackupRefused
from hub.backup.snapshots import client, refuse_damaged
from hub.bureaus.models import Bureau
from hub.db import Database
from hub.files.store import sync

RUNNING = "the hub is running on this database; stop it first"
# What was there before, until the new one is complete.
BEFORE = "hub_before_restore"
# Beside an SQLite database: the folder in which the new one is made ready.
BESIDE = ".restore-"
# PostgreSQL takes a moment to see that a connection has ended, our own of just now included.
PATIENCE_S = 2.0
Extract = Callable[[Path], None]


class Place(Protocol):
    """The database of a hub, as a restore sees it."""

    def occupied(self) -> bool:
        """Whether it holds anything."""

    def refuse_running(self) -> None:
        """Refuse while somebody else has it open.

        Raises:
            BackupRefused: somebody has.
        """

    def made(self, extract: Extract) -> AbstractContextManager[Database]:
        """The new database, to be made ready in the block; at its end it is in place.

        Args:
            extract: writes the backup's database to a path.
        """


def place_of(database: Database) -> Place:
    """The place of a database."""
    return _SqlitePlace(database) if database.is_sqlite else _PostgresPlace(database)


def _holds_bureaus(database: Database) -> bool:
    try:
        with database.read_only() as session:
            if not inspect(session.connection()).has_table(Bureau.__tablename__):
                return False
            return bool(session.scalar(select(func.count()).select_from(Bureau)))
    except (SQLAlchemyError, sqlite3.DatabaseError):
        return True  # damaged, or of a schema unknown: not empty, at any rate
    finally:
        database.dispose()


class _SqlitePlace:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.path = Path(str(make_url(database.url).database)).absolute()

    def occupied(self) -> bool:
        return self.path.exists() and _holds_bureaus(self.database)

    def refuse_running(self) -> None:
        self.database.dispose()
        if not self.path.exists():
            return
        connection = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        try:
            # Granted only to who is alone. It also folds the log into the file.
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise BackupRefused(RUNNING) from error
        except sqlite3.DatabaseError:
            pass  # damaged: that is what backups are for
        finally:
            connection.close()

    @contextmanager
    def made(self, extract: Extract) -> Iterator[Database]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # What a restore that was killed left: a whole copy of everything.
        for left in self.path.parent.glob(f"{BESIDE}*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=BESIDE, dir=self.path.parent) as folder:
            beside = Path(folder) / "hub.db"
            extract(beside)
            _refuse_damaged_file(beside)
            fresh = Database(f"sqlite:///{beside}")
            try:
                yield fresh
            finally:
                fresh.dispose()
            sync(beside)
            # A log that a damaged database left would be played into the new one.
            for suffix in ("-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            beside.replace(self.path)
            sync(self.path.parent)


def _refuse_damaged_file(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        refuse_damaged(connection)
    except sqlite3.DatabaseError as error:
        raise BackupRefused(f"the backup's database is damaged: {error}") from error
    finally:
        connection.close()


class _PostgresPlace:
    def __init__(self, database: Database) -> None:
        self.database = database

    def _do(self, *statements: str) -> None:
        with self.database.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def occupied(self) -> bool:
        self._back_if_cut_off()
        return _holds_bureaus(self.database)

    def refuse_running(self) -> None:
        self.database.dispose()
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        with self.database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as one:
            until = time.monotonic() + PATIENCE_S
            while one.exec_driver_sql(others).scalar_one():
                if time.monotonic() > until:
                    raise BackupRefused(RUNNING)
                time.sleep(0.05)

    def _back_if_cut_off(self) -> None:
        """Put back what a restore that was killed had set aside."""
        with self.database.engine.connect() as connection:
            found = inspect(connection).has_schema(BEFORE)
        if found:
            self._back()

    def _back(self) -> None:
        self._do("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {BEFORE} RENAME TO public")

    @contextmanager
    def made(self, extract: Extract) -> Iterator[Database]:
        with tempfile.TemporaryDirectory(prefix="hub-restore-") as folder:
            dump = Path(folder) / "database"
            extract(dump)
            self._back_if_cut_off()
            with ExitStack() as undo:
                self._do(f"ALTER SCHEMA public RENAME TO {BEFORE}", "CREATE SCHEMA public")
                undo.callback(self._back)
                options = ["--schema=public", "--no-owner", "--no-privileges", "--exit-on-error"]
                client("pg_restore", self.database, *options, "--single-transaction", str(dump))
                fresh = Database(self.database.url)
                undo.callback(fresh.dispose)
                yield fresh
                undo.pop_all()
                fresh.dispose()
        self._do(f"DROP SCHEMA {BEFORE} CASCADE")
