"""Entering what a signed-in person was refused, in the chain of his own bureau (SECURITY A1, 8).

An entry says what he asked for, never whether it exists or whose it is: absent and not his read
alike here too, and no other bureau's chain hears of it. One person cannot fill the disk with it:
the same refusal is entered once an hour, and at most `MOST_PER_HOUR` different ones.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.audit.models import EnteredDenial
from hub.changes import record_act
from hub.db import utc_now
from sharing.upsert import upsert_into

ACTION = "access.denied"
MOST_PER_HOUR = 60
LONGEST_ID = 36
# Collections whose name is not the plural of their kind.
KINDS = {"people": "user", "boundary-lines": "boundary", "emergencies": "emergency"}


@dataclass(frozen=True)
class Denial:
    """A request that was refused, as far as it may be kept."""

    method: str
    # The route as the program knows it, e.g. /api/v1/cases/<case_id>: nothing the caller typed.
    route: str
    # Id in the address, if it names a record; may be anything the caller typed.
    record_id: str
    # 403 or 404.
    status: int

    @property
    def kind(self) -> str:
        """Kind of the record that the route is about."""
        path = self.route.removeprefix("/api/v1").strip("/")
        collection = path.partition("/")[0].partition(".")[0]
        return KINDS.get(collection, collection.removesuffix("s"))

    @property
    def target(self) -> str:
        """What makes two refusals the same."""
        parts = (self.method, self.route, self.record_id, str(self.status))
        return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def is_entered(session: Session, actor: Actor, denial: Denial) -> bool:
    """Whether there is nothing more to enter for this person this hour."""
    own = EnteredDenial.user_id == actor.user_id, EnteredDenial.hour == _hour()
    if session.scalar(
        select(EnteredDenial.hour).where(*own, EnteredDenial.target == denial.target)
    ):
        return True
    entered = session.scalar(select(func.count()).select_from(EnteredDenial).where(*own))
    return (entered or 0) >= MOST_PER_HOUR


def enter(session: Session, actor: Actor, denial: Denial) -> None:
    """Enter a refusal in the chain of the person's bureau, unless it stands there already."""
    if is_entered(session, actor, denial):
        return
    hour = _hour()
    session.execute(
        delete(EnteredDenial).where(
            EnteredDenial.user_id == actor.user_id, EnteredDenial.hour < hour
        )
    )
    mark = upsert_into(session, EnteredDenial).values(
        user_id=actor.user_id, hour=hour, target=denial.target
    )
    session.execute(mark.on_conflict_do_nothing())
    record_act(
        session,
        actor,
        action=ACTION,
        kind=denial.kind[:32],
        record_id=denial.record_id[:LONGEST_ID],
        detail={"method": denial.method, "route": denial.route, "status": denial.status},
    )


def _hour() -> int:
    return int(utc_now().timestamp()) // 3600
