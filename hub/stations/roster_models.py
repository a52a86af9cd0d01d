"""Stations that several bureaus run together, and who is on duty there (值班表)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, PrimaryId
from sharing.models import UtcDateTime


class StationParty(Base):
    """A further bureau that runs a station, under an agreement; it counts once it has accepted."""

    __tablename__ = "station_party"

    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"), primary_key=True)
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"))
    asked_at: Mapped[Moment]
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by_name: Mapped[str | None] = mapped_column(String(200))


class Duty(Base):
    """One person's turn at a station; his bureau alone enters and changes it."""

    __tablename__ = "station_duty"
    __table_args__ = (
        Index("ix_station_duty_station", "station_id", "starts_at"),
        Index("ix_station_duty_user", "user_id", "starts_at"),
    )

    id: Mapped[PrimaryId]
    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"))
    bureau_id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    note: Mapped[str] = mapped_column(String(200), default="")
    # A colleague who is asked to take the turn, and which of his own would be taken in exchange.
    swap_to_id: Mapped[str | None] = mapped_column(String(36))
    swap_for_id: Mapped[str | None] = mapped_column(String(36))
    version: Mapped[int] = mapped_column(default=1)
