"""The calendar as people keep it: who may, what is refused, what it moves."""

from __future__ import annotations

PLAN = "日期,类型,名称\n2027-01-01,休,元旦\n2027/02/06,休,春节\n2027-02-14,班,调休上班\n"


def test_everybody_reads_the_year_with_its_sources(world):
    found = world.as_("wuxing-officer1").get("/calendar/days", year=2026).body
    assert (found["known"], found["next"]) == (True, None)
    day = next(item for item in found["items"] if item["day"] == "2026-10-01")
    assert (day["workday"], day["source"]) == (False, "package")
    assert "chinesecalendar" in day["source_name"]
    assert world.as_("wuxing-officer1").get("/calendar/days", year=2027).body["known"] is False


def test_counting_into_the_unknown_says_so(world):
    caller = world.as_("wuxing-officer1")
    found = caller.get("/calendar/count", start="2026-12-29", days=5).body
    assert (found["day"], found["provisional"]) == ("2027-01-05", True)
    assert "2027" in found["reason"]
    assert not caller.get("/calendar/count", start="2026-11-23", days=5).body["provisional"]
    assert caller.get("/calendar/count", start="2026-11-23", days=100000).status == 422


def test_only_the_system_administrator_enters_days(world):
    day = {"day": "2026-12-01", "workday": False, "name": "停工", "source": "试"}
    for username in ("wuxing-official", "wuxing-secadmin", "wuxing-officer1"):
        assert world.as_(username).post("/calendar/days", day).status == 403
    admin = world.as_("wuxing-sysadmin")
    made = admin.post("/calendar/days", day)
    assert (made.status, made.body["version"]) == (201, 1)
    assert admin.post("/calendar/days", day).status == 409
    facts = {"workday": True, "name": "照常", "source": "试"}
    assert admin.put("/calendar/days/2026-12-01", facts).status == 428
    assert admin.put("/calendar/days/2026-12-01", facts, version=9).status == 409
    assert admin.put("/calendar/days/2026-12-01", facts, version=1).body["version"] == 2
    assert admin.put("/calendar/days/2026-12-02", facts, version=1).status == 404
    assert admin.delete("/calendar/days/nonsense", version=2).status == 404
    assert admin.delete("/calendar/days/2026-12-01", version=2).status == 204
    assert admin.post("/calendar/days", day | {"day": "0001-01-01"}).status == 422


def test_every_bureau_is_told_of_a_day(world):
    day = {"day": "2026-12-01", "workday": False, "name": "停工", "source": "试"}
    world.as_("wuxing-sysadmin").post("/calendar/days", day)
    for username in ("wuxing-liaison", "nanxun-liaison"):
        told = world.as_(username).get("/changes", after=0, limit=500).body["items"]
        # Clocks that count over the day may follow it.
        change = [one for one in told if one["kind"] == "calendar_day"][-1]
        assert change["id"] == "2026-12-01"
        assert change["view"]["name"] == "停工"


def test_a_plan_is_imported_and_its_export_can_be_imported_again(world):
    admin = world.as_("wuxing-sysadmin")
    done = admin.post("/calendar/import", {"csv": PLAN, "source": "国办", "complete": True})
    assert done.body["entered"] == 3
    assert done.body["complete_years"] == [2027]
    year = admin.get("/calendar/days", year=2027).body
    assert [d["day"] for d in year["items"]] == ["2027-01-01", "2027-02-06", "2027-02-14"]
    assert year["known"]
    found = admin.get("/calendar/count", start="2026-12-29", days=5).body
    assert (found["day"], found["provisional"]) == ("2027-01-06", False)
    exported = admin.get("/calendar/days.csv", year=2027).body
    again = admin.post("/calendar/import", {"csv": exported, "source": "国办"})
    assert again.body["entered"] == 3


def test_every_line_that_cannot_be_read_is_named_and_nothing_is_entered(world):
    admin = world.as_("wuxing-sysadmin")
    bad = "2027-01-01,休,元旦\n2027-13-01,休,x\n2027-01-02,也许,x\n2027-01-01,班,重复\n"
    refused = admin.post("/calendar/import", {"csv": bad, "source": "试"})
    assert refused.status == 422
    lines = " ".join(error["message"] for error in refused.body["errors"])
    assert all(f"第{n}行" in lines for n in (2, 3, 4))
    assert admin.get("/calendar/days", year=2027).body["items"] == []
    assert admin.post("/calendar/import", {"csv": "day\n", "source": "试"}).status == 422


def test_the_banner_warns_those_who_can_do_something_about_it(world):
    for username, warned in (("wuxing-sysadmin", True), ("wuxing-official", True),
                             ("wuxing-officer1", False)):  # fmt: skip
        page = world.as_(username).page("/calendar")
        assert page.status == 200
        assert ("banner--calendar" in page.body) is warned
    plan = "\n".join(["2027-01-01,休,元旦", "2028-01-01,休,元旦"])
    body = {"csv": plan, "source": "国办", "complete": True}
    world.as_("wuxing-sysadmin").post("/calendar/import", body)
    assert "banner--calendar" not in world.as_("wuxing-sysadmin").page("/calendar").body
    assert world.as_("wuxing-sysadmin").page("/calendar?year=99999").status == 200
