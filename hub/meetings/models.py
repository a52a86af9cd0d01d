"""Joint meetings (联席会议), their series, the people, the agenda and every step taken."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.db import Base, Id, JsonDict, JsonList, Moment, Name, PrimaryId
from hub.machines import StepColumns
from sharing.models import UtcDateTime


class MeetingState(StrEnum):
    """Where a meeting stands."""

    PROPOSED = "proposed"
    AGENDA_FIXED = "agenda_fixed"
    CONVENED = "convened"
    MINUTES_DRAFT = "minutes_draft"
    COUNTERSIGNED = "countersigned"
    ACTIONS_OPEN = "actions_open"
    ACTIONS_CLOSED = "actions_closed"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    """What an invited person said."""

    NONE = "none"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SUBSTITUTED = "substituted"


class MeetingSeries(Base):
    """Meetings that come back by a rule (RFC 5545), host and chair going round the parties."""

    __tablename__ = "meeting_series"

    id: Mapped[PrimaryId]
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"), index=True)
    title: Mapped[Name]
    # RRULE value, e.g. FREQ=MONTHLY;INTERVAL=3.
    rule: Mapped[str] = mapped_column(String(200))
    # The first meeting; its local time (Asia/Shanghai) is that of all.
    starts_at: Mapped[Moment]
    minutes: Mapped[int]
    # Ids of bureaus in the order in which they host.
    rotation: Mapped[JsonList]
    # Whose turn to chair: the host's (0), or that of the bureau so many places after it.
    chair_shift: Mapped[int] = mapped_column(default=0)
    # Where it is held when a bureau hosts: bureau id -> place.
    places: Mapped[JsonDict]
    # People of each party that must be present.
    quorum: Mapped[int] = mapped_column(default=1)
    # How many of its dates became meetings.
    made: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by: Mapped[Id]
    created_by_name: Mapped[Name]
    created_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)


class Meeting(Base):
    """One joint meeting of the parties of an agreement."""

    __tablename__ = "meeting"
    __table_args__ = (
        # A date of a series becomes one meeting, whoever is faster.
        UniqueConstraint("series_id", "occurrence"),
        Index("ix_meeting_state", "state", "starts_at"),
    )

    id: Mapped[PrimaryId]
    # Number for people within the hub, e.g. 联会〔2026〕0001号.
    number: Mapped[str] = mapped_column(String(60), unique=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"), index=True)
    series_id: Mapped[str | None] = mapped_column(ForeignKey("meeting_series.id"))
    # Which date of the series it is, from 0.
    occurrence: Mapped[int | None]
    title: Mapped[Name]
    state: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    place: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    # What the invited are to bring, a line each.
    bring: Mapped[str] = mapped_column(Text, default="", server_default="")
    host_bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    chair_bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    # People of each party that must be present before it opens.
    quorum: Mapped[int] = mapped_column(default=1)
    classification: Mapped[int] = mapped_column(default=2)
    # Counts the changes that the invited must hear of (RFC 5545 SEQUENCE).
    sequence: Mapped[int] = mapped_column(default=0)
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Number of the last notice, e.g. 长兴环会通〔2026〕1号, and SHA-256 of what it told.
    notice_number: Mapped[str | None] = mapped_column(String(60))
    notice_hash: Mapped[str | None] = mapped_column(String(64))
    convened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Number of the minutes, given when the writing begins, e.g. 长兴环会纪〔2026〕1号.
    document_number: Mapped[str | None] = mapped_column(String(60))
    # Counts the changes of what is countersigned; keys are turned on one of them.
    minutes_version: Mapped[int] = mapped_column(default=1)
    sealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed_hash: Mapped[str | None] = mapped_column(String(64))
    created_by: Mapped[Id]
    created_by_name: Mapped[Name]
    created_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    parties: Mapped[list[MeetingParty]] = relationship(lazy="selectin")
    people: Mapped[list[MeetingPerson]] = relationship(
        lazy="selectin", order_by="MeetingPerson.id", cascade="all, delete-orphan"
    )
    agenda: Mapped[list[AgendaItem]] = relationship(
        lazy="selectin",
        order_by="[AgendaItem.position, AgendaItem.id]",
        cascade="all, delete-orphan",
    )

    @property
    def party_ids(self) -> frozenset[str]:
        """Ids of the bureaus that take part."""
        return frozenset(party.bureau_id for party in self.parties)


class MeetingParty(Base):
    """A bureau that takes part: a party of the agreement when the meeting was called."""

    __tablename__ = "meeting_party"

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"), primary_key=True, index=True)


class MeetingPerson(Base):
    """Somebody invited: a person of a party, or a guest by name."""

    __tablename__ = "meeting_person"
    __table_args__ = (
        # A person is invited once; guests have no account.
        UniqueConstraint("meeting_id", "user_id"),
        Index("ix_meeting_person_user", "user_id"),
    )

    id: Mapped[PrimaryId]
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    # The party that brings him; of a guest the bureau that invited him.
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[Name]
    # Of a guest: where he comes from.
    organisation: Mapped[str] = mapped_column(String(200), default="")
    # chair, member, recorder or guest.
    role: Mapped[str] = mapped_column(String(12))
    answer: Mapped[str] = mapped_column(String(12), default=Answer.NONE.value)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why not, or anything else he said.
    answer_note: Mapped[str] = mapped_column(String(500), default="")
    # The colleague who comes instead.
    substitute_id: Mapped[str | None] = mapped_column(String(36))
    substitute_name: Mapped[str | None] = mapped_column(String(200))
    # When he (or who comes instead) was seen at the meeting.
    present_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AgendaItem(Base):
    """A point of the agenda: written by a person, or taken over from what the hub found."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        # What was found once is on the agenda once, whoever takes it over.
        UniqueConstraint("meeting_id", "source_code", "source_kind", "source_id"),
        Index("ix_agenda_item_meeting", "meeting_id", "position"),
    )

    id: Mapped[PrimaryId]
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    position: Mapped[int]
    # Empty for an item from live data: its title is made for each reader from the record.
    title: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[int] = mapped_column(default=10)
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    person_id: Mapped[str | None] = mapped_column(String(36))
    person_name: Mapped[str] = mapped_column(String(200), default="")
    # Why the hub proposed it, and of which record; null: a person's own item.
    source_code: Mapped[str | None] = mapped_column(String(40))
    source_kind: Mapped[str | None] = mapped_column(String(40))
    source_id: Mapped[str | None] = mapped_column(String(36))
    created_by_name: Mapped[Name]
    created_at: Mapped[Moment]


class MeetingStep(StepColumns, Base):
    """One act in a meeting: never changed, never removed."""

    __tablename__ = "meeting_step"
    __table_args__ = (Index("ix_meeting_step_meeting", "meeting_id", "id"),)

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
