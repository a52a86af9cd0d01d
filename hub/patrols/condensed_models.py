"""Tracks of ended patrols as few points; made from the batches, and made anew from them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, PrimaryId


class CondensedTrack(Base):
    """One unit's way on one ended patrol, thinned within five metres."""

    __tablename__ = "condensed_track"
    __table_args__ = (Index("ix_condensed_track_patrol", "patrol_id", "unit_id", unique=True),)

    id: Mapped[PrimaryId]
    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"))
    unit_id: Mapped[Id]
    bureau_id: Mapped[Id]
    # How many batches of the unit it was made from.
    batches: Mapped[int]
    made_at: Mapped[Moment]
    distance_m: Mapped[float]
    observed_s: Mapped[float]
    # Rows of float64, little-endian: number of the stretch, epoch seconds, lon, lat (EPSG:4326).
    points: Mapped[bytes] = mapped_column(LargeBinary)
