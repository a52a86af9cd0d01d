"""A hub of its own for each benchmark: fresh data folder, demo people, tokens."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.result import Result
from hub import migrations
from hub.accounts import services as accounts
from hub.accounts.models import User
from hub.app import create_app
from hub.changes import SYSTEM
from hub.config import Settings
from hub.demo import build as demo
from tests.support.live import free_port

ROOT = Path(__file__).resolve().parent.parent
BOUNDARIES = ROOT / "boundary_data" / "huzhou.geojson"


@dataclass
class Prepared:
    """A filled data folder and who may enter."""

    folder: str
    tokens: list[str]
    user_id: str
    bureau_id: str
    port: int
    database_url: str = ""

    @property
    def url(self) -> str:
        """Where a hub started on it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """The environment of a hub started on it."""
        return os.environ | {
            "HUB_DEMO": "1",
            "HUB_PORT": str(self.port),
            "HUB_DATA_DIR": self.folder,
            "HUB_DATABASE_URL": self.database_url,
            "HUB_REDIS_URL": "",
            "HUB_WORKERS": "1",
            "PYTHONPATH": str(ROOT),
        }


POSTGRES = os.environ.get(
    "HUB_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


@contextmanager
def scratch_database(name: str) -> Iterator[str]:
    """URL of a PostgreSQL database that is there for the block only.

    Raises:
        SQLAlchemyError: no PostgreSQL answers.
    """
    admin = create_engine(make_url(POSTGRES), isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        admin.dispose()


def settings_of(folder: str, database_url: str = "") -> Settings:
    """Demo settings of a hub that a benchmark looks into."""
    return Settings(
        data_dir=folder, boundary_file=str(BOUNDARIES), demo=True, database_url=database_url
    ).checked()


@contextmanager
def prepared(username: str, tokens: int = 1, database_url: str = "") -> Iterator[Prepared]:
    """A migrated hub (SQLite unless told otherwise) with the demo in it and `tokens` access tokens
    of one person."""
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder:
        app = create_app(settings_of(folder, database_url))
        database = app.extensions["hub.db"]
        with app.app_context():
            migrations.upgrade(database)
            with database.unit_of_work() as session:
                demo.build(session, BOUNDARIES)
                user = session.scalars(select(User).where(User.username == username)).one()
                raw = [
                    accounts.create_token(
                        session, SYSTEM, user, name="bench", scopes=["read", "write"]
                    )[1]
                    for _ in range(tokens)
                ]
        database.dispose()
        yield Prepared(folder, raw, user.id, user.bureau_id, free_port(), database_url)


@contextmanager
def process(command: list[str], url: str, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A server process, from when it answers to the end of the block."""
    with subprocess.Popen(command, cwd=ROOT, env=env) as server:
        try:
            await_answer(url)
            yield server
        finally:
            server.terminate()


def await_answer(url: str) -> None:
    """Wait until something answers at the address, whatever it says."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own loopback address
                return
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise TimeoutError(url)


PYTHON = sys.executable


def on_either(
    username: str, name: str, compare: Callable[[str, Prepared], Iterator[Result | str]]
) -> Iterator[Result | str]:
    """What a comparison yields on SQLite and, where it answers, on PostgreSQL.

    Args:
        name: of the benchmark; its database in PostgreSQL bears it.
    """
    with prepared(username) as hub:
        yield from compare("SQLite", hub)
    try:
        with (
            scratch_database(f"lianfang_bench_{name}") as url,
            prepared(username, database_url=url) as hub,
        ):
            yield from compare("PostgreSQL", hub)
    except SQLAlchemyError as error:
        yield f"PostgreSQL skipped: {str(error).splitlines()[0]}"
