"""Calling a meeting: who may, who sees it, its states and their guards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.meetings import (
    GUEST,
    GUEST_OFFICIAL,
    HOST,
    HOST_OFFICER,
    HOST_OFFICIAL,
    STRANGER,
    act,
    add_item,
    all_present,
    called,
    convened,
    ended,
    fixed,
    in_days,
    meeting_body,
)


def test_a_meeting_is_seen_by_its_parties_and_nobody_else(world):
    row = called(world)
    assert world.as_(GUEST).get(f"/meetings/{row['id']}").body["host_name"] == "长兴"
    ids = [one["id"] for one in world.as_(GUEST).get("/meetings", upcoming="true").body["items"]]
    assert row["id"] in ids
    stranger = world.as_(STRANGER)
    for path in ("", ".ics", "/proposals"):
        assert stranger.get(f"/meetings/{row['id']}{path}").status == 404
    assert row["id"] not in str(stranger.get("/meetings").body)
    assert stranger.page(f"/meetings/{row['id']}").status == 404
    assert world.as_("changxing-auditor").get(f"/meetings/{row['id']}").status == 403


def test_the_officials_and_liaisons_are_invited_by_their_posts(world):
    row = called(world)
    roles = {(one["bureau_name"], one["role"]) for one in row["people"]}
    assert roles == {("长兴", "chair"), ("长兴", "recorder"), ("宜兴", "member")}
    assert len(row["people"]) == 4


def test_an_officer_calls_no_meeting(world):
    answer = world.as_(HOST_OFFICER).post("/meetings", meeting_body(world))
    assert answer.status == 403


def test_without_an_agreement_in_force_no_meeting_is_called(world):
    items = world.as_("wuxing-official").get("/agreements", state="proposed").body["items"]
    body = meeting_body(world, agreement_id=items[0]["id"])
    answer = world.as_("wuxing-liaison").post("/meetings", body)
    assert answer.status == 409
    assert answer.body["rule"] == "meeting.in_force"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"ends_at": in_days(1).isoformat()}, "ends_at"),
        ({"ends_at": in_days(20).isoformat()}, "ends_at"),
        ({"host_bureau_id": "nobody"}, "host_bureau_id"),
        ({"note": "绝密事项"}, "note"),
    ],
)
def test_a_call_that_cannot_be_is_refused_with_the_field(world, changes, field):
    answer = world.as_(HOST).post("/meetings", meeting_body(world, **changes))
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == field


def test_a_meeting_goes_its_way_to_the_minutes(world):
    row = ended(world)
    assert row["state"] == "minutes_draft"
    assert row["document_number"].startswith("长兴环会纪〔")
    steps = [(one["act"], one["own"]) for one in row["steps"]]
    assert steps == [(name, True) for name in ("created", "fix_agenda", "convene", "end")]


def test_an_agenda_is_fixed_only_when_it_has_points(world):
    row = called(world)
    answer = act(world.as_(HOST), row["id"], "fix_agenda")
    assert answer.body["rule"] == "meeting.agenda"


def test_it_opens_only_with_the_quorum_of_each_party(world):
    row = fixed(world, quorum=2)
    answer = act(world.as_(HOST_OFFICIAL), row["id"], "convene")
    assert answer.body["rule"] == "meeting.quorum"
    all_present(world, row)
    assert act(world.as_(HOST_OFFICIAL), row["id"], "convene").status == 200


def test_the_host_arranges_and_the_chair_opens(world):
    row = called(world, chair_bureau_id=world.bureau_id("yixing"))
    assert add_item(world, row["id"]).status == 201
    assert act(world.as_(GUEST), row["id"], "fix_agenda").body["rule"] == "meeting.host"
    fixed_row = act(world.as_(HOST), row["id"], "fix_agenda").body
    all_present(world, fixed_row)
    assert act(world.as_(HOST_OFFICIAL), row["id"], "convene").body["rule"] == "meeting.chair"
    assert act(world.as_(GUEST_OFFICIAL), row["id"], "convene").status == 200


def test_a_state_that_forbids_an_act_is_named(world):
    row = convened(world)
    answer = act(world.as_(HOST), row["id"], "cancel", text="改期")
    assert answer.status == 409
    assert answer.body["state"] == "convened"


def test_a_cancelled_meeting_says_why_and_ends(world):
    row = fixed(world)
    assert act(world.as_(HOST), row["id"], "cancel").status == 422
    done = act(world.as_(HOST), row["id"], "cancel", text="台风").body
    assert (done["state"], done["steps"][-1]["text"]) == ("cancelled", "台风")
    assert done["acts"] == []


def test_arrangements_change_by_version_until_it_begins(world):
    row = fixed(world)
    host = world.as_(HOST)
    url = f"/meetings/{row['id']}"
    assert host.patch(url, {"place": "宜兴"}, version=1).status == 409
    later = {"starts_at": in_days(12).isoformat(), "ends_at": in_days(12.1).isoformat()}
    changed = host.patch(url, later, version=row["version"]).body
    assert changed["sequence"] == row["sequence"] + 1
    same = host.patch(url, {"note": "请带材料"}, version=changed["version"]).body
    assert same["sequence"] == changed["sequence"]
    assert world.as_(GUEST).patch(url, later, version=same["version"]).status == 409


def test_the_list_is_filtered_paged_and_exported(world):
    start = in_days(30)
    rows = [
        called(
            world,
            title=f"会议{n}",
            starts_at=(start + timedelta(days=n)).isoformat(),
            ends_at=(start + timedelta(days=n, hours=1)).isoformat(),
        )
        for n in range(3)
    ]
    guest = world.as_(GUEST)
    since = (start - timedelta(hours=1)).isoformat()
    first = guest.get("/meetings", upcoming="true", limit=2, since=since).body
    rest = guest.get("/meetings", upcoming="true", limit=2, since=since, cursor=first["next"]).body
    found = [one["id"] for one in first["items"] + rest["items"]]
    assert found == [row["id"] for row in rows]
    assert "会议1" in guest.get("/meetings.csv", q="会议1").body
    assert guest.get("/meetings", cursor="WyJ4IiwieSJd").status == 422
