"""Tracks of patrols under way: batches as they arrive, the latest place of each unit."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.patrols.schemas import PositionReport


def report_positions(session: Session, actor: Actor, report: PositionReport) -> None:
    """Store a batch of fixes once and move the unit on live maps."""
    actor.require(Right.PATROL_LOG)
    raise NotImplementedError
