"""Shares given and received by a bureau, and what waits for its answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from hub.access import Actor, Right
from hub.db import utc_now
from hub.shares.access import readable_by
from hub.shares.clock import asks, unanswered_in_time
from hub.shares.models import AccessRequest, RequestState
from hub.shares.onward_models import OnwardRequest, OnwardState
from hub.shares.views import share_views
from hub.web.lists import Listing, Order, narrowed
from sharing.models import Receipt, Rung, Share, ShareState

# The bureau that had it owns it now (`services.py`).
OWNER_CHANGED = "owner_changed"


def shares(
    session: Session, actor: Actor, *, direction: str | None, state: str | None
) -> Listing[Share]:
    """The shares of the actor's bureau, newest first.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    mine = Share.owner_bureau_id if direction == "given" else Share.partner_bureau_id
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (direction, mine == actor.bureau_id),
        (state, Share.state == state),
    ]
    known = select(Share).where(readable_by(actor.reader, utc_now()))
    return Listing(
        narrowed(known, conditions), Order(Share.id), lambda rows: share_views(session, rows)
    )


def waiting(session: Session, actor: Actor, limit: int = 20) -> list[dict[str, Any]]:
    """Shares that wait for the actor: to answer, or to confirm the purge; oldest first."""
    if not actor.may(Right.SHARE_ANSWER):
        return []
    now = utc_now()

    def reached(*rungs: Rung) -> Any:
        return exists().where(Receipt.share_id == Share.id, Receipt.rung.in_(rungs))

    unanswered = Share.running(now) & ~reached(Rung.ACCEPTED, Rung.REFUSED) & asks()
    again = aliased(Share)
    open_again = exists().where(
        again.kind == Share.kind,
        again.record_id == Share.record_id,
        again.partner_bureau_id == Share.partner_bureau_id,
        again.state == ShareState.ACTIVE,
        again.id != Share.id,
    )
    # However it ended: recalled, by its day, with the agreement; not of a case that came to him.
    kept = ~Share.running(now) & (func.coalesce(Share.end_reason, "") != OWNER_CHANGED)
    unpurged = kept & ~reached(Rung.PURGED) & ~open_again
    # Materialized: few wait, and only of these it is asked whether the actor knows of the case.
    mine = select(Share.id).where(Share.partner_bureau_id == actor.bureau_id)
    waits = (
        mine.where(or_(unanswered, unpurged))
        .cte()
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    rows = session.scalars(
        select(Share)
        .where(Share.id.in_(select(waits.c.id)), readable_by(actor.reader, now))
        .order_by(Share.id)
        .limit(limit)
    ).all()
    return share_views(session, rows)


def unanswered_by_partners(session: Session, actor: Actor, limit: int = 20) -> list[dict[str, Any]]:
    """Shares that the actor's bureau gave and whose term of answering has passed; oldest first."""
    if not actor.may(Right.SHARE):
        return []
    now = utc_now()
    late = Share.id.in_(unanswered_in_time(now))
    answered = exists().where(
        Receipt.share_id == Share.id, Receipt.rung.in_((Rung.ACCEPTED, Rung.REFUSED))
    )
    rows = session.scalars(
        select(Share)
        .where(Share.owner_bureau_id == actor.bureau_id, Share.running(now), late, ~answered)
        .where(readable_by(actor.reader, now))
        .order_by(Share.id)
        .limit(limit)
    ).all()
    return share_views(session, rows)


def onward_to_answer(session: Session, actor: Actor, limit: int = 20) -> list[dict[str, Any]]:
    """Shares that the actor's bureau gave and that a partner asks to pass on."""
    if not actor.may(Right.SHARE):
        return []
    rows = session.scalars(
        select(Share)
        .join(OnwardRequest, OnwardRequest.share_id == Share.id)
        .where(
            readable_by(actor.reader, utc_now()),
            Share.owner_bureau_id == actor.bureau_id,
            Share.running(utc_now()),
            OnwardRequest.state == OnwardState.OPEN,
        )
        .order_by(OnwardRequest.due_at, OnwardRequest.id)
        .limit(limit)
    ).all()
    return share_views(session, list(dict.fromkeys(rows)))


def requests_to_answer(session: Session, actor: Actor, limit: int = 20) -> list[dict[str, Any]]:
    """Shares that the actor's bureau gave and of which a partner asks to see more."""
    if not actor.may(Right.SHARE):
        return []
    rows = session.scalars(
        select(Share)
        .join(AccessRequest, AccessRequest.share_id == Share.id)
        .where(
            Share.owner_bureau_id == actor.bureau_id,
            Share.running(utc_now()),
            AccessRequest.state == RequestState.OPEN,
            readable_by(actor.reader, utc_now()),
        )
        .order_by(AccessRequest.due_at)
        .limit(limit)
    ).all()
    return share_views(session, rows)


def closed_for(session: Session, actor: Actor, kind: str, record_id: str) -> dict[str, Any] | None:
    """The newest share of a record that opens it to the actor's bureau no more, if any.

    It says who took it back and why, or (`running`) that agreement or terms do not open it now; of
    the record it says the number alone.
    """
    if not actor.may(Right.WORK_VIEW):
        return None
    share = session.scalars(
        select(Share)
        .where(
            Share.kind == kind,
            Share.record_id == record_id,
            Share.partner_bureau_id == actor.bureau_id,
            readable_by(actor.reader, utc_now()),
        )
        .order_by(Share.id.desc())
        .limit(1)
    ).one_or_none()
    return share_views(session, [share])[0] if share is not None else None
