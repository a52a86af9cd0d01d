"""The first and the last day of the calendar are days like others: a filter takes them."""

from __future__ import annotations

import pytest

from tests.support.story import binding_zone

LISTS = {
    "/patrols": ("from", "to"),
    "/inspections": ("from", "to"),
    "/cases": ("opened_from", "opened_to"),
    "/findings": ("since", "until"),
    "/meetings": ("since", "until"),
    "/reports": ("since", "until"),
}
ENDS = [("0001-01-01", "9999-12-31"), ("9999-12-31", "0001-01-01"), ("9999-12-30", "9999-12-31")]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("days", ENDS, ids="..".join)
def test_a_page_takes_any_day(world, path, days):
    first, last = LISTS[path]
    answer = world.as_("wuxing-planner").page(f"{path}?{first}={days[0]}&{last}={days[1]}")
    assert answer.status in (200, 422)


@pytest.mark.parametrize("days", ENDS, ids="..".join)
def test_the_audit_takes_any_day(world, days):
    answer = world.as_("wuxing-auditor").page(f"/audit?from={days[0]}&to={days[1]}")
    assert answer.status == 200


@pytest.mark.parametrize("path", ["/patrols", "/inspections", "/cases"])
def test_a_list_without_bounds_is_the_whole_list(world, path):
    planner = world.as_("changxing-planner")
    first, last = LISTS[path]
    within = planner.page(f"{path}?{first}=0001-01-01&{last}=9999-12-31").body
    assert within.count("<tr") == planner.page(path).body.count("<tr")


@pytest.mark.parametrize("days", ENDS[::2], ids="..".join)
def test_what_is_counted_lies_in_years_of_ours(world, days):
    zone = binding_zone(world)
    path = f"/zones/{zone['id']}/effort"
    answer = world.as_("wuxing-planner").get(path, since=days[0], until=days[1])
    assert answer.status == 422
    assert {error["field"] for error in answer.body["errors"]} == {"since", "until"}


@pytest.mark.parametrize("days", ENDS, ids="..".join)
def test_the_calendar_and_a_roster_know_years_of_ours(world, days):
    planner = world.as_("wuxing-planner")
    station = planner.get("/stations").body["items"][0]["id"]
    first, last = days
    for path, query in (
        ("/schedule", {"from": first, "to": last}),
        ("/absences", {"from": first, "to": last}),
        (f"/stations/{station}/duties", {"since": first, "until": last}),
    ):
        answer = planner.get(path, **query)
        assert answer.status == 422, (path, answer.body)
    assert planner.page(f"/stations/{station}?week={first}").status == 422
