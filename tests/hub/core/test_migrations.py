"""Migrations: the schema they make is the one the models mean, both ways."""

from __future__ import annotations

from sqlalchemy import inspect

from hub import migrations


def test_migrations_and_models_agree(world):
    assert migrations.drift(world.app.extensions["hub.db"]) == []


def test_the_schema_can_be_taken_down_and_put_up_again(world):
    database = world.app.extensions["hub.db"]
    migrations.downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(database)
    assert migrations.drift(database) == []
