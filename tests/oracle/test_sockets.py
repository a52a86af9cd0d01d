"""What a connected socket is sent is what the model says, row by row, and no other socket opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from socketio.exceptions import ConnectionError as Refused

from tests.conftest import BOUNDARIES
from tests.oracle.comparing import disagreements
from tests.oracle.doors import Sight, facts_of
from tests.oracle.running import WORK
from tests.oracle.worlds import READERS, shown, world
from tests.support.live import LiveHub
from tests.support.sockets import SocketReader

WORLDS = 60
ADMINISTRATORS = ("sysadmin", "secadmin", "auditor")


@pytest.fixture(scope="module")
def served(oracle):
    """Worlds, and a running hub that serves them."""
    worlds = [world(3_000_000 + n) for n in range(WORLDS)]
    oracle.lay(worlds, indexed=False)
    for reader in READERS:
        oracle.caller(reader)
    data = Path(oracle.hub.data_dir)
    hub = LiveHub(database_url=oracle.hub.url, data_dir=data, boundary_file=BOUNDARIES)
    # The clock stands still: what a date has ended is decided at each reading, not by a job.
    yield worlds, hub.start(HUB_JOBS_SECONDS="0")
    hub.stop()


def opened(oracle, hub, reader) -> SocketReader:
    auth = {"token": oracle.caller(reader).token, "after": 0}
    return SocketReader(hub.url, auth).connect()


@pytest.mark.parametrize("reader", WORK, ids=lambda reader: reader.name)
def test_a_socket_is_sent_what_the_model_says(oracle, served, reader):
    worlds, hub = served
    head = oracle.caller(reader).get("/changes", after=0, limit=1).body["head"]
    socket = opened(oracle, hub, reader)
    socket.wait(lambda heard: len(heard.changes) == head, "the whole feed")
    socket.close()
    assert [change["seq"] for change in socket.changes] == list(range(1, head + 1))
    facts = {}
    for change in socket.changes:
        if change["kind"] == "case":
            number = oracle.places[change["id"]]
            facts[number] = facts_of(change["view"], number)
    found = list(disagreements(worlds, [Sight("feed", reader, facts)]))
    assert not found, f"{found[0]}\n{shown(found[0].world)}"


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_no_socket_opens_for_an_administrator(oracle, served, role):
    _worlds, hub = served
    reader = next(reader for reader in READERS if reader.role == role)
    with pytest.raises(Refused):
        opened(oracle, hub, reader)


def test_no_socket_opens_for_nobody(served):
    _worlds, hub = served
    with pytest.raises(Refused):
        SocketReader(hub.url, {"after": 0}).connect()


def test_a_stranger_hears_nothing_and_looks_at_nothing(oracle, served):
    _worlds, hub = served
    socket = opened(oracle, hub, READERS[-1])
    for case_id in oracle.pack.ids[:3]:
        answer = socket.call("look", {"kind": "case", "id": case_id})
        assert answer["error"]["status"] == 404
    assert socket.changes == []
    assert socket.call("ack", {"seq": 1})["error"]["status"] == 422
    socket.close()
