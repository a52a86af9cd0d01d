"""Who and what is not to be had when: booked for another patrol, or entered as absent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.availability.access import away_between
from hub.patrols.models import BOOKED, Patrol, PatrolCraft, PatrolOfficer


@dataclass(frozen=True)
class Busy:
    """A stretch of time in which a person ("officer") or a craft ("craft") is not to be had."""

    subject: str
    booked_id: str
    name: str
    bureau_id: str
    starts_at: datetime
    ends_at: datetime
    # The patrol it is booked for; None: it is entered as absent.
    patrol: Patrol | None

    def during(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether it overlaps a stretch of time."""
        return self.starts_at < ends_at and self.ends_at > starts_at


def busy_between(
    session: Session,
    officers: Iterable[str],
    craft: Iterable[str],
    starts_at: datetime,
    ends_at: datetime,
) -> list[Busy]:
    """All that these people and craft are not free for in a stretch of time, soonest first."""
    people, boats = set(officers), set(craft)
    found = [
        *_booked(session, "officer", PatrolOfficer, "user_id", people, starts_at, ends_at),
        *_booked(session, "craft", PatrolCraft, "craft_id", boats, starts_at, ends_at),
    ]
    for row in away_between(session, people, boats, starts_at, ends_at):
        subject = "officer" if row.user_id else "craft"
        found.append(
            Busy(
                subject,
                row.subject_id,
                row.name,
                row.bureau_id,
                row.starts_at,
                row.ends_at,
                None,
            )
        )
    return sorted(found, key=lambda one: (one.subject != "officer", one.starts_at, one.booked_id))


def _booked(
    session: Session,
    subject: str,
    model: Any,
    column: str,
    ids: set[str],
    starts_at: datetime,
    ends_at: datetime,
) -> list[Busy]:
    if not ids:
        return []
    key = getattr(model, column)
    statement = (
        select(model, Patrol)
        .join(Patrol, Patrol.id == model.patrol_id)
        .where(
            key.in_(sorted(ids)),
            Patrol.state.in_(BOOKED),
            Patrol.starts_at < ends_at,
            Patrol.ends_at > starts_at,
        )
    )
    return [
        Busy(
            subject,
            getattr(row, column),
            row.name,
            row.bureau_id,
            patrol.starts_at,
            patrol.ends_at,
            patrol,
        )
        for row, patrol in session.execute(statement)
    ]
