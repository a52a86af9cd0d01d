"""Time that has passed, for tests: clocks are set back instead of waiting."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from hub.deadlines.models import Clock
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
