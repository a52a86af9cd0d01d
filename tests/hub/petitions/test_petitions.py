"""Petitions of one bureau: registered, followed by the statutory terms, answered and closed."""

from __future__ import annotations

import html
import io
import re

import pytest

from tests.support.cases import in_zone
from tests.support.petitions import (
    GUEST,
    LIAISON,
    MEDIATOR,
    OFFICER,
    OFFICIAL,
    STRANGER,
    act,
    acts,
    ago,
    draft,
    petition_body,
    taken,
)

OWN = ((MEDIATOR, "screen", {}), (MEDIATOR, "take_own", {}), (MEDIATOR, "accept", {}))


def clock(row, code):
    return next((one for one in row["clocks"] if one["rule_code"] == code), None)


def test_it_goes_from_the_register_to_its_end_with_the_terms_of_the_law(world):
    row = taken(world, received_at=ago(days=2))
    assert (row["state"], row["has_reporter"]) == ("registered", True)
    assert clock(row, "D11.acceptance")["state"] == "running"
    row = acts(world, row["id"], *OWN)
    assert clock(row, "D11.acceptance")["state"] == "met"
    assert clock(row, "D11.conclusion")["state"] == "running"
    acts(world, row["id"], (MEDIATOR, "investigate", {}))
    assert act(world.as_(OFFICIAL), row["id"], "answer").body["rule"] == "petition.reply"
    draft(world, row["id"], reply="情况属实，已责令整改。")
    row = acts(world, row["id"], (OFFICIAL, "answer", {}))
    assert row["reply_number"].startswith("长兴环访复〔")
    assert clock(row, "D11.conclusion")["state"] == "met"
    assert clock(row, "D11.review_request")["state"] == "running"
    row = acts(world, row["id"], (MEDIATOR, "follow_up", {"text": "满意"}), (OFFICIAL, "close", {}))
    assert (row["state"], clock(row, "D11.review_request")["state"]) == ("closed", "cancelled")
    assert row["acts"] == []


def test_the_term_is_extended_by_an_official_as_far_as_the_rule_allows(world):
    row = acts(world, taken(world)["id"], *OWN)
    before = clock(row, "D11.conclusion")["due_at"]
    given = {"text": "需要监测", "days": 30}
    assert act(world.as_(MEDIATOR), row["id"], "extend", **given).status == 403
    row = acts(world, row["id"], (OFFICIAL, "extend", given))
    assert clock(row, "D11.conclusion")["due_at"] > before
    refused = act(world.as_(OFFICIAL), row["id"], "extend", text="再延", days=1)
    assert refused.status == 422


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"occurred_at": ago(days=-2)}, "occurred_at"),
        ({"firm_uscc": "91330522MA2B3C4D5Z"}, "firm_uscc"),
        ({"text": "绝密"}, "text"),
        ({"text": "欧阳 信芳反映"}, "text"),
        ({"place": "联系电话13965438721"}, "place"),
    ],
)
def test_what_cannot_be_registered_is_refused_by_field(world, change, field):
    answer = world.as_(MEDIATOR).post("/petitions", petition_body(in_zone(world), **change))
    assert answer.status == 422
    assert [one["field"] for one in answer.body["errors"]] == [field]


def test_who_may_take_and_who_may_see(world):
    body = petition_body(in_zone(world))
    assert world.as_(OFFICER).post("/petitions", body).status == 403
    row = taken(world, LIAISON)
    assert world.as_(OFFICER).get(f"/petitions/{row['id']}").status == 200
    for who in (GUEST, STRANGER):
        assert world.as_(who).get(f"/petitions/{row['id']}").status == 404
        assert row["id"] not in str(world.as_(who).get("/petitions").body)
    assert world.as_("changxing-sysadmin").get("/petitions").status == 403


def test_a_step_out_of_turn_says_where_it_stands(world):
    row = taken(world)
    answer = act(world.as_(MEDIATOR), row["id"], "accept")
    assert (answer.status, answer.body["state"]) == (409, "registered")
    assert act(world.as_(OFFICIAL), row["id"], "join").status == 409
    assert act(world.as_(OFFICIAL), row["id"], "not_accept", text="x").status == 409


def test_the_list_is_narrowed_and_exported(world):
    first = taken(world, title="码头噪声", category="noise", channel="visit")
    second = taken(world)
    caller = world.as_(OFFICER)

    def found(**query):
        return [one["id"] for one in caller.get("/petitions", **query).body["items"]]

    assert found(category="noise")[0] == first["id"]
    assert second["id"] not in found(category="noise", channel="visit")
    assert found(q="码头噪声") == [first["id"]]
    assert found(scope="received", q="码头噪声") == []
    assert {first["id"], second["id"]} <= set(found(open_only="true", scope="own"))
    sheet = caller.get("/petitions.csv", q="码头噪声").body
    assert first["number"] in sheet
    assert second["number"] not in sheet
    drawn = caller.get("/petitions.geojson", q="码头噪声").body["features"]
    assert [one["id"] for one in drawn] == [first["id"]]
    page = caller.get("/petitions", limit=1).body
    after = caller.get("/petitions", limit=1, cursor=page["next"]).body["items"]
    assert page["items"][0]["id"] > after[0]["id"]


def test_it_is_found_by_its_words_and_waits_for_who_takes_petitions(world):
    row = taken(world, text="槐树河湾的酸臭味")
    hits = world.as_(OFFICER).get("/search", q="槐树河湾").body["items"]
    assert [(one["kind"], one["url"]) for one in hits] == [("petition", f"/petitions/{row['id']}")]
    assert f"/petitions/{row['id']}" in world.as_(LIAISON).page("/").body
    told = world.as_(LIAISON).get("/notifications", topic="petition").body["items"]
    assert row["id"] in {one["record_id"] for one in told}
    assert "槐树河湾" not in str(world.as_(GUEST).get("/search", q="槐树河湾").body["items"])


def brought(world, text, dry_run):
    caller = world.as_(MEDIATOR)
    with world.app.test_client() as client:
        return client.post(
            "/api/v1/petitions/import",
            query_string={"dry_run": dry_run},
            data={"file": (io.BytesIO(text.encode()), "热线.csv")},
            content_type="multipart/form-data",
            headers={"Authorization": f"Bearer {caller.token}"},
        )


def test_a_hotlines_sheet_is_brought_in_once_and_seals_who_called(world):
    lon, lat = in_zone(world)
    head = "事由,类型,来源,经度,纬度,收到时间,信访人姓名,信访人联系方式\n"
    good = f"桥下异味,异味,12345热线,{lon},{lat},{ago(days=1)[:16]},欧阳信芳,13965438721\n"
    bad = f"桥下噪声,歌声,12345热线,{lon},{lat},,,\n"
    tried = brought(world, head + good + bad, "true").get_json()
    assert (tried["counts"]["new"], tried["counts"]["refused"]) == (1, 1)
    assert "欧阳" not in str(tried)
    assert brought(world, head + good + bad, "false").status_code == 422
    done = brought(world, head + good, "false")
    assert done.get_json()["counts"]["new"] == 1
    assert brought(world, head + good, "false").get_json()["counts"]["same"] == 1
    found = world.as_(OFFICER).get("/petitions", q="桥下异味").body["items"]
    assert [one["has_reporter"] for one in found] == [True]


@pytest.mark.once
def test_the_register_is_paged_and_keeps_its_filters(world):
    for _ in range(51):
        taken(world)
    officer = world.as_(OFFICER)
    first = officer.page("/petitions?category=odour").body
    assert "本页 50 条" in first
    link = re.search(r'href="(/petitions\?category=odour&amp;cursor=[^"]+)" rel="next"', first)
    assert link
    later = officer.page(html.unescape(link[1])).body
    assert re.search(r"本页 [1-9]\d? 条", later)
    assert 'href="/petitions?category=odour"' in later
