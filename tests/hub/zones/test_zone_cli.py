"""`flask zone ...`: the line in figures, strips to a pipe, a proposal in a planner's name."""

from __future__ import annotations

import json

import pytest

from tests.support.story import sign

PLACE = ["330502", "320509", "--from", "1000", "--to", "5600", "--width", "1000"]


@pytest.fixture
def run(world):
    def call(*args):
        return world.app.test_cli_runner().invoke(args=["zone", *args])

    return call


def test_the_line_is_told_in_figures(run):
    answer = run("line", "330502", "320509")
    assert answer.exit_code == 0, answer.output
    assert "part 0: 7" in answer.output


def test_strips_come_out_as_geojson(run):
    answer = run("build", *PLACE)
    assert answer.exit_code == 0, answer.output
    assert [f["id"] for f in json.loads(answer.output)["features"]] == ["320509", "330502", "line"]


def test_a_zone_is_proposed_in_a_planners_name(world, run):
    number = sign(world)["number"]
    who = ["--agreement", number, "--name", "命令行区域"]
    answer = run("build", *PLACE, *who, "--user", "wuxing-planner")
    assert answer.exit_code == 0, answer.output
    (zone,) = world.as_("wujiang-planner").get("/zones").body["items"]
    assert (zone["name"], zone["state"]) == ("命令行区域", "proposed")
    assert zone["current"]["created_by_name"]


def test_nobody_proposes_beyond_his_rights(world, run):
    number = sign(world)["number"]
    for username in ("wuxing-officer1", "nanxun-planner", "nobody"):
        answer = run("build", *PLACE, "--agreement", number, "--name", "x", "--user", username)
        assert answer.exit_code == 1, username
    assert world.as_("wuxing-planner").get("/zones").body["items"] == []


@pytest.mark.parametrize(
    "change",
    [["--width", "0"], ["--width", "nan"], ["--to", "99999"], ["--part", "9"]],
)
def test_what_cannot_be_is_refused_in_words(run, change):
    answer = run("build", *PLACE, *change)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")


def test_districts_that_do_not_touch_share_no_line(run):
    assert run("line", "330502", "341881").exit_code == 1
    assert run("line", "330502", "999999").exit_code == 1
