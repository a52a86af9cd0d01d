from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely import box

from geo import build_boundaries, frykit_reader
from geo.boundaries import (
    BoundarySet,
    Jurisdiction,
    check,
    compare,
    load,
    repair,
    save,
    shared_line,
)
from geo.errors import GeoError

Unit = Callable[..., Jurisdiction]
Set = Callable[..., BoundarySet]


def _code(call: Callable[[], Any]) -> str:
    with pytest.raises(GeoError) as caught:
        call()
    return caught.value.code


# The set built from the installed package


def test_the_built_set_is_huzhou_with_every_neighbour(amap: BoundarySet) -> None:
    codes = {unit.adcode for unit in amap.jurisdictions}
    assert set(build_boundaries.HUZHOU) | set(build_boundaries.PARTNERS) <= codes
    assert len(codes) == 18
    assert amap.by_adcode("330502").name == "吴兴区"
    assert amap.by_adcode("330502").parent_name == "湖州市"
    assert amap.by_adcode("320509").province == "江苏省"
    assert amap.accuracy_m >= 380.0
    assert check(amap).ok


def test_the_neighbours_of_wuxing_are_all_there(amap: BoundarySet) -> None:
    neighbours = {unit.name for unit in amap.neighbours("330502")}
    assert neighbours == {"吴江区", "吴中区", "南浔区", "德清县", "长兴县", "安吉县"}


def test_wuxing_and_wujiang_share_seven_kilometres_in_one_piece(amap: BoundarySet) -> None:
    line = shared_line(amap.by_adcode("330502"), amap.by_adcode("320509"))
    assert len(line.parts) == 1
    assert line.length_m == pytest.approx(7_230, abs=5)


def test_building_twice_gives_the_same_bytes(amap_path: Path, tmp_path: Path) -> None:
    assert build_boundaries.main([str(tmp_path / "again.geojson")]) == 0
    assert (tmp_path / "again.geojson").read_bytes() == amap_path.read_bytes()


def test_all_counties_of_china_can_be_read_from_both_layers() -> None:
    for layer in frykit_reader.LAYERS:
        counties = frykit_reader.read_counties(layer)
        assert len(counties) > 2_800
        assert all(-180 <= county.polygon.bounds[0] <= 180 for county in counties[:50])


def test_building_without_the_package_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(frykit_reader, "PACKAGE", "no_such_package_at_all")
    assert build_boundaries.main([str(tmp_path / "out.geojson")]) == 1
    assert "not installed" in capsys.readouterr().err
    assert not (tmp_path / "out.geojson").exists()


def _package(folder: Path, rows: list[str], data: bytes) -> Path:
    here = folder / "data" / "china" / "amap"
    here.mkdir(parents=True)
    head = "province_name,city_name,district_name,district_adcode"
    (here / "cn_district.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    (here / "cn_district.bin").write_bytes(data)
    return folder


def _numbers(*values: int) -> bytes:
    return b"".join(value.to_bytes(4, "little") for value in values)


def test_a_damaged_package_is_refused(tmp_path: Path) -> None:
    assert _code(lambda: build_boundaries.build(tmp_path)) == "boundary_file"
    kind = _numbers(1, 4, 9)
    odd = _package(tmp_path / "a", ["省,市,县,330502"], kind)
    assert _code(lambda: build_boundaries.build(odd)) == "boundary_file"


def _square_block(x: int, y: int, size: int) -> bytes:
    corners = [(x, y), (x, y + size), (x + size, y + size), (x + size, y), (x, y)]
    cells = (
        [(lon + 180) * 500_000 for lon, _ in corners],
        [(lat + 90) * 500_000 for _, lat in corners],
    )
    ring = _numbers(0, *[value for pair in zip(*cells, strict=True) for value in pair])
    return _numbers(5, 1, len(ring)) + ring


def _blocks(blocks: list[bytes]) -> bytes:
    return _numbers(len(blocks), *map(len, blocks)) + b"".join(blocks)


def test_a_package_with_faulty_topology_is_not_built(tmp_path: Path) -> None:
    codes = build_boundaries.HUZHOU + build_boundaries.PARTNERS
    rows = [f"省,市,县,{code}" for code in codes]
    data = _blocks([_square_block(110 + i, 30, 2) for i in range(len(codes))])
    overlapping = _package(tmp_path / "a", rows, data)
    assert _code(lambda: build_boundaries.build(overlapping)) == "check_failed"
    missing = _package(tmp_path / "b", rows[:1], _blocks([_square_block(110, 30, 1)]))
    assert _code(lambda: build_boundaries.build(missing)) == "unknown_adcode"


# Files


def test_a_set_comes_back_from_its_file_unchanged(amap: BoundarySet, tmp_path: Path) -> None:
    save(amap, tmp_path / "set.geojson")
    assert load(tmp_path / "set.geojson") == amap


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("metadata"),
        lambda d: d["metadata"].update(format="other"),
        lambda d: d["features"][0]["geometry"].update(type="Point", coordinates=[1, 2]),
        lambda d: d["features"][0].update(geometry={"type": "Polygon", "coordinates": []}),
    ],
)
def test_a_file_that_is_no_set_is_refused(
    amap_path: Path, tmp_path: Path, change: Callable[[Any], Any]
) -> None:
    document = json.loads(amap_path.read_text(encoding="utf-8"))
    change(document)
    (tmp_path / "bad.geojson").write_text(json.dumps(document), encoding="utf-8")
    assert _code(lambda: load(tmp_path / "bad.geojson")) == "boundary_file"


def test_a_set_with_a_place_beyond_all_numbers_is_refused(amap_path: Path, tmp_path: Path) -> None:
    document = json.loads(amap_path.read_text(encoding="utf-8"))
    endless = [[120.0, 30.0], [float("inf"), 30.0], [120.0, 31.0], [120.0, 30.0]]
    document["features"][0]["geometry"] = {"type": "Polygon", "coordinates": [endless]}
    (tmp_path / "bad.geojson").write_text(json.dumps(document), encoding="utf-8")
    assert _code(lambda: load(tmp_path / "bad.geojson")) == "not_finite"


def test_a_set_of_more_bytes_than_counties_need_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "large.geojson").open("wb") as file:
        file.truncate(50_000_001)
    assert _code(lambda: load(tmp_path / "large.geojson")) == "too_large"


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    assert _code(lambda: load(tmp_path / "none.geojson")) == "boundary_file"


def test_codes_are_six_digits_and_single(unit: Unit, county_set: Set) -> None:
    a = unit("330501", box(0, 0, 1, 1))
    assert _code(lambda: county_set(replace(a, adcode="33050"))) == "bad_adcode"
    assert _code(lambda: county_set(replace(a, adcode="３３０５０１"))) == "bad_adcode"
    assert _code(lambda: county_set(a, a)) == "duplicate_adcode"
    assert _code(lambda: county_set(a).by_adcode("999999")) == "unknown_adcode"


# Shared lines


def test_neighbours_share_a_line_and_not_only_a_point(unit: Unit, county_set: Set) -> None:
    a, b = unit("000001", box(0, 0, 5, 5)), unit("000002", box(5, 0, 9, 5))
    corner = unit("000003", box(5, 5, 9, 9))
    counties = county_set(a, b, corner)
    assert counties.neighbours("000001") == (b,)
    assert _code(lambda: shared_line(a, corner)) == "no_shared_line"
    assert _code(lambda: shared_line(a, unit("000004", box(50, 0, 60, 9)))) == "no_shared_line"


def test_a_shared_line_has_its_first_side_on_the_left(unit: Unit) -> None:
    west, east = unit("000001", box(0, 0, 5, 5)), unit("000002", box(5, 0, 9, 5))
    northward, southward = shared_line(west, east).parts[0], shared_line(east, west).parts[0]
    assert northward.coords[0][1] < northward.coords[-1][1]
    assert southward.equals(northward)
    assert southward.coords[0] == northward.coords[-1]
    assert shared_line(west, east).length_m == pytest.approx(5_000, rel=1e-5)


def test_a_line_in_several_pieces_lists_the_longest_first(unit: Unit) -> None:
    # The two meet on 2 km, part around a third county's 3 km, and meet again on 4 km.
    third = shapely.Polygon([(4, 2), (5, 2), (6, 2), (6, 5), (5, 5), (4, 5)])
    west = unit("000001", box(0, 0, 5, 9).difference(third))
    east = unit("000002", box(5, 0, 9, 9).difference(third))
    line = shared_line(west, east)
    assert [round(part.length * 100) for part in line.parts] == sorted(
        (round(part.length * 100) for part in line.parts), reverse=True
    )
    assert len(line.parts) == 2
    assert line.length_m == pytest.approx(6_000, rel=1e-4)


def test_an_enclave_shares_its_whole_ring(unit: Unit, county_set: Set) -> None:
    inner = box(2, 2, 3, 3)
    outer, enclave = unit("000001", box(0, 0, 5, 5).difference(inner)), unit("000002", inner)
    line = shared_line(outer, enclave)
    assert line.parts[0].is_closed
    assert line.length_m == pytest.approx(4_000, rel=1e-4)
    assert check(county_set(outer, enclave)).ok


# Checks


def test_a_sound_set_passes_and_so_does_an_empty_one(unit: Unit, county_set: Set) -> None:
    tri = [unit(f"00000{i}", box(i, 0, i + 1, 1)) for i in range(3)]
    assert check(county_set(*tri)).ok
    assert check(county_set()).ok


def test_overlaps_are_named_with_their_size_and_place(unit: Unit, county_set: Set) -> None:
    report = check(county_set(unit("000001", box(0, 0, 5, 5)), unit("000002", box(4.9, 0, 9, 5))))
    overlap = next(problem for problem in report.problems if problem.kind == "overlap")
    assert not report.ok
    assert overlap.adcodes == ("000001", "000002")
    assert overlap.size == pytest.approx(500_000, rel=1e-3)
    assert overlap.lon == pytest.approx(120.0518, abs=1e-3)


def test_a_sliver_between_neighbours_is_a_gap_but_a_lake_is_not(
    unit: Unit, county_set: Set
) -> None:
    sliver, lake = box(4.999, 1, 5, 4), box(1, 1, 2, 2)
    west = unit(
        "000001",
        shapely.Polygon(
            [(0, 0), (5, 0), (5, 1), (4.999, 1), (4.999, 4), (5, 4), (5, 5), (0, 5)],
            [lake.exterior],
        ),
    )
    east = unit("000002", shapely.Polygon([(5, 0), (9, 0), (9, 5), (5, 5), (5, 4), (5, 1)]))
    assert sliver.area > 0
    gaps = [p for p in check(county_set(west, east)).problems if p.kind == "gap"]
    assert [gap.adcodes for gap in gaps] == [("000001", "000002")]
    assert gaps[0].size == pytest.approx(3_000, rel=1e-2)


def test_an_open_sliver_and_a_vertex_too_many_are_unshared_edges(
    unit: Unit, county_set: Set
) -> None:
    west = unit("000001", box(0, 0, 5, 5))
    apart = county_set(west, unit("000002", box(5.002, 0, 9, 5)))
    assert {problem.kind for problem in check(apart).problems} == {"unshared_edge"}
    bent = unit("000002", shapely.Polygon([(5, 0), (9, 0), (9, 5), (5, 5), (5, 2.5)]))
    edges = [p for p in check(county_set(west, bent)).problems if p.kind == "unshared_edge"]
    assert {edge.adcodes for edge in edges} == {("000001",), ("000002",)}
    assert edges[0].size == pytest.approx(5_000, rel=1e-3)


def test_invalid_and_empty_polygons_end_the_check(unit: Unit, county_set: Set) -> None:
    bow = unit("000001", shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    flat = unit("000003", shapely.Polygon([(0, 0), (1, 1), (0, 0), (1, 1)]))
    void = replace(bow, adcode="000002", polygon=shapely.Polygon())
    report = check(county_set(bow, void, flat))
    assert [problem.kind for problem in report.problems] == ["invalid"] * 3
    assert (report.problems[0].lon, report.problems[0].lat) == pytest.approx(
        (120.01, 31.01), abs=0.01
    )


def test_the_small_real_set_of_tests_has_exact_topology(
    tianditu_path: Path, county_set: Set
) -> None:
    features = json.loads(tianditu_path.read_text(encoding="utf-8"))["features"]
    units = [
        Jurisdiction(
            f["properties"]["adcode"], "县", "市", "省", shapely.geometry.shape(f["geometry"])
        )
        for f in features
    ]
    counties = county_set(*units)
    assert check(counties).ok
    line = shared_line(counties.by_adcode("330502"), counties.by_adcode("320509"))
    assert line.length_m == pytest.approx(6_753, abs=5)


# Repair and comparison


def test_repair_on_request_closes_a_gap_and_reports_the_move(unit: Unit, county_set: Set) -> None:
    counties = county_set(unit("000001", box(0, 0, 5, 5)), unit("000002", box(4.98, 0, 9, 5)))
    repaired = repair(counties, 50.0)
    assert check(repaired.boundaries).ok
    assert repaired.largest_move_m == pytest.approx(20, abs=1)
    assert max(move for _, move in repaired.moves_m) == repaired.largest_move_m


def test_repair_refuses_what_it_cannot_mend(unit: Unit, county_set: Set) -> None:
    # 4 m apart at the open edge: the cleaning closes only gaps that are enclosed.
    apart = county_set(unit("000001", box(0, 0, 5, 5)), unit("000002", box(5.004, 0, 9, 5)))
    assert _code(lambda: repair(apart, 1.0)) == "check_failed"
    assert _code(lambda: repair(apart, 0.0)) == "bad_distance"
    assert _code(lambda: repair(apart, float("nan"))) == "bad_distance"


def test_comparison_names_what_moved_came_and_went(unit: Unit, county_set: Set) -> None:
    a, b = unit("000001", box(0, 0, 5, 5)), unit("000002", box(5, 0, 9, 5))
    moved = unit("000001", box(0, 0, 5.1, 5))
    new = unit("000003", box(9, 0, 12, 5))
    result = compare(county_set(a, b), county_set(moved, new))
    assert result.missing == ("000002",)
    assert result.new == ("000003",)
    (change,) = result.changes
    assert change.moved_max_m == pytest.approx(100, abs=1)
    assert change.area_change_m2 == pytest.approx(500_000, rel=1e-3)
    assert change.area_new_m2 - change.area_old_m2 == change.area_change_m2


def test_a_set_compared_with_itself_has_not_moved(amap: BoundarySet) -> None:
    assert all(change.moved_max_m < 1e-6 for change in compare(amap, amap).changes)
