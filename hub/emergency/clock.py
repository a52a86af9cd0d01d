"""What the clock does about emergency access: notes its end, and reminds of a late review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.bureaus.services import on_behalf_of
from hub.changes import record_change
from hub.emergency.access import KIND
from hub.emergency.models import EmergencyUse, Verdict

AGAIN = timedelta(days=1)


def run_out(session: Session, now: datetime) -> Sequence[str]:
    """Ids of uses whose time is over and that still stand as running (they open nothing)."""
    return session.scalars(
        select(EmergencyUse.id).where(EmergencyUse.ended_at.is_(None), EmergencyUse.until <= now)
    ).all()


def end_one(session: Session, use_id: str, now: datetime) -> bool:
    """Note the end of one, if nobody did."""
    row = session.get(EmergencyUse, use_id, with_for_update=True)
    if row is None or row.ended_at is not None or row.until > now:
        return False
    row.ended_at = row.until
    _tell(session, row, "ended")
    return True


def late(session: Session, now: datetime) -> Sequence[str]:
    """Ids of uses whose review is late and of which nobody was reminded for a day."""
    return session.scalars(
        select(EmergencyUse.id).where(
            EmergencyUse.verdict == Verdict.WAITING,
            EmergencyUse.review_due <= now,
            EmergencyUse.remind_at <= now,
        )
    ).all()


def remind(session: Session, use_id: str, now: datetime) -> bool:
    """Remind the reviewers of one, and again every day until it is reviewed."""
    row = session.get(EmergencyUse, use_id, with_for_update=True)
    if row is None or row.verdict != Verdict.WAITING or max(row.review_due, row.remind_at) > now:
        return False
    row.remind_at = now + AGAIN
    _tell(session, row, "review_late")
    return True


def _tell(session: Session, row: EmergencyUse, verb: str) -> None:
    row.version += 1
    session.flush()
    record_change(
        session,
        on_behalf_of(session, row.bureau_id),
        kind=KIND,
        record_id=row.id,
        version=row.version,
        verb=verb,
        bureaus=[row.bureau_id],
        detail={"number": row.case_number},
    )
