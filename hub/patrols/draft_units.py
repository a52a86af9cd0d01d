"""The units of a plan that two people can change at once: the smallest that one of them decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import shapely
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError
from shapely.geometry import mapping
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.schemas import Strict
from hub.cases.texts import clean, refuse_secrets
from hub.errors import FieldError, Invalid
from hub.field_texts import field_text
from hub.patrols.models import Patrol
from hub.patrols.pace import Pace
from hub.patrols.plan_ground import parse_route
from hub.patrols.waypoint_models import Waypoint
from hub.patrols.waypoint_schemas import Key, PaceIn, WaypointIn
from hub.patrols.waypoints import WaypointDraft, check_waypoint, waypoint_row
from sharing.canonical import utc_text

Units = dict[str, Any]
POINT = "waypoint:"


class WindowIn(Strict):
    """From when to when; one of them may be missing while it is being typed."""

    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class _Texts(BaseModel):
    """Limits of the texts, those of the plan's own form."""

    title: str = Field(max_length=200)
    note: str = Field(max_length=4000)
    checklist: list[str] = Field(max_length=50)


_WINDOW: TypeAdapter[WindowIn] = TypeAdapter(WindowIn)
_PACE: TypeAdapter[PaceIn] = TypeAdapter(PaceIn)
_POINT: TypeAdapter[WaypointIn] = TypeAdapter(WaypointIn)
_ORDER: TypeAdapter[list[str]] = TypeAdapter(list[Key])


def units_of(patrol: Patrol) -> Units:
    """A plan as it stands, unit by unit, as plain values."""
    points = sorted(patrol.waypoints, key=lambda row: row.number)
    return {
        "title": patrol.title,
        "window": {"starts_at": utc_text(patrol.starts_at), "ends_at": utc_text(patrol.ends_at)},
        "route": _plain(mapping(shapely.from_wkb(patrol.route))),
        "checklist": [item["text"] for item in patrol.checklist],
        "note": patrol.note,
        "pace": Pace.from_json(patrol.pace).to_json(),
        "order": [row.key for row in points],
        **{POINT + row.key: point_value(row) for row in points},
    }


def _plain(geometry: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": geometry["type"], "coordinates": [list(c) for c in geometry["coordinates"]]}


def point_value(row: Waypoint) -> dict[str, Any]:
    """A waypoint as a plain value, with the id of the finding it aims at."""
    return {
        "key": row.key,
        "name": row.name,
        "lon": row.lon,
        "lat": row.lat,
        "radius_m": row.radius_m,
        "at_min": row.at_min,
        "stay_min": row.stay_min,
        "mode": row.mode,
        "task": row.task,
        "task_text": row.task_text,
        "target": None
        if row.target_kind is None
        else {
            "kind": row.target_kind,
            "name": row.target_name,
            "code": row.target_code,
            "finding_id": row.finding_id,
        },
    }


def point_row(value: Mapping[str, Any], number: int) -> Waypoint:
    """A waypoint of a draft as a row that belongs to no patrol: for views and estimates."""
    return waypoint_row(Waypoint(key=value["key"]), number, point_draft(value))


def point_draft(value: Mapping[str, Any]) -> WaypointDraft:
    """A waypoint of a draft as the services take it."""
    return WaypointIn.model_validate(value).draft()


def points_in_order(units: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The waypoints of a draft: in its order, what is in none after them as it came."""
    points = {k[len(POINT) :]: v for k, v in units.items() if k.startswith(POINT) and v}
    named = [key for key in units["order"] if key in points]
    return [points[key] for key in [*named, *(key for key in points if key not in set(named))]]


def checked(
    session: Session, actor: Actor, changes: Mapping[str, Any], before: Mapping[str, Any]
) -> Units:
    """Changes with whole and clean values.

    Args:
        before: the units as they stand, whose findings may stay.

    Raises:
        Invalid: names the unit: unknown, or a value that it cannot have.
        GeoError: a route or place that cannot be.
    """
    return {unit: _checked(session, actor, unit, value, before) for unit, value in changes.items()}


def _checked(
    session: Session, actor: Actor, unit: str, value: Any, before: Mapping[str, Any]
) -> Any:
    try:
        if unit.startswith(POINT):
            return _point(session, actor, unit, value, before.get(unit))
        if unit in ("title", "note", "checklist"):
            return _text(unit, value)
        if unit == "route":
            return None if value is None else _plain(mapping(parse_route(value)))
        if unit == "window":
            window = _WINDOW.validate_python(value)
            return {
                name: utc_text(moment) if moment else None
                for name, moment in (("starts_at", window.starts_at), ("ends_at", window.ends_at))
            }
        if unit == "pace":
            return _PACE.validate_python(value).pace().to_json()
        if unit == "order":
            return list(dict.fromkeys(_ORDER.validate_python(value)))
    except ValidationError as error:
        raise _invalid(unit, error) from error
    raise Invalid(errors=[FieldError(unit, "?")])


def _invalid(unit: str, error: ValidationError) -> Invalid:
    found = [
        FieldError(".".join([unit, *map(str, _within(unit, one["loc"]))]), field_text(one["msg"]))
        for one in error.errors()
    ]
    return Invalid(errors=found)


def _within(unit: str, place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Where in the unit; texts are checked beside each other under their own names."""
    return place[1:] if place[:1] == (unit,) else place


def _text(unit: str, value: Any) -> Any:
    whole = {"title": "", "note": "", "checklist": []} | {unit: value}
    text = getattr(_Texts.model_validate(whole), unit)
    if unit != "checklist":
        refuse_secrets(unit, clean(text, lines=True))
        return text
    return [item for item in text if item.strip()]


def _point(session: Session, actor: Actor, unit: str, value: Any, before: Any) -> Any:
    if value is None:
        return None
    given = _POINT.validate_python(value)
    if unit != POINT + given.key:
        raise Invalid(errors=[FieldError(f"{unit}.key", given.key)])
    stood = ((before or {}).get("target") or {}).get("finding_id")
    made = check_waypoint(session, actor, given.draft(), stood, unit)
    return point_value(waypoint_row(Waypoint(key=made.key), 1, made))
