"""Who has the same record open: told to those who may see it, gone when it is no longer so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from hub.accounts.models import User
from tests.support.cases import new_case, off_zone, share_of
from tests.support.sockets import SocketReader
from tests.support.story import memorandum
from tests.support.world import World


@pytest.fixture
def world(running) -> World:
    """The hub that runs, for all tests here: nobody's access is taken but officer3's."""
    return running.world


@pytest.fixture
def open_socket(running) -> Iterator[object]:
    """Opens sockets for demo people on the running hub."""
    opened: list[SocketReader] = []

    def open_(username: str) -> SocketReader:
        reader = SocketReader(
            running.hub.url, {"token": running.world.as_(username).token}
        ).connect()
        opened.append(reader)
        return reader

    yield open_
    for reader in opened:
        reader.close()


def look(reader, kind, record_id):
    return reader.call("look", {"kind": kind, "id": record_id})


def names(reader):
    return [person["name"] for person in reader.presences[-1]["people"]] if reader.presences else []


def await_names(reader, *expected):
    reader.wait(lambda r: sorted(names(r)) == sorted(expected), f"{expected} to look on")


def name_of(world, username):
    return world.as_(username).get("/me").body["name"]


def test_both_sides_of_an_agreement_see_each_other_come_and_go(world, open_socket):
    found = memorandum(world)["id"]
    ours, theirs = open_socket("wuxing-official"), open_socket("wujiang-official")
    assert look(ours, "agreement", found) == {"ok": True}
    assert look(theirs, "agreement", found) == {"ok": True}
    await_names(ours, name_of(world, "wujiang-official"))
    await_names(theirs, name_of(world, "wuxing-official"))
    person = ours.presences[-1]["people"][0]
    assert (person["own"], person["bureau_id"]) == (False, world.bureau_id("wujiang"))
    assert theirs.call("look", None) == {"ok": True}
    await_names(ours)
    look(theirs, "agreement", found)
    await_names(ours, name_of(world, "wujiang-official"))
    theirs.close()
    await_names(ours)


def test_a_person_with_two_windows_is_one_and_does_not_see_himself(world, open_socket):
    found = memorandum(world)["id"]
    windows = [open_socket("wuxing-official") for _ in range(2)]
    other = open_socket("wuxing-planner")
    for reader in (*windows, other):
        look(reader, "agreement", found)
    await_names(other, name_of(world, "wuxing-official"))
    for window in windows:
        await_names(window, name_of(world, "wuxing-planner"))
    windows[0].close()
    look(other, "agreement", found)
    await_names(other, name_of(world, "wuxing-official"))


def test_of_a_case_only_colleagues_are_told(world, open_socket):
    case = new_case(world).body["id"]
    officer, colleague = open_socket("changxing-officer1"), open_socket("changxing-official")
    partner = open_socket("yixing-liaison")
    for reader in (officer, partner, colleague):
        assert look(reader, "case", case) == {"ok": True}
    await_names(officer, name_of(world, "changxing-official"))
    await_names(colleague, name_of(world, "changxing-officer1"))
    await_names(partner)


@pytest.mark.parametrize("username", ["nanxun-liaison", "yixing-liaison"])
def test_what_one_may_not_see_cannot_be_looked_at(world, open_socket, username):
    kept = new_case(world, off_zone(world)).body["id"]
    reader = open_socket(username)
    assert look(reader, "case", kept)["error"]["status"] == 404
    # The socket is a second door: what it refused stands in the same trail.
    auditor = world.as_(f"{username.partition('-')[0]}-auditor")
    denied = auditor.get("/audit", action="access.denied", record=kept).body["items"]
    assert [(one["kind"], one["detail"]["route"]) for one in denied] == [("case", "case/look")]
    assert look(reader, "case", "no such id") == look(reader, "case", kept)


@pytest.mark.parametrize(
    "data", [{"kind": "user", "id": "x"}, {"kind": 1, "id": "x"}, [], "x", {"id": "x" * 65}]
)
def test_a_look_that_cannot_be_is_refused(world, open_socket, data):
    assert open_socket("wuxing-liaison").call("look", data)["error"]["status"] == 422


def test_who_loses_the_record_is_told_nobody_and_seen_by_nobody(world, open_socket):
    case = new_case(world).body["id"]
    first, second = open_socket("yixing-liaison"), open_socket("yixing-officer1")
    for reader in (first, second):
        look(reader, "case", case)
    await_names(first, name_of(world, "yixing-officer1"))
    share = share_of(world, case)
    world.as_("changxing-official").post(f"/shares/{share['id']}/recall", {"reason": "误共享"})
    await_names(first)
    await_names(second)


def test_who_is_disabled_is_gone_at_once(world, open_socket):
    found = memorandum(world)["id"]
    stays, leaves = open_socket("wuxing-official"), open_socket("wuxing-officer3")
    look(stays, "agreement", found)
    look(leaves, "agreement", found)
    await_names(stays, name_of(world, "wuxing-officer3"))
    with world.unit_of_work() as session:
        session.execute(update(User).where(User.username == "wuxing-officer3").values(active=False))
    leaves.wait_closed()
    await_names(stays)


def test_who_writes_a_draft_shows_at_what_and_a_partner_as_its_bureau(world, open_socket):
    patrol = world.as_("yixing-planner").get("/patrols", state="proposed").body["items"][0]["id"]
    ours, theirs = open_socket("yixing-planner"), open_socket("changxing-planner")
    at = {"kind": "plan_draft", "id": patrol, "part": "route"}
    assert theirs.call("look", {**at, "part": ""}) == {"ok": True}
    assert ours.call("look", at) == {"ok": True}

    def known(reader):
        people = reader.presences[-1]["people"] if reader.presences else []
        return [(one["name"], one["bureau_id"], one["part"]) for one in people]

    yixing = world.bureau_id("yixing")
    theirs.wait(lambda r: known(r) == [(None, yixing, "route")], "the bureau at the route")
    ours.wait(lambda r: [one[2] for one in known(r)] == [""], "the partner at nothing")
    assert ours.call("look", {**at, "part": "title"}) == {"ok": True}
    theirs.wait(lambda r: known(r) == [(None, yixing, "title")], "the bureau at the title")
    assert ours.call("look", {**at, "part": 7})["error"]["status"] == 422
