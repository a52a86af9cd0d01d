"""Series of patrols: agreed by two keys, dates by rule or before holidays, exceptions, end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from hub.calendar.eves import holiday_eves
from hub.calendar.known import Entry, WorkCalendar
from hub.db import utc_now
from hub.patrol_series.models import PatrolSeries
from tests.support import clock_steps
from tests.support.clocks import run_due
from tests.support.field import find
from tests.support.patrols import approve, people, propose_patrol, soon, started_patrol
from tests.support.series import WUJIANG, WUXING, agree, begun, except_, first_date, read
from tests.support.story import binding_zone


def made(world, row):
    return [one for one in read(world, row).body["next"] if one["patrol_id"]]


def patrol_of(world, one):
    return world.as_(WUXING).get(f"/patrols/{one['patrol_id']}").body


def test_nothing_comes_of_it_before_both_agreed_then_each_date_is_a_proposal(world):
    row = begun(world)
    agree(world, row, WUXING)
    run_due(world)
    assert made(world, row) == []
    assert agree(world, row, WUJIANG)["state"] == "agreed"
    run_due(world)
    run_due(world)
    found = made(world, row)
    assert len(found) == 1
    patrol = patrol_of(world, found[0])
    assert (patrol["state"], patrol["title"]) == ("proposed", "每周巡查")
    assert len(patrol["crew"]) == 4
    assert patrol["starts_at"] == read(world, row).body["next"][0]["original"]
    bells = world.as_(WUJIANG).get("/notifications").body["items"]
    assert any(one["kind"] == "patrol_series" and one["verb"] == "made" for one in bells)


def test_the_parties_alone_see_it_and_each_changes_what_is_its_own(world):
    row = begun(world)
    url = f"/patrol-series/{row['id']}"
    assert world.as_("nanxun-planner").get(url).status == 404
    assert world.as_("nanxun-planner").get("/patrol-series").body["items"] == []
    assert world.as_(WUJIANG).patch(url, {"title": "x"}, version=row["version"]).status == 403
    assert world.as_("wuxing-officer1").post(f"{url}/end").status == 403
    agree(world, row)
    crew = {"officers": people(world, "wujiang", "officer2", "officer3"), "craft": []}
    now = read(world, row, WUJIANG)
    answer = world.as_(WUJIANG).put(f"{url}/crew", crew, version=now.version)
    assert (answer.body["state"], answer.body["plan_version"]) == ("proposed", 2)
    same = world.as_(WUJIANG).put(f"{url}/crew", crew, version=answer.version)
    assert same.body["plan_version"] == 2
    stale = {"plan_version": 1, "content_hash": row["content_hash"]}
    assert world.as_(WUXING).post(f"{url}/approve", stale).status == 409


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "every week"])
def test_a_rule_that_is_none_is_refused(world, rule):
    patrol = propose_patrol(world, binding_zone(world))
    body = {"patrol_id": patrol["id"], "rule": rule}
    assert world.as_(WUXING).post("/patrol-series", body).status == 422


def test_a_date_is_skipped_by_either_moved_by_the_proposer_and_put_back(world):
    row = begun(world, lead_days=30)
    agree(world, row)
    first, second, third = (one["original"] for one in read(world, row).body["next"][:3])
    assert except_(world, row, first, WUJIANG, skipped=True).status == 200
    moved = (datetime.fromisoformat(second) + timedelta(hours=3)).isoformat()
    assert except_(world, row, second, WUJIANG, starts_at=moved).status == 403
    assert except_(world, row, second, starts_at=moved, minutes=60, title="夜查").status == 200
    assert except_(world, row, third, skipped=True).status == 200
    assert except_(world, row, third).status == 200
    assert except_(world, row, soon(days=11).isoformat(), skipped=True).status == 422
    # Of a date that lies behind, no patrol would ever be proposed.
    over = except_(world, row, third, starts_at=soon(days=-1).isoformat())
    assert (over.status, over.body["errors"][0]["field"]) == (422, "starts_at")
    caller = world.as_(WUXING)
    with caller.app.test_client() as client:
        with client.session_transaction() as cookie:
            cookie["locale"] = "en"
        key = {"Authorization": f"Bearer {caller.token}"}
        page = client.get("/schedule/series", headers=key).get_data(as_text=True)
    assert ">Restore</button>" in page
    run_due(world)
    found = read(world, row).body["next"]
    assert found[0]["skipped"]
    assert found[0]["patrol_id"] is None
    patrol = patrol_of(world, found[1])
    starts, ends = (datetime.fromisoformat(patrol[name]) for name in ("starts_at", "ends_at"))
    assert starts == datetime.fromisoformat(moved)
    assert ends - starts == timedelta(hours=1)
    assert patrol["title"] == "夜查"
    assert found[2]["patrol_id"]
    assert except_(world, row, second, skipped=True).status == 409


def past(world, row, who=WUXING, **query):
    return world.as_(who).get(f"/patrol-series/{row['id']}/dates", **query)


def test_what_became_of_past_dates_is_listed_with_who_made_exceptions_when_and_why(world):
    row = begun(world, lead_days=30)
    agree(world, row)
    dates = [one["original"] for one in read(world, row).body["next"][:4]]
    assert except_(world, row, dates[0], WUJIANG, skipped=True, reason="台风").status == 200
    moved = (datetime.fromisoformat(dates[1]) + timedelta(hours=3)).isoformat()
    assert except_(world, row, dates[1], starts_at=moved, reason="潮位").status == 200
    ahead = read(world, row, WUJIANG).body["next"][0]
    assert (ahead["reason"], ahead["side"], ahead["by_name"] is not None) == ("台风", "a", True)
    run_due(world)
    third = next(one for one in made(world, row) if one["original"] == dates[2])
    patrol = world.as_(WUJIANG).get(f"/patrols/{third['patrol_id']}")
    cancel = {"reason": "改由夜间"}
    url = f"/patrols/{third['patrol_id']}/cancel"
    assert world.as_(WUJIANG).post(url, cancel, version=patrol.version).status == 200
    assert past(world, row).body["items"] == []
    with clock_steps.set_by(timedelta(days=45)):
        found = past(world, row).body["items"]
        told = {one["original"]: (one["became"], one["reason"], one["side"]) for one in found}
        assert told[dates[0]] == ("skipped", "台风", "b")
        assert told[dates[1]] == ("moved", "潮位", "a")
        assert told[dates[2]] == ("called_off", "改由夜间", "b")
        assert all(one["by_name"] and one["at"] for one in found if one["became"] != "patrol")
        # Back from where a page ends; the files have the same dates, and strangers none of them.
        first = past(world, row, limit=1).body
        rest = past(world, row, cursor=first["next"]).body["items"]
        assert first["items"] + rest == found
        assert len(past(world, row, exceptions="true").body["items"]) == 3
        sheet = world.as_(WUXING).get(f"/patrol-series/{row['id']}/dates.csv", exceptions="true")
        assert "改由夜间" in sheet.body
        assert past(world, row, "nanxun-planner").status == 404
        page = world.as_(WUXING).page(f"/schedule/series/{row['id']}/dates")
        assert page.status == 200
        assert "台风" in page.body


def test_a_changed_series_renews_what_nobody_touched_once_it_is_agreed_again(world):
    row = begun(world, lead_days=30)
    agree(world, row)
    run_due(world)
    first, second = made(world, row)[:2]
    approve(world, WUJIANG, patrol_of(world, first))
    now = read(world, row)
    later = (datetime.fromisoformat(row["starts_at"]) + timedelta(minutes=30)).isoformat()
    change = {"title": "新名称", "starts_at": later}
    changed = world.as_(WUXING).patch(f"/patrol-series/{row['id']}", change, version=now.version)
    assert changed.body["state"] == "proposed"
    assert patrol_of(world, second)["title"] == "每周巡查"
    agree(world, changed.body)
    assert patrol_of(world, first)["title"] == "每周巡查"
    renewed = patrol_of(world, second)
    assert renewed["title"] == "新名称"
    assert renewed["starts_at"] > second["starts_at"]


def test_at_its_end_untouched_proposals_are_called_off_and_no_more_come(world):
    row = begun(world, lead_days=30)
    agree(world, row)
    run_due(world)
    first, second = made(world, row)[:2]
    approve(world, WUJIANG, patrol_of(world, first))
    url = f"/patrol-series/{row['id']}"
    assert world.as_(WUJIANG).post(f"{url}/end").body["next"] == []
    assert patrol_of(world, first)["state"] == "proposed"
    assert patrol_of(world, second)["state"] == "cancelled"
    assert world.as_(WUXING).post(f"{url}/end").status == 409
    run_due(world)
    assert patrol_of(world, second)["state"] == "cancelled"


def test_who_is_away_is_left_out_and_what_cannot_be_is_noted(world):
    row = begun(world)
    agree(world, row)
    away = {
        "subject": "officer",
        "subject_id": people(world, "wuxing", "officer1")[0],
        "starts_at": first_date(days=9).isoformat(),
        "ends_at": first_date(days=11).isoformat(),
    }
    assert world.as_(WUXING).post("/absences", away).status == 201
    run_due(world)
    names = [one["user_id"] for one in patrol_of(world, made(world, row)[0])["crew"]]
    assert away["subject_id"] not in names
    assert len(names) == 3


def test_what_speaks_against_a_date_is_told_and_tried_again_later(world):
    row = begun(world)
    agree(world, row)
    with world.app.app_context(), world.unit_of_work() as session:
        session.get(PatrolSeries, row["id"]).minutes = 3000
    run_due(world)
    found = read(world, row).body["next"][0]
    assert "24小时" in found["problem"]
    assert found["patrol_id"] is None
    with world.app.app_context(), world.unit_of_work() as session:
        held = session.get(PatrolSeries, row["id"])
        held.minutes = 120
        held.occurrences[0].tried_at -= timedelta(hours=7)
    run_due(world)
    assert made(world, row)


def test_before_holidays_is_the_last_working_day_of_the_known_calendar(world):
    known = WorkCalendar()
    found = holiday_eves(known, date(2026, 9, 1), date(2026, 10, 31))
    # 2026: mid-autumn 25-27 September, national day 1-7 October.
    assert found == [date(2026, 9, 24), date(2026, 9, 30)]
    entered = WorkCalendar({date(2031, 3, 5): Entry(False, "庙会", "x")}, frozenset({2031}))
    assert holiday_eves(entered, date(2031, 3, 1), date(2031, 3, 9)) == [date(2031, 3, 4)]
    row = begun(
        world, before_holidays=True, starts_at=datetime(2026, 1, 1, 1, tzinfo=UTC).isoformat()
    )
    assert row["before_holidays"]
    assert row["rule"] == ""
    days = {one["original"] for one in row["next"]}
    assert all(one.endswith("T01:00:00Z") or "T01:00:00" in one for one in days)


def test_the_page_shows_series_and_takes_a_patrol_as_template(world):
    row = begun(world)
    patrol = world.as_(WUXING).get("/patrols").body["items"][0]
    page = world.as_(WUXING).page(f"/schedule/series?patrol={patrol['id']}").body
    assert row["title"] in page
    assert 'id="series-form"' in page
    world.as_(WUXING).patch(
        f"/patrol-series/{row['id']}", {"rule": "FREQ=MONTHLY;BYDAY=2TU"}, version=row["version"]
    )
    assert "每月 · 第二个星期二" in world.as_(WUXING).page("/schedule/series").body
    assert 'id="series-form"' not in world.as_("wuxing-officer1").page("/schedule/series").body
    assert world.as_("nanxun-planner").page(f"/schedule/series?patrol={patrol['id']}").status == 404


def test_a_change_is_shown_before_it_is_saved(world):
    """Fields, whose agreement falls, dates, and what becomes of what was proposed already."""
    row = agree(world, begun(world, lead_days=20))
    run_due(world)
    first, second = made(world, read(world, row).body)[:2]
    url = f"/patrol-series/{row['id']}"
    later = first_date(days=13).isoformat()
    assert world.as_(WUJIANG).post(f"{url}/preview", {"title": "另一个"}).status == 403
    assert world.as_("nanxun-planner").post(f"{url}/preview", {"title": "另一个"}).status == 404
    approve(world, WUJIANG, patrol_of(world, second))
    plan = world.as_(WUXING).post(f"{url}/preview", {"starts_at": later, "minutes": 90}).body
    assert [one["name"] for one in plan["changes"]] == ["starts_at", "minutes"]
    assert {one["side"] for one in plan["withdrawn"]} == {"a", "b"}
    assert {one["id"]: one["becomes"] for one in plan["patrols"]} == {
        first["patrol_id"]: "called_off", second["patrol_id"]: "stays"}  # fmt: skip
    assert all(day["new"] for day in plan["dates"])
    assert read(world, row).body["state"] == "agreed"
    assert world.as_(WUXING).post(f"{url}/preview", {"title": row["title"]}).body["changes"] == []
    wrong = world.as_(WUXING).post(f"{url}/preview", {"rule": "FREQ=DAILY"})
    assert wrong.body["errors"][0]["field"] == "rule"
    now = read(world, row).body["version"]
    changed = world.as_(WUXING).patch(url, {"starts_at": later, "minutes": 90}, version=now).body
    assert changed["state"] == "proposed"
    agree(world, changed)
    states = {one: patrol_of(world, {"patrol_id": one})["state"] for one in
              (first["patrol_id"], second["patrol_id"])}  # fmt: skip
    assert states == {first["patrol_id"]: "cancelled", second["patrol_id"]: "proposed"}


def test_what_a_firm_is_late_with_comes_back_on_the_checklist(world):
    """On that of the next patrol of a series: the number alone, for both sides read it."""
    patrol = started_patrol(world)
    finding = find(world, patrol)
    later = find(world, patrol, text="堆放")
    for one, days in ((finding, 1), (later, 60)):
        due = str((utc_now() + timedelta(days=days)).date())
        task = {"firm": "演示印染厂", "task": "封堵雨水口", "due_on": due}
        assert world.as_("wuxing-officer1").post(f"/findings/{one['id']}/task", task).status == 200
    body = {"patrol_id": patrol["id"], "rule": "FREQ=WEEKLY", "starts_at": first_date().isoformat()}
    row = world.as_(WUXING).post("/patrol-series", body)
    assert row.status == 201, row.body
    agree(world, row.body)
    run_due(world)
    points = [item["text"] for item in patrol_of(world, made(world, row.body)[0])["checklist"]]
    assert f"复查逾期整改 {finding['number']}" in points
    assert later["number"] not in " ".join(points)


def planned(world, who, **more):
    """The dates of series on somebody's schedule that are no patrols yet."""
    window = {"from": soon(days=-1).isoformat(), "to": soon(days=40).isoformat()}
    answer = world.as_(who).get("/schedule", **window, **more)
    assert answer.status == 200, answer.body
    return [one for one in answer.body["items"] if one["kind"] == "series"]


def test_coming_dates_stand_on_the_calendar_of_the_parties_until_they_are_proposed(world):
    row = begun(world)
    assert planned(world, WUXING) == []
    agree(world, row)
    own, other = planned(world, WUXING), planned(world, WUJIANG)
    assert [one["id"] for one in own] == [one["id"] for one in other]
    assert len(own) >= 4
    first, second, third = own[:3]
    assert (first["title"], first["state"], first["proposing_side"]) == (
        "每周巡查", "planned", "a")  # fmt: skip
    assert {one["side"] for one in first["crew"]} == {"a", "b"}
    assert [one["may"]["propose"] for one in (first, other[0])] == [True, False]
    assert not planned(world, "wuxing-officer1")[0]["may"]["propose"]
    assert planned(world, "nanxun-planner") == []
    # Narrowed as patrols are; a state is of patrols alone.
    assert planned(world, WUXING, state="approved") == []
    assert planned(world, WUXING, zone_id=row["id"]) == []
    named = next(one["id"] for one in first["crew"] if one["side"] == "a")
    assert len(planned(world, WUXING, officer=named)) == len(own)
    assert planned(world, WUXING, officer=row["id"]) == []
    # A date that is skipped is none; one that is put off stands where it was put.
    except_(world, row, first["original"], skipped=True)
    moved = first_date(days=13).isoformat()
    except_(world, row, second["original"], starts_at=moved)
    now = planned(world, WUXING)
    assert first["id"] not in [one["id"] for one in now]
    there = next(one for one in now if one["id"] == second["id"])
    assert datetime.fromisoformat(there["starts_at"]) == datetime.fromisoformat(moved)
    csv = world.as_(WUXING).get("/schedule.csv", **{
        "from": soon(days=-1).isoformat(), "to": soon(days=40).isoformat()}).body  # fmt: skip
    assert "每周巡查" in csv
    assert "计划中，尚未提出" in csv
    run_due(world)
    assert third["id"] in [one["id"] for one in planned(world, WUXING)]
    assert second["id"] not in [one["id"] for one in planned(world, WUXING)]


def test_a_date_is_proposed_before_its_turn_by_the_planner_who_proposed_the_series(world):
    row = begun(world, lead_days=1)
    url = f"/patrol-series/{row['id']}/propose"
    early = {"original": row["next"][1]["original"]}
    assert world.as_(WUXING).post(url, early).status == 409
    agree(world, row)
    date = planned(world, WUXING)[1]
    for who, status in ((WUJIANG, 403), ("wuxing-officer1", 403), ("nanxun-planner", 404)):
        assert world.as_(who).post(url, {"original": date["original"]}).status == status
    wrong = world.as_(WUXING).post(url, {"original": soon(days=11).isoformat()})
    assert wrong.body["errors"][0]["field"] == "original"
    made_now = world.as_(WUXING).post(url, {"original": date["original"]})
    assert made_now.status == 201, made_now.body
    assert (made_now.body["starts_at"], made_now.body["state"]) == (date["starts_at"], "proposed")
    assert {one["side"] for one in made_now.body["crew"]} == {"a", "b"}
    assert date["id"] not in [one["id"] for one in planned(world, WUJIANG)]
    assert world.as_(WUXING).post(url, {"original": date["original"]}).status == 409
    run_due(world)
    held = [one for one in made(world, row) if one["original"] == date["original"]]
    assert [one["patrol_id"] for one in held] == [made_now.body["id"]]
