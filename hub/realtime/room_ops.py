"""What people in the room of a meeting may send: ids, a view, drawings, short notes. No content.

The one who leads sends where he looks and at which record; every follower fetches the record by
his own rights.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError

from hub.accounts.schemas import Strict
from hub.errors import FieldError, Invalid

Key = Annotated[str, Field(min_length=1, max_length=40)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
# Degrees, WGS 84.
Place = tuple[Lon, Lat]
Places = Annotated[list[Place], Field(min_length=1, max_length=500)]


class _Op(Strict):
    id: Key


class Join(_Op):
    """Be in the room; `screen`: with the shared screen open, not only the minutes."""

    op: Literal["join"]
    screen: bool = False


class Leave(_Op):
    """Be there no more."""

    op: Literal["leave"]


class Editing(_Op):
    """Write a section of the minutes, or none."""

    op: Literal["editing"]
    section: Key | None


class Follow(_Op):
    """Follow whoever leads, or roam."""

    op: Literal["follow"]
    on: bool


class Lead(_Op):
    """Take the lead, or give it to somebody who is there (`to`), or to nobody."""

    op: Literal["lead"]
    to: Key | None = None
    on: bool = True


class Record(Strict):
    """The record that is looked at."""

    kind: Key
    id: Key


class View(Strict):
    """What the map shows: centre, zoom, layers by name, time range, a record."""

    model_config = ConfigDict(extra="forbid")

    center: Place
    zoom: Annotated[float, Field(ge=0, le=22, allow_inf_nan=False)]
    layers: Annotated[list[Key], Field(max_length=30)]
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    record: Record | None = None


class Show(_Op):
    """The one who leads shows something else."""

    op: Literal["view"]
    view: View


class Pointer(_Op):
    """Point at a place, or stop."""

    op: Literal["pointer"]
    at: Place | None


class Shape(Strict):
    """A drawing: a line, an area or a point, with a few words."""

    key: Key
    form: Literal["line", "area", "point"]
    places: Places
    text: Annotated[str, Field(max_length=100)] = ""


class Draw(_Op):
    """Draw for all to see."""

    op: Literal["draw"]
    shape: Shape


class Erase(_Op):
    """Take one drawing away, or all."""

    op: Literal["erase"]
    key: Key | None = None


class Note(_Op):
    """A short note to all."""

    op: Literal["note"]
    text: Annotated[str, Field(min_length=1, max_length=200)]


Op = Join | Leave | Editing | Follow | Lead | Show | Pointer | Draw | Erase | Note
_OPS: TypeAdapter[Op] = TypeAdapter(Annotated[Op, Field(discriminator="op")])


def parse(data: Any) -> Op:
    """What a client sent, checked.

    Raises:
        Invalid: not one of the acts above, or too much of it.
    """
    try:
        return _OPS.validate_python(data)
    except ValidationError as error:
        raise Invalid(
            errors=[FieldError(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
        ) from error
