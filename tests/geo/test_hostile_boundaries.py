"""Boundary files of somebody who means harm: refused with a sentence, within bounded time."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
import shapely

from geo import boundary_import
from geo.boundaries import load, read_official
from geo.errors import GeoError

pytestmark = pytest.mark.once
# What is told of a file that was cut short or lies about what it holds.
REFUSED = {"boundary_file", "boundary_effort", "too_large", "driver_refused", "too_many_vertices",
           "outside_area", "swapped", "bad_adcode", "field_missing", "crs_missing", "bad_crs",
           "duplicate_adcode"}  # fmt: skip


def _frame(count: int = 1) -> geopandas.GeoDataFrame:
    boxes = [shapely.box(120 + n * 0.01, 30, 120.01 + n * 0.01, 30.01) for n in range(count)]
    data = {"code": [f"33{n:04d}" for n in range(count)], "name": ["甲"] * count}
    return geopandas.GeoDataFrame(data, geometry=boxes, crs=4326)


def _package(folder: Path, *statements: str) -> Path:
    path = folder / "a.gpkg"
    _frame(3).to_file(path, layer="a")
    with sqlite3.connect(path) as database:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'a'"
        for (name,) in database.execute(triggers).fetchall():
            database.execute(f"DROP TRIGGER {name}")  # they call functions of GDAL alone
        for statement in statements:
            database.execute(statement)
    database.close()
    return path


def _shape(folder: Path) -> Path:
    _frame(3).to_file(folder / "a.shp", encoding="utf-8")
    return folder / "a.shp"


def _written(path: Path, at: int, data: bytes) -> Path:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)
    return path


def _zip(folder: Path, fill: Callable[[zipfile.ZipFile], None]) -> Path:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    return folder / "a.zip"


def _zipped(folder: Path, *more: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    shape = _shape(folder)

    def fill(archive: zipfile.ZipFile) -> None:
        for part in sorted(shape.parent.glob("a.*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)
        for name, data in more:
            archive.writestr(name, data)

    return _zip(folder, fill)


def _link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def _locked(path: Path) -> Path:
    """The archive with its first entry marked as encrypted."""
    return _written(path, path.read_bytes().index(b"PK\x01\x02") + 8, b"\x01")


def _packed(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_LZMA
    return info


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "a.gpkg")
    return folder / "a.gpkg"


def _database(folder: Path) -> Path:
    """A database of SQLite that is no GeoPackage."""
    path = folder / "a.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE a (code TEXT, name TEXT)")
    database.close()
    return path


def _open_ring(folder: Path) -> Path:
    """A ring of two places, as no program writes it."""
    feature = {
        "type": "Feature", "properties": {"code": "330502", "name": "甲"},
        "geometry": {"type": "Polygon", "coordinates": [[[120, 30], [121, 31]]]},
    }  # fmt: skip
    path = folder / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def _wide(folder: Path) -> Path:
    """Three hundred fields."""
    path = _open_ring(folder)
    document = json.loads(path.read_text())
    document["features"][0]["properties"] = {f"f{n}": n for n in range(300)}
    path.write_text(json.dumps(document))
    return path


def _other_json(folder: Path) -> Path:
    """Outlines in the JSON of another program, which GDAL would read by another driver."""
    feature = {"attributes": {"code": "330502", "name": "甲"},
               "geometry": {"rings": [[[120, 30], [120, 31], [121, 31], [120, 30]]]}}  # fmt: skip
    document = {"geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 4326},
                "fields": [{"name": "code", "type": "esriFieldTypeString"}],
                "features": [feature]}  # fmt: skip
    path = folder / "a.json"
    path.write_text(json.dumps(document))
    return path


def _blob(count: int) -> str:
    """A GeoPackage geometry whose ring says that it has so many vertices."""
    head = b"GP\x00\x01" + struct.pack("<i", 4326)
    wkb = b"\x01" + struct.pack("<III", 3, 1, count) + struct.pack("<dd", 120.0, 30.0)
    return (head + wkb).hex()


def _filled(blob: str) -> str:
    return "UPDATE a SET geom = x'" + blob + "'"  # noqa: S608 - hexadecimal digits


ENDLESS = (
    "CREATE VIEW b AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
    "SELECT n AS fid, '330502' AS code, '甲' AS name, x'00' AS geom FROM c",
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
    "VALUES ('b', 'features', 'b', 4326)",
    "INSERT INTO gpkg_geometry_columns VALUES ('b', 'geom', 'POLYGON', 4326, 0, 0)",
    "DELETE FROM gpkg_contents WHERE table_name = 'a'",
    "DELETE FROM gpkg_geometry_columns WHERE table_name = 'a'",
)
FILES: dict[str, Callable[[Path], Path]] = {
    "no database": lambda f: _written(_package(f), 16, b"\xff" * 4_000),
    "a page that is none": lambda f: _written(_package(f), 4_096, b"\xff" * 4_096),
    "an absurd number of vertices": lambda f: _package(f, _filled(_blob(2**31 - 1))),
    "a geometry that is a text": lambda f: _package(f, "UPDATE a SET geom = 'POLYGON EMPTY'"),
    "no geometry column": lambda f: _package(f, "UPDATE gpkg_geometry_columns SET column_name='z'"),
    "an unknown system": lambda f: _package(
        f,
        "UPDATE gpkg_spatial_ref_sys SET definition = 'undefined' WHERE srs_id = 4326",
        "UPDATE gpkg_spatial_ref_sys SET organization = 'x', organization_coordsys_id = 7 "
        "WHERE srs_id = 4326",
    ),
    "a record of absurd length": lambda f: _written(_shape(f), 104, b"\x7f\xff\xff\xff"),
    "a record of absurd parts": lambda f: _written(
        _shape(f), 144, struct.pack("<ii", 2**30, 2**30)
    ),
    "a table of absurd fields": lambda f: _written(
        _shape(f).with_suffix(".dbf"), 8, b"\xff\xff\xff\xff"
    ).with_suffix(".shp"),
    "a table of absurd count": lambda f: _written(
        _shape(f).with_suffix(".shx"), 24, b"\x7f\xff\xff\xff"
    ).with_suffix(".shp"),
    "an archive that unfolds without end": lambda f: _zipped(f, ("b.bin", b"\0" * 150_000_000)),
    "an archive that leads out": lambda f: _zipped(f, ("../../b.prj", b"x")),
    "an archive with a root": lambda f: _zipped(f, ("/etc/b.prj", b"x")),
    "an archive with a link": lambda f: _zipped(f, (_link("b.cpg"), b"/etc/passwd")),
    "an archive that is locked": lambda f: _locked(_zipped(f)),
    "an archive packed in an unusual way": lambda f: _zipped(f, (_packed("b.cpg"), b"x" * 50)),
    "no file": _pipe,
    "a database of something else": _database,
    "a ring that does not close": _open_ring,
    "another JSON": _other_json,
    "too many fields": _wide,
    "an archive of too many": lambda f: _zipped(f, *((f"{n}.txt", b"") for n in range(1_100))),
}


LIES = {"a record of absurd length"}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    path = FILES[name](tmp_path)
    begin = time.monotonic()
    if name not in LIES:
        with pytest.raises(GeoError) as caught:
            read_official(path, accuracy_m=1.0)
        assert caught.value.code in REFUSED
    else:
        # A count that lies is nothing to a reader who reads what is there.
        read = read_official(path, accuracy_m=1.0)
        assert len(read.jurisdictions) == 3
    assert time.monotonic() - begin < 30


def test_a_view_without_end_costs_no_more_time_than_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _package(tmp_path, *ENDLESS)
    monkeypatch.setattr(boundary_import, "MAX_SECONDS", 2)
    with pytest.raises(GeoError, match="more than 2 s or 1024 MB") as caught:
        read_official(path, accuracy_m=1.0)
    assert caught.value.code == "boundary_effort"


def test_a_file_that_takes_too_much_memory_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.geojson"
    ring = [[120 + n * 1e-7, 30] for n in range(400_000)]
    ring += [[121, 31], ring[0]]
    feature = {
        "type": "Feature", "properties": {"code": "330502", "name": "甲"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    monkeypatch.setattr(boundary_import, "MAX_MEGABYTES", 120)
    with pytest.raises(GeoError) as caught:
        read_official(path, accuracy_m=1.0)
    assert caught.value.code in ("boundary_effort", "boundary_file")


def test_triggers_and_views_beside_the_layer_do_nothing(tmp_path: Path) -> None:
    path = _package(
        tmp_path,
        "CREATE TRIGGER t AFTER UPDATE ON a BEGIN DELETE FROM a; END",
        "CREATE VIEW v AS SELECT * FROM a",
    )
    before = path.read_bytes()
    assert len(read_official(path, layer="a", accuracy_m=1.0).jurisdictions) == 3
    assert path.read_bytes() == before


SETS: dict[str, str] = {
    "nested without end": "[" * 200_000,
    "a million lists": "[" + "[]," * 3_000_000 + "[]]",
    "not finite": json.dumps([{"adcode": "330502", "name": "", "parent_name": "", "province": ""},
                              [[[float("nan"), 30], [121, 30], [121, 31], [120, 30]]]]),
    "a type that is a list": "type",
}  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_a_hostile_set_is_refused_too(tmp_path: Path, name: str) -> None:
    head = '{"metadata":{"format":"jurisdictions-1","accuracy_m":1,"source":"","licence":"",'
    head += '"crs":"","built_at":""},"features":'
    text = SETS[name]
    if name == "not finite":
        properties, rings = json.loads(text)
        feature = {"properties": properties,
                   "geometry": {"type": "Polygon", "coordinates": rings}}  # fmt: skip
        text = json.dumps([feature])
    elif text == "type":
        text = '[{"properties":{"adcode":"330502"},"geometry":{"type":["Polygon"]}}]'
    path = tmp_path / "a.geojson"
    path.write_text(head + text + "}")
    with pytest.raises(GeoError) as caught:
        load(path)
    assert caught.value.code in {"too_deep", "too_many_vertices", "not_finite", "boundary_file"}


@pytest.mark.parametrize(
    ("program", "error"), [("exec sleep 60", GeoError), ("echo broken >&2; exit 7", RuntimeError)]
)
def test_a_reader_that_does_not_answer_or_breaks_is_ended_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, error: type[Exception]
) -> None:
    shape = _shape(tmp_path)
    interpreter = tmp_path / "python"
    interpreter.write_text(f"#!/bin/sh\n{program}\n")
    interpreter.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(interpreter))
    monkeypatch.setattr(boundary_import, "MAX_SECONDS", -4)
    with pytest.raises(error):
        read_official(shape, accuracy_m=1.0)
