"""Duty rosters: each bureau its own people, names across as the terms say, swaps, sheets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hub.clock import local_day
from hub.db import utc_now
from tests.support.story import sign
from tests.support.world import World

JIAPU = "夹浦生态联勤警务站（演示）"


def station_of(world: World, who: str, name: str = "") -> dict[str, Any]:
    items = world.as_(who).get("/stations").body["items"]
    return next(one for one in items if (one["name"] == name if name else one["own"]))


def turn(world: World, who: str, hours: float = 0, length: float = 8) -> dict[str, Any]:
    """A turn of a person a month from now, when the demo has none."""
    starts = utc_now() + timedelta(days=30, hours=hours)
    return {
        "user_id": world.as_(who).user_id,
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=length)).isoformat(),
    }


def month(world: World, who: str, station: dict[str, Any]) -> list[dict[str, Any]]:
    day = local_day(utc_now())
    days = {"since": day + timedelta(days=29), "until": day + timedelta(days=34)}
    query = {name: value.isoformat() for name, value in days.items()}
    return list(world.as_(who).get(f"/stations/{station['id']}/duties", **query).body["items"])


@pytest.fixture
def station(world: World) -> dict[str, Any]:
    return station_of(world, "wuxing-liaison")


def add(world: World, station: dict[str, Any], body: dict[str, Any], who: str = "wuxing-liaison"):
    return world.as_(who).post(f"/stations/{station['id']}/duties", body)


def test_who_is_on_duty_now_is_told_by_station(world: World):
    found = world.as_("wuxing-officer1").get("/duties/now").body["items"]
    zhili = next(one for one in found if one["name"].startswith("织里"))
    assert len(zhili["on_duty"]) == 1
    assert zhili["on_duty"][0]["name"]
    page = world.as_("wuxing-officer1").page(f"/stations/{zhili['station_id']}").body
    assert zhili["on_duty"][0]["name"] in page
    assert zhili["on_duty"][0]["name"] in world.as_("wuxing-officer1").page("/").body


def test_a_turn_is_entered_by_those_who_keep_stations_for_their_own_people(
    world: World, station: dict[str, Any]
):
    made = add(world, station, turn(world, "wuxing-officer1"))
    assert made.status == 201, made.body
    assert [one["name"] for one in month(world, "wuxing-officer2", station)] == ["姚海涛"]
    assert add(world, station, turn(world, "wuxing-officer2"), "wuxing-officer2").status == 403
    assert add(world, station, turn(world, "nanxun-officer1"), "nanxun-liaison").status == 404
    stranger = add(world, station, turn(world, "nanxun-officer1"))
    assert stranger.status == 422
    assert stranger.body["errors"][0]["field"] == "user_id"
    twice = add(world, station, turn(world, "wuxing-officer1", hours=7.5))
    assert twice.status == 422
    assert "姚海涛" in str(twice.body)
    assert add(world, station, turn(world, "wuxing-officer2", length=49)).status == 422
    backwards = turn(world, "wuxing-officer2")
    backwards["ends_at"] = backwards["starts_at"]
    assert add(world, station, backwards).status == 422


def test_names_cross_as_the_terms_say_and_nothing_without_an_agreement(
    world: World, station: dict[str, Any]
):
    add(world, station, turn(world, "wuxing-officer1"))
    path = f"/stations/{station['id']}/duties"
    assert world.as_("wujiang-liaison").get(path).status == 404
    sign(world)
    (seen,) = month(world, "wujiang-liaison", station)
    assert seen["name"] == "姚海涛"  # the memorandum opens the crew
    assert seen["user_id"] is None
    assert not any(seen["acts"].values())
    for who in ("nanxun-liaison", "changxing-planner"):
        assert world.as_(who).get(path).status == 404
        assert station["id"] not in str(world.as_(who).get("/duties/now").body)
    assert world.as_("wuxing-sysadmin").get("/duties/now").status == 403


def test_two_bureaus_run_a_station_under_an_agreement(world: World):
    jiapu = station_of(world, "yixing-liaison", JIAPU)
    parties = f"/stations/{jiapu['id']}/parties"
    made = add(world, jiapu, turn(world, "yixing-officer1"), "yixing-liaison")
    assert made.status == 201, made.body
    add(world, jiapu, turn(world, "changxing-officer1"), "changxing-liaison")
    for who in ("changxing-officer1", "yixing-officer1"):
        assert {one["bureau_name"] for one in month(world, who, jiapu)} == {"长兴", "宜兴"}
    body = {"bureau_id": world.bureau_id("yixing")}
    assert world.as_("yixing-planner").post(f"{parties}/leave", body).status == 200
    assert add(world, jiapu, turn(world, "yixing-officer2"), "yixing-liaison").status == 404
    # Its turns are no longer the partner's to see, nor is it named.
    assert [one["bureau_name"] for one in month(world, "changxing-officer1", jiapu)] == ["长兴"]

    agreement = world.as_("yixing-official").get("/agreements").body["items"][0]
    body |= {"agreement_id": agreement["id"]}
    owner, partner = world.as_("changxing-liaison"), world.as_("yixing-liaison")
    assert partner.post(parties, body).status == 404
    foreign = body | {"bureau_id": world.bureau_id("nanxun")}
    assert owner.post(parties, foreign).status == 422
    assert owner.post(parties, body).status == 201
    assert owner.post(parties, body).status == 409
    assert "待对方接受" in owner.page(f"/stations/{jiapu['id']}").body
    told = partner.get("/notifications").body["items"]
    assert "joint_asked" in {one["verb"] for one in told}
    assert partner.post(f"{parties}/accept").status == 200
    assert partner.post(f"{parties}/accept").status == 404
    assert {one["bureau_name"] for one in month(world, "yixing-officer1", jiapu)} == {
        "长兴",
        "宜兴",
    }


def test_a_turn_is_swapped_when_the_colleague_agrees(world: World, station: dict[str, Any]):
    first = add(world, station, turn(world, "wuxing-officer1")).body["items"][0]
    other = add(world, station, turn(world, "wuxing-officer2", hours=10)).body["items"][0]
    path = f"/stations/{station['id']}/duties/{first['id']}"
    officer1, officer2 = world.as_("wuxing-officer1"), world.as_("wuxing-officer2")
    wish = {"to_user_id": officer2.user_id, "for_duty_id": other["id"]}
    assert world.as_("wuxing-officer3").post(f"{path}/swap", wish).status == 403
    assert officer1.post(f"{path}/swap", wish | {"to_user_id": officer1.user_id}).status == 422
    assert officer1.post(f"{path}/swap", wish | {"for_duty_id": first["id"]}).status == 422
    assert officer1.post(f"{path}/swap", wish).status == 200
    told = officer2.get("/notifications").body["items"]
    assert "swap_asked" in {one["verb"] for one in told}
    assert (
        world.as_("wuxing-officer3").post(f"{path}/swap-answer", {"accepted": True}).status == 403
    )
    assert officer2.post(f"{path}/swap-answer", {"accepted": True}).status == 200
    found = {one["id"]: one["name"] for one in month(world, "wuxing-liaison", station)}
    assert found == {first["id"]: "潘秋萍", other["id"]: "姚海涛"}
    assert officer2.post(f"{path}/swap-answer", {"accepted": True}).status == 404


def test_a_swap_is_declined_withdrawn_or_overtaken(world: World, station: dict[str, Any]):
    first = add(world, station, turn(world, "wuxing-officer1")).body["items"][0]
    path = f"/stations/{station['id']}/duties/{first['id']}"
    officer1, officer2 = world.as_("wuxing-officer1"), world.as_("wuxing-officer2")
    wish = {"to_user_id": officer2.user_id}
    officer1.post(f"{path}/swap", wish)
    assert officer1.post(f"{path}/swap-answer", {"accepted": False}).status == 200
    officer1.post(f"{path}/swap", wish)
    assert add(world, station, turn(world, "wuxing-officer2", hours=1)).status == 201
    assert officer2.post(f"{path}/swap-answer", {"accepted": True}).status == 409
    assert officer2.post(f"{path}/swap-answer", {"accepted": False}).status == 200
    assert officer1.post(f"{path}/swap", wish).status == 409
    liaison = world.as_("wuxing-liaison")
    row = next(one for one in month(world, "wuxing-liaison", station) if one["id"] == first["id"])
    assert liaison.delete(path, version=row["version"] - 1).status == 409
    assert liaison.delete(path, version=row["version"]).status == 200
    assert first["id"] not in str(month(world, "wuxing-liaison", station))


def test_a_roster_goes_out_as_a_sheet_and_comes_in_again(world: World, station: dict[str, Any]):
    liaison = world.as_("wuxing-liaison")
    day = (local_day(utc_now()) + timedelta(days=31)).isoformat()
    path = f"/stations/{station['id']}/duties"
    sheet = "\n".join(
        (
            "日期,开始,结束,人员,备注,单位",
            f"{day},08:00,20:00,姚海涛,早班,吴兴",
            f"{day},20:00,08:00,潘秋萍,,",
            f"{day},8:00,9:00,金海涛,,吴江",
        )
    )
    made = liaison.post(f"{path}/import", {"csv": sheet})
    assert made.status == 201, made.body
    assert [one["name"] for one in made.body["items"]] == ["姚海涛", "潘秋萍"]
    out = liaison.get(f"{path}.csv", since=day, until=day).body
    assert f"{day},08:00,20:00,姚海涛,早班,吴兴" in out
    assert f"{day},20:00,08:00,潘秋萍,,吴兴" in out
    faults = liaison.post(
        f"{path}/import", {"csv": f"{day},x,9:00,姚海涛\n{day},8:00,9:00,无名氏\n"}
    )
    assert faults.status == 422
    assert [one["field"] for one in faults.body["errors"]] == ["csv", "csv"]
    again = liaison.post(f"{path}/import", {"csv": out})
    assert again.status == 422
    assert "第1行" in str(again.body)
    assert liaison.post(f"{path}/import", {"csv": "\n"}).status == 422
    assert liaison.post(f"{path}/import", {"csv": "\n" * 501}).status == 422
    assert liaison.get(path, since="2026-01-01", until="2027-01-01").status == 422


def test_a_turn_of_who_is_away_is_marked_and_a_partner_reads_no_more_than_that(world: World):
    station = station_of(world, "changxing-liaison", JIAPU)
    body = turn(world, "changxing-officer2")
    assert add(world, station, body, "changxing-liaison").status == 201
    away = {
        "subject": "officer",
        "subject_id": body["user_id"],
        "starts_at": body["starts_at"],
        "ends_at": body["ends_at"],
        "reason": "sick",
        "note": "发热",
    }
    entered = world.as_("changxing-planner").post("/absences", away)
    assert entered.status == 201, entered.body
    assert station["name"] in entered.body["clashes"][0]["message"]

    def clash(who: str) -> str | None:
        (one,) = (d for d in month(world, who, station) if d["starts_at"][:16] == starts)
        return one["clash"]

    starts = entered.body["starts_at"][:16]
    assert "登记为不可用" in clash("changxing-officer1")
    assert clash("yixing-officer1") == "不可用"
    assert "发热" not in str(month(world, "yixing-officer1", station))
    absence = entered.body["id"]
    assert world.as_("changxing-planner").delete(f"/absences/{absence}").status == 200
    assert clash("changxing-officer1") is None
    assert clash("yixing-officer1") is None
