"""Input and output of waypoints and pace."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from hub.accounts.schemas import Strict
from hub.patrols.pace import FASTEST_KMH, SLOWEST_KMH, Pace
from hub.patrols.waypoint_models import Target, Task
from hub.patrols.waypoints import TargetDraft, WaypointDraft

MOST_WAYPOINTS = 60
Mode = Literal["foot", "car", "boat"]
Minutes = Annotated[int, Field(ge=0, le=1440)]
Speed = Annotated[float, Field(ge=SLOWEST_KMH, le=FASTEST_KMH, allow_inf_nan=False)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]


class TargetIn(Strict):
    """At what a waypoint is aimed. A firm by its credit code, an outfall by its number, a past
    finding by its id (left out: the one that stands there already stays)."""

    kind: Target
    name: str = Field(default="", max_length=200)
    code: str | None = Field(default=None, max_length=40)
    finding_id: str | None = Field(default=None, min_length=36, max_length=36)


class WaypointIn(Strict):
    """A waypoint; its place in the list is its place in the order. Degrees WGS 84, metres, minutes.

    `key` is made by who adds it and stays; `at_min` counts from the patrol's beginning; `mode` is
    how one goes on from here.
    """

    key: Key
    name: str = Field(min_length=1, max_length=100)
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    radius_m: float = Field(default=50.0, ge=10, le=1000, allow_inf_nan=False)
    at_min: Minutes | None = None
    stay_min: Minutes = 0
    mode: Mode | None = None
    task: Task | None = None
    task_text: str = Field(default="", max_length=500)
    target: TargetIn | None = None

    def draft(self) -> WaypointDraft:
        """As the services take it."""
        target = TargetDraft(**self.target.model_dump()) if self.target else None
        return WaypointDraft(**self.model_dump(exclude={"target"}), target=target)


class SpeedsIn(Strict):
    """Kilometres per hour that differ from the usual."""

    foot: Speed | None = None
    car: Speed | None = None
    boat: Speed | None = None


class PaceIn(Strict):
    """How one goes where no waypoint says otherwise, and how fast."""

    mode: Mode
    speeds_kmh: SpeedsIn = Field(default_factory=SpeedsIn)

    def pace(self) -> Pace:
        """As the services take it."""
        return Pace(self.mode, self.speeds_kmh.model_dump(exclude_none=True))


class VisitOut(BaseModel):
    """Whether a waypoint was visited, by whom, when and how that is known."""

    key: str
    number: int
    name: str
    visited: bool
    how: Literal["check_in", "track"] | None
    at: str | None
    unit_name: str | None
    bureau_name: str | None
    side: str | None
    # The nearest that any track shown to the reader came, metres; None: there is none.
    nearest_m: float | None
    task_done: bool
    task_done_at: str | None
    task_done_by: str | None


class VisitsOut(BaseModel):
    """The waypoints of a patrol in order, with what became of each."""

    items: list[dict[str, Any]]
    visited: int
    next: str | None = None
