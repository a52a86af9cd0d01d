"""Migrations: the schema they make is the one the models mean, both ways."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from sqlalchemy import inspect, text

from hub import migrations
from tests.support.processes import ROOT


def test_migrations_and_models_agree(world):
    assert migrations.drift(world.app.extensions["hub.db"]) == []


def test_the_schema_can_be_taken_down_and_put_up_again(world):
    database = world.app.extensions["hub.db"]
    migrations.downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(database)
    assert migrations.drift(database) == []


@pytest.mark.parametrize(("found", "right"), [("0001", "db upgrade"), ("9999", "较新的程序")])
def test_a_hub_is_not_ready_on_a_schema_that_is_not_its_own(world, found, right):
    hub = world.app.test_client()
    assert hub.get("/readyz").status_code == 200
    with world.app.extensions["hub.db"].engine.execution_options(hub_write=True).begin() as rows:
        rows.execute(text("UPDATE alembic_version SET version_num = :found"), {"found": found})
    answer = hub.get("/readyz", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert found in answer.json["detail"]
    assert right in answer.json["detail"]


@pytest.mark.once
def test_a_hub_does_not_start_without_a_schema_and_says_what_to_do(tmp_path):
    env = os.environ | {"HUB_DEMO": "1", "HUB_DATA_DIR": str(tmp_path), "HUB_DATABASE_URL": ""}
    run = subprocess.run(
        [sys.executable, "run.py"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 2
    assert run.stderr.startswith("lianfang: the schema is missing")
    assert run.stderr.endswith("run flask --app hub db upgrade\n")
