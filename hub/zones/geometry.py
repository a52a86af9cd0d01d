"""From what a planner marked to the strips of a zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import shapely
from flask_babel import lazy_gettext as _l
from shapely.geometry import mapping
from sqlalchemy.orm import Session

from geo.crs import geodesic_length_m
from geo.zones import Corridor, Stretch, build_strips, cut
from hub.bureaus import services as bureaus
from hub.errors import field_error
from hub.zones.lines import accuracy_between, line_between


@dataclass(frozen=True)
class Marked:
    """What a planner marks: two jurisdictions, a stretch of a part of their line, a width."""

    adcode_a: str
    adcode_b: str
    part: int
    from_m: float
    to_m: float
    width_m: float
    cap: Literal["flat", "round"]

    def __post_init__(self) -> None:
        """Refuse the same jurisdiction twice."""
        if self.adcode_a == self.adcode_b:
            raise field_error("adcode_b", _l("请选择两个不同的行政区划。"))


@dataclass(frozen=True)
class Drawn:
    """The corridor with the codes of its sides in order (a < b)."""

    adcode_a: str
    adcode_b: str
    corridor: Corridor


def draw(session: Session, marked: Marked) -> Drawn:
    """Cut the stretch and build the strips.

    Raises:
        Invalid: the part or stretch does not exist on the line.
        GeoError: the width or the geometry cannot be used.
    """
    a, b = (
        bureaus.jurisdiction(session, code) for code in sorted((marked.adcode_a, marked.adcode_b))
    )
    line = line_between(session, a.adcode, b.adcode)
    if not 0 <= marked.part < len(line.parts):
        raise field_error("part", _l("分界线没有这一段；共%(n)s段。", n=len(line.parts)))
    whole = line.parts[marked.part]
    length = geodesic_length_m(whole)
    if not 0 <= marked.from_m < marked.to_m <= length + 0.5:
        raise field_error(
            "to_m", _l("起止里程应在0至%(length)s米之间，且起点在前。", length=f"{length:.0f}")
        )
    stretch = cut(whole, Stretch(marked.from_m, min(marked.to_m, length)))
    corridor = build_strips(
        stretch,
        shapely.from_wkb(a.shape),
        shapely.from_wkb(b.shape),
        marked.width_m,
        cap=marked.cap,
        boundary_accuracy_m=accuracy_between(a, b),
    )
    return Drawn(a.adcode, b.adcode, corridor)


def preview_view(drawn: Drawn) -> dict[str, Any]:
    """The strips with their figures, for the live preview."""
    corridor = drawn.corridor
    return {
        "line": mapping(corridor.line),
        "line_length_m": corridor.line_length_m,
        "width_m": corridor.width_m,
        "cap": corridor.cap,
        "strips": [
            {
                "adcode": drawn.adcode_a,
                "area_m2": corridor.area_a_m2,
                "geometry": mapping(corridor.strip_a),
            },
            {
                "adcode": drawn.adcode_b,
                "area_m2": corridor.area_b_m2,
                "geometry": mapping(corridor.strip_b),
            },
        ],
        "area_elsewhere_m2": corridor.area_elsewhere_m2,
        "construction_error_m": corridor.construction_error_m,
        "boundary_accuracy_m": corridor.boundary_accuracy_m,
        "error_m": corridor.error_m,
    }
