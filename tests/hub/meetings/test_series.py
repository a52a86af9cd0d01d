"""Series: the rule, the turns of host and chair, meetings called by hand and by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.calendar.recurrence import checked_rule, dates
from hub.errors import Invalid
from tests.support.clocks import run_due
from tests.support.meetings import (
    GUEST,
    HOST,
    HOST_OFFICER,
    STRANGER,
    agreement_of,
    in_days,
)


def body(world, **changes):
    return {
        "agreement_id": agreement_of(world)["id"],
        "title": "季度例会",
        "rule": "FREQ=MONTHLY;INTERVAL=3",
        "starts_at": in_days(60).isoformat(),
        "rotation": [world.bureau_id("changxing"), world.bureau_id("yixing")],
        "places": {world.bureau_id("yixing"): "宜兴三楼"},
    } | changes


def begun(world, **changes):
    answer = world.as_(HOST).post("/meeting-series", body(world, **changes))
    assert answer.status == 201, answer.body
    return answer.body


def call_next(world, row, who=HOST):
    return world.as_(who).post(f"/meeting-series/{row['id']}/meetings")


def test_host_and_chair_go_round_the_parties(world):
    row = begun(world, chair_shift=1)
    turns = [(one["host_name"], one["chair_name"]) for one in row["next"]]
    assert turns[:3] == [("长兴", "宜兴"), ("宜兴", "长兴"), ("长兴", "宜兴")]
    first = call_next(world, row).body
    second = call_next(world, row, GUEST).body
    assert (first["host_name"], first["chair_name"]) == ("长兴", "宜兴")
    assert (second["host_name"], second["place"]) == ("宜兴", "宜兴三楼")
    months = [datetime.fromisoformat(one["starts_at"]).month for one in (first, second)]
    assert (months[1] - months[0]) % 12 == 3
    listed = world.as_(GUEST).get("/meeting-series").body["items"]
    assert next(one for one in listed if one["id"] == row["id"])["made"] == 2


def test_the_parties_alone_see_a_series_and_arrange_it(world):
    row = begun(world)
    assert world.as_(STRANGER).get(f"/meeting-series/{row['id']}").status == 404
    assert row["id"] not in str(world.as_(STRANGER).get("/meeting-series").body)
    assert world.as_(HOST_OFFICER).post("/meeting-series", body(world)).status == 403
    assert call_next(world, row, HOST_OFFICER).status == 403


def test_what_is_still_to_come_can_be_changed_until_it_is_called(world):
    row = begun(world)
    host = world.as_(HOST)
    url = f"/meeting-series/{row['id']}"
    changed = host.patch(url, {"rule": "FREQ=YEARLY", "quorum": 2}, version=row["version"]).body
    assert (changed["rule_name"], changed["quorum"]) == ("每年", 2)
    call_next(world, row)
    now = host.get(url)
    late = host.patch(url, {"rule": "FREQ=MONTHLY"}, version=now.version)
    assert late.status == 409
    assert host.patch(url, {"title": "年会"}, version=now.version).body["title"] == "年会"
    assert host.post(f"{url}/end").body["next"] == []
    assert call_next(world, row).status == 409
    assert host.post(f"{url}/end").status == 409


def test_a_series_that_has_no_date_left_calls_no_meeting(world):
    row = begun(world, rule="FREQ=MONTHLY;COUNT=1")
    assert call_next(world, row).status == 201
    assert call_next(world, row).status == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rule": "FREQ=DAILY"}, "rule"),
        ({"rule": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"}, "rule"),
        ({"rule": "每季度一次吧"}, "rule"),
        ({"rotation": []}, "rotation"),
        ({"places": {"nobody": "x"}}, "places"),
        ({"title": " "}, "title"),
    ],
)
def test_a_series_that_cannot_be_is_refused_with_the_field(world, changes, field):
    answer = world.as_(HOST).post("/meeting-series", body(world, **changes))
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=MONTHLY;COUNT=0",
        "FREQ=MONTHLY;FREQ=WEEKLY",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=MONTHLY;UNTIL=20300101",
        "FREQ=MONTHLY\nDTSTART:20260101",
        "FREQ=SECONDLY",
    ],
)
def test_rules_that_would_run_away_or_mean_nothing_are_refused(rule):
    with pytest.raises(Invalid):
        checked_rule(rule, datetime(2026, 1, 5, 1, tzinfo=UTC))


def test_dates_keep_the_local_hour():
    start = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)
    rule = checked_rule("rrule:freq=monthly;interval=3;byday=2we", start)
    assert [at.isoformat() for at in dates(rule, start, 2, 1)] == [
        "2026-06-10T01:30:00+00:00",
        "2026-09-09T01:30:00+00:00",
    ]


def test_the_clock_calls_the_next_meeting_thirty_days_ahead(world):
    row = begun(world)
    assert run_due(world).get("meeting.call", 0) == 0
    assert run_due(world, timedelta(days=31))["meeting.call"] >= 1
    found = world.as_(GUEST).get("/meetings", series=row["id"]).body["items"]
    assert [one["host_name"] for one in found] == ["长兴"]
    assert run_due(world, timedelta(days=31)).get("meeting.call", 0) == 0
