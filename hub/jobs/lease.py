"""One worker at a time: a row that its holder renews and that lapses by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from hub.jobs.models import JobLease
from sharing.upsert import upsert_into

NAME = "clock"
# A worker that was killed is missed for no longer than this.
HOLD = timedelta(seconds=60)
# How far the clocks of two workers may differ.
SKEW = timedelta(seconds=60)


def take(session: Session, holder: str, now: datetime) -> bool:
    """Take or renew the lease; whether the holder has it now.

    Two workers that try at once queue on the row; the second finds it taken.
    """
    first = upsert_into(session, JobLease).values(name=NAME, holder=holder, until=now)
    session.execute(first.on_conflict_do_nothing())
    # Longer than any is given: a clock that ran ahead gave it, and this one may never come there.
    wrong = JobLease.until > now + HOLD + SKEW
    free = or_(JobLease.holder == holder, JobLease.until <= now, wrong)
    taken = session.execute(
        update(JobLease)
        .where(JobLease.name == NAME, free)
        .values(holder=holder, until=now + HOLD)
        .returning(JobLease.holder)
    )
    return taken.scalar_one_or_none() == holder


def release(session: Session, holder: str, now: datetime) -> None:
    """Give the lease back, so that another need not wait for it to lapse."""
    session.execute(
        update(JobLease).where(JobLease.name == NAME, JobLease.holder == holder).values(until=now)
    )
