"""Rules of deadlines (never edited, only followed by a new version) and running clocks."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.db import Base, Id, JsonList, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class Unit(StrEnum):
    """In what a term is counted."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKDAY = "workday"
    YEAR = "year"


class Mark(StrEnum):
    """How far the number of a rule was checked against its source."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"
    MODEL = "model"
    PROPOSED = "proposed"


class Direction(StrEnum):
    """Whether the term ends so long after the trigger, or that long before the event."""

    AFTER = "after"
    BEFORE = "before"


class ClockState(StrEnum):
    """States as stored; overdue is a running clock whose time has passed."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    CANCELLED = "cancelled"


class DeadlineRule(Base):
    """One version of a rule. The version in effect is the newest that is valid on the day."""

    __tablename__ = "deadline_rule"
    __table_args__ = (UniqueConstraint("code", "number"),)

    id: Mapped[PrimaryId]
    # E.g. D2.decision: the row of the table of deadlines, and what it is about.
    code: Mapped[str] = mapped_column(String(60), index=True)
    # Versions of one code count from 1.
    number: Mapped[int]
    name: Mapped[Name]
    name_en: Mapped[Name]
    # What sets the clock going, in words.
    trigger: Mapped[str] = mapped_column(String(300))
    trigger_en: Mapped[str] = mapped_column(String(300))
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(10))
    direction: Mapped[str] = mapped_column(String(10), default=Direction.AFTER.value)
    # A last day that is a holiday moves to the next working day (previous, when counted back).
    rolls: Mapped[bool] = mapped_column(default=True)
    # How much may be added by extensions in all, in the rule's unit; None: none at all.
    max_extension: Mapped[int | None]
    # Extensions that go beyond so much in all are decided by collective discussion; None: none.
    collective_above: Mapped[int | None]
    # Whether time for hearing, monitoring, appraisal or service is left out.
    pausable: Mapped[bool] = mapped_column(default=False)
    # How much of the term, in percent, is left when people are warned.
    warn_percent: Mapped[int] = mapped_column(default=20)
    legal_ref: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(500))
    mark: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
    # Local days: first, and first on which it does not hold any more.
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    entered_by: Mapped[str | None] = mapped_column(String(36))
    entered_by_name: Mapped[str | None] = mapped_column(String(200))
    entered_at: Mapped[Moment]


class Clock(Base):
    """A term that runs for one subject, by the version of the rule it began with."""

    __tablename__ = "clock"
    __table_args__ = (
        # One running clock per subject and rule, whoever starts it twice.
        Index(
            "uq_clock_open",
            "kind",
            "subject_id",
            "rule_code",
            unique=True,
            sqlite_where=text("state IN ('running', 'paused')"),
            postgresql_where=text("state IN ('running', 'paused')"),
        ),
        Index("ix_clock_subject", "kind", "subject_id"),
        Index("ix_clock_due", "state", "due_at"),
        Index("ix_clock_bureau", "bureau_id", "state", "due_at"),
    )

    id: Mapped[PrimaryId]
    # What it runs for: a record's kind and id; the records are other features'.
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[Id]
    rule_code: Mapped[str] = mapped_column(String(60))
    rule_id: Mapped[str] = mapped_column(ForeignKey("deadline_rule.id"))
    # The bureau (and person, if one) that has to act.
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    person_id: Mapped[str | None] = mapped_column(String(36))
    # Further bureaus that are told when it comes near or is overdue.
    told: Mapped[JsonList]
    # Instead of the rule's amount, where an agreement gives another.
    amount: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[Moment]
    due_at: Mapped[Moment]
    # From when on people are warned.
    near_at: Mapped[Moment]
    # Years whose calendar was not known when due_at was computed; empty: it is certain.
    unknown_years: Mapped[JsonList]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(Text)
    near_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    overdue_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # [{amount, ground, by, by_name, at}], oldest first.
    extensions: Mapped[list[dict[str, str | int]]] = mapped_column(JSON)
    # [{ground, from, to}], oldest first; an open one has no `to`.
    pauses: Mapped[list[dict[str, str | None]]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)

    rule: Mapped[DeadlineRule] = relationship(lazy="joined")

    @property
    def open(self) -> bool:
        """Whether it still runs, or would if it were not paused."""
        return self.state in (ClockState.RUNNING, ClockState.PAUSED)
