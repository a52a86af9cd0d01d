"""Which refusals were entered in the current hour, so that each is entered once."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId


class EnteredDenial(Base):
    """One refusal that stands in the chain of the person's bureau; kept for its hour only."""

    __tablename__ = "entered_denial"

    user_id: Mapped[Id] = mapped_column(primary_key=True)
    # Whole hours since 1970-01-01 UTC.
    hour: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    # SHA-256 (hex) of what was asked for: method, route and record.
    target: Mapped[str] = mapped_column(String(64), primary_key=True)


class KeptWitness(Base):
    """Where a partner's audit chain stood, by its own signature, so that it cannot deny it."""

    __tablename__ = "kept_witness"

    id: Mapped[PrimaryId]
    # Who keeps it.
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"), index=True)
    # Whose chain: adcode, the chain's name there, its last number and that entry's hash.
    adcode: Mapped[str] = mapped_column(String(6))
    chain: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[Moment]
    # The signed file.
    document: Mapped[str] = mapped_column(Text)
    meeting_id: Mapped[str | None] = mapped_column(String(36))
    kept_by_name: Mapped[Name]
    kept_at: Mapped[Moment]
