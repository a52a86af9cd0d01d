"""The nightly check of the store: how far it is, and what it found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, JsonDict, Moment, PrimaryId
from sharing.models import UtcDateTime


class FileCheck(Base):
    """One going through all files, a page at a time."""

    __tablename__ = "file_check"

    id: Mapped[PrimaryId]
    started_at: Mapped[Moment] = mapped_column(index=True)
    # None: under way.
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The id of the last file that was checked; empty: none yet.
    after_id: Mapped[str] = mapped_column(String(36), default="")
    # How many files of each bureau, by its id: {"checked": n, "broken": n}.
    counts: Mapped[JsonDict]
    # How many files that no row names were removed after it; None: not looked for yet.
    swept: Mapped[int | None]


class FileFault(Base):
    """A file that was not what was sealed when it was last checked; it goes when it is again."""

    __tablename__ = "file_fault"
    __table_args__ = (Index("ix_file_fault_bureau", "bureau_id", "id"),)

    # Id of the file.
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    # Whose it is.
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    # missing or altered
    what: Mapped[str] = mapped_column(String(10))
    found_at: Mapped[Moment]
    # When it was last found so.
    seen_at: Mapped[Moment]
