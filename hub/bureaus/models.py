"""Bureaus (parties) and the jurisdictions in which they act."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Moment, Name, PrimaryId


class Jurisdiction(Base):
    """A county-level unit of the boundary data in use (行政区划)."""

    __tablename__ = "jurisdiction"

    # GB/T 2260 code, six digits.
    adcode: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[Name]
    # City and province above it.
    parent_name: Mapped[Name]
    province: Mapped[Name]
    # Polygon as WKB, lon/lat WGS 84.
    shape: Mapped[bytes] = mapped_column(LargeBinary)
    # Stated accuracy of the outline, metres at 95 %.
    accuracy_m: Mapped[float]
    # Where the outline comes from, for people.
    source: Mapped[str] = mapped_column(String(300))
    # Bounding box, degrees.
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    imported_at: Mapped[Moment]


class Bureau(Base):
    """A party: an environment bureau or its enforcement team."""

    __tablename__ = "bureau"

    id: Mapped[PrimaryId]
    # Short name in URLs and numbers, e.g. `wuxing`.
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[Name]
    name_en: Mapped[Name]
    # Short name on maps and badges, e.g. 吴兴.
    short_name: Mapped[str] = mapped_column(String(20))
    short_name_en: Mapped[str] = mapped_column(String(40))
    # The jurisdiction in which it has powers.
    adcode: Mapped[str] = mapped_column(ForeignKey("jurisdiction.adcode"), unique=True)
    province: Mapped[Name]
    # Duty phone shown with "whom to ask".
    duty_phone: Mapped[str | None] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)
