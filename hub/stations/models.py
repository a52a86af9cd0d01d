"""Liaison stations (生态联勤警务站) and their boats and vehicles."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.db import Base, Name, PrimaryId


class Station(Base):
    """A place with a duty roster, run by one or more bureaus."""

    __tablename__ = "station"

    id: Mapped[PrimaryId]
    name: Mapped[Name]
    name_en: Mapped[Name]
    # The bureau that keeps the record.
    owner_bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"), index=True)
    lon: Mapped[float]
    lat: Mapped[float]
    phone: Mapped[str | None] = mapped_column(String(40))
    # Duty hours and who is resident, in words.
    duty: Mapped[str] = mapped_column(String(500), default="")
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    craft: Mapped[list[Craft]] = relationship(lazy="selectin", order_by="Craft.name")


class Craft(Base):
    """A boat or vehicle that a patrol can book."""

    __tablename__ = "craft"

    id: Mapped[PrimaryId]
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"), index=True)
    station_id: Mapped[str | None] = mapped_column(ForeignKey("station.id"))
    name: Mapped[Name]
    # boat or vehicle.
    kind: Mapped[str] = mapped_column(String(10))
    plate: Mapped[str | None] = mapped_column(String(40))
    active: Mapped[bool] = mapped_column(default=True)
