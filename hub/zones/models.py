"""Boundary lines and the zones (交叉联合执法区域) cut along them."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.db import Base, Moment, Name, PrimaryId


class ZoneState(StrEnum):
    """A zone binds once every party has approved the version on the table."""

    PROPOSED = "proposed"
    BINDING = "binding"
    WITHDRAWN = "withdrawn"


class Zone(Base):
    """The area that an agreement opens to both sides; its geometry is in its versions."""

    __tablename__ = "zone"

    id: Mapped[PrimaryId]
    name: Mapped[Name]
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    # Newest version; binding_version is the one both approved (None: none yet).
    current_version: Mapped[int] = mapped_column(default=1)
    binding_version: Mapped[int | None]
    proposed_by: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    created_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    versions: Mapped[list[ZoneVersion]] = relationship(
        lazy="selectin", order_by="ZoneVersion.number"
    )

    @property
    def current(self) -> ZoneVersion:
        """The newest version."""
        return next(v for v in self.versions if v.number == self.current_version)

    @property
    def binding(self) -> ZoneVersion | None:
        """The version that every party approved, if any."""
        return next((v for v in self.versions if v.number == self.binding_version), None)


class ZoneVersion(Base):
    """One geometry of a zone; kept for ever, because patrols point at it."""

    __tablename__ = "zone_version"

    zone_id: Mapped[str] = mapped_column(ForeignKey("zone.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    # The version of the agreement's text that it was drawn under.
    agreement_version: Mapped[int]
    # Jurisdictions on either side, as GB/T 2260 codes (a < b).
    adcode_a: Mapped[str] = mapped_column(String(6))
    adcode_b: Mapped[str] = mapped_column(String(6))
    # Which connected part of the shared line, longest first, from 0.
    part: Mapped[int] = mapped_column(default=0)
    # Marked stretch, metres along that part.
    from_m: Mapped[float]
    to_m: Mapped[float]
    # Length that the agreement's text names, metres; None: it names none.
    declared_length_m: Mapped[float | None]
    width_m: Mapped[float]
    # flat or round ends.
    cap: Mapped[str] = mapped_column(String(5))
    # The stretch as WKB LineString, lon/lat WGS 84.
    line: Mapped[bytes] = mapped_column(LargeBinary)
    line_length_m: Mapped[float]
    # Stated errors of the outline, metres.
    construction_error_m: Mapped[float]
    boundary_accuracy_m: Mapped[float]
    # Why this version, in the planner's words.
    note: Mapped[str] = mapped_column(String(1000), default="")
    # SHA-256 (hex) of the canonical content that is approved.
    content_hash: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(String(36))
    created_by_name: Mapped[Name]
    created_at: Mapped[Moment]

    strips: Mapped[list[ZoneStrip]] = relationship(lazy="selectin", order_by="ZoneStrip.adcode")


class ZoneStrip(Base):
    """One party's side of a zone."""

    __tablename__ = "zone_strip"
    __table_args__ = (
        ForeignKeyConstraint(
            ["zone_id", "number"], ["zone_version.zone_id", "zone_version.number"]
        ),
    )

    zone_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    adcode: Mapped[str] = mapped_column(String(6), primary_key=True)
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    # (Multi)Polygon as WKB, lon/lat WGS 84.
    shape: Mapped[bytes] = mapped_column(LargeBinary)
    area_m2: Mapped[float]
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
