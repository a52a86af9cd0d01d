"""Schema migrations: Alembic over the hub's and the sharing engine's tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from hub.db import Database
from hub.models import METADATA


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def current(connection: Connection) -> str:
    """The revision of a database's schema; empty: it has none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent))


@cache
def newest() -> str:
    """The revision of the schema that this release works with; read from its files once."""
    return str(_scripts().get_current_head())


def known() -> frozenset[str]:
    """All revisions that this release knows."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def include_object(_object: Any, name: str | None, *_more: Any) -> bool:
    """Whether models say it: the full-text index is the database's own and only in migrations."""
    return not (name or "").startswith("search_fts")


def upgrade(database: Database) -> None:
    """Bring the schema to the newest revision, in one transaction."""
    with database.engine.execution_options(hub_write=True).begin() as connection:
        command.upgrade(_config(connection), "head")


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to a revision (`base`: empty)."""
    with database.engine.execution_options(hub_write=True).begin() as connection:
        command.downgrade(_config(connection), revision)


def revision(database: Database, message: str) -> None:
    """Write a new revision from the difference between tables and models."""
    with database.engine.execution_options(hub_write=True).begin() as connection:
        command.revision(_config(connection), message, autogenerate=True)


def drift(database: Database) -> list[object]:
    """Differences between the migrated schema and the models; empty when they agree."""
    with database.engine.connect() as connection:
        opts = {"compare_type": True, "include_object": include_object}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, METADATA))  # type: ignore[arg-type]
