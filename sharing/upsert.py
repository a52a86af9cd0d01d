"""INSERT ... ON CONFLICT for the two databases the engine runs on."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

# Both dialects spell it alike; SQLAlchemy merely has no common name for it.
Upsert = postgresql.Insert | sqlite.Insert


def upsert_into(session: Session, model: type[DeclarativeBase]) -> Upsert:
    """Return an INSERT into a model's table that knows ``on_conflict_do_*``."""
    return upsert_for(dialect_of(session), model)


def dialect_of(session: Session) -> str:
    """Return the name of the dialect of a session's database."""
    return session.get_bind().dialect.name


def upsert_for(dialect: str, model: type[DeclarativeBase]) -> Upsert:
    """Return the same for a dialect by its name, so that a statement can be made once and kept."""
    if dialect == "postgresql":  # pragma: no cover - PostgreSQL
        return postgresql.insert(model)
    return sqlite.insert(model)
