"""The room of a meeting: one leads, others follow; latecomers, rights, limits."""

from __future__ import annotations

import time

import pytest

from tests.support.cases import new_case, off_zone
from tests.support.meetings import (
    GUEST,
    GUEST_OFFICER,
    GUEST_OFFICIAL,
    HOST,
    HOST_OFFICIAL,
    STRANGER,
    called,
    fixed,
)
from tests.support.sockets import SocketReader

VIEW = {"center": [119.9, 31.1], "zoom": 12, "layers": ["zones", "cases"]}


@pytest.fixture
def hub(world, live_hub):
    """A running hub on the world's database with a meeting whose agenda is fixed."""
    row = fixed(world)
    live_hub.start()
    return row


def enter(world, live_hub, username, meeting_id, **more):
    """Open a socket and enter the room."""
    reader = SocketReader(live_hub.url, {"token": world.as_(username).token}).connect()
    answer = reader.call("room", {"op": "join", "id": meeting_id, "screen": True} | more)
    return reader, answer


def do(reader, meeting_id, op, **more):
    return reader.call("room", {"op": op, "id": meeting_id} | more)


def shared(reader):
    """The newest state that a socket was told."""
    state = {}
    for told in reader.rooms:
        state |= told
    return state


def test_the_chair_leads_others_follow_and_a_latecomer_sees_it(world, live_hub, hub):
    host, answer = enter(world, live_hub, HOST_OFFICIAL, hub["id"])
    assert answer == {"ok": True}
    guest, _ = enter(world, live_hub, GUEST, hub["id"])
    assert do(guest, hub["id"], "lead")["error"]["rule"] == "room.chair"
    assert do(guest, hub["id"], "view", view=VIEW)["error"]["rule"] == "room.lead"
    assert do(host, hub["id"], "lead") == {"ok": True}
    sent = time.monotonic()
    do(host, hub["id"], "view", view=VIEW | {"record": {"kind": "meeting", "id": hub["id"]}})
    guest.wait(lambda r: any((x.get("view") or {}).get("zoom") == 12 for x in r.rooms), "the view")
    assert time.monotonic() - sent < 5, "told at once, not with the next poll"
    shape = {"key": "s1", "form": "line", "places": [[119.9, 31.1], [119.91, 31.1]], "text": "看"}
    do(guest, hub["id"], "draw", shape=shape)
    do(guest, hub["id"], "note", text="请放大南岸")
    late, _ = enter(world, live_hub, GUEST_OFFICIAL, hub["id"])
    late.wait(lambda r: any("rev" in x for x in r.rooms), "the state")
    state = shared(late)
    assert state["view"]["layers"] == ["zones", "cases"]
    assert state["view"]["record"] == {"kind": "meeting", "id": hub["id"]}
    assert [one["text"] for one in (*state["shapes"], *state["notes"])] == ["看", "请放大南岸"]
    for reader in (host, guest, late):
        reader.close()


def test_a_record_is_shown_to_those_alone_who_may_see_it(world, live_hub, hub):
    """Not even its id: it tells that there is something, and when it was written."""
    own = new_case(world, off_zone(world), title="本地案件").body
    shared_one = new_case(world, title="交叉区案件").body
    host, _ = enter(world, live_hub, HOST_OFFICIAL, hub["id"])
    guest, _ = enter(world, live_hub, GUEST, hub["id"])
    do(host, hub["id"], "lead")
    for zoom, case in ((8, own), (9, shared_one), (10, {"id": "abc"}), (11, own)):
        view = VIEW | {"zoom": zoom, "record": {"kind": "case", "id": case["id"]}}
        assert do(host, hub["id"], "view", view=view) == {"ok": True}
    late, _ = enter(world, live_hub, GUEST_OFFICIAL, hub["id"])

    def records(reader):
        views = [told["view"] for told in reader.rooms if told.get("view")]
        return {one["zoom"]: one["record"] for one in views}

    for reader in (host, guest, late):
        reader.wait(lambda r: 11 in records(r), "the last view")
    seen = {"kind": "case", "id": shared_one["id"]}
    assert records(guest) == {8: None, 9: seen, 10: None, 11: None}
    assert records(host)[11] == {"kind": "case", "id": own["id"]}
    assert records(late)[11] is None
    assert own["id"] not in str([guest.rooms, late.rooms])
    for reader in (host, guest, late):
        reader.close()


def test_who_leads_hands_over_and_people_are_seen_to_come_and_go(world, live_hub, hub):
    host, _ = enter(world, live_hub, HOST, hub["id"])
    guest, _ = enter(world, live_hub, GUEST_OFFICER, hub["id"])
    do(host, hub["id"], "lead")
    key = world.as_(GUEST_OFFICER).user_id
    assert do(host, hub["id"], "lead", to="nobody")["error"]["status"] == 404
    assert do(host, hub["id"], "lead", to=key) == {"ok": True}
    assert do(guest, hub["id"], "view", view=VIEW) == {"ok": True}
    assert do(host, hub["id"], "view", view=VIEW)["error"]["rule"] == "room.lead"
    people = [told["people"] for told in host.rooms if "people" in told][-1]
    assert {(one["own"], one["leads"]) for one in people} == {(True, False), (False, True)}
    guest.close()
    host.wait(lambda r: any(len(x.get("people", "ab")) == 1 for x in r.rooms[3:]), "him to go")
    host.close()


def test_a_stranger_and_a_closed_room_are_refused(world, live_hub, hub):
    early = called(world, title="尚在筹备")
    host, answer = enter(world, live_hub, HOST, early["id"])
    assert answer["error"]["rule"] == "room.open"
    assert do(host, hub["id"], "note", text="未进入")["error"]["rule"] == "room.join"
    stranger, answer = enter(world, live_hub, STRANGER, hub["id"])
    assert answer["error"]["status"] == 404
    for reader in (host, stranger):
        reader.close()


WRONG = [
    {"op": "dance"},
    {"op": "view", "view": VIEW | {"title": "案情"}},
    {"op": "view", "view": VIEW | {"center": [999, 0]}},
    {"op": "draw", "shape": {"key": "x", "form": "line", "places": [[0, 0]] * 501}},
    {"op": "note", "text": "长" * 201},
    {"op": "note", "text": "机密"},
]


def test_what_is_no_act_or_too_much_of_it_is_refused(world, live_hub, hub):
    host, _ = enter(world, live_hub, HOST, hub["id"])
    for wrong in WRONG:
        assert host.call("room", {"id": hub["id"]} | wrong)["error"]["status"] == 422, wrong
    assert host.call("room", None)["error"]["status"] == 422
    host.close()


def test_who_loses_his_account_hears_no_more(world, live_hub, hub):
    host, _ = enter(world, live_hub, HOST_OFFICIAL, hub["id"])
    guest, _ = enter(world, live_hub, GUEST_OFFICER, hub["id"])
    admin = world.as_("yixing-secadmin")
    person = world.as_(GUEST_OFFICER).user_id
    assert admin.put(f"/people/{person}/active", {"active": False}).status == 200
    guest.wait_closed()
    host.wait(
        lambda r: len([x for x in r.rooms if "people" in x][-1]["people"]) == 1, "him to be gone"
    )
    host.close()
