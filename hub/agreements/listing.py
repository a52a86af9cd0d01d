"""Lists of agreements, newest first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.access import visible_to
from hub.agreements.models import Agreement
from hub.agreements.views import agreement_view
from hub.web.paging import decode_cursor, page


def list_agreements(
    session: Session,
    actor: Actor,
    state: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the agreements of the actor's bureau; `state` is the state of this moment."""
    actor.require(Right.WORK_VIEW)
    query = select(Agreement).where(visible_to(actor.bureau_id)).order_by(Agreement.id.desc())
    after = decode_cursor(cursor, 1)
    if after:
        query = query.where(Agreement.id < after[0])
    rows = session.scalars(query.limit(limit + 1)).all()

    def shown(agreement: Agreement) -> dict[str, Any] | None:
        view = agreement_view(session, agreement)
        return view if state in (None, view["state"]) else None

    return page(rows, limit, lambda row: [row.id], shown)
