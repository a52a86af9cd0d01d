"""What the nightly check found, for the administrators of the bureau: ids, nothing of content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.errors import Text
from hub.files.check_models import FileFault
from hub.files.checking import ALTERED, MISSING, newest
from hub.web.lists import Listing, Order, narrowed
from sharing.canonical import utc_text

WHAT: dict[str, Text] = {MISSING: _l("缺失"), ALTERED: _l("与封存时不一致")}


@dataclass(frozen=True)
class FaultFilter:
    """Which faults: missing or altered files, all without."""

    what: str | None = None


def faults(actor: Actor, wanted: FaultFilter) -> Listing[FileFault]:
    """Files of the actor's bureau that are not what was sealed, those found last first.

    Raises:
        Forbidden: the actor is neither system nor audit administrator.
    """
    actor.require(Right.STORE_READ)
    own = select(FileFault).where(FileFault.bureau_id == actor.bureau_id)
    statement = narrowed(own, [(wanted.what, FileFault.what == wanted.what)])
    return Listing(statement, Order(FileFault.id, FileFault.found_at), _views)


def _views(rows: Sequence[FileFault]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "bureau_id": row.bureau_id,
            "what": row.what,
            "what_name": str(WHAT[row.what]),
            "found_at": utc_text(row.found_at),
            "seen_at": utc_text(row.seen_at),
        }
        for row in rows
    ]


def broken(session: Session, bureau_id: str) -> int:
    """How many files of a bureau are missing or altered."""
    count = select(func.count()).where(FileFault.bureau_id == bureau_id)
    return session.scalar(count) or 0


def last_check(session: Session, actor: Actor) -> dict[str, Any] | None:
    """The newest check as the actor's bureau is concerned: when, of how many files; None: never.

    Raises:
        Forbidden: the actor is neither system nor audit administrator.
    """
    actor.require(Right.STORE_READ)
    row = newest(session)
    if row is None:
        return None
    told: dict[str, int] = row.counts.get(actor.bureau_id, {"checked": 0, "broken": 0})
    finished = utc_text(row.finished_at) if row.finished_at else None
    return {"started_at": utc_text(row.started_at), "finished_at": finished, **told}
