"""Counting failures by the name that was typed, whether or not anybody bears it.

Were only real accounts locked, five tries would tell who works here (SECURITY A25). Names are kept
as hashes: some people type their password into the wrong field.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.accounts.models import SignInFailures
from hub.db import utc_now
from sharing.upsert import upsert_into

MAX_FAILURES = 5
LOCK_TIME = timedelta(minutes=15)
SWEPT_AT_ONCE = 100


def claim(session: Session, username: str) -> SignInFailures:
    """The row of a name, locked to the end of the transaction: tries at once are counted one by
    one, so that a hundred parallel guesses are no more than five."""
    now = utc_now()
    _sweep(session, now - LOCK_TIME)
    key = hashlib.sha256(username.encode("utf-8", "replace")).hexdigest()
    statement = upsert_into(session, SignInFailures).values(name_hash=key, failures=0, last_at=now)
    statement = statement.on_conflict_do_update(index_elements=["name_hash"], set_={"last_at": now})
    session.execute(statement)
    return session.scalars(
        select(SignInFailures)
        .where(SignInFailures.name_hash == key)
        .execution_options(populate_existing=True)
    ).one()


def is_locked(row: SignInFailures) -> bool:
    """Whether the name has to wait."""
    return row.locked_until is not None and row.locked_until > utc_now()


def count_failure(row: SignInFailures) -> None:
    """One more failure; the fifth locks the name for a quarter of an hour."""
    row.failures += 1
    if row.failures >= MAX_FAILURES:
        row.failures = 0
        row.locked_until = utc_now() + LOCK_TIME


def forgive(row: SignInFailures) -> None:
    """The right person came: earlier failures no longer count."""
    row.failures = 0
    row.locked_until = None


def _sweep(session: Session, before: datetime) -> None:
    """Forget names that nobody tried for as long as a lock lasts, so that the table stays small."""
    stale = session.scalars(
        select(SignInFailures.name_hash)
        .where(SignInFailures.last_at < before)
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if stale:
        session.execute(delete(SignInFailures).where(SignInFailures.name_hash.in_(stale)))
