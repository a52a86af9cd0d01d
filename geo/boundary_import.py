"""Read boundaries that a bureau brings: GeoPackage, Shapefile (also zipped) or GeoJSON, any CRS."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
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

ADCODE_FIELDS = ("adcode", "xzqdm", "district_adcode", "pac", "code", "dm", "gb")
NAME_FIELDS = ("name", "xzqmc", "district_name", "mc", "fullname")
PARENT_FIELDS = ("parent_name", "city_name", "city", "parent")
PROVINCE_FIELDS = ("province", "province_name")

_DRIVERS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".zip": "ESRI Shapefile"}
_DRIVERS |= {".geojson": "GeoJSON", ".json": "GeoJSON"}
_MAGIC = {
    "GPKG": b"SQLite format 3\x00",
    "ESRI Shapefile": b"\x00\x00\x27\x0a",
    "GeoJSON": b"{",
}


def _zipped_shapefile(path: Path) -> str:
    """The GDAL path of the only shapefile in an archive that unpacks to a bounded size."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = [e.filename for e in entries if e.filename.lower().endswith(".shp")]
            if sum(entry.file_size for entry in entries) > MAX_FILE_BYTES or len(names) != 1:
                raise GeoError("boundary_file", reason="the archive must hold one small shapefile")
            with archive.open(names[0]) as member:
                _check_magic(member.read(16), "ESRI Shapefile")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise GeoError("boundary_file", reason="the archive is damaged") from error
    return f"/vsizip/{path.resolve()}/{names[0]}"


def _check_magic(head: bytes, driver: str) -> None:
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith(_MAGIC[driver]):
        raise GeoError("driver_refused", driver=f"a file that is no {driver}")


def _shapefile_of(folder: Path) -> Path:
    """The one Shapefile of a folder, as surveys are often handed over."""
    found = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".shp")
    if len(found) != 1:
        raise GeoError("boundary_file", reason=f"the folder holds {len(found)} .shp files, not one")
    return found[0]


def _source_path(path: Path) -> tuple[str, str]:
    """What GDAL may open and the one driver expected, judged by name and first bytes.

    GDAL itself would try some fifty drivers, among them ones that fetch addresses.
    """
    if path.is_dir():
        path = _shapefile_of(path)
    driver = _DRIVERS.get(path.suffix.lower())
    if driver is None:
        raise GeoError("driver_refused", driver=path.suffix or "a file without an extension")
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise GeoError("boundary_file", reason=error.strerror) from error
    if size > MAX_FILE_BYTES:
        raise GeoError("too_large", size=size, limit=MAX_FILE_BYTES)
    if path.suffix.lower() == ".zip":
        return _zipped_shapefile(path), driver
    _check_magic(head, driver)
    return str(path.resolve()), driver


def _read(path: Path, layer: str | None) -> tuple[dict[str, Any], Any, list[Any]]:
    source, driver = _source_path(path)
    try:
        info = pyogrio.read_info(source, layer=layer)
        if info["driver"] != driver:
            raise GeoError("driver_refused", driver=info["driver"])
        meta, _, geometry, columns = pyogrio.raw.read(
            source, layer=layer, force_2d=True, max_features=MAX_FEATURES + 1
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise GeoError("boundary_file", reason=str(error)[:200]) from error
    if geometry is None or not len(geometry):
        raise GeoError("boundary_file", reason="it holds no outlines")
    if len(geometry) > MAX_FEATURES:
        raise GeoError("boundary_file", reason=f"more than {MAX_FEATURES} features")
    return meta, geometry, columns


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


def _texts(columns: list[Any], index: int | None, default: list[str]) -> list[str]:
    if index is None:
        return default
    return ["" if value is None else str(value).strip() for value in columns[index].tolist()]


def _adcodes(columns: list[Any], index: int) -> list[str]:
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


def _polygons(geometry: Any) -> Any:
    polygons = shapely.from_wkb(geometry)
    if int(shapely.get_num_coordinates(polygons).sum()) > MAX_VERTICES:
        raise GeoError("too_many_vertices", count=MAX_VERTICES, limit=MAX_VERTICES)
    if not np.isin(shapely.get_type_id(polygons), (3, 6)).all() or shapely.is_empty(polygons).any():
        raise GeoError("boundary_file", reason="every feature must be a polygon with land")
    return polygons


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
    meta, geometry, columns = _read(Path(path), layer)
    fields = list(meta["fields"])
    adcodes = _adcodes(columns, _needed(fields, adcode_field, ADCODE_FIELDS, "code"))
    names = _texts(columns, _needed(fields, name_field, NAME_FIELDS, "name"), [])
    parents = _texts(columns, _field(fields, None, PARENT_FIELDS), [""] * len(names))
    defaults = [province_of(adcode) for adcode in adcodes]
    provinces = _texts(columns, _field(fields, None, PROVINCE_FIELDS), defaults)
    origin = _source_crs(meta["crs"], crs)
    polygons = _to_wgs84(_polygons(geometry), origin, gcj02, area_of_interest)
    rows = zip(adcodes, names, parents, provinces, map(polygonal, polygons), strict=True)
    return BoundarySet(
        jurisdictions=tuple(Jurisdiction(*row) for row in rows),
        accuracy_m=accuracy_m,
        source=source or Path(path).name,
        licence=licence,
        crs="EPSG:4326",
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
