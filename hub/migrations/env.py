"""Alembic's environment: both metadatas, on the connection that hub.migrations hands over."""

from __future__ import annotations

from alembic import context

from hub.migrations import include_object
from hub.models import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_object=include_object,
)
context.run_migrations()
