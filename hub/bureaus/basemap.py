"""The map that needs no internet: outlines and lines of the boundary data in use, made small."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry import mapping
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.boundaries import Jurisdiction as Outline
from geo.boundaries import shared_line
from geo.boundary_set import polygonal
from geo.crs import local_metric_crs, project, unproject
from geo.errors import GeoError
from hub.bureaus.models import Bureau, Jurisdiction
from hub.bureaus.services import jurisdictions, outline_of

# Corners that no screen shows: coverage_simplify drops those whose triangle is smaller than the
# square of this (Visvalingam-Whyatt), which moves outlines of these data by 3 m at most.
TOLERANCE_M = 40.0
# 1e-5 degrees are about a metre. Neighbours share vertices, and equal vertices round equally.
DECIMALS = 5


@dataclass(frozen=True)
class Basemap:
    """The answer of GET /basemap, ready to send: GeoJSON bytes, plain and gzipped, and its tag."""

    stamp: tuple[object, ...]
    plain: bytes
    zipped: bytes
    etag: str


_made: dict[str, Basemap] = {}
_making = threading.Lock()


def boundary_stamp(session: Session) -> tuple[object, ...]:
    """What differs whenever the outlines in use differ: one cheap query."""
    row = session.execute(
        select(func.count(), func.max(Jurisdiction.imported_at)).select_from(Jurisdiction)
    ).one()
    return tuple(row)


def basemap(session: Session) -> Basemap:
    """The basemap of the outlines in use, made once per process and boundary import."""
    parties = frozenset(session.scalars(select(Bureau.adcode)))
    stamp = (*boundary_stamp(session), parties)
    made = _made.get("current")
    if made is not None and made.stamp == stamp:
        return made
    with _making:
        rows = jurisdictions(session)
        body = orjson.dumps(_document(rows, parties))
        etag = hashlib.sha256(body).hexdigest()[:20]
        made = Basemap(stamp, body, gzip.compress(body, 6, mtime=0), etag)
        _made["current"] = made
    return made


def simplified(outlines: Sequence[Outline]) -> list[Outline]:
    """The same coverage with fewer vertices (EPSG:4326); shared edges stay shared exactly."""
    if not outlines:
        return []
    polygons = [outline.polygon for outline in outlines]
    crs = local_metric_crs(shapely.geometrycollections(polygons))
    metric = np.array([project(polygon, crs) for polygon in polygons], dtype=object)
    small = shapely.coverage_simplify(metric, TOLERANCE_M)
    return [
        Outline(old.adcode, old.name, old.parent_name, old.province, _rounded(unproject(new, crs)))
        for old, new in zip(outlines, small, strict=True)
    ]


def _rounded(polygon: Any) -> Any:
    return polygonal(shapely.transform(polygon, lambda places: places.round(DECIMALS)))


def _document(rows: Sequence[Jurisdiction], parties: frozenset[str]) -> dict[str, Any]:
    outlines = simplified([outline_of(row) for row in rows])
    features = [_area(outline, outline.adcode in parties) for outline in outlines]
    features += _lines([outline for outline in outlines if outline.adcode in parties])
    return {
        "type": "FeatureCollection",
        "attribution": "；".join(sorted({row.source for row in rows})),
        "accuracy_m": max((row.accuracy_m for row in rows), default=None),
        "features": features,
    }


def _area(outline: Outline, party: bool) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": outline.adcode,
        "properties": {"kind": "jurisdiction", "adcode": outline.adcode, "name": outline.name}
        | {"province": outline.province, "bureau": party},
        "geometry": mapping(outline.polygon),
    }


def _lines(outlines: Sequence[Outline]) -> Iterator[dict[str, Any]]:
    """The lines between bureaus' jurisdictions, as the simplified outlines draw them."""
    for a, b in combinations(outlines, 2):
        try:
            parts = shared_line(a, b).parts
        except GeoError:
            continue  # not neighbours
        yield {
            "type": "Feature",
            "id": f"{a.adcode}-{b.adcode}",
            "properties": {"kind": "line", "a": a.adcode, "b": b.adcode}
            | {"interprovincial": a.province != b.province},
            "geometry": mapping(shapely.multilinestrings(list(parts))),
        }
