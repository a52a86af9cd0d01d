"""Series of patrols and what became of each of their dates."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.db import Base, Id, JsonDict, JsonList, Moment, Name, PrimaryId
from hub.errors import Text as Words
from sharing.models import UtcDateTime


class SeriesState(StrEnum):
    """Where a series stands: patrols come of it only while it is agreed."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    ENDED = "ended"


SERIES_STATES: dict[SeriesState, Words] = {
    SeriesState.PROPOSED: _l("待确认"),
    SeriesState.AGREED: _l("已确认"),
    SeriesState.ENDED: _l("已结束"),
}


class PatrolSeries(Base):
    """A rule and a template; the template was taken from a patrol that both sides know."""

    __tablename__ = "patrol_series"

    id: Mapped[PrimaryId]
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"), index=True)
    zone_id: Mapped[str] = mapped_column(ForeignKey("zone.id"))
    # Ids of the bureaus that agree on it.
    parties: Mapped[JsonList]
    proposing_bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    title: Mapped[Name]
    # RRULE value (RFC 5545); empty: on the last working day before each holiday period.
    rule: Mapped[str] = mapped_column(String(200))
    # The first date; its local time (Asia/Shanghai) is that of all.
    starts_at: Mapped[Moment]
    minutes: Mapped[int]
    # So many days before its date an occurrence is proposed.
    lead_days: Mapped[int]
    # WKB LineString, lon/lat WGS 84.
    route: Mapped[bytes] = mapped_column(LargeBinary)
    checklist: Mapped[JsonList]
    note: Mapped[str] = mapped_column(Text, default="")
    # Bureau id -> ids of its people, of its craft.
    officers: Mapped[JsonDict]
    craft: Mapped[JsonDict]
    state: Mapped[str] = mapped_column(String(12))
    # Counts the edits; approvals are of one plan_version and its hash.
    plan_version: Mapped[int] = mapped_column(default=1)
    content_hash: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[Id]
    created_by_name: Mapped[Name]
    created_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    occurrences: Mapped[list[PatrolOccurrence]] = relationship(
        lazy="selectin", order_by="PatrolOccurrence.original"
    )


class PatrolOccurrence(Base):
    """A date of a series that became a patrol, or is an exception (EXDATE, RECURRENCE-ID)."""

    __tablename__ = "patrol_occurrence"
    # A date becomes one patrol, whoever is faster.
    __table_args__ = (UniqueConstraint("series_id", "original"),)

    id: Mapped[PrimaryId]
    series_id: Mapped[str] = mapped_column(ForeignKey("patrol_series.id"))
    # The date by the rule, by which the occurrence is known.
    original: Mapped[Moment]
    skipped: Mapped[bool] = mapped_column(default=False)
    # What is otherwise than in the series; None: as there.
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    minutes: Mapped[int | None]
    title: Mapped[str | None] = mapped_column(String(200))
    # Who made it an exception, when, and the reason he gave; None: it is as by the rule.
    excepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    excepted_bureau_id: Mapped[str | None] = mapped_column(String(36))
    excepted_by_name: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(String(500))
    patrol_id: Mapped[str | None] = mapped_column(ForeignKey("patrol.id"), index=True)
    # The patrol's plan version as it was proposed: while it stands, nobody touched it.
    made_version: Mapped[int | None]
    # Why it could not be proposed, and when that was tried.
    problem: Mapped[str | None] = mapped_column(String(500))
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
