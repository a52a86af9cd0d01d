"""Petitions (信访件), who brought them (sealed, in a table of its own) and every step taken."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId
from hub.machines import StepColumns
from hub.versions import Counted
from sharing.models import UtcDateTime


class PetitionState(StrEnum):
    """Where a petition stands (信访工作条例; DOMAIN: Petition)."""

    REGISTERED = "registered"
    SCREENED = "screened"
    OWN = "own"
    JOINT = "joint"
    REFERRED = "referred"
    ACCEPTED = "accepted"
    INVESTIGATING = "investigating"
    MEDIATING = "mediating"
    AGREED = "agreed"
    FAILED = "failed"
    ANSWERED = "answered"
    FOLLOWED_UP = "followed_up"
    CLOSED = "closed"
    NOT_ACCEPTED = "not_accepted"


class JointState(StrEnum):
    """What became of the wish to settle it together."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Petition(Counted, Base):
    """A complaint taken by one bureau. Nothing in this table says who brought it."""

    __tablename__ = "petition"
    __table_args__ = (
        Index("ix_petition_owner", "owner_bureau_id", "id"),
        Index("ix_petition_partner", "partner_bureau_id", "id"),
    )

    id: Mapped[PrimaryId]
    # Number for people, e.g. 联访〔2026〕0001号.
    number: Mapped[str] = mapped_column(String(60), unique=True)
    owner_bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    title: Mapped[Name]
    category: Mapped[str] = mapped_column(String(20))
    # How it came; internal, because it narrows down who brought it.
    channel: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    # 1 open, 2 shared with parties, 3 sensitive, 4 named persons only.
    classification: Mapped[int] = mapped_column(default=2)
    # Where it is complained of (EPSG:4326), on either side of the line.
    lon: Mapped[float]
    lat: Mapped[float]
    place: Mapped[str] = mapped_column(String(300), default="")
    # GB/T 2260 code of the ground; null: none that the hub knows.
    adcode: Mapped[str | None] = mapped_column(String(6))
    occurred_at: Mapped[Moment]
    received_at: Mapped[Moment]
    firm_name: Mapped[str] = mapped_column(String(200), default="")
    firm_uscc: Mapped[str | None] = mapped_column(String(18))
    state: Mapped[str] = mapped_column(String(20))
    handler_id: Mapped[str | None] = mapped_column(String(36))
    handler_name: Mapped[str] = mapped_column(String(200), default="")
    # The neighbour that is asked to settle it together, and under what.
    partner_bureau_id: Mapped[str | None] = mapped_column(ForeignKey("bureau.id"))
    agreement_id: Mapped[str | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    clause: Mapped[str | None] = mapped_column(String(100))
    joint_state: Mapped[str | None] = mapped_column(String(12))
    joint_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    joint_answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Text of the mediation agreement and of the reply, and the numbers of their letters.
    settlement: Mapped[str] = mapped_column(Text, default="")
    settlement_number: Mapped[str | None] = mapped_column(String(60))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reply: Mapped[str] = mapped_column(Text, default="")
    reply_number: Mapped[str | None] = mapped_column(String(60))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # SHA-256 (hex) of what both approved when a joint one was closed.
    closed_hash: Mapped[str | None] = mapped_column(String(64))
    # Counts the changes of what is approved; keys are turned on one of them.
    content_version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[Id]
    created_by_name: Mapped[Name]
    created_at: Mapped[Moment]

    @property
    def counting_owner(self) -> str:
        """Whose people read `version`."""
        return self.owner_bureau_id

    @property
    def shared_with(self) -> str | None:
        """Id of the neighbour that settles it too or is asked to; None: nobody knows of it."""
        together = self.joint_state in (JointState.ASKED, JointState.ACCEPTED)
        return self.partner_bureau_id if together else None

    @property
    def told(self) -> frozenset[str]:
        """Ids of the bureaus that know of it."""
        return frozenset(filter(None, (self.owner_bureau_id, self.shared_with)))


class PetitionReporter(Base):
    """Who brought a petition: sealed, never joined to anything that leaves the bureau."""

    __tablename__ = "petition_reporter"

    petition_id: Mapped[str] = mapped_column(ForeignKey("petition.id"), primary_key=True)
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    # Name, contact and address as a Fernet token under a key of the hub.
    sealed: Mapped[str] = mapped_column(Text)
    # HMAC of the contact under a key of this bureau alone: finds repeats in its own register.
    contact_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    entered_by: Mapped[Id]
    entered_at: Mapped[Moment]


class PetitionStep(StepColumns, Base):
    """One act on a petition: never changed, never removed."""

    __tablename__ = "petition_step"
    __table_args__ = (Index("ix_petition_step_petition", "petition_id", "id"),)

    petition_id: Mapped[str] = mapped_column(ForeignKey("petition.id"))
