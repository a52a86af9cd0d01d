"""The process that opens a stranger's boundary file, with so much memory and time and no more.

GDAL and SQLite do what a file tells them: a view of a GeoPackage may count without end, a record of
a Shapefile may say that it has a billion vertices. `geo.boundary_import` starts this module as a
process of its own, which gives back outlines and texts, or the reason why not.
"""

from __future__ import annotations

import json
import resource
import stat
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyogrio
import shapely

from geo.boundary_import import OUT_OF_MEMORY
from geo.errors import GeoError

MAX_ENTRIES = 1_000
MAX_RATIO = 100
MAX_FIELDS = 255
MAX_TEXT = 200
# Small files of one letter pack better than any limit and harm nobody.
_SMALL = 100_000

DRIVERS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".zip": "ESRI Shapefile"}
DRIVERS |= {".geojson": "GeoJSON", ".json": "GeoJSON"}
_MAGIC = {
    "GPKG": b"SQLite format 3\x00",
    "ESRI Shapefile": b"\x00\x00\x27\x0a",
    "GeoJSON": b"{",
}


def _check_magic(head: bytes, driver: str) -> None:
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith(_MAGIC[driver]):
        raise GeoError("driver_refused", driver=f"a file that is no {driver}")


def _refuse_archive(reason: str) -> GeoError:
    return GeoError("boundary_file", reason=reason)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.orig_filename)
    if path.is_absolute() or ".." in path.parts or set("\\\0:") & set(entry.orig_filename):
        raise _refuse_archive("a name in the archive leads out of it")
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refuse_archive("the archive holds a link")
    if entry.flag_bits & 0x1:
        raise _refuse_archive("the archive is encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refuse_archive("the archive is packed in an unusual way")
    if entry.file_size > max(_SMALL, entry.compress_size * MAX_RATIO):
        raise _refuse_archive(f"the archive unfolds to more than {MAX_RATIO} times its size")


def _zipped_shapefile(path: Path, max_bytes: int) -> str:
    """The GDAL path of the only shapefile in an archive that unpacks to a bounded size."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise _refuse_archive(f"the archive holds more than {MAX_ENTRIES} files")
            for entry in entries:
                _check_entry(entry)
            names = [e.filename for e in entries if e.filename.lower().endswith(".shp")]
            if sum(entry.file_size for entry in entries) > max_bytes or len(names) != 1:
                raise _refuse_archive("the archive must hold one small shapefile")
            with archive.open(names[0]) as member:
                _check_magic(member.read(16), "ESRI Shapefile")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        raise _refuse_archive("the archive is damaged") from error
    return f"/vsizip/{path.resolve()}/{names[0]}"


def _shapefile_of(folder: Path) -> Path:
    """The one Shapefile of a folder, as surveys are often handed over."""
    found = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".shp")
    if len(found) != 1:
        raise GeoError("boundary_file", reason=f"the folder holds {len(found)} .shp files, not one")
    return found[0]


def _source_path(path: Path, max_bytes: int) -> tuple[str, str]:
    """What GDAL may open and the one driver expected, judged by name and first bytes.

    GDAL itself would try some fifty drivers, among them ones that fetch addresses.
    """
    if path.is_dir():
        path = _shapefile_of(path)
    driver = DRIVERS.get(path.suffix.lower())
    if driver is None:
        raise GeoError("driver_refused", driver=path.suffix or "a file without an extension")
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise GeoError("boundary_file", reason="it is no file")
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise GeoError("boundary_file", reason=error.strerror) from error
    if size > max_bytes:
        raise GeoError("too_large", size=size, limit=max_bytes)
    if path.suffix.lower() == ".zip":
        return _zipped_shapefile(path, max_bytes), driver
    _check_magic(head, driver)
    return str(path.resolve()), driver


def _read(
    path: Path, layer: str | None, limits: dict[str, int]
) -> tuple[dict[str, Any], Any, list[Any]]:
    source, driver = _source_path(path, limits["bytes"])
    try:
        # Counting could take as long as reading: a layer may be a view.
        info = pyogrio.read_info(source, layer=layer)
        if info["driver"] != driver:
            raise GeoError("driver_refused", driver=info["driver"])
        if len(info["fields"]) > MAX_FIELDS:
            raise GeoError("boundary_file", reason=f"more than {MAX_FIELDS} fields")
        meta, _, geometry, columns = pyogrio.raw.read(
            source, layer=layer, force_2d=True, max_features=limits["features"] + 1
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise GeoError("boundary_file", reason=str(error)[:200]) from error
    if geometry is None or not len(geometry):
        raise GeoError("boundary_file", reason="it holds no outlines")
    if len(geometry) > limits["features"]:
        raise GeoError("boundary_file", reason=f"more than {limits['features']} features")
    return meta, geometry, columns


def _checked(geometry: Any, limits: dict[str, int]) -> list[bytes]:
    try:
        polygons = shapely.from_wkb(geometry)
    except (shapely.errors.ShapelyError, ValueError) as error:
        raise GeoError("boundary_file", reason=str(error)[:200]) from error
    if int(shapely.get_num_coordinates(polygons).sum()) > limits["vertices"]:
        limit = limits["vertices"]
        raise GeoError("too_many_vertices", count=limit, limit=limit)
    if not np.isin(shapely.get_type_id(polygons), (3, 6)).all() or shapely.is_empty(polygons).any():
        raise GeoError("boundary_file", reason="every feature must be a polygon with land")
    return list(shapely.to_wkb(polygons))


def _texts(column: Any) -> list[str]:
    return ["" if value is None else str(value).strip()[:MAX_TEXT] for value in column.tolist()]


def _answer(path: Path, layer: str | None, limits: dict[str, int]) -> tuple[dict[str, Any], bytes]:
    try:
        meta, geometry, columns = _read(path, layer, limits)
        shapes = _checked(geometry, limits)
    except GeoError as error:
        return {"code": error.code, "params": error.params}, b""
    told = {
        "crs": meta["crs"],
        "fields": list(meta["fields"]),
        "columns": [_texts(column) for column in columns],
        "sizes": [len(shape) for shape in shapes],
    }
    return told, b"".join(shapes)


def main() -> None:
    """Arguments: the file, its layer or "", the limits as JSON, and where the answer goes."""
    path, layer, given, answer = sys.argv[1:]
    limits = json.loads(given)
    resource.setrlimit(resource.RLIMIT_DATA, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["memory"], limits["memory"]))
    try:
        head, shapes = _answer(Path(path), layer or None, limits)
    except MemoryError:  # pragma: no cover - a library may end the process before
        sys.exit(OUT_OF_MEMORY)
    with Path(answer).open("wb") as file:
        file.write(json.dumps(head, default=str).encode() + b"\n" + shapes)
