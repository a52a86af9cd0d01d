"""Fixtures of the whole suite. `HUB_TEST_DATABASE_URL` runs it on PostgreSQL instead of SQLite."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from hub import migrations
from hub.app import create_app
from hub.config import Settings
from hub.demo import build as demo
from tests.support.live import LiveHub
from tests.support.world import World

ROOT = Path(__file__).resolve().parent.parent
BOUNDARIES = ROOT / "boundary_data" / "huzhou.geojson"
POSTGRES = os.environ.get("HUB_TEST_DATABASE_URL", "")
REDIS = os.environ.get("HUB_TEST_REDIS_URL", "")
REQUIRED = os.environ.get("HUB_REQUIRE_SERVICES") == "1"


def missing(reason: str) -> None:
    """Skip with the reason, or fail where every service is required."""
    if REQUIRED:
        pytest.fail(f"required service is missing: {reason}")
    pytest.skip(reason)


def settings_for(url: str, data_dir: Path, **more: object) -> Settings:
    """Demo settings of a test hub."""
    return Settings(
        database_url=url,
        data_dir=str(data_dir),
        boundary_file=str(BOUNDARIES),
        demo=True,
        **more,  # type: ignore[arg-type]
    ).checked()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a migrated database with the demo's people; every test gets a copy of it."""
    if not BOUNDARIES.exists():
        pytest.fail("boundary data are missing: run `make boundaries`")
    folder = tmp_path_factory.mktemp("template")
    name = f"lianfang_template_{uuid.uuid4().hex[:8]}"
    url = f"sqlite:///{folder / 'hub.db'}"
    if POSTGRES:
        _admin(f'CREATE DATABASE "{name}"')
        url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    app = create_app(settings_for(url, folder))
    database = app.extensions["hub.db"]
    with app.app_context():
        migrations.upgrade(database)
        with database.unit_of_work() as session:
            demo.build(session, BOUNDARIES)
    database.dispose()
    yield url
    if POSTGRES:
        _admin(f'DROP DATABASE "{name}" WITH (FORCE)')


def _admin(statement: str) -> None:
    url = make_url(POSTGRES).set(database="postgres")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def copied(template: str, folder: Path) -> Iterator[str]:
    """URL of a copy of the template, gone at the end of the block."""
    if not POSTGRES:
        copy = folder / "hub.db"
        shutil.copy(template.removeprefix("sqlite:///"), copy)
        yield f"sqlite:///{copy}"
        return
    name = f"lianfang_test_{uuid.uuid4().hex[:12]}"
    _admin(f'CREATE DATABASE "{name}" TEMPLATE "{make_url(template).database}"')
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    _admin(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def database_url(template: str, tmp_path: Path) -> Iterator[str]:
    """URL of this test's own copy of the template."""
    with copied(template, tmp_path) as url:
        yield url


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """A hub with the demo's bureaus, people and proposed memorandum."""
    app = create_app(settings_for(database_url, tmp_path / "data"))
    yield World(app, database_url, str(tmp_path / "data"))
    app.extensions["hub.db"].dispose()


@pytest.fixture
def live_hub(database_url: str, tmp_path: Path) -> Iterator[LiveHub]:
    """The hub served by run.py in a process of its own (not started yet: call `start()`)."""
    hub = LiveHub(database_url=database_url, data_dir=tmp_path / "data", boundary_file=BOUNDARIES)
    yield hub
    hub.stop()
