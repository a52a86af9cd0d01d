"""Waypoints of a plan: where the patrol looks in, what for, and at whom."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Name


class Task(StrEnum):
    """What is to be done at a waypoint."""

    INSPECT = "inspect"
    SAMPLE = "sample"
    RECORD = "record"
    WATCH = "watch"
    INTERVIEW = "interview"
    RECHECK = "recheck"
    OTHER = "other"


TASK_NAMES = {
    Task.INSPECT: _l("现场检查"),
    Task.SAMPLE: _l("采样监测"),
    Task.RECORD: _l("拍照取证"),
    Task.WATCH: _l("蹲点观察"),
    Task.INTERVIEW: _l("走访询问"),
    Task.RECHECK: _l("复查整改"),
    Task.OTHER: _l("其他"),
}


class Target(StrEnum):
    """At what a waypoint is aimed."""

    PARTY = "party"
    OUTFALL = "outfall"
    FINDING = "finding"
    FREE = "free"


TARGET_NAMES = {
    Target.PARTY: _l("企业"),
    Target.OUTFALL: _l("排口"),
    Target.FINDING: _l("过往发现"),
    Target.FREE: _l("其他"),
}

# How one goes; what that means in speed is `pace`'s.
MODE_NAMES = {"foot": _l("步行"), "car": _l("车行"), "boat": _l("船行")}


class Waypoint(Base):
    """A place of a plan, in the plan's order; part of what approvals cover."""

    __tablename__ = "patrol_waypoint"

    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), primary_key=True)
    # Made by whoever adds it; stays the same however it is edited or moved in the order.
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    # From 1.
    number: Mapped[int]
    name: Mapped[Name]
    # Degrees, EPSG:4326; counted as visited within so many metres.
    lon: Mapped[float]
    lat: Mapped[float]
    radius_m: Mapped[float]
    # Planned to be there so many minutes after the patrol begins; for so many minutes.
    at_min: Mapped[int | None]
    stay_min: Mapped[int]
    # How one goes on from here; None: as before.
    mode: Mapped[str | None] = mapped_column(String(10))
    task: Mapped[str | None] = mapped_column(String(20))
    task_text: Mapped[str] = mapped_column(String(500), default="")
    target_kind: Mapped[str | None] = mapped_column(String(20))
    target_name: Mapped[str] = mapped_column(String(200), default="")
    # Credit code of a firm (GB 32100), number of an outfall.
    target_code: Mapped[str | None] = mapped_column(String(40))
    # Of a finding nothing is kept but which: what it says is each reader's own view of it.
    finding_id: Mapped[str | None] = mapped_column(ForeignKey("finding.id"))


class Stop(Protocol):
    """What counts of a waypoint on the way: a row, a draft and a kept value alike."""

    @property
    def key(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def lon(self) -> float: ...

    @property
    def lat(self) -> float: ...

    @property
    def radius_m(self) -> float: ...

    @property
    def at_min(self) -> int | None: ...

    @property
    def stay_min(self) -> int: ...

    @property
    def mode(self) -> str | None: ...
