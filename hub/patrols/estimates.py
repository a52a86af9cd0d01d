"""How long a plan takes: per stretch, per host's leg and in all; what does not fit is told.

Time is length by speed (`pace`), and the minutes at each waypoint. Who comes early waits for the
planned moment. A waypoint farther from the route than its radius is gone to and back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from shapely.geometry import LineString

from geo.along import Along, places_along
from hub.patrols.clashes import Clash
from hub.patrols.pace import Pace
from hub.patrols.waypoint_models import MODE_NAMES, Stop


@dataclass(frozen=True)
class Course:
    """What is estimated: the route (EPSG:4326) and its length in metres, the legs of the hosts."""

    route: LineString
    length_m: float
    legs: Sequence[Mapping[str, Any]]
    window: tuple[datetime, datetime] | None = None


@dataclass
class _Walk:
    """Where one is while the plan is gone through in thought: metres and seconds from the start."""

    pace: Pace
    legs: Sequence[Mapping[str, Any]]
    mode: str
    at_m: float = 0.0
    at_s: float = 0.0
    travel_s: float = 0.0
    detour_m: float = 0.0
    stretches: list[dict[str, Any]] = field(default_factory=list)
    leg_s: list[float] = field(default_factory=list)

    def go(self, to_m: float, aside_m: float, begin: str | None, end: str | None) -> None:
        """Along the route to a place, and so many metres beside it."""
        speed = self.pace.speed_m_s(self.mode)
        length = to_m - self.at_m
        for number, leg in enumerate(self.legs):
            inside = min(to_m, leg["to_m"]) - max(self.at_m, leg["from_m"])
            self.leg_s[number] += max(inside, 0.0) / speed
        self._count(to_m, aside_m / speed)
        seconds = (length + aside_m) / speed
        self.stretches.append(
            {
                "from": begin,
                "to": end,
                "mode": self.mode,
                "mode_name": str(MODE_NAMES[self.mode]),
                "length_m": round(length + aside_m, 1),
                "seconds": round(seconds),
            }
        )
        self.at_m = to_m
        self.detour_m += aside_m
        self.travel_s += seconds
        self.at_s += seconds

    def _count(self, at_m: float, seconds: float) -> None:
        """Give time at a place to the leg in which it lies."""
        for number, leg in enumerate(self.legs):
            if at_m <= leg["to_m"] or number == len(self.legs) - 1:
                self.leg_s[number] += seconds
                return

    def stay(self, minutes: int) -> None:
        """Be at a place."""
        self._count(self.at_m, minutes * 60)
        self.at_s += minutes * 60


def estimate(course: Course, stops: Sequence[Stop], pace: Pace) -> dict[str, Any]:
    """Lengths (metres) and times (seconds) of a plan, and what does not fit, as plain values."""
    alongs = places_along(course.route, [(stop.lon, stop.lat) for stop in stops])
    walk = _Walk(pace, course.legs, pace.mode, leg_s=[0.0] * len(course.legs))
    arrivals: list[dict[str, Any]] = []
    before: tuple[str | None, float] = (None, 0.0)
    waited = 0.0
    for stop, along in zip(stops, alongs, strict=True):
        aside = _aside(stop, along)
        walk.go(min(along.from_start_m, course.length_m), aside + before[1], before[0], stop.key)
        planned_s = None if stop.at_min is None else stop.at_min * 60
        wait = max(planned_s - walk.at_s, 0.0) if planned_s is not None else 0.0
        arrivals.append(_arrival(stop, along, walk.at_s, planned_s))
        walk.at_s += wait
        waited += wait
        walk.stay(stop.stay_min)
        walk.mode = stop.mode or walk.mode
        before = (stop.key, aside)
    walk.go(course.length_m, before[1], before[0], None)
    made = _totals(course, walk, stops, waited)
    return made | {
        "arrivals": arrivals,
        "nearest": _each_alone(course, stops),
        "warnings": [c.to_dict() for c in _warnings(stops, arrivals, made)],
    }


def _each_alone(course: Course, stops: Sequence[Stop]) -> list[dict[str, Any]]:
    """Where the route comes nearest to each, whatever the order: what they can be sorted by."""
    return [
        {
            "key": stop.key,
            "along_m": round(places_along(course.route, [(stop.lon, stop.lat)])[0].from_start_m, 1),
        }
        for stop in stops
    ]


def _aside(stop: Stop, along: Along) -> float:
    return along.off_m if along.off_m > stop.radius_m else 0.0


def _arrival(stop: Stop, along: Along, at_s: float, planned_s: float | None) -> dict[str, Any]:
    late = max(at_s - planned_s, 0.0) if planned_s is not None else 0.0
    return {
        "key": stop.key,
        "along_m": round(along.from_start_m, 1),
        "off_m": round(along.off_m, 1),
        "at_s": round(at_s),
        "late_s": round(late),
    }


def _totals(course: Course, walk: _Walk, stops: Sequence[Stop], waited: float) -> dict[str, Any]:
    by_mode: dict[str, dict[str, Any]] = {}
    for part in walk.stretches:
        row = by_mode.setdefault(
            part["mode"], {"mode_name": part["mode_name"], "length_m": 0.0, "seconds": 0}
        )
        row["length_m"] = round(row["length_m"] + part["length_m"], 1)
        row["seconds"] += part["seconds"]
    window = course.window
    return {
        "length_m": round(course.length_m + walk.detour_m, 1),
        "detour_m": round(walk.detour_m, 1),
        "travel_s": round(walk.travel_s),
        "stay_s": sum(stop.stay_min for stop in stops) * 60,
        "wait_s": round(waited),
        "total_s": round(walk.at_s),
        "window_s": round((window[1] - window[0]).total_seconds()) if window else None,
        "stretches": walk.stretches,
        "modes": by_mode,
        "leg_seconds": [round(seconds) for seconds in walk.leg_s],
    }


def _warnings(
    stops: Sequence[Stop],
    arrivals: Sequence[Mapping[str, Any]],
    made: Mapping[str, Any],
) -> list[Clash]:
    found = []
    window_s = made["window_s"]
    if window_s is not None and window_s > 0 and made["total_s"] > window_s:
        words = _l(
            "按现有速度约需%(need)s，时段只有%(has)s。",
            need=duration(made["total_s"]),
            has=duration(window_s),
        )
        found.append(Clash("over_window", words, {"over_s": made["total_s"] - window_s}))
    for number, (stop, arrival) in enumerate(zip(stops, arrivals, strict=True), start=1):
        if arrival["late_s"] >= 60:
            words = _l(
                "途经点%(number)s“%(name)s”约晚到%(late)s。",
                number=number,
                name=stop.name,
                late=duration(arrival["late_s"]),
            )
            found.append(Clash("late", words, {"waypoint": stop.key}))
        if arrival["off_m"] > stop.radius_m:
            words = _l(
                "途经点%(number)s“%(name)s”离路线%(off)s米，已按往返计入。",
                number=number,
                name=stop.name,
                off=round(arrival["off_m"]),
            )
            found.append(Clash("far", words, {"waypoint": stop.key, "off_m": arrival["off_m"]}))
    return found


def duration(seconds: float) -> Any:
    """Hours and minutes in the reader's language, minutes rounded up."""
    minutes = -(-round(seconds) // 60)
    if minutes < 60:
        return _l("%(m)s分钟", m=minutes)
    return _l("%(h)s小时%(m)s分钟", h=minutes // 60, m=minutes % 60)
