"""The socket door of a running hub: who gets in, what he is told, when he is cut off."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import socketio
import socketio.exceptions

from hub.changes import SYSTEM, record_change
from tests.support.live import LiveHub
from tests.support.sockets import SocketReader
from tests.support.world import World


@pytest.fixture
def hub(running) -> LiveHub:
    """One running hub for all tests here; who loses his access is an officer of his own."""
    return running.hub


@pytest.fixture
def world(running) -> World:
    """The same hub in this process."""
    return running.world


@pytest.fixture
def open_socket(hub: LiveHub, world: World) -> Iterator[object]:
    """Opens sockets for demo people and closes them in the end."""
    opened: list[SocketReader] = []

    def open_(username: str, after: int | None = None) -> SocketReader:
        auth: dict[str, object] = {"token": world.as_(username).token}
        if after is not None:
            auth["after"] = after
        reader = SocketReader(hub.url, auth).connect()
        opened.append(reader)
        return reader

    yield open_
    for reader in opened:
        reader.close()


def tell(world: World, *bureaus: str, kind: str = "probe") -> str:
    """Write a change for these bureaus through the database, as another process would."""
    record_id = str(uuid.uuid4())
    with world.unit_of_work() as session:
        record_change(
            session,
            SYSTEM,
            kind=kind,
            record_id=record_id,
            version=1,
            verb="created",
            bureaus=[world.bureau_id(code) for code in bureaus],
        )
    return record_id


def seqs(reader: SocketReader) -> list[int]:
    return [change["seq"] for change in reader.changes]


def head(world: World, username: str) -> int:
    return int(world.as_(username).get("/changes", after=0, limit=1).body["head"])


def test_a_change_reaches_the_bureaus_concerned_and_nobody_else(world, open_socket):
    wujiang = open_socket("wujiang-liaison")
    nanxun = open_socket("nanxun-liaison")
    told = tell(world, "wuxing", "wujiang")
    wujiang.wait(lambda r: any(c["id"] == told for c in r.changes))
    fence = tell(world, "nanxun")
    nanxun.wait(lambda r: any(c["id"] == fence for c in r.changes))
    assert [c["id"] for c in nanxun.changes] == [fence]


def test_a_reconnecting_reader_gets_what_it_missed_once_and_in_order(world, open_socket):
    start = head(world, "wujiang-liaison")
    missed = [tell(world, "wujiang") for _ in range(7)]
    reader = open_socket("wujiang-liaison", after=start)
    reader.wait(lambda r: len(r.changes) >= 7)
    later = tell(world, "wujiang")
    reader.wait(lambda r: len(r.changes) >= 8)
    assert [c["id"] for c in reader.changes] == [*missed, later]
    assert seqs(reader) == list(range(start + 1, start + 9))


def test_a_number_from_the_future_is_answered_with_resync(world, open_socket):
    reader = open_socket("wujiang-liaison", after=10**9)
    reader.wait(lambda r: bool(r.resyncs))
    assert reader.resyncs[0]["head"] == head(world, "wujiang-liaison")


def test_without_a_valid_token_the_socket_is_refused(hub):
    for auth in ({}, {"token": "lfp_wrong"}, {"csrf": "x"}, None):
        with pytest.raises(socketio.exceptions.ConnectionError):
            SocketReader(hub.url, auth).connect()


def test_an_administrator_without_business_has_no_feed(world, hub):
    with pytest.raises(socketio.exceptions.ConnectionError):
        SocketReader(hub.url, {"token": world.as_("wuxing-sysadmin").token}).connect()


def test_a_socket_from_a_foreign_origin_is_refused(world, hub):
    reader = SocketReader(hub.url, {"token": world.as_("wuxing-planner").token})
    with pytest.raises(socketio.exceptions.ConnectionError):
        reader.connect(headers={"Origin": "https://evil.example"})


def test_a_revoked_token_ends_the_open_socket(world, open_socket):
    caller = world.as_("wujiang-officer1")
    reader = open_socket("wujiang-officer1")
    token_id = caller.get("/tokens").body["items"][0]["id"]
    assert caller.delete(f"/tokens/{token_id}").status == 204
    reader.wait_closed()


def test_a_disabled_person_loses_his_socket_and_hears_nothing_more(world, open_socket):
    reader = open_socket("wujiang-officer2")
    user = world.as_("wujiang-officer2").user_id
    answer = world.as_("wujiang-secadmin").put(f"/people/{user}/active", {"active": False})
    assert answer.status == 200
    tell(world, "wujiang")
    reader.wait_closed()
    assert reader.changes == []


def test_a_lost_role_ends_the_socket(world, open_socket):
    reader = open_socket("wujiang-officer3")
    user = world.as_("wujiang-officer3").user_id
    answer = world.as_("wujiang-secadmin").put(
        f"/people/{user}/rights", {"roles": [], "clearance": 1}
    )
    assert answer.status == 200
    reader.wait_closed()


def test_an_acknowledgement_beyond_the_feed_is_refused(world, open_socket):
    reader = open_socket("wujiang-liaison")
    answer = reader.call("ack", {"seq": 10**6})
    assert answer["error"]["status"] == 409 or answer["error"]["status"] == 422
    for hostile in (None, {}, {"seq": "1"}, {"seq": True}, {"seq": -1}, [1], {"seq": 2**60}):
        assert "error" in reader.call("ack", hostile)


def test_an_acknowledgement_of_what_was_told_is_taken(world, open_socket):
    start = head(world, "wujiang-liaison")
    reader = open_socket("wujiang-liaison", after=start)
    tell(world, "wujiang")
    reader.wait(lambda r: bool(r.changes))
    assert reader.call("ack", {"seq": reader.changes[-1]["seq"]}) == {"ok": True}


def test_a_killed_hub_loses_nothing_and_repeats_nothing(world, hub, open_socket):
    start = head(world, "wujiang-liaison")
    first = open_socket("wujiang-liaison", after=start)
    one = tell(world, "wujiang")
    first.wait(lambda r: len(r.changes) == 1)
    hub.kill()
    first.wait_closed()
    two = tell(world, "wujiang")
    hub.start()
    second = open_socket("wujiang-liaison", after=seqs(first)[-1])
    three = tell(world, "wujiang")
    second.wait(lambda r: len(r.changes) == 2)
    assert [c["id"] for c in first.changes + second.changes] == [one, two, three]
