"""Time that has passed, for tests: clocks and dates are set back instead of waiting."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from hub.agreements.models import Agreement
from hub.db import utc_now
from hub.deadlines.models import Clock
from hub.jobs.runner import Runner
from tests.support.world import World


def let_pass(world: World, kind: str, subject_id: str, length: timedelta) -> None:
    """Set every clock of a record back, as if so much time had passed since."""
    with world.app.app_context(), world.unit_of_work() as session:
        rows = session.scalars(
            select(Clock).where(Clock.kind == kind, Clock.subject_id == subject_id)
        ).unique()
        for clock in rows:
            clock.starts_at -= length
            clock.due_at -= length
            clock.near_at -= length


def let_run_out(world: World, agreement_id: str) -> None:
    """Set the last day of an agreement to a moment ago."""
    with world.unit_of_work() as session:
        agreement = session.get_one(Agreement, agreement_id)
        agreement.versions[-1].valid_to = utc_now() - timedelta(seconds=1)


def run_due(world: World, after: timedelta = timedelta()) -> Counter[str]:
    """Run what is due, by a clock that is ahead of the real one by a length of time."""
    runner = Runner(world.app, world.app.extensions["hub.db"], clock=lambda: utc_now() + after)
    return runner.run_due()
