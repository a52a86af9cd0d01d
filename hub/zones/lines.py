"""The line that two jurisdictions share, from the outlines in use."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import shapely
from flask_babel import lazy_gettext as _l
from shapely.geometry import mapping
from sqlalchemy.orm import Session

from geo.boundaries import Jurisdiction as Outline
from geo.crs import geodesic_length_m
from geo.shared_lines import SharedLine, shared_line
from hub.bureaus import services as bureaus
from hub.bureaus.models import Jurisdiction
from hub.errors import field_error
from sharing.canonical import utc_text


@lru_cache(maxsize=64)
def _shared(
    _stamp: tuple[str, str], code_a: str, code_b: str, shape_a: bytes, shape_b: bytes
) -> SharedLine:
    a = Outline(code_a, code_a, "", "", shapely.from_wkb(shape_a))
    b = Outline(code_b, code_b, "", "", shapely.from_wkb(shape_b))
    return shared_line(a, b)


def line_between(session: Session, adcode_a: str, adcode_b: str) -> SharedLine:
    """The shared line of two jurisdictions, parts longest first; EPSG:4326, lengths in metres.

    Raises:
        NotFound: a code is not in use.
        GeoError: they share no line.
    """
    a, b = (bureaus.jurisdiction(session, code) for code in sorted((adcode_a, adcode_b)))
    stamp = (utc_text(a.imported_at), utc_text(b.imported_at))
    return _shared(stamp, a.adcode, b.adcode, a.shape, b.shape)


def accuracy_between(a: Jurisdiction, b: Jurisdiction) -> float:
    """The stated accuracy of the line between two outlines, metres: the worse of the two."""
    return max(a.accuracy_m, b.accuracy_m)


def line_view(session: Session, adcode_a: str, adcode_b: str) -> dict[str, Any]:
    """The shared line for screens and programs: one feature per connected part.

    Raises:
        Invalid: both codes are the same.
        NotFound, GeoError: as line_between.
    """
    if adcode_a == adcode_b:
        raise field_error("b", _l("请选择两个不同的行政区划。"))
    a, b = (bureaus.jurisdiction(session, code) for code in sorted((adcode_a, adcode_b)))
    line = line_between(session, a.adcode, b.adcode)
    return {
        "a": {"adcode": a.adcode, "name": a.name},
        "b": {"adcode": b.adcode, "name": b.name},
        "length_m": line.length_m,
        "accuracy_m": accuracy_between(a, b),
        "source": a.source,
        "parts": [
            {"part": number, "length_m": geodesic_length_m(part), "geometry": mapping(part)}
            for number, part in enumerate(line.parts)
        ],
    }
