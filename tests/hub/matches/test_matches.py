"""Matches: the same matter on both sides, for each reader's eyes; and both kinds on an agenda."""

from __future__ import annotations

import pytest

from tests.hub.cases.test_import import as_xlsx, states
from tests.support.cases import in_zone, new_case
from tests.support.exchange import send_file
from tests.support.field import fetch
from tests.support.meetings import GUEST as GUEST_LIAISON
from tests.support.meetings import HOST, called
from tests.support.petitions import (
    GUEST,
    GUEST_OFFICIAL,
    MEDIATOR,
    STRANGER,
    acts,
    ago,
    asked,
    petition_body,
    taken,
)

# What is alike is decided in geo and in the words.
pytestmark = pytest.mark.once

FIRM = "91330522MA2B3C4D57"


def told(world, who, **query):
    return world.as_(who).get("/matches", **query).body["items"]


def pair(items, own_id, other_id):
    return next(
        (one for one in items if (one["own"]["id"], one["other"]["id"]) == (own_id, other_id)), None
    )


@pytest.fixture
def smells(world):
    """Yixing took a complaint of its own; Changxing asks it to settle one beside that."""
    theirs = taken(world, GUEST, title="河边酸臭味", occurred_at=ago(hours=20))
    return asked(world), theirs


def test_the_same_complaint_on_both_sides_is_told_to_who_sees_both(world, smells):
    joint, theirs = smells
    found = pair(told(world, GUEST), theirs["id"], joint["id"])
    assert (found["state"], found["reasons"], found["likely"]) == ("new", ["place"], True)
    assert (found["own"]["title"], found["other"]["title"]) == ("河边酸臭味", joint["title"])
    # Changxing is told nothing: what Yixing took is Yixing's alone.
    assert theirs["id"] not in str(told(world, MEDIATOR))
    assert joint["id"] not in str(told(world, STRANGER))
    page = world.as_(GUEST).page("/matches").body
    assert f"/petitions/{joint['id']}" in page
    assert "/matches?state=new" in world.as_(GUEST).page("/").body
    assert joint["number"] in world.as_(GUEST).get("/matches.csv").body


@pytest.mark.parametrize(
    "change", [{"category": "noise"}, {"occurred_at": ago(days=45)}, {"category": "other"}]
)
def test_another_sort_or_time_is_no_match(world, change):
    theirs = taken(world, GUEST, **change)
    joint = asked(world)
    assert pair(told(world, GUEST), theirs["id"], joint["id"]) is None


def test_the_same_firm_matches_wherever_it_is(world):
    case = new_case(world, in_zone(world), title="偷排", party_uscc=FIRM, stage="filed").body
    lon, lat = in_zone(world, "320282")
    body = petition_body((lon + 0.05, lat), category="noise", firm_uscc=FIRM)
    theirs = world.as_(GUEST).post("/petitions", body).body
    found = pair(told(world, GUEST, kind="case"), theirs["id"], case["id"])
    assert (found["reasons"], found["likely"]) == (["firm"], True)


def test_what_the_terms_take_back_matches_no_more(world, smells):
    joint, theirs = smells
    acts(world, joint["id"], (GUEST, "decline_joint", {"text": "已另行办理"}))
    assert pair(told(world, GUEST), theirs["id"], joint["id"]) is None


def test_a_bureau_says_for_itself_what_a_match_is(world, smells):
    joint, theirs = smells
    key = {"own_kind": "petition", "own_id": theirs["id"], "other_kind": "petition",
           "other_id": joint["id"]}  # fmt: skip
    caller = world.as_(GUEST)
    assert world.as_("yixing-sysadmin").get("/matches").status == 403
    said = caller.post("/matches/marks", key | {"state": "dismissed", "note": "不同工段"})
    assert said.status == 200, said.body
    assert pair(told(world, GUEST), theirs["id"], joint["id"]) is None
    kept = pair(told(world, GUEST_OFFICIAL, state="dismissed"), theirs["id"], joint["id"])
    assert kept["note"] == "不同工段"
    assert caller.post("/matches/marks", key | {"state": "linked"}).body["state"] == "linked"
    assert pair(told(world, GUEST), theirs["id"], joint["id"])["state"] == "linked"
    swapped = {**key, "own_id": joint["id"], "other_id": theirs["id"], "state": "linked"}
    assert world.as_(MEDIATOR).post("/matches/marks", swapped).status == 404
    # What one side says is not told to the other.
    changes = world.as_(MEDIATOR).get("/changes", after=0, limit=500).body["items"]
    assert "match" not in {one["kind"] for one in changes}


def test_an_agenda_fills_itself_with_open_petitions_and_matches(world, smells):
    joint, theirs = smells
    meeting = called(world)

    def proposed(who):
        items = world.as_(who).get(f"/meetings/{meeting['id']}/proposals").body["items"]
        return {(one["code"], one["id"]): one for one in items}

    host, guest = proposed(HOST), proposed(GUEST_LIAISON)
    assert ("petition_open", joint["id"]) in host
    assert guest["petition_open", joint["id"]]["bureau_id"] == world.bureau_id("yixing")
    assert ("match_new", joint["id"]) in guest
    assert ("match_new", joint["id"]) not in host
    assert theirs["id"] not in str(host)
    source = {"code": "match_new", "kind": "petition", "id": joint["id"]}
    refused = world.as_(HOST).post(f"/meetings/{meeting['id']}/agenda", {"source": source})
    assert refused.status == 404
    added = world.as_(GUEST_LIAISON).post(f"/meetings/{meeting['id']}/agenda", {"source": source})
    assert added.status == 201, added.body
    point = world.as_(HOST).get(f"/meetings/{meeting['id']}").body["agenda"][-1]
    assert joint["title"] in point["title"]
    assert "河边酸臭味" not in str(point)
    acts(world, joint["id"], (GUEST, "join", {}), (MEDIATOR, "accept", {}))
    after = proposed(HOST)["petition_open", joint["id"]]
    assert after["bureau_id"] == world.bureau_id("changxing")


def bring(world, data, who=GUEST, dry=False):
    path = f"/matches/import{'?dry_run=true' if dry else ''}"
    return send_file(world.as_(who), path, data, "s.xlsx")


def test_the_words_about_matches_come_in_by_the_sheet(world, smells):
    joint, theirs = smells
    _status, sheet, _headers = fetch(world.as_(GUEST), "/api/v1/matches.xlsx")
    assert set(states(bring(world, sheet).body)) == {"same"}
    heads = ("本单位记录", "对方记录", "状态", "说明")
    pairs = theirs["number"], joint["number"]
    rows = [(*pairs, "确认为同一事项", "同一气味"), (pairs[0], "无此件", "已阅", "")]
    tried = bring(world, as_xlsx(rows, heads), dry=True).body
    assert states(tried) == ["changed", "refused"]
    assert bring(world, as_xlsx(rows, heads)).status == 422
    assert pair(told(world, GUEST), theirs["id"], joint["id"])["state"] == "new"
    assert states(bring(world, as_xlsx(rows[:1], heads)).body) == ["changed"]
    found = pair(told(world, GUEST), theirs["id"], joint["id"])
    assert (found["state"], found["note"]) == ("linked", "同一气味")
    assert states(bring(world, as_xlsx(rows[:1], heads)).body) == ["same"]
    # A list that was exported before says nothing new of it, and takes nothing back.
    assert states(bring(world, as_xlsx([(*pairs, "新匹配", "")], heads)).body) == ["skipped"]
    # Who does not see both sides cannot ask by the sheet whether there is a match.
    other = bring(world, as_xlsx(rows[:1], heads), who=MEDIATOR, dry=True).body
    assert states(other) == ["refused"]
    assert world.as_(GUEST).page("/matches/import").status == 200
