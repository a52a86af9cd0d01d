"""Joint patrols (联合巡查): plan, parties, crew, counter-proposals, track and findings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.db import Base, Id, JsonDict, JsonList, Moment, Name, PrimaryId
from hub.errors import Conflict
from sharing.models import UtcDateTime

if TYPE_CHECKING:
    from hub.patrols.waypoint_models import Waypoint


class PatrolState(StrEnum):
    """States of a patrol; it may start once every party approved the plan on the table."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


STATE_NAMES = {
    PatrolState.PROPOSED: _l("待确认"),
    PatrolState.APPROVED: _l("已确认"),
    PatrolState.IN_PROGRESS: _l("进行中"),
    PatrolState.COMPLETED: _l("已完成"),
    PatrolState.CANCELLED: _l("已取消"),
}

# States in which a person or a boat is booked.
BOOKED = (PatrolState.PROPOSED, PatrolState.APPROVED, PatrolState.IN_PROGRESS)

# act -> states it may be done in, state it leads to, rule told when it may not.
_MOVES: dict[str, tuple[frozenset[PatrolState], PatrolState, object]] = {
    "edit": (
        frozenset({PatrolState.PROPOSED, PatrolState.APPROVED}),
        PatrolState.PROPOSED,
        _l("只有尚未开始的巡查方案可以修改"),
    ),
    "approve": (
        frozenset({PatrolState.PROPOSED}),
        PatrolState.APPROVED,
        _l("只有待确认的巡查方案可以确认"),
    ),
    "start": (
        frozenset({PatrolState.APPROVED}),
        PatrolState.IN_PROGRESS,
        _l("只有各方都已确认的巡查可以开始"),
    ),
    "end": (
        frozenset({PatrolState.IN_PROGRESS}),
        PatrolState.COMPLETED,
        _l("只有进行中的巡查可以结束"),
    ),
    "cancel": (
        frozenset({PatrolState.PROPOSED, PatrolState.APPROVED}),
        PatrolState.CANCELLED,
        _l("只有尚未开始的巡查可以取消；已开始的请结束"),
    ),
}


class Patrol(Base):
    """A joint patrol of the parties of an agreement, in one of its zones."""

    __tablename__ = "patrol"
    __table_args__ = (Index("ix_patrol_state_condensed", "state", "condensed"),)

    id: Mapped[PrimaryId]
    # Number for people, e.g. 联巡〔2026〕0001号.
    number: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[Name]
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"))
    agreement_version: Mapped[int]
    zone_id: Mapped[str] = mapped_column(ForeignKey("zone.id"), index=True)
    zone_version: Mapped[int]
    proposing_bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    proposed_by_name: Mapped[Name]
    state: Mapped[str] = mapped_column(String(20), index=True)
    starts_at: Mapped[Moment] = mapped_column(index=True)
    ends_at: Mapped[Moment]
    # Planned route as WKB LineString, lon/lat WGS 84.
    route: Mapped[bytes] = mapped_column(LargeBinary)
    route_length_m: Mapped[float]
    # Who leads where, along the route: [{adcode, host_bureau_id, from_m, to_m, length_m,
    # uncertain_m (so much of it is nearer to the line than its accuracy), line [[lon, lat], ...]}].
    legs: Mapped[JsonList]
    # [{text, done}] things to look at.
    checklist: Mapped[JsonList]
    # Purpose and instructions.
    note: Mapped[str] = mapped_column(Text, default="")
    # How fast one goes, see `pace`; None: nothing was said.
    pace: Mapped[JsonDict | None]
    # Counts the edits of the plan; approvals are of one plan_version and its hash.
    plan_version: Mapped[int] = mapped_column(default=1)
    content_hash: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # Its tracks have been condensed since it ended; see condensed.py.
    condensed: Mapped[bool] = mapped_column(default=False)
    cancel_reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    parties: Mapped[list[PatrolParty]] = relationship(lazy="selectin")
    crew: Mapped[list[PatrolOfficer]] = relationship(
        lazy="selectin", order_by="PatrolOfficer.name", cascade="all, delete-orphan"
    )
    craft: Mapped[list[PatrolCraft]] = relationship(
        lazy="selectin", order_by="PatrolCraft.name", cascade="all, delete-orphan"
    )
    waypoints: Mapped[list[Waypoint]] = relationship(
        lazy="selectin", order_by="Waypoint.number", cascade="all, delete-orphan"
    )

    @property
    def party_ids(self) -> frozenset[str]:
        """Ids of the bureaus that carry out the patrol."""
        return frozenset(party.bureau_id for party in self.parties)

    def may(self, act: str) -> bool:
        """Whether the state allows an act: edit, approve, start, end or cancel."""
        return PatrolState(self.state) in _MOVES[act][0]

    def check(self, act: str) -> None:
        """Refuse an act that the state does not allow.

        Raises:
            Conflict: names the rule and the state.
        """
        if not self.may(act):
            raise Conflict(
                _l(
                    "%(rule)s；现状态：%(state)s。",
                    rule=_MOVES[act][2],
                    state=STATE_NAMES[PatrolState(self.state)],
                ),
                extra={"rule": f"patrol.{act}", "state": self.state},
            )

    def move(self, act: str) -> None:
        """Go to the state that an act leads to.

        Raises:
            Conflict: the present state does not allow the act.
        """
        self.check(act)
        self.state = _MOVES[act][1]


class PatrolParty(Base):
    """A bureau that takes part."""

    __tablename__ = "patrol_party"

    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), primary_key=True)
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"), primary_key=True, index=True)


class PatrolOfficer(Base):
    """A person of the crew, with the certificate held when he was booked."""

    __tablename__ = "patrol_officer"

    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, index=True
    )
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    name: Mapped[Name]
    license_no: Mapped[str | None] = mapped_column(String(40))
    # Whom the approved plan names in his place, with the certificate it names; None: himself.
    stands_for_id: Mapped[str | None] = mapped_column(String(36))
    stands_for_name: Mapped[str | None] = mapped_column(String(200))
    stands_for_license: Mapped[str | None] = mapped_column(String(40))


class PatrolCraft(Base):
    """A boat or vehicle booked for a patrol."""

    __tablename__ = "patrol_craft"

    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), primary_key=True)
    craft_id: Mapped[str] = mapped_column(ForeignKey("craft.id"), primary_key=True, index=True)
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    name: Mapped[Name]
    # Which one the approved plan names in its place; None: itself.
    stands_for_id: Mapped[str | None] = mapped_column(String(36))
    stands_for_name: Mapped[str | None] = mapped_column(String(200))


class TimeProposal(Base):
    """Another time that one party proposes for a patrol."""

    __tablename__ = "time_proposal"

    id: Mapped[PrimaryId]
    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), index=True)
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    user_name: Mapped[Name]
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    message: Mapped[str] = mapped_column(String(500), default="")
    # open, accepted, refused, withdrawn, lapsed (the plan changed meanwhile).
    state: Mapped[str] = mapped_column(String(20))
    at: Mapped[Moment]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_name: Mapped[str | None] = mapped_column(String(200))


class PatrolEvent(Base):
    """What was done to a patrol, for both parties to read; only ever added to."""

    __tablename__ = "patrol_event"

    id: Mapped[PrimaryId]
    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), index=True)
    at: Mapped[Moment]
    # proposed, edited, crew, approved, agreed, time_proposed, time_accepted, ...
    verb: Mapped[str] = mapped_column(String(30))
    bureau_id: Mapped[Id]
    user_name: Mapped[Name]
    plan_version: Mapped[int]
    # {changed: [field names], withdrawn: [bureau ids], starts_at, ends_at, message, reason}
    detail: Mapped[JsonDict]


class TrackBatch(Base):
    """Fixes of one unit as they arrived; never edited."""

    __tablename__ = "track_batch"
    __table_args__ = (
        UniqueConstraint("patrol_id", "unit_id", "batch_key"),
        Index("ix_track_batch_order", "patrol_id", "unit_id", "first_at"),
        Index("ix_track_batch_arrival", "patrol_id", "unit_id", "received_at"),
    )

    id: Mapped[PrimaryId]
    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"))
    # The person who carries the phone.
    unit_id: Mapped[Id]
    bureau_id: Mapped[Id]
    # Key made by the device: the same batch sent twice is stored once.
    batch_key: Mapped[str] = mapped_column(String(64))
    first_at: Mapped[Moment]
    last_at: Mapped[Moment]
    # [[epoch seconds, lon, lat, accuracy_m or null], ...]
    fixes: Mapped[JsonList]
    # Fixes whose time by the device's clock cannot be; kept, but no part of the track.
    flagged: Mapped[int] = mapped_column(default=0)
    # What the device added to its own clock to get these times; None: it does not say.
    clock_offset_s: Mapped[float | None]
    received_at: Mapped[Moment]
    # phone: sent while under way; file: brought in from another device's file.
    source: Mapped[str] = mapped_column(String(10), default="phone")
    # How the source gave places; gcj02 was shifted, and can be shifted back to the millimetre.
    source_crs: Mapped[str] = mapped_column(String(10), default="wgs84")


class UnitPosition(Base):
    """The latest known place of one unit of a patrol under way; no history."""

    __tablename__ = "unit_position"

    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), primary_key=True)
    unit_id: Mapped[Id] = mapped_column(primary_key=True)
    bureau_id: Mapped[Id]
    unit_name: Mapped[Name]
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float | None]
    # When the device took it, by its clock; when the hub got it, by the hub's.
    at: Mapped[Moment]
    received_at: Mapped[Moment] = mapped_column(index=True)
    # The device's clock is wrong, so `at` is the hub's.
    clock_suspect: Mapped[bool] = mapped_column(default=False)


class Finding(Base):
    """What a patrol saw at a place and time."""

    __tablename__ = "finding"

    id: Mapped[PrimaryId]
    number: Mapped[str] = mapped_column(String(60), unique=True)
    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), index=True)
    # The bureau whose officer recorded it.
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    recorded_by: Mapped[Id]
    recorded_by_name: Mapped[Name]
    category: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    # What its category asks for (finding_forms): name -> code, number or text.
    details: Mapped[JsonDict] = mapped_column(default=dict, server_default="{}")
    # What was put right later (finding_corrections), oldest first; only ever added to.
    corrections: Mapped[JsonList] = mapped_column(default=list, server_default="[]")
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float | None]
    # Jurisdiction in which it lies, and whether that is beyond doubt.
    adcode: Mapped[str | None] = mapped_column(String(6))
    certain: Mapped[bool]
    # gps: as the device measured it; pin: where a person set it on the map.
    placed_by: Mapped[str] = mapped_column(String(10), default="gps")
    found_at: Mapped[Moment] = mapped_column(index=True)
    # What the device added to its own clock to get that; None: it does not say.
    clock_offset_s: Mapped[float | None]
    # The bureau whose ground it is, when that is not the recorder's: it decides whether to file.
    referred_to_id: Mapped[str | None] = mapped_column(ForeignKey("bureau.id"))
    referral_note: Mapped[str] = mapped_column(String(500), default="")
    # The case it became.
    case_id: Mapped[str | None] = mapped_column(String(36))
    # FindingState: open, referred, tasked, case, closed, reopened.
    state: Mapped[str] = mapped_column(String(12), default="open", index=True)
    # The bureau that took it up, by a task, a case or by closing it; None: nobody yet.
    taken_by_id: Mapped[str | None] = mapped_column(String(36))
    # Last local day of the task that runs.
    due_on: Mapped[date | None]
    created_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)
    # Bureau id -> [what it was last shown, as a digest; its own count of what it was shown].
    shown: Mapped[JsonDict] = mapped_column(default=dict, server_default="{}")

    def version_for(self, bureau_id: str) -> int:
        """The version as the people of a bureau read it."""
        _digest, count = self.shown.get(bureau_id) or (None, self.version)
        return int(count)

    def versions_for(self, bureau_ids: Iterable[str]) -> dict[str, int]:
        """The same of several bureaus, by id."""
        return {bureau_id: self.version_for(bureau_id) for bureau_id in bureau_ids}

    def show(self, bureau_id: str, digest: str) -> bool:
        """Remember what a bureau sees ("": nothing); whether that is another thing than before."""
        # Of what was recorded before this was kept, a bureau goes on from the number it knows.
        before, count = self.shown.get(bureau_id) or (None if self.version else "", self.version)
        self.shown = self.shown | {bureau_id: [digest, count]}
        return bool(before != digest)

    def count_for(self, bureau_id: str) -> None:
        """A bureau is told of a change."""
        digest, count = self.shown[bureau_id]
        self.shown = self.shown | {bureau_id: [digest, count + 1]}
