"""A write that is made at most once: its key, which record it was, and how long that is known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import CursorResult, delete, func, select, tuple_
from sqlalchemy.orm import Session

from hub.accounts.models import IdempotencyKey
from hub.db import utc_now
from hub.errors import FieldError, Invalid
from sharing.upsert import upsert_into

# Longer than any device repeats a write: a phone's outbox has each record refused that it noted
# more than half of this ago (hub.patrols.tracks.OLDEST), so that none can come a second time.
KEPT = timedelta(days=180)


@dataclass(frozen=True)
class Once:
    """Whose key, and a digest (SHA-256, hex) of the request that it stands for."""

    user_id: str
    key: str
    digest: str

    def same(self, stored: IdempotencyKey) -> IdempotencyKey:
        """The stored answer, if it was given to this very request.

        Raises:
            Invalid: the key was used for another request.
        """
        if stored.request_hash != self.digest:
            raise Invalid(
                _l("同一 Idempotency-Key 不能用于不同的请求。"),
                errors=[FieldError("Idempotency-Key", _l("已用于另一请求"))],
            )
        return stored


def answered(session: Session, asked: Collection[Once]) -> dict[tuple[str, str], IdempotencyKey]:
    """The answers kept of some writes, by person and key."""
    if not asked:
        return {}
    keys = [(one.user_id, one.key) for one in asked]
    rows = session.scalars(
        select(IdempotencyKey).where(tuple_(IdempotencyKey.user_id, IdempotencyKey.key).in_(keys))
    )
    return {(row.user_id, row.key): row for row in rows}


def keep_answers(session: Session, given: Collection[tuple[Once, str]]) -> None:
    """Keep what writes of positions were answered (200, without an ETag): counts, no content."""
    if not given:
        return
    now = utc_now()
    rows = [
        {
            "user_id": once.user_id,
            "key": once.key,
            "request_hash": once.digest,
            "status": 200,
            "facts": facts,
            "etag": None,
            "at": now,
        }
        for once, facts in given
    ]
    session.execute(upsert_into(session, IdempotencyKey).on_conflict_do_nothing(), rows)


def old_keys(session: Session, now: datetime) -> Sequence[str]:
    """The oldest day (UTC, ISO) of keys whose time is over: a day is forgotten at once."""
    oldest = session.scalar(select(func.min(IdempotencyKey.at)))
    if oldest is None or oldest >= _first_kept(now):
        return []
    return [oldest.date().isoformat()]


def forget_keys(session: Session, day: str, now: datetime) -> bool:
    """Forget the keys of a day, as far as their time is over; whether there were any."""
    end = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), UTC)
    over = IdempotencyKey.at < min(end, _first_kept(now))
    gone = session.execute(delete(IdempotencyKey).where(over))
    return cast("CursorResult[tuple[()]]", gone).rowcount > 0


def _first_kept(now: datetime) -> datetime:
    return datetime.combine((now - KEPT).date(), time(), UTC)
