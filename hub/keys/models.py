"""Signing keys of the bureaus of this hub; keys of partners elsewhere, trusted once checked."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.db import Base, Id, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class SigningKey(Base):
    """One key of a bureau of this hub, for one purpose; its private half is sealed."""

    __tablename__ = "signing_key"
    __table_args__ = (Index("ix_signing_key_bureau", "bureau_id", "purpose"),)

    id: Mapped[PrimaryId]
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    # package, receipt, checkpoint, record: what it may sign.
    purpose: Mapped[str] = mapped_column(String(16))
    # SHA-256 (hex) of the public key.
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    # The 32 bytes of the public key, hex.
    public_key: Mapped[str] = mapped_column(String(64))
    # The private half, encrypted with a key derived from the hub's secret.
    sealed: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[Moment]
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str] = mapped_column(String(500), default="")
    created_by_name: Mapped[Name]
    created_at: Mapped[Moment]


class ImportState(StrEnum):
    """Where an import of a partner's keys stands."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class KeyImport(Base):
    """A key file of a partner: brought in by one person, trusted once a second one compared it."""

    __tablename__ = "key_import"

    id: Mapped[PrimaryId]
    # The bureau of this hub that trusts it, or is about to.
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"), index=True)
    # Whose keys: GB/T 2260 code of the jurisdiction, and the name in the file.
    adcode: Mapped[str] = mapped_column(String(6))
    name: Mapped[Name]
    # Fingerprint (32 hex digits) of the keys of the file together.
    fingerprint: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    imported_by: Mapped[Id]
    imported_by_name: Mapped[Name]
    imported_at: Mapped[Moment]
    # Who compared the fingerprint, or refused or withdrew it; and why.
    answered_by_name: Mapped[str | None] = mapped_column(String(200))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(500), default="")

    keys: Mapped[list[PartnerKey]] = relationship(lazy="selectin", order_by="PartnerKey.id")


class PartnerKey(Base):
    """One public key of an import."""

    __tablename__ = "partner_key"
    __table_args__ = (UniqueConstraint("import_id", "fingerprint"),)

    id: Mapped[PrimaryId]
    import_id: Mapped[str] = mapped_column(ForeignKey("key_import.id"))
    purpose: Mapped[str] = mapped_column(String(16))
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    public_key: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[Moment]
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
