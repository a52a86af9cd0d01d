"""Measures of a case: what each needs, the clocks that the law sets, its end, who sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.db import utc_now
from tests.hub.cases.test_steps import DECISION, WAY, Way, refused


def take(way, kind, **more):
    """Enter a measure; the way keeps the case's version."""
    answer = way.officer.post(f"/cases/{way.id}/measures", {"kind": kind} | more)
    if answer.status == 201:
        way.version = answer.version
    return answer


def end(way, measure, outcome, **more):
    body = {"outcome": outcome} | more
    path = f"/cases/{way.id}/measures/{measure['id']}/end"
    answer = way.officer.post(path, body, version=way.version)
    way.version = answer.version if answer.status == 200 else way.version
    return answer


def newest(answer):
    return answer.body["measures"][-1]


def clocks(measure):
    return {clock["rule_code"]: clock for clock in measure["clocks"]}


@pytest.mark.parametrize(
    ("kind", "more", "rules"),
    [
        ("order_correct", {"days": 10}, {"M1.correction", "M3.recheck"}),
        ("order_correct", {"days": 0}, {"M3.recheck"}),
        ("preservation", {}, {"D3.preservation"}),
        ("seizure", {}, {"D7.seizure"}),
        ("production_limit", {}, {"M2.production_limit"}),
        ("production_stop", {}, set()),
        ("detention", {}, {"D9.detention"}),
        ("other", {"description": "约谈负责人"}, set()),
    ],
)
def test_each_kind_sets_the_clocks_of_the_law(world, kind, more, rules):
    way = Way(world).walk("filed", "investigating")
    answer = take(way, kind, **more)
    assert answer.status == 201, answer.body
    assert set(clocks(newest(answer))) == rules


def test_a_seizure_ends_after_thirty_days(world):
    way = Way(world).walk("filed", "investigating")
    clock = clocks(newest(take(way, "seizure", document_number="长环查扣1号")))["D7.seizure"]
    assert (clock["state"], clock["overdue"]) == ("running", False)
    listed = way.officer.get("/clocks", kind="case_measure").body["items"]
    assert clock["id"] in {one["id"] for one in listed}


def test_an_order_says_itself_within_how_many_days(world):
    way = Way(world).walk("filed", "investigating")
    found = clocks(newest(take(way, "order_correct", days=5)))
    assert found["M1.correction"]["due_at"] < found["M3.recheck"]["due_at"]


def test_a_fine_stands_in_a_decision_and_has_an_amount(world):
    way = Way(world).walk(*WAY)
    refused(take(way, "fine", amount=50000), "xcf.44")
    way.walk("decided", **DECISION).walk("served")
    assert way.clock("D5.payment")["state"] == "running"
    assert take(way, "fine").body["errors"][0]["field"] == "amount"
    fine = newest(take(way, "fine", amount="50000.5"))
    assert (fine["amount"], fine["total"]) == (50000.5, 50000.5)
    assert clocks(fine)["D5.payment"]["state"] == "running"
    assert way.clock("D5.payment")["state"] == "cancelled"


def test_a_daily_penalty_follows_an_order_and_a_fine(world):
    way = Way(world).walk(*WAY).walk("decided", **DECISION).walk("served")
    more = {"amount": 20000, "days": 12}
    refused(take(way, "daily_penalty", **more), "daily.after_fine")
    take(way, "order_correct", days=0)
    take(way, "fine", amount=20000)
    assert take(way, "daily_penalty", amount=20000).body["errors"][0]["field"] == "days"
    assert newest(take(way, "daily_penalty", **more))["total"] == 240000


def test_how_a_measure_ends_ends_its_clocks(world):
    way = Way(world).walk("filed", "investigating")
    held = newest(take(way, "seizure"))
    assert end(way, held, "revoked").body["errors"][0]["field"] == "text"
    early = (utc_now() - timedelta(days=2)).isoformat()
    assert end(way, held, "lifted", at=early).body["errors"][0]["field"] == "at"
    lifted = newest(end(way, held, "lifted", text="已整改"))
    assert (lifted["active"], lifted["outcome"]) == (False, "lifted")
    assert clocks(lifted)["D7.seizure"]["state"] == "met"
    refused(end(way, held, "lifted"), "measure.ended")
    wrong = newest(take(way, "preservation"))
    wrong = newest(end(way, wrong, "mistake", text="登记到别的案件"))
    assert clocks(wrong)["D3.preservation"]["state"] == "cancelled"


def test_a_case_is_not_closed_while_a_measure_holds(world):
    way = Way(world).walk("filed", "investigating")
    held = newest(take(way, "seizure"))
    # Told before anything is filled in, on the page and by the API, then as a refusal.
    (told,) = way.steps()["obstacles"]["withdrawn"]
    assert told["rule"] == "case.measures_open"
    assert told["text"] in way.officer.page(f"/cases/{way.id}").body
    refused(way.step("withdrawn", reason="不属实"), "case.measures_open")
    end(way, held, "lifted")
    assert way.steps()["obstacles"] == {}
    way.walk("withdrawn", reason="不属实")


def test_texts_and_amount_change_but_not_what_the_clock_counts_from(world):
    way = Way(world).walk("filed", "investigating")
    held = newest(take(way, "seizure"))
    path = f"/cases/{way.id}/measures/{held['id']}"
    changed = way.officer.patch(path, {"description": "泵一台"}, version=way.version)
    assert newest(changed)["description"] == "泵一台"
    stale = way.officer.patch(path, {"description": "泵两台"}, version=way.version)
    assert (stale.status, stale.body["current"]["measures"][0]["description"]) == (409, "泵一台")
    answer = way.officer.patch(path, {"starts_at": "2026-01-01T00:00:00Z"}, version=1)
    assert answer.status == 422


def test_a_partner_sees_measures_as_the_terms_open_them(world):
    way = Way(world).walk("filed", "investigating")
    take(way, "seizure", document_number="长环查扣1号")
    wrong = newest(take(way, "preservation"))
    end(way, wrong, "mistake", text="登记错误")
    partner = world.as_("yixing-officer1")
    seen = partner.get(f"/cases/{way.id}/measures").body["items"]
    assert [(one["kind"], "entered_by_name" in one) for one in seen] == [("seizure", False)]
    assert seen[0]["clocks"][0]["due_at"]
    assert "id" not in seen[0]["clocks"][0]
    assert world.as_("nanxun-officer1").get(f"/cases/{way.id}/measures").status == 404
    body = {"kind": "seizure"}
    assert partner.post(f"/cases/{way.id}/measures", body).status == 404
    assert world.as_("changxing-liaison").post(f"/cases/{way.id}/measures", body).status == 403


def test_measures_are_found_by_their_document(world):
    way = Way(world).walk("filed", "investigating")
    take(way, "seizure", document_number="长环查扣88号")
    for who in ("changxing-liaison", "yixing-officer1"):
        hits = world.as_(who).get("/search", q="长环查扣").body["items"]
        assert [hit["id"] for hit in hits] == [way.id]
    assert world.as_("nanxun-officer1").get("/search", q="长环查扣").body["items"] == []
