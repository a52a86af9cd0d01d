"""Packages that went out and came in, what was in them, and what was received from elsewhere."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, JsonDict, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class PackageState(StrEnum):
    """Where a package stands; what came in is `imported`."""

    DRAFT = "draft"
    APPROVED = "approved"
    SEALED = "sealed"
    RECEIVED = "received"
    WITHDRAWN = "withdrawn"
    IMPORTED = "imported"


class ExchangePackage(Base):
    """One package between a bureau of this hub and a partner, out or in."""

    __tablename__ = "exchange_package"
    __table_args__ = (
        Index("ix_exchange_package_bureau", "bureau_id", "id"),
        UniqueConstraint("bureau_id", "package_id"),
    )

    id: Mapped[PrimaryId]
    # The id in the manifest; for packages that go out, the row's own.
    package_id: Mapped[str] = mapped_column(String(64))
    # Number for people; of a package that came in, the sender's.
    number: Mapped[str] = mapped_column(String(60))
    direction: Mapped[str] = mapped_column(String(3))
    # The bureau of this hub: sender of what goes out, receiver of what came in.
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    partner_adcode: Mapped[str] = mapped_column(String(6))
    partner_name: Mapped[Name]
    agreement_id: Mapped[str | None] = mapped_column(ForeignKey("agreement.id"))
    # The meeting at which it is exchanged, if any.
    meeting_id: Mapped[str | None] = mapped_column(String(36), index=True)
    state: Mapped[str] = mapped_column(String(16))
    # What was chosen; of a package that came in, what its manifest says.
    choice: Mapped[JsonDict]
    # SHA-256 (hex) of the lines that are approved.
    content_hash: Mapped[str] = mapped_column(String(64))
    records: Mapped[int]
    sequence: Mapped[int | None]
    previous: Mapped[str | None] = mapped_column(String(64))
    # Once sealed: what is signed (names the package), Merkle root, and the file itself.
    digest: Mapped[str | None] = mapped_column(String(64), index=True)
    root: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    created_by: Mapped[Id]
    created_by_name: Mapped[Name]
    created_at: Mapped[Moment]
    approved_by_name: Mapped[str | None] = mapped_column(String(200))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The receiver's signed receipt, as text.
    receipt: Mapped[str | None] = mapped_column(Text)
    receipt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When people were reminded that it waits, in its present state.
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class PackedLine(Base):
    """One record of a package that goes out, as it was previewed and approved."""

    __tablename__ = "packed_line"
    # With the package, so that what a partner holds is found without reading the lines themselves.
    __table_args__ = (Index("ix_packed_line_record", "kind", "record_id", "package_id"),)

    package_id: Mapped[str] = mapped_column(ForeignKey("exchange_package.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[Id]
    # The canonical line that is packed; beside it what it is found by, and for whom.
    line: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(120))
    classification: Mapped[int]


class BroughtRecord(Base):
    """That a package that came in brought a record, and what became of it; never its content."""

    __tablename__ = "brought_record"
    __table_args__ = (Index("ix_brought_record_record", "kind", "foreign_id"),)

    package_id: Mapped[str] = mapped_column(ForeignKey("exchange_package.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    foreign_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    # As in the report of the import; None: imported before this was kept.
    outcome: Mapped[str | None] = mapped_column(String(16))


class ReceivedRecord(Base):
    """A copy of a record whose owner's hub is elsewhere, as its newest package showed it."""

    __tablename__ = "received_record"
    __table_args__ = (UniqueConstraint("bureau_id", "owner_adcode", "kind", "foreign_id"),)

    id: Mapped[PrimaryId]
    # Who received it, and alone sees it.
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    owner_adcode: Mapped[str] = mapped_column(String(6))
    owner_name: Mapped[Name]
    kind: Mapped[str] = mapped_column(String(32))
    # Its id with its owner.
    foreign_id: Mapped[str] = mapped_column(String(64))
    foreign_version: Mapped[int]
    classification: Mapped[int]
    # None: withdrawn by its owner, or kept as long as was agreed.
    view: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    # What of the view it is found by, gone with it; of one without content the title is its id.
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text)
    keep_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    package_id: Mapped[str] = mapped_column(ForeignKey("exchange_package.id"))
    received_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReceivedFile(Base):
    """A file that came with a received record: the copy the owner gave, under its watermark."""

    __tablename__ = "received_file"

    id: Mapped[PrimaryId]
    received_id: Mapped[str] = mapped_column(ForeignKey("received_record.id"), index=True)
    name: Mapped[Name]
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
