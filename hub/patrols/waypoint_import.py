"""Bringing waypoints in: judged as those typed by hand, beside those that the plan has already.

A row of the name and place of a waypoint that stands there is that waypoint: what the file says of
it counts, what the file has no column for stays. All others are added in the order of the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from flask_babel import lazy_gettext as _l
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import GeoError
from hub.access import Actor, Right
from hub.errors import FieldError, Invalid, Text, field_error
from hub.field_texts import field_text
from hub.patrols.draft_units import point_value
from hub.patrols.finding_views import view_for
from hub.patrols.models import Finding
from hub.patrols.waypoint_columns import PLANNED
from hub.patrols.waypoint_files import LINE, wgs84_of
from hub.patrols.waypoint_models import MODE_NAMES, TARGET_NAMES, TASK_NAMES, Target, Waypoint
from hub.patrols.waypoint_schemas import MOST_WAYPOINTS, WaypointIn
from hub.patrols.waypoints import check_waypoint, waypoint_row
from hub.web.geo_texts import geo_text
from hub.web.sheet_import import (
    Report,
    Row,
    by_words,
    changes_of,
    each_row,
    headings_of,
    require_columns,
)

MUST = ("name", "lon", "lat")
CODES: dict[str, Mapping[Any, Text]] = {
    "mode_name": MODE_NAMES,
    "task_name": TASK_NAMES,
    "target_kind": TARGET_NAMES,
}
# Places closer than this many degrees (a decimetre) are one.
SAME_PLACE = 1e-6
# A finding that stays the target though whoever brings the file in does not see which it is.
UNSEEN = {"kind": str(Target.FINDING), "finding_id": None}


@dataclass
class Points:
    """The waypoints as they would be, as plain values (`point_value`), in their order."""

    session: Session
    actor: Actor
    values: list[dict[str, Any]]
    gcj02: bool = False

    def known(self, name: str, lon: float, lat: float) -> int | None:
        """Where in the order the waypoint of this name and place stands."""
        for at, value in enumerate(self.values):
            apart = max(abs(value["lon"] - lon), abs(value["lat"] - lat))
            if value["name"] == name and apart < SAME_PLACE:
                return at
        return None


def bring_in(points: Points, sheet: Sequence[Mapping[str, str]]) -> Report:
    """Take rows into `points`; those of a refused row are not in it.

    Raises:
        Forbidden: the actor is no planner.
        Invalid: the table does not say what the places are called, or where they lie.
    """
    points.actor.require(Right.PATROL_PLAN)
    # Not all waypoints of a GPX file say the same of themselves.
    heads = dict.fromkeys(head for cells in sheet for head in cells if head != LINE)
    columns, ignored = headings_of(heads, PLANNED)
    if sheet:
        require_columns(columns, PLANNED, MUST)
    taken: set[int] = set()
    columns[LINE] = LINE

    def take(row: Row, cells: dict[str, str]) -> None:
        _take(points, taken, row, cells)

    return each_row(points.session, sheet, columns, ignored, take)


def _take(points: Points, taken: set[int], row: Row, cells: dict[str, str]) -> None:
    line = cells.pop(LINE, "")
    row.line = int(line) if line.isdecimal() else row.line
    row.title = cells.get("name", "")
    lon, lat = wgs84_of(_number("lon", cells), _number("lat", cells), gcj02=points.gcj02)
    at = points.known(row.title, lon, lat)
    if at is not None and at in taken:
        row.state, row.detail = "skipped", str(_l("文件里前面已有同名同位置的一行。"))
        return
    before = points.values[at] if at is not None else None
    value = _checked(points, row, cells, before, (lon, lat))
    if at is None or before is None:
        if len(points.values) >= MOST_WAYPOINTS:
            raise Invalid(_l("一份方案最多%(most)s个途经点。", most=MOST_WAYPOINTS))
        at, row.state = len(points.values), "new"
        points.values.append(value)
    else:
        row.changes = changes_of(_told(before), _told(value), PLANNED)
        row.state = "changed" if value != before else "same"
        points.values[at] = value
    taken.add(at)


def _number(name: str, cells: Mapping[str, str]) -> float:
    try:
        return float(cells.get(name, ""))
    except ValueError as error:
        raise field_error(name, _l("应为数字。")) from error


def _checked(
    points: Points,
    row: Row,
    cells: Mapping[str, str],
    before: Mapping[str, Any] | None,
    place: tuple[float, float],
) -> dict[str, Any]:
    """A row as a whole waypoint, by the rules of the form.

    Raises:
        Invalid: names the columns that are wrong.
    """
    wanted = _wanted(points, row, cells, before, place)
    unseen = (before or {}).get("target") if wanted.get("target") == UNSEEN else None
    if unseen:
        wanted["target"] = None
    stood = ((before or {}).get("target") or {}).get("finding_id")
    try:
        draft = WaypointIn.model_validate(wanted).draft()
        made = check_waypoint(points.session, points.actor, draft, stood, "w")
    except ValidationError as error:
        found = [(".".join(map(str, e["loc"])), field_text(e["msg"])) for e in error.errors()]
        raise Invalid(errors=[FieldError(_column(at), text) for at, text in found]) from error
    except GeoError as error:
        raise field_error("lon", geo_text(error)) from error
    except Invalid as error:
        at = [FieldError(_column(e.field.removeprefix("w.")), e.message) for e in error.errors]
        raise Invalid(errors=at) from error
    value = point_value(waypoint_row(Waypoint(key=made.key), 1, made))
    return value | {"target": unseen} if unseen else value


def _wanted(
    points: Points,
    row: Row,
    cells: Mapping[str, str],
    before: Mapping[str, Any] | None,
    place: tuple[float, float],
) -> dict[str, Any]:
    """What stands there, with what the row says of it."""
    wanted: dict[str, Any] = {"key": f"i{token_hex(8)}"} | dict(before or {})
    wanted |= {"name": cells.get("name", ""), "lon": place[0], "lat": place[1]}
    for name in ("radius_m", "at_min", "stay_min"):
        if cells.get(name):
            wanted[name] = _whole(_number(name, cells))
    for name, field in (("mode_name", "mode"), ("task_name", "task")):
        if name in cells:
            wanted[field] = _code(name, cells[name])
    if "task_text" in cells:
        wanted["task_text"] = cells["task_text"]
    if "target_kind" in cells:
        wanted["target"] = _target(points, row, cells, before)
    return wanted


def _column(field: str) -> str:
    """The column in which a field of a waypoint stands."""
    ours = {"mode": "mode_name", "task": "task_name", "target.finding_id": "target_name"}
    return ours.get(field, field.replace(".", "_"))


def _whole(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _code(name: str, text: str) -> str | None:
    """The code of a choice, given as such or in words of either language."""
    if not text:
        return None
    known = by_words(CODES[name])
    if text not in known:
        choices = str(_l("、")).join(str(word) for word in CODES[name].values())
        raise field_error(
            name, _l("没有“%(text)s”，可填：%(choices)s。", text=text[:40], choices=choices)
        )
    return str(known[text])


def _target(
    points: Points, row: Row, cells: Mapping[str, str], before: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    kind = _code("target_kind", cells["target_kind"])
    if kind is None:
        return None
    if kind != Target.FINDING:
        return {
            "kind": kind,
            "name": cells.get("target_name", ""),
            "code": cells.get("target_code") or None,
        }
    number = cells.get("target_name", "")
    target = (before or {}).get("target") or {}
    if not number and target.get("kind") != Target.FINDING:
        # Whoever the finding is not open to exports the waypoint without its number.
        row.detail = str(_l("对象是对方未公开的发现，没有带入。"))
        return None
    return UNSEEN | ({"finding_id": _finding(points, number)} if number else {})


def _finding(points: Points, number: str) -> str:
    rows = points.session.scalars(select(Finding).where(Finding.number == number)).all()
    seen = [row.id for row in rows if view_for(points.session, points.actor.reader, row)]
    if len(seen) != 1:
        raise field_error("target_name", _l("没有这一发现，或贵单位无权查看。"))
    return seen[0]


def _told(value: Mapping[str, Any]) -> dict[str, Any]:
    """A waypoint in the words of its columns, to tell what changes; a finding's number stays out,
    it is the reader's view of it that tells it."""
    target = value["target"] or {}
    return {
        "radius_m": value["radius_m"],
        "at_min": value["at_min"],
        "stay_min": value["stay_min"],
        "mode_name": str(MODE_NAMES[value["mode"]]) if value["mode"] else None,
        "task_name": str(TASK_NAMES[value["task"]]) if value["task"] else None,
        "task_text": value["task_text"],
        "target_kind": str(TARGET_NAMES[target["kind"]]) if target else None,
        "target_name": target.get("name"),
        "target_code": target.get("code"),
    }
