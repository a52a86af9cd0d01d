"""Input and output of the patrols API and of the position event."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict
from hub.patrols.models import PatrolState
from hub.patrols.waypoint_schemas import MOST_WAYPOINTS, PaceIn, WaypointIn

Ref = Annotated[str, Field(min_length=36, max_length=36)]
Refs = Annotated[list[Ref], Field(max_length=60)]
Item = Annotated[str, Field(min_length=1, max_length=200)]
Waypoints = Annotated[list[WaypointIn], Field(max_length=MOST_WAYPOINTS)]


class PlanIn(Strict):
    """A plan: times are moments with an offset, the route one GeoJSON LineString (lon lat)."""

    title: str = Field(min_length=1, max_length=200)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    route: dict[str, Any]
    checklist: list[Item] = Field(default_factory=list, max_length=50)
    note: str | None = Field(default=None, max_length=4000)
    # Left out: they stay as they are.
    waypoints: Waypoints | None = None
    pace: PaceIn | None = None


class PatrolIn(PlanIn):
    """A new patrol: its plan, and the people and craft of the own bureau."""

    zone_id: Ref
    officers: Refs = Field(default_factory=list)
    craft: Refs = Field(default_factory=list)


class PlanEditIn(PlanIn):
    """The plan anew; people and craft of the own bureau stay when left out."""

    officers: Refs | None = None
    craft: Refs | None = None


class CrewIn(Strict):
    """All people and craft of the own bureau."""

    officers: Refs
    craft: Refs = Field(default_factory=list)


class PreviewIn(Strict):
    """What a form holds so far."""

    zone_id: Ref
    patrol_id: Ref | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    route: dict[str, Any] | None = None
    officers: Refs = Field(default_factory=list)
    craft: Refs = Field(default_factory=list)
    waypoints: Waypoints | None = None
    pace: PaceIn | None = None


class ApproveIn(Strict):
    """Which plan was read."""

    plan_version: int = Field(ge=1, le=1_000_000)
    content_hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class TimeIn(Strict):
    """Another time."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    message: str | None = Field(default=None, max_length=500)


class TimeAnswerIn(Strict):
    """The answer to a proposed time; `withdraw` takes the own proposal back."""

    proposal_id: Ref
    answer: Literal["accept", "refuse", "withdraw"]


class ReasonIn(Strict):
    """Why."""

    reason: str = Field(min_length=1, max_length=500)


# What a phone added to its own clock: a century either way is still a clock.
Offset = Annotated[float, Field(ge=-3.2e9, le=3.2e9, allow_inf_nan=False)]


class NotedIn(Strict):
    """Empty: done now. Or when a phone without a network noted it, and the plan it went by."""

    at: AwareDatetime | None = None
    clock_offset_s: Offset | None = None
    plan_version: int | None = Field(default=None, ge=1, le=1_000_000)


class PatrolsQuery(BaseModel):
    """Filters of the list."""

    # One state, or several with commas between them.
    state: str | None = Field(default=None, max_length=80)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    zone_id: str | None = Field(default=None, max_length=36)
    q: str = Field(default="", max_length=100)


class WindowQuery(BaseModel):
    """A window of time to try, and the patrol that is being edited."""

    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    patrol_id: str | None = Field(default=None, max_length=36)


class LegOut(BaseModel):
    """A stretch of the route in one jurisdiction: who leads, who assists."""

    number: int
    adcode: str
    name: str
    host_bureau_id: str
    host_bureau_name: str
    side: str | None
    assisting: list[str]
    from_m: float
    to_m: float
    length_m: float
    uncertain_m: float
    certain: bool
    geometry: dict[str, Any]


class PatrolOut(BaseModel):
    """A patrol as its parties see it."""

    model_config = ConfigDict(extra="allow")

    id: str
    version: int
    number: str
    title: str
    state: PatrolState
    state_name: str
    zone_id: str
    zone_name: str
    starts_at: str
    ends_at: str
    route: dict[str, Any]
    route_length_m: float
    legs: list[LegOut]
    crew: list[dict[str, Any]]
    craft: list[dict[str, Any]]
    requirements: list[dict[str, Any]]
    waypoints: list[dict[str, Any]]
    pace: dict[str, Any]
    plan_version: int
    content_hash: str
    approvals: list[dict[str, Any]]
    open_proposals: list[dict[str, Any]]


class PatrolsOut(BaseModel):
    """A page of patrols."""

    items: list[PatrolOut]
    next: str | None


class ClashesOut(BaseModel):
    """All that speaks against a plan; empty: nothing."""

    clashes: list[dict[str, Any]]


class PreviewOut(ClashesOut):
    """What a plan would be."""

    legs: list[LegOut]
    requirements: list[dict[str, Any]]
    route_length_m: float
    outside_m: float
    uncertain: dict[str, Any] | None
    accuracy_m: float
    # Lengths, times and what does not fit; null without a route.
    estimate: dict[str, Any] | None


class OptionsOut(BaseModel):
    """What the own bureau can send."""

    officers: list[dict[str, Any]]
    craft: list[dict[str, Any]]


class FixIn(BaseModel):
    """One fix of a device: WGS 84 degrees, seconds since 1970 by the device's clock (put right by
    the report's `clock_offset_s`, if it has one)."""

    model_config = ConfigDict(extra="forbid")

    t: float = Field(gt=0, lt=4_102_444_800, allow_inf_nan=False)
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    accuracy_m: float | None = Field(default=None, ge=0, le=100_000, allow_inf_nan=False)


class PositionReport(BaseModel):
    """Fixes of one unit of a patrol under way; the key makes a repeated batch harmless."""

    model_config = ConfigDict(extra="forbid")

    patrol_id: str = Field(min_length=36, max_length=36)
    key: str = Field(min_length=8, max_length=64)
    fixes: list[FixIn] = Field(min_length=1, max_length=500)
    clock_offset_s: Offset | None = None
