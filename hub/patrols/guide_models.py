"""Guide lines (引导线): a bureau's own lines to draw routes along, such as its waterways."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Moment, Name, PrimaryId


class GuideKind(StrEnum):
    """What the lines are."""

    WATER = "water"
    ROAD = "road"
    OTHER = "other"


GUIDE_NAMES = {
    GuideKind.WATER: _l("河道水系"),
    GuideKind.ROAD: _l("道路"),
    GuideKind.OTHER: _l("其他"),
}


class GuideLayer(Base):
    """Lines that a bureau brought in together; its own, shown to nobody else."""

    __tablename__ = "guide_layer"

    id: Mapped[PrimaryId]
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"), index=True)
    name: Mapped[Name]
    kind: Mapped[str] = mapped_column(String(10))
    # WKB MultiLineString, lon/lat EPSG:4326.
    lines: Mapped[bytes] = mapped_column(LargeBinary)
    line_count: Mapped[int]
    length_m: Mapped[float]
    added_by_name: Mapped[Name]
    added_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)
