"""Read boundaries that a bureau brings: GeoPackage, Shapefile (also zipped) or GeoJSON, any CRS.

The file is opened in a process of its own (`geo.boundary_reader`), bounded in memory and time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyproj
import shapely

from geo.adcodes import province_of
from geo.boundary_set import BoundarySet, Jurisdiction, polygonal
from geo.crs import WGS84, gcj02_to_wgs84, transformer
from geo.errors import GeoError
from geo.limits import CHINA, Bounds

MAX_FILE_BYTES = 200_000_000
MAX_FEATURES = 5_000
MAX_VERTICES = 5_000_000
MAX_SECONDS = 60
MAX_MEGABYTES = 1_024
OUT_OF_MEMORY = 3
"""How the reader ends when its memory is used up."""

ADCODE_FIELDS = ("adcode", "xzqdm", "district_adcode", "pac", "code", "dm", "gb")
NAME_FIELDS = ("name", "xzqmc", "district_name", "mc", "fullname")
PARENT_FIELDS = ("parent_name", "city_name", "city", "parent")
PROVINCE_FIELDS = ("province", "province_name")

_READER = "from geo.boundary_reader import main; main()"
Read = tuple[str | None, list[str], list[list[str]], list[bytes]]


def _read(path: Path, layer: str | None) -> Read:
    """CRS, names and texts of the fields, outlines as WKB; raises GeoError."""
    limits = {
        "bytes": MAX_FILE_BYTES,
        "features": MAX_FEATURES,
        "vertices": MAX_VERTICES,
        "seconds": MAX_SECONDS,
        "memory": MAX_MEGABYTES << 20,
    }
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer"
        arguments = [os.path.abspath(path), layer or "", json.dumps(limits), str(answer)]
        with (Path(folder) / "said").open("w+b") as said:
            _run([sys.executable, "-c", _READER, *arguments], said)
        with answer.open("rb") as file:
            told = json.loads(file.readline())
            if "code" in told:
                raise GeoError(told["code"], **told["params"])
            return (
                told["crs"],
                told["fields"],
                told["columns"],
                [file.read(size) for size in told["sizes"]],
            )


def _run(command: list[str], said: IO[bytes]) -> None:
    """Run the reader; raises GeoError ``boundary_effort`` when its limits ended it."""
    # One thread: each would take memory of its own out of what the process may have.
    single = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    effort = GeoError("boundary_effort", seconds=MAX_SECONDS, megabytes=MAX_MEGABYTES)
    try:
        done = subprocess.run(  # noqa: S603 - this program's own module, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            timeout=MAX_SECONDS + 5,
            cwd=Path(__file__).resolve().parent.parent,
            env=os.environ | single,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise effort from error
    # By a signal the system ended it: out of time, or out of memory within a library.
    if done.returncode < 0 or done.returncode == OUT_OF_MEMORY:
        raise effort
    if done.returncode:
        said.seek(0)
        raise RuntimeError(said.read(20_000).decode(errors="replace"))


def _field(fields: Sequence[str], wanted: str | None, known: Sequence[str]) -> int | None:
    lowered = [field.lower() for field in fields]
    for name in [wanted.lower()] if wanted is not None else known:
        if name in lowered:
            return lowered.index(name)
    return None


def _needed(fields: Sequence[str], wanted: str | None, known: Sequence[str], what: str) -> int:
    found = _field(fields, wanted, known)
    if found is None:
        raise GeoError("field_missing", what=what, fields=", ".join(fields))
    return found


def _texts(columns: list[list[str]], index: int | None, default: list[str]) -> list[str]:
    return default if index is None else columns[index]


def _adcodes(columns: list[list[str]], index: int) -> list[str]:
    """Codes as text; numbers come as 330502 or 330502.0, surveys add zeros for towns."""
    texts = [text.removesuffix(".0") for text in _texts(columns, index, [])]
    return [text[:6] if len(text) in (9, 12) and text.endswith("000") else text for text in texts]


def _source_crs(named: str | None, given: str | int | None) -> pyproj.CRS:
    crs = named if given is None else given
    if crs is None:
        raise GeoError("crs_missing")
    try:
        return pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise GeoError("bad_crs", crs=str(crs)[:80]) from error


def _to_wgs84(polygons: Any, source: pyproj.CRS, gcj02: bool, area: Bounds) -> Any:
    """Transform vertex by vertex, so that vertices two neighbours share stay shared."""
    pipeline = transformer(source, WGS84)

    def move(coordinates: Any) -> Any:
        lon, lat = pipeline.transform(coordinates[:, 0], coordinates[:, 1])
        if gcj02:
            lon, lat = gcj02_to_wgs84(lon, lat)
        west, south, east, north = area
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        if not inside.all():
            x, y = (float(axis[np.flatnonzero(~inside)[0]]) for axis in (lon, lat))
            swapped = west <= y <= east and south <= x <= north
            raise GeoError("swapped" if swapped else "outside_area", lon=x, lat=y)
        # 1e-9 degrees are 0.1 mm; the rounding removes the last bits of the transformation.
        return np.round(np.column_stack([lon, lat]), 9)

    return shapely.transform(polygons, move)


def read_official(
    path: str | Path,
    *,
    layer: str | None = None,
    crs: str | int | None = None,
    gcj02: bool = False,
    adcode_field: str | None = None,
    name_field: str | None = None,
    accuracy_m: float,
    source: str = "",
    licence: str = "",
    area_of_interest: Bounds = CHINA,
) -> BoundarySet:
    """Read jurisdictions from a GeoPackage, Shapefile (.shp, its folder or zipped) or GeoJSON.

    ``crs`` overrides what the file says; ``gcj02`` converts from the shifted coordinates of
    Chinese map services afterwards. Fields are found by their usual names unless given. Heights
    are left out; nothing is repaired: call ``check`` on the result. ``accuracy_m`` is what the
    surveyor states, in metres at 95 %. Raises GeoError.
    """
    if not 0.0 <= accuracy_m <= 10_000.0:
        raise GeoError("bad_accuracy", accuracy_m=accuracy_m, limit=10_000)
    named_crs, fields, columns, shapes = _read(Path(path), layer)
    adcodes = _adcodes(columns, _needed(fields, adcode_field, ADCODE_FIELDS, "code"))
    names = _texts(columns, _needed(fields, name_field, NAME_FIELDS, "name"), [])
    parents = _texts(columns, _field(fields, None, PARENT_FIELDS), [""] * len(names))
    defaults = [province_of(adcode) for adcode in adcodes]
    provinces = _texts(columns, _field(fields, None, PROVINCE_FIELDS), defaults)
    origin = _source_crs(named_crs, crs)
    polygons = _to_wgs84(shapely.from_wkb(shapes), origin, gcj02, area_of_interest)
    rows = zip(adcodes, names, parents, provinces, map(polygonal, polygons), strict=True)
    return BoundarySet(
        jurisdictions=tuple(Jurisdiction(*row) for row in rows),
        accuracy_m=accuracy_m,
        source=source or Path(path).name,
        licence=licence,
        crs="EPSG:4326",
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
