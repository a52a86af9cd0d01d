"""Findings at a desk: logged, put right with what stood there, completed; found and passed on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.field import OFFICER, PARTNER, find, inside, zone_of
from tests.support.patrols import started_patrol
from tests.support.world import Answer, World

WASTE = {"waste_code": "900-214-08", "amount_t": 1.5, "container": "drum", "firm_name": "示例化工"}


def correct(
    world: World,
    finding: dict[str, Any],
    who: str = OFFICER,
    version: int | None = None,
    **body: Any,
) -> Answer:
    """One correction, based on what was read."""
    held = finding["version"] if version is None else version
    return world.as_(who).patch(f"/findings/{finding['id']}", body, version=held)


def wasted(world: World) -> dict[str, Any]:
    """A finding with facts, on Wuxing's side."""
    return find(world, started_patrol(world), category="hazardous_waste", details=WASTE)


def test_what_stood_there_before_is_shown_with_who_and_why(world: World) -> None:
    made = wasted(world)
    changed = WASTE | {"amount_t": 2.5, "firm_name": "示例涂料"}
    answer = correct(world, made, text="暗管旁有废桶", details=changed, reason="复核数量")
    assert answer.status == 200, answer.body
    now = answer.body
    assert (now["text"], now["firm_name"], now["version"]) == (
        "暗管旁有废桶", "示例涂料", made["version"] + 1)  # fmt: skip
    (one,) = now["corrections"]
    assert [(c["name"], c["before"], c["after"]) for c in one["changes"]] == [
        ("text", made["text"], "暗管旁有废桶"), ("details.amount_t", "1.5 t", "2.5 t"),
    ]  # fmt: skip
    assert now["firm_corrections"][0]["changes"][0]["before"] == "示例化工"
    page = str(world.as_(OFFICER).page(f"/findings/{made['id']}").body)
    assert "<del>1.5 t</del>" in page
    assert "复核数量" in page
    # The same again changes nothing and leaves no trace.
    again = correct(world, now, details=changed, reason="再来一次")
    assert again.body["corrections"] == now["corrections"]


def test_to_complete_needs_no_reason_and_to_overwrite_does(world: World) -> None:
    made = wasted(world)
    added = correct(world, made, details=WASTE | {"leaking": "yes"})
    assert added.status == 200, added.body
    assert added.body["corrections"][0]["changes"] == [
        {"name": "details.leaking", "label": "泄漏", "before": None, "after": "是"}
    ]
    refused = correct(world, added.body, details=WASTE | {"leaking": "no"})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "reason")


def test_a_partner_reads_corrections_by_the_groups_of_what_was_changed(world: World) -> None:
    made = wasted(world)
    changed = WASTE | {"amount_t": 2.5, "firm_name": "示例涂料"}
    correct(world, made, details=changed, reason="不是示例化工，是示例涂料")
    read = world.as_(PARTNER).get(f"/findings/{made['id']}").body
    assert read["corrections"][0]["changes"][0]["name"] == "details.amount_t"
    assert "firm_corrections" not in read
    assert "示例涂料" not in str(read)
    assert "示例化工" not in str(world.as_(PARTNER).page(f"/findings/{made['id']}").body)


def test_another_category_keeps_the_facts_that_it_asks_for_too(world: World) -> None:
    made = wasted(world)
    now = correct(world, made, category="solid_waste", reason="不属危废").body
    assert [one["name"] for one in now["details"]] == ["amount_t"]
    assert now["firm_name"] == "示例化工"
    told = {c["name"]: (c["before"], c["after"]) for c in now["corrections"][0]["changes"]}
    assert told["category"] == ("危险废物", "固体废物")
    assert told["details.container"] == ("桶", None)


def test_a_place_on_the_other_side_is_referred_and_back_again_is_not(world: World) -> None:
    patrol = started_patrol(world)
    made = find(world, patrol)
    lon, lat = inside(zone_of(world, patrol), "320509")
    moved = correct(world, made, lon=lon, lat=lat, reason="点错一侧").body
    assert (moved["state"], moved["placed_by"], moved["accuracy_m"]) == ("referred", "pin", None)
    assert moved["place_corrections"][0]["changes"][0]["before"].endswith("±8 m")
    back = correct(world, moved, lon=made["lon"], lat=made["lat"], reason="原来是对的").body
    assert (back["state"], back["referred_to_id"]) == ("open", None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"details": {"amount_t": -1}, "reason": "x"}, "details.amount_t"),
        ({"category": "tea", "reason": "x"}, "category"),
        ({"text": "绝密★启用前", "reason": "x"}, "text"),
        ({"lon": 120.4, "reason": "x"}, "lat"),
        ({"found_at": "2020-01-01T00:00:00Z", "reason": "x"}, "found_at"),
        ({"text": "另一句", "reason": "绝密"}, "reason"),
    ],
)
def test_what_could_not_be_logged_cannot_be_corrected_to(
    world: World, body: dict[str, Any], field: str
) -> None:
    answer = correct(world, wasted(world), **body)
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, field), answer.body


def test_only_the_recorder_corrects_and_only_while_nobody_took_it_up(world: World) -> None:
    made = wasted(world)
    assert correct(world, made, who=PARTNER, text="别的", reason="x").status == 403
    assert correct(world, made, version=made["version"] - 1, text="别的").status == 409
    officer = world.as_(OFFICER)
    officer.post(f"/findings/{made['id']}/case")
    filed = officer.get(f"/findings/{made['id']}").body
    answer = correct(world, filed, text="别的", reason="x")
    assert (answer.status, answer.body["rule"]) == (409, "finding.correct")
    assert officer.page(f"/findings/{made['id']}/correct").status == 409
    assert "/correct" not in str(officer.page(f"/findings/{made['id']}").body)


def test_the_other_side_that_took_it_up_is_not_corrected_under_its_hands(world: World) -> None:
    patrol = started_patrol(world)
    lon, lat = inside(zone_of(world, patrol), "320509")
    made = find(world, patrol, lon=lon, lat=lat)
    body = {"note": "已封堵", "no_photo_reason": "夜间"}
    answer = world.as_(PARTNER).post(f"/findings/{made['id']}/close", body)
    assert answer.status == 200, answer.body
    refused = correct(world, answer.body, text="别的", reason="x")
    assert (refused.status, refused.body["rule"]) == (409, "finding.taken")


def test_pages_offer_the_form_to_the_crew_alone(world: World) -> None:
    made = wasted(world)
    officer = world.as_(OFFICER)
    assert f"/findings/{made['id']}/correct" in str(officer.page(f"/findings/{made['id']}").body)
    assert "/findings/new" in str(officer.page("/findings").body)
    form = str(officer.page(f"/findings/{made['id']}/correct").body)
    assert made["text"] in form
    new = str(officer.page(f"/findings/new?patrol_id={made['patrol_id']}").body)
    assert f"POST /api/v1/patrols/{made['patrol_id']}/findings" in new
    bystander = world.as_("wuxing-officer3")
    assert "没有可以记录的巡查" in str(bystander.page("/findings/new").body)
    assert "/findings/new" not in str(bystander.page("/findings").body)
    assert world.as_(PARTNER).page(f"/findings/{made['id']}/correct").status == 403


def found(world: World, who: str, words: str, language: str = "zh") -> list[str]:
    """Ids of the findings that words find, in a language."""
    caller = world.as_(who)
    answer = caller.get("/search", q=words, kind="finding", headers={"Accept-Language": language})
    assert answer.status == 200, answer.body
    return [one["id"] for one in answer.body["items"]]


def test_search_knows_the_facts_for_whom_they_are_open(world: World) -> None:
    made = wasted(world)
    for words in ("900-214-08", "容器：桶", "drum"):
        assert found(world, OFFICER, words) == [made["id"]], words
        assert found(world, PARTNER, words) == [made["id"]], words
    assert found(world, PARTNER, "drum", "en") == [made["id"]]
    assert found(world, OFFICER, "示例化工") == [made["id"]]
    # The firm stays home unless the terms open it.
    assert found(world, PARTNER, "示例化工") == []
    correct(world, made, details=WASTE | {"waste_code": "900-039-49"}, reason="看错")
    assert found(world, OFFICER, "900-214-08") == []
    assert found(world, PARTNER, "900-039-49") == [made["id"]]


def test_a_lead_of_a_finding_takes_the_facts_along(world: World) -> None:
    patrol = started_patrol(world)
    lon, lat = inside(zone_of(world, patrol), "320509")
    made = find(world, patrol, lon=lon, lat=lat, category="hazardous_waste", details=WASTE)
    body = {
        "kind": "referral",
        "receiver_bureau_id": world.bureau_id("wujiang"),
        "title": "废桶线索",
        "finding_id": made["id"],
    }
    answer = world.as_(OFFICER).post("/requests", body)
    assert answer.status == 201, answer.body
    lead = answer.body["lead"]
    assert lead["description"].endswith(made["details_text"])
    assert (lead["category"], lead["party_name"]) == ("hazardous_waste", "示例化工")
    # Whoever is not shown the firm passes on none.
    again = world.as_(PARTNER).post(
        "/requests", body | {"receiver_bureau_id": world.bureau_id("wuxing")}
    )
    assert "示例化工" not in str(again.body)
