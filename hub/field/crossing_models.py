"""Where units of patrols are known to be, and when they went from one side or zone to another."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, JsonDict, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class CrossingKind(StrEnum):
    """What a unit did, beyond doubt."""

    SIDE = "side"
    ENTERED = "entered"
    LEFT = "left"
    # Not heard for so long that it counts as lost, and heard again.
    LOST = "lost"
    HEARD = "heard"


CONTACT = (CrossingKind.LOST, CrossingKind.HEARD)


class Crossing(Base):
    """A unit went to another side, into or out of its zone, or fell silent; recorded once."""

    __tablename__ = "crossing"
    __table_args__ = (Index("ix_crossing_patrol", "patrol_id", "at"),)

    id: Mapped[PrimaryId]
    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"))
    unit_id: Mapped[Id]
    unit_name: Mapped[Name]
    bureau_id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(10))
    # Jurisdictions (GB/T 2260) of a change of sides.
    from_adcode: Mapped[str | None] = mapped_column(String(6))
    to_adcode: Mapped[str | None] = mapped_column(String(6))
    # The fix from which it was beyond doubt; of lost contact, when it was noticed.
    at: Mapped[Moment]
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float | None]
    # Accuracy of the boundary and of the fix together, metres at 95 %.
    uncertainty_m: Mapped[float]
    recorded_at: Mapped[Moment]


class UnitWatch(Base):
    """How far a unit's fixes have been judged, and where it was last beyond doubt."""

    __tablename__ = "unit_watch"

    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), primary_key=True)
    unit_id: Mapped[Id] = mapped_column(primary_key=True)
    # What arrived until then was looked at; the latest fix that was judged.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # {side: adcode or null, inside: bool or null, pending: {side?, inside?}, t: epoch seconds}
    known: Mapped[JsonDict]
