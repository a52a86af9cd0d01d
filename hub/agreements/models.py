"""Agreements (协作机制备忘录): parties, versions with their terms, states."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.db import Base, JsonDict, Moment, Name, PrimaryId, utc_now
from sharing.models import UtcDateTime


class AgreementState(StrEnum):
    """States of an agreement; only one `in_force` and between its dates opens anything."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    TERMINATED = "terminated"


class VersionState(StrEnum):
    """Where one text stands; what is signed never changes, what replaces it is a new version."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"


class Agreement(Base):
    """An agreement between bureaus; its content is in its versions."""

    __tablename__ = "agreement"

    id: Mapped[PrimaryId]
    # Number for people, e.g. 联防〔2026〕0001号.
    number: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[Name]
    title_en: Mapped[Name]
    state: Mapped[str] = mapped_column(String(20))
    # Who suspended, resumed or ended it, why and when.
    state_reason: Mapped[str | None] = mapped_column(String(500))
    state_by_name: Mapped[str | None] = mapped_column(String(200))
    state_by_bureau: Mapped[str | None] = mapped_column(String(36))
    state_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposed_by: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    created_at: Mapped[Moment]
    # Counts every change of the row, for If-Match.
    version: Mapped[int] = mapped_column(default=1)

    parties: Mapped[list[AgreementParty]] = relationship(
        lazy="selectin", cascade="all, delete-orphan"
    )
    versions: Mapped[list[AgreementVersion]] = relationship(
        lazy="selectin", order_by="AgreementVersion.number"
    )

    @property
    def party_ids(self) -> frozenset[str]:
        """Ids of the bureaus that are parties."""
        return frozenset(party.bureau_id for party in self.parties)

    def version_at(self, at: datetime) -> AgreementVersion:
        """The text that holds at a moment: of what all signed, the newest that has begun.

        Before the first has begun that first one; before anything was signed the newest text. An
        amendment begins on its first day, and never before its last signature.
        """
        signed = [v for v in self.versions if v.state == VersionState.SIGNED]
        if not signed:
            return self.versions[-1]
        begun = [v for v in signed if v.has_begun(at)]
        return begun[-1] if begun else signed[0]

    @property
    def current(self) -> AgreementVersion:
        """The text that holds now, or is on the table when nothing was signed yet."""
        return self.version_at(utc_now())

    @property
    def current_version(self) -> int:
        """The number of that text."""
        return self.current.number

    @property
    def on_table(self) -> AgreementVersion | None:
        """The text that waits for signatures (or is being drafted), if any."""
        newest = self.versions[-1]
        waiting = (VersionState.DRAFT, VersionState.PROPOSED)
        return newest if newest.state in waiting else None

    @property
    def newest_signed(self) -> AgreementVersion | None:
        """The newest text that all signed, begun or not."""
        signed = [v for v in self.versions if v.state == VersionState.SIGNED]
        return signed[-1] if signed else None


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
    state: Mapped[str] = mapped_column(String(20))
    # The signed version that this one replaces when it begins; null: the agreement's first text.
    amends: Mapped[int | None]
    # When the last party signed.
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the parties were told that it holds.
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the parties were told that it has run out.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The bureau and person who put it forward, and why in their words.
    proposed_by: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    proposed_by_name: Mapped[Name]
    note: Mapped[str] = mapped_column(String(1000), default="")
    # Why it was taken off the table, in the words of who did.
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))

    def has_begun(self, at: datetime) -> bool:
        """Whether the text, once signed by all, holds from a moment no later than this one."""
        if self.amends is None:
            return self.valid_from <= at
        return self.signed_at is not None and max(self.valid_from, self.signed_at) <= at
