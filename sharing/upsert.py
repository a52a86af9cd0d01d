"""INSERT ... ON CONFLICT for the two databases the engine runs on."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

# Both dialects spell it alike; SQLAlchemy merely has no common name for it.
Upsert = postgresql.Insert | sqlite.Insert


def upsert_into(session: Session, model: type[DeclarativeBase]) -> Upsert:
    """Return an INSERT into a model's table that knows ``on_conflict_do_*``."""
    if session.get_bind(mapper=model).dialect.name == "postgresql":  # pragma: no cover - PostgreSQL
        return postgresql.insert(model)
    return sqlite.insert(model)
