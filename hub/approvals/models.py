"""Two-key acts: each party's approval of the same content hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class Approval(Base):
    """One party's key on one version of one record."""

    __tablename__ = "approval"
    __table_args__ = (
        # One standing approval per party and version, whoever is faster.
        Index(
            "uq_approval_standing",
            "kind",
            "record_id",
            "version",
            "bureau_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryId]
    # What is approved: agreement, zone, patrol.
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[Id]
    # The version of the record whose content was read.
    version: Mapped[int]
    # SHA-256 (hex) of the canonical content that was read and approved.
    content_hash: Mapped[str] = mapped_column(String(64))
    # The party for which the person acted.
    bureau_id: Mapped[Id]
    user_id: Mapped[Id]
    user_name: Mapped[Name]
    at: Mapped[Moment]
    # Set when the record was edited afterwards; the row stays as evidence.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
