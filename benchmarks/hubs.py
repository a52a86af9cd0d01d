"""A hub of its own for each benchmark: fresh data folder, demo people, tokens."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

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
            "HUB_DATABASE_URL": "",
            "HUB_REDIS_URL": "",
            "HUB_WORKERS": "1",
            "PYTHONPATH": str(ROOT),
        }


@contextmanager
def prepared(username: str, tokens: int = 1) -> Iterator[Prepared]:
    """A migrated SQLite hub with the demo in it and `tokens` access tokens of one person."""
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder:
        app = create_app(
            Settings(data_dir=folder, boundary_file=str(BOUNDARIES), demo=True).checked()
        )
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
        yield Prepared(folder, raw, user.id, user.bureau_id, free_port())


@contextmanager
def process(command: list[str], url: str, env: dict[str, str]) -> Iterator[None]:
    """A server process, from when it answers to the end of the block."""
    with subprocess.Popen(command, cwd=ROOT, env=env) as server:
        try:
            await_answer(url)
            yield
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
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise TimeoutError(url)


PYTHON = sys.executable
