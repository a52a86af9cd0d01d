"""Databases of tests: each test has a copy of a template, made when it first connects."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import uuid
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import make_url

# Since this version PostgreSQL can copy a database file by file: half the time of writing a log.
FILE_COPY_SINCE = 150000


class Server(Protocol):
    """Where databases are made, by URL."""

    def fresh_url(self, folder: Path) -> str:
        """The URL of a database that does not exist yet; files go to the folder."""

    def create(self, url: str) -> None:
        """An empty database."""

    def copy(self, source: str, target: str) -> None:
        """A copy of a database that nobody writes to just now."""

    def drop(self, url: str) -> None:
        """Remove it, now or soon."""

    def close(self) -> None:
        """Remove what is left and hang up."""


class SqliteFiles:
    """One file per database."""

    def fresh_url(self, folder: Path) -> str:
        """See Server."""
        return f"sqlite:///{folder / f'hub-{uuid.uuid4().hex[:8]}.db'}"

    def create(self, url: str) -> None:
        """SQLite makes its file by itself."""

    def copy(self, source: str, target: str) -> None:
        """See Server; what still is in the log of the source is copied too."""
        if not Path(f"{_path(source)}-wal").exists():
            shutil.copy(_path(source), _path(target))
            return
        ours, theirs = sqlite3.connect(_path(source)), sqlite3.connect(_path(target))
        ours.backup(theirs)
        theirs.close()
        ours.close()

    def drop(self, url: str) -> None:
        """See Server."""
        for suffix in ("", "-wal", "-shm"):
            Path(_path(url) + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        """Files go with their folder."""


def _path(url: str) -> str:
    return url.removeprefix("sqlite:///")


class PostgresServer:
    """Databases of one run, all named by its prefix, in one PostgreSQL."""

    def __init__(self, admin_url: str, run: str) -> None:
        self._url = make_url(admin_url)
        self._prefix = f"lianfang_test_{run}_"
        self._gone: list[str] = []
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def _do(self, statement: str) -> list[tuple[object, ...]]:
        if self._connection is None or self._connection.closed:
            plain = self._url.set(drivername="postgresql", database="postgres")
            self._connection = psycopg.connect(
                plain.render_as_string(hide_password=False), autocommit=True
            )
        cursor = self._connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []

    def fresh_url(self, folder: Path) -> str:  # noqa: ARG002 - files have a folder, we do not
        """See Server."""
        name = self._prefix + uuid.uuid4().hex[:12]
        return self._url.set(database=name).render_as_string(hide_password=False)

    def create(self, url: str) -> None:
        """See Server."""
        self._do(f'CREATE DATABASE "{make_url(url).database}"')

    def copy(self, source: str, target: str) -> None:
        """See Server."""
        names = f'"{make_url(target).database}" TEMPLATE "{make_url(source).database}"'
        self._do("SELECT 1")
        assert self._connection is not None
        by_file = self._connection.info.server_version >= FILE_COPY_SINCE
        self._do(f"CREATE DATABASE {names}" + (" STRATEGY FILE_COPY" if by_file else ""))

    def drop(self, url: str) -> None:
        """Remove it a little later: PostgreSQL waits 100 ms for a connection that just ended."""
        self._gone.append(str(make_url(url).database))
        while len(self._gone) > 2:
            self._do(f'DROP DATABASE IF EXISTS "{self._gone.pop(0)}" WITH (FORCE)')

    def close(self) -> None:
        """See Server."""
        for name in self._gone:
            self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._gone.clear()
        if self._connection is not None:
            self._connection.close()

    def sweep(self) -> None:
        """Remove every database of this run, whoever made it, and hang up."""
        for (name,) in self._do("SELECT datname FROM pg_database"):
            if str(name).startswith(self._prefix):
                self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.close()


class Copy:
    """The database of one test. Until somebody connects it is only a name."""

    def __init__(self, server: Server, source: str, folder: Path) -> None:
        self.server = server
        self.source = source
        self.folder = folder
        self.url = server.fresh_url(folder)
        self.pinned = False
        self._made = False
        self._making = threading.Lock()

    def make(self) -> str:
        """Make it if it is not there; its URL."""
        with self._making:
            if not self._made:
                self.server.copy(self.source, self.url)
                self._made = True
        return self.url

    def pin(self) -> str:
        """Make it for somebody who keeps its URL: from now on it stays where it is."""
        self.pinned = True
        return self.make()

    def become(self, source: str) -> None:
        """Be a copy of something else, under a new URL. Nobody may be connected."""
        assert not self.pinned
        self.drop()
        self.source = source
        self.url = self.server.fresh_url(self.folder)

    def drop(self) -> None:
        """Remove it."""
        if self._made:
            self.server.drop(self.url)
            self._made = False
