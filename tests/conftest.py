"""Fixtures of the whole suite. `HUB_TEST_DATABASE_URL` runs it on PostgreSQL instead of SQLite."""

from __future__ import annotations

import os
import pickle
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from filelock import FileLock
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import select

from hub import migrations
from hub.accounts.models import User
from hub.app import create_app
from hub.config import Settings
from hub.db import utc_now
from hub.demo import build as demo
from hub.files import checking
from tests.support.apps import Apps
from tests.support.counting import COUNTS
from tests.support.databases import Copy, PostgresServer, Server, SqliteFiles
from tests.support.live import LiveHub
from tests.support.snapshots import Snapshots
from tests.support.world import Pass, World, issue_pass

ROOT = Path(__file__).resolve().parent.parent
BOUNDARIES = ROOT / "boundary_data" / "huzhou.geojson"
POSTGRES = os.environ.get("HUB_TEST_DATABASE_URL", "")
REDIS = os.environ.get("HUB_TEST_REDIS_URL", "")
# One name for all processes of one run: what they make in PostgreSQL bears it.
RUN = os.environ.setdefault("LIANFANG_TEST_RUN", uuid.uuid4().hex[:8])
TOO_FEW = 9  # a code that pytest itself does not use: trying the failed ones again mends nothing
REQUIRED = os.environ.get("HUB_REQUIRE_SERVICES") == "1"


# A busy machine makes single examples slow; the number of examples is the bound, not their time.
hypothesis_settings.register_profile(
    "suite", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("suite")


# Fixtures that lead to the database of HUB_TEST_DATABASE_URL.
DATABASES = {"demo_template", "engine"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What touches no database runs once."""
    for item in items:
        free = DATABASES.isdisjoint(getattr(item, "fixturenames", ()))
        if free and item.get_closest_marker("scaled") is None:
            item.add_marker(pytest.mark.once)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A suite in which far fewer tests passed than there were is not green, whatever it says."""
    least = int(os.environ.get("LIANFANG_LEAST_TESTS", "0"))
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not least or reporter is None or hasattr(session.config, "workerinput"):
        return
    passed = len(reporter.stats.get("passed", []))
    if passed < least:
        reporter.write_line(f"only {passed} tests passed; there were {least} at least", red=True)
        session.exitstatus = TOO_FEW


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no database behind: the process that started the others sweeps up in the end."""
    if POSTGRES and not hasattr(config, "workerinput"):
        PostgresServer(POSTGRES, RUN).sweep()


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


@dataclass(frozen=True)
class Template:
    """A migrated database with the demo, and a token for each of its people."""

    url: str
    passes: dict[str, Pass]
    # Its data folder: the demo's own photos, which tests do without as a rule.
    folder: Path


@pytest.fixture(scope="session")
def databases() -> Iterator[Server]:
    """Where the databases of tests are made."""
    made = PostgresServer(POSTGRES, RUN) if POSTGRES else SqliteFiles()
    yield made
    made.close()


@pytest.fixture(scope="session")
def demo_template(
    databases: Server, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Template:
    """The template, made by the first process that needs it."""
    if not BOUNDARIES.exists():
        pytest.fail("boundary data are missing: run `make boundaries`")
    if worker_id == "master":
        return _template(databases, tmp_path_factory.mktemp("template"))
    folder = tmp_path_factory.getbasetemp().parent / "template"
    folder.mkdir(exist_ok=True)
    told = folder / "template.pickle"
    with FileLock(f"{told}.lock"):
        if not told.exists():
            told.write_bytes(pickle.dumps(_template(databases, folder)))
        return cast(Template, pickle.loads(told.read_bytes()))  # noqa: S301 - our own


def _template(server: Server, folder: Path) -> Template:
    url = server.fresh_url(folder)
    server.create(url)
    app = create_app(settings_for(url, folder))
    database = app.extensions["hub.db"]
    with app.app_context():
        migrations.upgrade(database)
        with database.unit_of_work() as session:
            demo.build(session, BOUNDARIES)
        # The night before: no test has to do with a check of files that its folder does not hold.
        checking.go_on(database, checking.NEW, utc_now())
        with database.unit_of_work() as session:
            people = session.scalars(select(User).order_by(User.username)).all()
            passes = {user.username: issue_pass(session, user) for user in people}
    database.dispose()
    return Template(url, passes, folder)


@pytest.fixture(scope="session")
def template(demo_template: Template) -> str:
    """URL of a migrated database with the demo's people; every test gets a copy of it."""
    return demo_template.url


@contextmanager
def copied(template: str, folder: Path) -> Iterator[str]:
    """URL of a copy of the template, gone at the end of the block."""
    server = PostgresServer(POSTGRES, RUN) if POSTGRES else SqliteFiles()
    copy = Copy(server, template, folder)
    yield copy.make()
    copy.drop()
    server.close()


@pytest.fixture(scope="session")
def lent_apps(demo_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Apps:
    """Applications, lent to one test after the other."""
    return Apps(settings_for, demo_template.url, tmp_path_factory.mktemp("apps"))


@pytest.fixture(scope="session")
def step_snapshots(databases: Server, tmp_path_factory: pytest.TempPathFactory) -> Snapshots:
    """Databases after steps that many tests begin with."""
    return Snapshots(databases, tmp_path_factory.mktemp("snapshots"))


@pytest.fixture
def own_copy(demo_template: Template, databases: Server, tmp_path: Path) -> Iterator[Copy]:
    """This test's own copy of the template, made at the first connection."""
    own = Copy(databases, demo_template.url, tmp_path)
    yield own
    own.drop()


@pytest.fixture
def database_url(own_copy: Copy) -> str:
    """URL of this test's own copy of the template."""
    return own_copy.pin()


@pytest.fixture
def world(
    lent_apps: Apps,
    demo_template: Template,
    step_snapshots: Snapshots,
    own_copy: Copy,
    tmp_path: Path,
) -> Iterator[World]:
    """A hub with the demo's bureaus, people and proposed memorandum."""
    data_dir = tmp_path / "data"
    lent = lent_apps.lend(own_copy, data_dir)
    yield World(lent.app, own_copy.url, str(data_dir), demo_template.passes, lent, step_snapshots)
    lent_apps.take_back(lent)


def counted(request: pytest.FixtureRequest) -> bool:
    """Whether what a hub of its own process runs through is counted: for the socket door."""
    return COUNTS in os.environ and request.node.nodeid.startswith("tests/hub/realtime")


@pytest.fixture
def live_hub(request: pytest.FixtureRequest, own_copy: Copy, tmp_path: Path) -> Iterator[LiveHub]:
    """The hub served by run.py in a process of its own (not started yet: call `start()`)."""
    hub = LiveHub(database_url=own_copy.pin, data_dir=tmp_path / "data", boundary_file=BOUNDARIES)
    hub.counted = counted(request)
    yield hub
    hub.leave()


@dataclass(frozen=True)
class Running:
    """A hub that runs, and the same hub in this process."""

    hub: LiveHub
    world: World


@pytest.fixture(scope="module")
def running(
    request: pytest.FixtureRequest,
    lent_apps: Apps,
    demo_template: Template,
    databases: Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Running]:
    """One running hub for all tests of a file: each must look at records of its own."""
    folder = tmp_path_factory.mktemp("running")
    copy = Copy(databases, demo_template.url, folder)
    hub = LiveHub(database_url=copy.pin(), data_dir=folder / "data", boundary_file=BOUNDARIES)
    hub.counted = counted(request)
    lent = lent_apps.lend(copy, folder / "data")
    try:
        hub.start(HUB_JOBS_SECONDS="0")  # the demo's clocks would be told at some time of the day
        yield Running(hub, World(lent.app, copy.url, str(hub.data_dir), demo_template.passes, lent))
    finally:
        hub.leave()
        lent_apps.take_back(lent)
        copy.drop()
