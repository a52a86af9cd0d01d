from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from shapely import box

from geo.boundaries import BoundarySet, apart, check, compare, read_official
from geo.crs import wgs84_to_gcj02
from geo.errors import GeoError


def _frame(boundaries: BoundarySet, crs: int | None = 4326) -> geopandas.GeoDataFrame:
    units = boundaries.jurisdictions
    data = {"XZQDM": [u.adcode for u in units], "XZQMC": [u.name for u in units]}
    frame = geopandas.GeoDataFrame(data, geometry=list(boundaries.polygons()), crs=4326)
    return frame if crs == 4326 else frame.to_crs(crs)


def _zip(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    return target


def _written(frame: geopandas.GeoDataFrame, folder: Path, kind: str) -> Path:
    folder.mkdir(exist_ok=True)
    if kind == "zip":
        frame.to_file(folder / "a.shp", encoding="utf-8")
        return _zip(folder, folder.parent / "a.zip")
    if kind == "folder":
        frame.to_file(folder / "a.shp", encoding="utf-8")
        return folder
    path = folder / f"a.{kind}"
    frame.to_file(path)
    return path


def _code(call: Callable[[], Any]) -> str:
    with pytest.raises(GeoError) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize("epsg", [4326, 4490, 4549])
@pytest.mark.parametrize("kind", ["gpkg", "shp", "zip", "folder"])
def test_surveyed_boundaries_come_in_from_any_format_and_crs(
    amap: BoundarySet, tmp_path: Path, kind: str, epsg: int
) -> None:
    path = _written(_frame(amap, epsg), tmp_path / "in", kind)
    read = read_official(path, accuracy_m=2.0, source="勘界", licence="internal")
    assert check(read).ok
    assert (read.accuracy_m, read.source, read.crs) == (2.0, "勘界", "EPSG:4326")
    assert read.by_adcode("330502").name == "吴兴区"
    assert read.by_adcode("330502").province == "浙江省"
    assert all(change.moved_max_m < 0.01 for change in compare(amap, read).changes)


def test_geojson_is_read_with_its_own_field_names(tianditu_path: Path) -> None:
    read = read_official(tianditu_path, accuracy_m=500.0)
    assert len(read.jurisdictions) == 14
    assert read.by_adcode("320509").parent_name == "苏州市"
    assert read.source == tianditu_path.name
    assert check(read).ok


def test_comparison_with_another_source_reports_each_move(
    amap: BoundarySet, tianditu_path: Path
) -> None:
    result = compare(amap, read_official(tianditu_path, accuracy_m=500.0))
    assert len(result.changes) == 14
    assert len(result.missing) == 4
    assert 400 < max(change.moved_max_m for change in result.changes) < 5_000


def test_shifted_coordinates_are_converted_and_stay_a_coverage(
    amap: BoundarySet, tmp_path: Path
) -> None:
    def shift(xy: Any) -> Any:
        return np.column_stack(wgs84_to_gcj02(xy[:, 0], xy[:, 1]))

    frame = _frame(amap)
    frame["geometry"] = shapely.transform(frame.geometry.to_numpy(), shift)
    path = _written(frame, tmp_path / "in", "gpkg")
    read = read_official(path, gcj02=True, accuracy_m=50.0)
    assert check(read).ok
    assert all(change.moved_max_m < 0.01 for change in compare(amap, read).changes)
    forgotten = compare(amap, read_official(path, accuracy_m=50.0))
    assert all(change.moved_max_m > 300 for change in forgotten.changes)


def _small(**columns: Any) -> geopandas.GeoDataFrame:
    columns = {"code": ["330502"], "name": ["甲"], "geometry": [box(120, 30, 121, 31)], **columns}
    return geopandas.GeoDataFrame(columns, crs=4326)


def test_numeric_and_long_codes_and_heights_are_understood(tmp_path: Path) -> None:
    high = shapely.force_3d(box(120, 30, 121, 31), 5.0)
    frame = _small(code=[330502.0], geometry=[high])
    read = read_official(_written(frame, tmp_path / "a", "gpkg"), accuracy_m=1.0)
    assert read.jurisdictions[0].adcode == "330502"
    assert not read.jurisdictions[0].polygon.has_z
    towns = _small(code=["330502000"], name=[None], city=["湖州"])
    read = read_official(_written(towns, tmp_path / "b", "gpkg"), accuracy_m=1.0)
    assert (read.jurisdictions[0].adcode, read.jurisdictions[0].name) == ("330502", "")


def test_fields_and_layers_can_be_named(tmp_path: Path) -> None:
    frame = _small().rename(columns={"code": "k", "name": "Label"})
    path = tmp_path / "a.gpkg"
    frame.to_file(path, layer="one")
    _small(code=["330503"]).to_file(path, layer="two")
    read = read_official(path, layer="one", adcode_field="K", name_field="label", accuracy_m=1)
    assert read.jurisdictions[0].name == "甲"
    assert _code(lambda: read_official(path, layer="three", accuracy_m=1)) == "boundary_file"
    assert _code(lambda: read_official(path, layer="one", accuracy_m=1)) == "field_missing"


def test_the_crs_must_be_known(tmp_path: Path) -> None:
    frame = _small().set_crs(None, allow_override=True)
    with pytest.warns(UserWarning, match="crs"):
        frame.to_file(tmp_path / "a.shp")
    assert _code(lambda: read_official(tmp_path / "a.shp", accuracy_m=1)) == "crs_missing"
    assert _code(lambda: read_official(tmp_path / "a.shp", crs="x", accuracy_m=1)) == "bad_crs"
    assert read_official(tmp_path / "a.shp", crs=4490, accuracy_m=1).by_adcode("330502")


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"geometry": [shapely.Point(120, 30)]}, "boundary_file"),
        ({"geometry": [None]}, "boundary_file"),
        ({"geometry": [box(30, 120, 31, 121)]}, "swapped"),
        ({"geometry": [box(2, 48, 3, 49)]}, "outside_area"),
        ({"code": ["湖州"]}, "bad_adcode"),
        ({"code": [None]}, "bad_adcode"),
    ],
)
def test_content_that_is_no_jurisdiction_is_refused(
    tmp_path: Path, columns: dict[str, Any], code: str
) -> None:
    path = _written(_small(**columns).set_crs(4326, allow_override=True), tmp_path / "a", "gpkg")
    assert _code(lambda: read_official(path, accuracy_m=1)) == code


def test_other_formats_and_false_names_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.vrt").write_text("<OGRVRTDataSource/>")
    (tmp_path / "b.geojson").write_text("<OGRVRTDataSource/>")
    (tmp_path / "c.gpkg").write_bytes(b"SQLite format 3\x00 and nothing else")
    esri = {"geometryType": "esriGeometryPolygon", "features": []}
    (tmp_path / "d.json").write_text(json.dumps(esri))
    (tmp_path / "e").write_text("{}")
    for name, code in {
        "a.vrt": "driver_refused",
        "b.geojson": "driver_refused",
        "c.gpkg": "boundary_file",
        "d.json": "driver_refused",
        "e": "driver_refused",
        "none.gpkg": "boundary_file",
    }.items():
        assert _code(lambda name=name: read_official(tmp_path / name, accuracy_m=1)) == code


def test_archives_must_hold_one_whole_shapefile(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 nothing")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    with zipfile.ZipFile(tmp_path / "false.zip", "w") as archive:
        archive.writestr("a.shp", "<xml/>")
    assert _code(lambda: read_official(tmp_path / "broken.zip", accuracy_m=1)) == "boundary_file"
    assert _code(lambda: read_official(tmp_path / "empty.zip", accuracy_m=1)) == "boundary_file"
    assert _code(lambda: read_official(tmp_path / "false.zip", accuracy_m=1)) == "driver_refused"


def test_a_folder_must_hold_one_shapefile(tmp_path: Path) -> None:
    assert _code(lambda: read_official(tmp_path, accuracy_m=1)) == "boundary_file"


def test_an_outline_that_touches_no_other_is_named(amap: BoundarySet) -> None:
    assert apart(amap) == ()
    wuxing, wujiang = amap.by_adcode("330502"), amap.by_adcode("320509")
    assert apart(replace(amap, jurisdictions=(wuxing, wujiang))) == ()
    away = replace(wuxing, polygon=wuxing.polygon.buffer(-0.002))
    assert apart(replace(amap, jurisdictions=(away, wujiang))) == ("330502", "320509")
    assert apart(replace(amap, jurisdictions=(away,))) == ()


def test_sizes_and_accuracy_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _written(_small(), tmp_path / "a", "gpkg")
    assert _code(lambda: read_official(path, accuracy_m=-1)) == "bad_accuracy"
    assert _code(lambda: read_official(path, accuracy_m=float("nan"))) == "bad_accuracy"
    for name, code in {
        "MAX_VERTICES": "too_many_vertices",
        "MAX_FEATURES": "boundary_file",
        "MAX_FILE_BYTES": "too_large",
    }.items():
        with monkeypatch.context() as smaller:
            smaller.setattr(f"geo.boundary_import.{name}", 0)
            assert _code(lambda: read_official(path, accuracy_m=1)) == code


def test_a_file_without_features_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type":"FeatureCollection","features":[]}')
    assert _code(lambda: read_official(path, accuracy_m=1)) == "boundary_file"
