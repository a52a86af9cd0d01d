"""Records with a deadline that has passed, for maps and lists: a share's clock is its case's."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.deadlines.listing import ClockFilter, clocks
from hub.shares.models import AccessRequest
from sharing.models import Share

MOST = 1000


def overdue_records(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """(kind, id) of the records on which a deadline has passed that concerns the actor's bureau."""
    late = {
        (clock.kind, clock.subject_id)
        for clock in clocks(session, actor, ClockFilter("overdue"), MOST)
    }
    asked = [one for kind, one in late if kind == "access_request"]
    shares = {one for kind, one in late if kind == "share"}
    shares |= set(
        session.scalars(select(AccessRequest.share_id).where(AccessRequest.id.in_(asked)))
    )
    records = session.execute(select(Share.kind, Share.record_id).where(Share.id.in_(shares)))
    return sorted(late | {(row.kind, row.record_id) for row in records})
