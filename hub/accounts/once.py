"""A write that is made at most once: its key, and the answer it was given the first time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from hub.accounts.models import IdempotencyKey
from hub.db import utc_now
from hub.errors import FieldError, Invalid
from sharing.upsert import upsert_into


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
    """Keep the bodies with which writes were answered (200, without an ETag)."""
    if not given:
        return
    now = utc_now()
    rows = [
        {
            "user_id": once.user_id,
            "key": once.key,
            "request_hash": once.digest,
            "status": 200,
            "body": body,
            "etag": None,
            "at": now,
        }
        for once, body in given
    ]
    session.execute(upsert_into(session, IdempotencyKey).on_conflict_do_nothing(), rows)
