"""Jurisdictions and sets of them: the values, and the file they are kept in."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape

from geo.errors import GeoError
from geo.json_shape import json_shape

FORMAT = "jurisdictions-1"
MAX_SET_BYTES = 50_000_000
MAX_SET_VERTICES = 1_000_000
MAX_SET_DEPTH = 16


@dataclass(frozen=True)
class Jurisdiction:
    """A county-level unit: GB/T 2260 code, names, and its land as a polygon in EPSG:4326."""

    adcode: str
    name: str
    parent_name: str
    province: str
    polygon: MultiPolygon | Polygon


@dataclass(frozen=True)
class BoundarySet:
    """Jurisdictions from one source, with the accuracy (metres, 95 %) that all of them carry."""

    jurisdictions: tuple[Jurisdiction, ...]
    accuracy_m: float
    source: str
    licence: str
    crs: str
    built_at: str

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for jurisdiction in self.jurisdictions:
            adcode = jurisdiction.adcode
            if len(adcode) != 6 or not (adcode.isascii() and adcode.isdigit()):
                raise GeoError("bad_adcode", adcode=adcode[:40])
            if adcode in seen:
                raise GeoError("duplicate_adcode", adcode=adcode)
            seen.add(adcode)

    @cached_property
    def _by_adcode(self) -> dict[str, Jurisdiction]:
        return {jurisdiction.adcode: jurisdiction for jurisdiction in self.jurisdictions}

    def by_adcode(self, adcode: str) -> Jurisdiction:
        """The jurisdiction with this code; GeoError ``unknown_adcode``."""
        try:
            return self._by_adcode[adcode]
        except KeyError:
            raise GeoError("unknown_adcode", adcode=adcode) from None

    def neighbours(self, adcode: str) -> tuple[Jurisdiction, ...]:
        """Those that share a line with this one, not only a point, in the order of the set."""
        own = self.by_adcode(adcode).polygon
        polygons = self.polygons()
        found = shapely.STRtree(polygons).query(own, predicate="intersects")
        return tuple(
            self.jurisdictions[i]
            for i in np.sort(found)
            if self.jurisdictions[i].adcode != adcode
            and shapely.length(shapely.intersection(own.boundary, polygons[i].boundary)) > 0
        )

    def polygons(self) -> Any:
        """All polygons as an object array, in the order of the set."""
        return np.array([jurisdiction.polygon for jurisdiction in self.jurisdictions], dtype=object)


def polygonal(geometry: Any) -> Polygon | MultiPolygon:
    """The polygons in a geometry as one (multi)polygon; lines and points are left out."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    parts = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    return parts[0] if len(parts) == 1 else MultiPolygon(list(parts))


def _feature(jurisdiction: Jurisdiction) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": jurisdiction.adcode,
        "properties": {
            "adcode": jurisdiction.adcode,
            "name": jurisdiction.name,
            "parent_name": jurisdiction.parent_name,
            "province": jurisdiction.province,
        },
        "geometry": mapping(jurisdiction.polygon),
    }


def save(boundary_set: BoundarySet, path: str | Path) -> None:
    """Write a set as a GeoJSON FeatureCollection with a ``metadata`` member, all or nothing.

    The same set gives the same bytes.
    """
    target = Path(path)
    document = {
        "type": "FeatureCollection",
        "metadata": {
            "format": FORMAT,
            "accuracy_m": boundary_set.accuracy_m,
            "source": boundary_set.source,
            "licence": boundary_set.licence,
            "crs": boundary_set.crs,
            "built_at": boundary_set.built_at,
        },
        "features": [_feature(jurisdiction) for jurisdiction in boundary_set.jurisdictions],
    }
    partial = target.with_name(target.name + ".part")
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    partial.write_text(text + "\n", encoding="utf-8")
    os.replace(partial, target)


def _jurisdiction(feature: Mapping[str, Any]) -> Jurisdiction:
    properties = feature["properties"]
    polygon = shape(feature["geometry"])
    if not isinstance(polygon, (Polygon, MultiPolygon)) or polygon.is_empty:
        raise GeoError("boundary_file", reason=f"{properties['adcode']} has no polygon")
    if not np.isfinite(polygon.bounds).all():
        raise GeoError("not_finite", place=str(properties["adcode"])[:40])
    return Jurisdiction(
        adcode=str(properties["adcode"]),
        name=str(properties["name"]),
        parent_name=str(properties["parent_name"]),
        province=str(properties["province"]),
        polygon=polygon,
    )


def _jurisdictions(features: Iterable[Mapping[str, Any]]) -> tuple[Jurisdiction, ...]:
    return tuple(_jurisdiction(feature) for feature in features)


def load(path: str | Path) -> BoundarySet:
    """Read a set that ``save`` wrote; GeoError ``boundary_file`` when it is not one.

    For files of other origin use ``read_official``.
    """
    try:
        document = json.loads(_bounded(Path(path)).decode())
        metadata = document["metadata"]
        if metadata["format"] != FORMAT:
            raise GeoError("boundary_file", reason=f"its format is not {FORMAT}")
        return BoundarySet(
            jurisdictions=_jurisdictions(document["features"]),
            accuracy_m=float(metadata["accuracy_m"]),
            source=str(metadata["source"]),
            licence=str(metadata["licence"]),
            crs=str(metadata["crs"]),
            built_at=str(metadata["built_at"]),
        )
    except OSError as error:
        raise GeoError("boundary_file", reason=error.strerror) from error
    except (ValueError, LookupError, TypeError, AttributeError, shapely.errors.ShapelyError) as why:
        raise GeoError("boundary_file", reason=f"it is not a set ({why!r:.80})") from why


def _bounded(path: Path) -> bytes:
    """The bytes of a set that is not larger than sets of counties are; raises GeoError."""
    size = path.stat().st_size
    if size > MAX_SET_BYTES:
        raise GeoError("too_large", size=size, limit=MAX_SET_BYTES)
    raw = path.read_bytes()
    shape = json_shape(raw)
    if shape.depth > MAX_SET_DEPTH:
        raise GeoError("too_deep", depth=shape.depth, limit=MAX_SET_DEPTH)
    if shape.values > 3 * MAX_SET_VERTICES:
        raise GeoError("too_many_vertices", count=shape.values // 3, limit=MAX_SET_VERTICES)
    return raw
