"""`boundaries check` and `boundaries import`: surveyed outlines in any CRS, faults refused."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas
import numpy as np
import pytest
import shapely

from geo.boundaries import load, shared_line
from geo.crs import geodesic_length_m, wgs84_to_gcj02
from tests.conftest import BOUNDARIES

CHANGXING, YIXING = "330522", "320282"


@pytest.fixture
def run(world):
    def call(*args):
        return world.app.test_cli_runner().invoke(args=["boundaries", *map(str, args)])

    return call


@pytest.fixture(scope="module")
def surveyed():
    """All outlines, each vertex inside the area moved by the same small and known field."""

    def move(places):
        return places + 1e-4 * np.sin(places[:, ::-1] * 500) * [[1, 1]]

    current = load(BOUNDARIES)
    return [
        replace(unit, polygon=shapely.transform(unit.polygon, move))
        for unit in current.jurisdictions
    ]


def _frame(units, **columns):
    data = {"xzqdm": [unit.adcode for unit in units], "xzqmc": [unit.name for unit in units]}
    shapes = [unit.polygon for unit in units]
    return geopandas.GeoDataFrame(data | columns, geometry=shapes, crs="EPSG:4326")


def _accuracy(world, adcode):
    items = world.as_("wuxing-planner").get("/jurisdictions").body["items"]
    return next(item for item in items if item["adcode"] == adcode)


def test_the_outlines_in_use_have_no_problems(run):
    result = run("check")
    assert (result.exit_code, "0 problems" in result.output) == (0, True)
    assert run("check", BOUNDARIES).exit_code == 0


@pytest.mark.once
@pytest.mark.parametrize(("suffix", "crs"), [("gpkg", 4549), ("shp", 4490), ("geojson", 4326)])
def test_a_survey_is_imported_from_any_format_and_crs(world, run, surveyed, tmp_path, suffix, crs):
    path = tmp_path / f"survey.{suffix}"
    _frame(surveyed).to_crs(crs).to_file(path)
    result = run("import", path, "--accuracy-m", 0.5, "--source", "测绘成果", "--yes")
    assert result.exit_code == 0, result.output
    assert "330502 吴兴区: outline moves up to" in result.output
    unit = _accuracy(world, "330502")
    assert (unit["accuracy_m"], unit["source"], unit["parent_name"]) == (0.5, "测绘成果", "湖州市")
    wuxing, wujiang = (next(u for u in surveyed if u.adcode == c) for c in ("330502", "320509"))
    part = shared_line(wuxing, wujiang)
    line = world.as_("wuxing-planner").get("/boundary-lines", a="330502", b="320509").body
    assert line["length_m"] == pytest.approx(part.length_m, abs=0.1)


@pytest.mark.once
def test_what_is_in_gcj02_is_shifted_back(run, surveyed, tmp_path):
    def shift(places):
        return np.column_stack(wgs84_to_gcj02(places[:, 0], places[:, 1]))

    units = load(BOUNDARIES).jurisdictions
    path = tmp_path / "amap.geojson"
    shifted = [replace(u, polygon=shapely.transform(u.polygon, shift)) for u in units]
    _frame(shifted).to_file(path)
    moves = run("import", path, "--accuracy-m", 10, "--dry-run").output
    assert float(moves.partition("吴兴区: outline moves up to ")[2].split(" m")[0]) > 400
    back = run("import", path, "--accuracy-m", 10, "--gcj02", "--dry-run").output
    assert "outline moves" not in back
    assert "330502 吴兴区" in back.partition("the same as in use: ")[2]


def test_a_dry_run_changes_nothing_but_names_lines_and_zones(world, run, surveyed, tmp_path):
    path = tmp_path / "survey.gpkg"
    _frame(surveyed).to_file(path)
    result = run("import", path, "--accuracy-m", 0.5, "--dry-run")
    assert result.exit_code == 0
    assert "line 320282-330522 宜兴市–长兴县" in result.output
    assert "长兴—宜兴交叉联合执法区域" in result.output
    assert _accuracy(world, "330502")["accuracy_m"] == 400.0


def test_faults_are_refused_with_their_place(world, run, surveyed, tmp_path):
    def widened(unit):
        return replace(unit, polygon=unit.polygon.union(unit.polygon.centroid.buffer(0.3)))

    broken = [widened(u) if u.adcode == CHANGXING else u for u in surveyed]
    path = tmp_path / "broken.gpkg"
    _frame(broken).to_file(path)
    result = run("import", path, "--accuracy-m", 0.5)
    assert result.exit_code != 0
    assert "overlap at 119." in result.output
    assert "nothing was changed" in result.output
    assert _accuracy(world, CHANGXING)["accuracy_m"] == 400.0
    assert run("check", path).exit_code == 1


def test_a_survey_of_some_must_fit_the_neighbours_that_stay(run, surveyed, tmp_path):
    path = tmp_path / "two.gpkg"
    _frame([u for u in surveyed if u.adcode in (CHANGXING, YIXING)]).to_file(path)
    refused = run("import", path, "--accuracy-m", 0.5)
    assert refused.exit_code != 0
    assert "outlines that stay in use" in refused.output
    accepted = run("import", path, "--accuracy-m", 0.5, "--allow-mismatch", "--yes")
    assert accepted.exit_code == 0, accepted.output
    assert "2 replaced, 0 added" in accepted.output


def test_zones_keep_their_geometry_and_answers_follow_the_new_line(world, run, surveyed, tmp_path):
    planner = world.as_("changxing-planner")
    before = planner.get("/zones").body["items"][0]["current"]
    line = shapely.geometry.shape(before["line"])
    place = line.interpolate(0.5, normalized=True)
    ask = {"lon": place.x, "lat": place.y}
    assert planner.get("/locate", **ask).body["uncertainty_m"] == 400.0
    path = tmp_path / "survey.gpkg"
    _frame(surveyed).to_file(path)
    assert run("import", path, "--accuracy-m", 0.5, "--yes").exit_code == 0
    assert planner.get("/zones").body["items"][0]["current"] == before
    assert planner.get("/locate", **ask).body["uncertainty_m"] == 0.5
    assert geodesic_length_m(line) == pytest.approx(6000, abs=1)


def test_a_file_that_is_no_boundary_file_is_refused(run, tmp_path):
    for name, content in {
        "list.geojson": "[1]",
        "text.gpkg": "hello",
        "deep.geojson": json.dumps({"type": "FeatureCollection", "features": []}),
    }.items():
        path = tmp_path / name
        path.write_text(content)
        result = run("import", path, "--accuracy-m", 1)
        assert result.exit_code == 1, name
        assert result.output.startswith("Error:"), result.output


def test_the_surveyor_s_accuracy_must_be_given(run, tmp_path):
    path = tmp_path / "x.geojson"
    path.write_text("{}")
    assert run("import", path).exit_code == 2


def test_nothing_is_written_before_somebody_said_yes(world, surveyed, tmp_path):
    path = tmp_path / "survey.gpkg"
    _frame(surveyed).to_file(path)
    asked = ["boundaries", "import", str(path), "--accuracy-m", "0.5"]
    result = world.app.test_cli_runner().invoke(args=asked, input="n\n")
    assert result.exit_code == 0
    assert "nothing was changed" in result.output
    assert _accuracy(world, "330502")["accuracy_m"] == 400.0


def test_an_outline_drawn_away_from_its_neighbours_is_told_and_refused(run, tmp_path):
    units = {u.adcode: u for u in load(BOUNDARIES).jurisdictions}
    shrunk = replace(units["330502"], polygon=units["330502"].polygon.buffer(-0.002))
    path = tmp_path / "apart.gpkg"
    _frame([shrunk, units["320509"]]).to_file(path)
    alone = "touch no other outline of the set: 330502 吴兴区, 320509 吴江区"
    assert alone in run("check", path).output
    refused = run("import", path, "--accuracy-m", 5, "--yes")
    assert refused.exit_code == 1
    assert "line 320509-330502 吴江区–吴兴区: would be lost" in refused.output
