"""Agreements (协作机制备忘录): parties, versions with their terms, states."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.db import Base, JsonDict, Moment, Name, PrimaryId


class AgreementState(StrEnum):
    """States of an agreement; only one `in_force` and between its dates opens anything."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    TERMINATED = "terminated"


class Agreement(Base):
    """An agreement between bureaus; its content is in its versions."""

    __tablename__ = "agreement"

    id: Mapped[PrimaryId]
    # Number for people, e.g. 联防〔2026〕0001号.
    number: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[Name]
    title_en: Mapped[Name]
    state: Mapped[str] = mapped_column(String(20))
    # The version that is proposed, signed or in force.
    current_version: Mapped[int] = mapped_column(default=1)
    proposed_by: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    created_at: Mapped[Moment]
    # Counts every change of the row, for If-Match.
    version: Mapped[int] = mapped_column(default=1)

    parties: Mapped[list[AgreementParty]] = relationship(lazy="selectin")
    versions: Mapped[list[AgreementVersion]] = relationship(
        lazy="selectin", order_by="AgreementVersion.number"
    )

    @property
    def party_ids(self) -> frozenset[str]:
        """Ids of the bureaus that are parties."""
        return frozenset(party.bureau_id for party in self.parties)

    @property
    def current(self) -> AgreementVersion:
        """The version in effect or on the table."""
        return next(v for v in self.versions if v.number == self.current_version)


class AgreementParty(Base):
    """A bureau that is party to an agreement."""

    __tablename__ = "agreement_party"

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"), primary_key=True, index=True)


class AgreementVersion(Base):
    """One text of an agreement. Never edited: a change is a new version that all sign anew."""

    __tablename__ = "agreement_version"

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    # First and first-not-any-more day, as UTC moments of local midnights.
    valid_from: Mapped[Moment]
    valid_to: Mapped[Moment]
    # Wire format of sharing.terms.Terms.
    terms: Mapped[JsonDict]
    # {"preamble": {zh, en}, "clauses": [{"number": "第三条", "zh": ..., "en": ...}], "line": {...}}
    text: Mapped[JsonDict]
    # SHA-256 (hex) of the canonical content that is signed.
    content_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Moment]
