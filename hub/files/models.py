"""Stored files: sealed originals, named by their hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class StoredFile(Base):
    """A file of one record; it follows that record's access rules."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_record", "kind", "record_id"),)

    id: Mapped[PrimaryId]
    # The record it belongs to: finding, case.
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[Id]
    owner_bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    name: Mapped[Name]
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    # SHA-256 (hex) of the sealed original.
    sha256: Mapped[str] = mapped_column(String(64))
    # SHA-256 (hex) of the copy without metadata that partners are given; None: not an image.
    clean_sha256: Mapped[str | None] = mapped_column(String(64))
    # When and where the device says it was taken.
    captured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    captured_lon: Mapped[float | None] = mapped_column(Float)
    captured_lat: Mapped[float | None] = mapped_column(Float)
    # The file of a finding that this one is, carried into the case the finding became.
    carried_from: Mapped[str | None] = mapped_column(String(36))
    uploaded_by: Mapped[Id]
    uploaded_by_name: Mapped[Name]
    at: Mapped[Moment]


class Upload(Base):
    """A file on its way in, piece by piece: a cut line costs the piece under way and no more."""

    __tablename__ = "upload"
    # The device's key: asked for again after a lost answer, it is the same upload.
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[PrimaryId]
    user_id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[Id]
    name: Mapped[Name]
    size: Mapped[int]
    # SHA-256 (hex) of the whole, as the device says; checked before anything is entered.
    sha256: Mapped[str] = mapped_column(String(64))
    # Bytes that are durable here.
    received: Mapped[int] = mapped_column(default=0)
    # The file it became.
    file_id: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[Moment] = mapped_column(index=True)
