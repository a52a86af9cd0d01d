"""Input and output of the field: kits, the log beside the track, uploads in pieces."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from hub.accounts.schemas import Strict
from hub.patrols.schemas import Offset


class HereOut(BaseModel):
    """Who is signed in (null: nobody), what his writes must carry, and the hub's time."""

    user: dict[str, Any] | None
    csrf_token: str
    hub_time: str
    hub_ms: float
    locale: str
    feed_seq: int | None


class PatrolsOut(BaseModel):
    """Patrols that the caller goes on."""

    items: list[dict[str, Any]]
    next: str | None = None


class KitOut(BaseModel):
    """All that a phone needs for one patrol without a network; WGS 84 lon, lat."""

    patrol: dict[str, Any]
    user_id: str
    own_side: str
    logs: bool
    hub_time: str
    bounds: list[float]
    sides: dict[str, str]
    strips: dict[str, Any]
    line: dict[str, Any]
    categories: dict[str, str]
    ground: dict[str, Any]


class EntryIn(Strict):
    """A line of the log: pause, resume, a check-in (at a point of the checklist, at a waypoint), or
    that what was to be done at a waypoint is done."""

    kind: Literal["pause", "resume", "check_in", "task"]
    at: AwareDatetime
    clock_offset_s: Offset | None = None
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    accuracy_m: float | None = Field(default=None, ge=0, le=100_000, allow_inf_nan=False)
    index: int | None = Field(default=None, ge=0, le=1000)
    waypoint: str | None = Field(default=None, min_length=1, max_length=40)
    note: str = Field(default="", max_length=500)


class EntryOut(BaseModel):
    """A line of the log with both times."""

    id: str
    patrol_id: str
    unit_id: str
    unit_name: str
    bureau_id: str
    bureau_name: str
    side: str
    kind: str
    kind_name: str
    at: str
    clock_offset_s: float | None
    received_at: str
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    index: int | None
    waypoint: str | None
    subject: str
    note: str


class EntriesOut(BaseModel):
    """The log of a patrol, oldest first."""

    items: list[EntryOut]
    next: str | None = None


class CrossingOut(BaseModel):
    """Who went where, or fell silent, when, and how sure (metres at 95 %)."""

    id: str
    title: str
    patrol_id: str
    patrol_number: str
    unit_id: str
    unit_name: str
    bureau_id: str
    bureau_name: str
    side: str
    kind: Literal["side", "entered", "left", "lost", "heard"]
    from_adcode: str | None
    to_adcode: str | None
    at: str
    lon: float
    lat: float
    accuracy_m: float | None
    uncertainty_m: float
    recorded_at: str


class CrossingsOut(BaseModel):
    """The crossings of a patrol, oldest first."""

    items: list[CrossingOut]
    next: str | None = None


class UploadIn(Strict):
    """A file that is about to come in pieces."""

    key: str = Field(min_length=8, max_length=100)
    name: str = Field(max_length=200)
    size: int = Field(ge=1, le=2_000_000_000)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class PieceQuery(BaseModel):
    """Where in the file the piece begins."""

    offset: int = Field(ge=0, le=2_000_000_000)


class UploadOut(BaseModel):
    """How far an upload is; `file_id` once it is entered."""

    id: str
    size: int
    received: int
    file_id: str | None
