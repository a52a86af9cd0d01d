"""The hub's own WebSocket transport under clients that are slow, torn, rude or gone."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator

import psutil
import pytest

from hub.changes import SYSTEM, record_change
from tests.support.live import LiveHub
from tests.support.raw_sockets import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    RawSocket,
    masked,
)
from tests.support.world import World

pytestmark = pytest.mark.once


READER = "wujiang-liaison"


@pytest.fixture
def world(running):
    return running.world


@pytest.fixture
def enter(running) -> Iterator[object]:
    """Opens raw sockets of Wujiang's liaison."""
    hub, world = running.hub, running.world
    opened: list[RawSocket] = []

    def enter_(after: int | None = None, receive_buffer: int | None = None) -> RawSocket:
        raw = RawSocket(hub.port, receive_buffer=receive_buffer)
        opened.append(raw)
        return raw.enter(world.as_(READER).token, after)

    yield enter_
    for raw in opened:
        raw.close()


def tell(world: World, count: int = 1) -> list[str]:
    """Record changes for Wujiang in one transaction; their ids."""
    ids = [str(uuid.uuid4()) for _ in range(count)]
    with world.unit_of_work() as session:
        for record_id in ids:
            record_change(
                session,
                SYSTEM,
                kind="probe" * 6,
                record_id=record_id,
                version=1,
                verb="created",
                bureaus=[world.bureau_id("wujiang")],
            )
    return ids


def head(world: World) -> int:
    return int(world.as_(READER).get("/changes", after=0, limit=1).body["head"])


def ack(seq: int, number: int = 1) -> bytes:
    return f'42{number}["ack",{json.dumps({"seq": seq})}]'.encode()


def test_a_message_arrives_whole_however_it_is_torn(enter):
    raw = enter()
    message = masked(TEXT, ack(0))
    for i in range(len(message)):
        raw.send(message[i : i + 1])
    assert raw.event() == ("answer", {"ok": True})


def test_fragments_with_a_ping_between_them_are_one_message(enter):
    raw = enter()
    payload = ack(0)
    raw.send(masked(TEXT, payload[:5], final=False) + masked(CONTINUATION, b"", final=False))
    raw.send(masked(PING, b"there?") + masked(CONTINUATION, payload[5:]))
    assert raw.frame() == (PONG, b"there?")
    assert raw.event() == ("answer", {"ok": True})


def test_several_messages_in_one_packet_are_all_answered(enter):
    raw = enter()
    raw.send(b"".join(masked(TEXT, ack(0, number)) for number in range(10)))
    assert [raw.event() for _ in range(10)] == [("answer", {"ok": True})] * 10


def test_a_close_is_answered_with_the_same_code(enter):
    raw = enter()
    raw.send(masked(CLOSE, (1000).to_bytes(2, "big")))
    assert raw.close_code() == 1000


@pytest.mark.parametrize(
    "pieces",
    [
        [masked(TEXT, b"4" * 70_000)],
        [masked(TEXT, b"4", final=False), *[masked(CONTINUATION, b"4" * 9_000, final=False)] * 8],
        [masked(TEXT, b"4", final=False) + masked(CONTINUATION, b"", final=False) * 66_000],
    ],
    ids=["one frame", "many fragments", "empty fragments"],
)  # fmt: skip
def test_a_message_above_64_kib_ends_the_socket_with_1009(enter, pieces):
    raw = enter()
    try:
        for piece in pieces:
            raw.send(piece)
    except (BrokenPipeError, ConnectionResetError):
        return  # the hub ended it before all was sent
    assert raw.close_code() in (1009, None)  # a reset may overtake the close frame


@pytest.mark.parametrize(
    "garbage",
    [
        masked(TEXT, b"2", mask=False),
        masked(0x3, b"reserved"),
        bytes([0xF1]) + masked(TEXT, b"2")[1:],
        masked(CONTINUATION, b"of nothing"),
        masked(TEXT, b"\xff\xfe\xfd"),
        masked(PING, b"x" * 126),
        masked(CLOSE, b"\x03"),
        b"GET / HTTP/1.1\r\n\r\n" * 20,
    ],
    ids=["unmasked", "opcode", "bits", "continuation", "utf-8", "ping", "close", "http"],
)
def test_what_is_no_frame_ends_the_socket_and_no_other(enter, world, garbage):
    bystander, raw = enter(), enter()
    raw.send(garbage)
    assert raw.close_code() in (1002, 1007, None)
    told = tell(world)
    assert [change["id"] for change in bystander.changes(1)] == told


@pytest.mark.parametrize("nonsense", [b"", b"9", b"42", b"42[", b'42["ack"', b"451-[]", b"42{}"])
def test_nonsense_in_a_frame_harms_no_other(enter, world, nonsense):
    bystander, raw = enter(), enter()
    raw.send(masked(TEXT, nonsense) + masked(BINARY, nonsense))
    told = tell(world)
    assert [change["id"] for change in bystander.changes(1)] == told


def test_a_flood_of_messages_ends_the_socket_and_no_other(enter, world):
    bystander, raw = enter(), enter()
    try:
        for number in range(400):
            raw.send(masked(TEXT, ack(0, number)))
    except (BrokenPipeError, ConnectionResetError):
        pass  # ended in the midst of it
    assert raw.close_code() in (1008, None)
    told = tell(world)
    assert [change["id"] for change in bystander.changes(1)] == told


def test_a_client_that_resets_while_it_is_told_keeps_nobody_from_hearing(enter, world):
    start = head(world)
    bystander = enter(after=start)
    for _ in range(5):
        doomed = enter(after=0)
        tell(world, 5)
        doomed.reset()
    tell(world, 5)
    assert [c["seq"] for c in bystander.changes(30)] == list(range(start + 1, start + 31))


def test_a_reader_that_stops_costs_the_others_nothing_and_catches_up(running, enter, world):
    start = head(world)
    slow = enter(after=start, receive_buffer=4096)
    brisk = enter(after=start)
    memory = _memory(running.hub)
    for _ in range(10):
        tell(world, 200)
        brisk.changes(200)  # while the slow one reads nothing
    assert _memory(running.hub) - memory < 50 * 2**20
    told: list[int] = []
    while len(told) < 2000:
        try:
            told.append(slow.changes(1)[0]["seq"])
        except (EOFError, ConnectionResetError):  # it stalled too long on a busy machine
            slow = enter(after=start + len(told))
    assert told == list(range(start + 1, start + 2001))


def _memory(hub: LiveHub) -> int:
    assert hub.process is not None
    everyone = [psutil.Process(hub.process.pid), *psutil.Process(hub.process.pid).children()]
    return sum(process.memory_info().rss for process in everyone)


@pytest.mark.timeout(400)  # three thousand changes take a while on a busy machine
def test_a_reader_that_takes_nothing_is_ended_and_resumes_by_its_number(enter, world):
    start = head(world)
    stalled = enter(after=start, receive_buffer=4096)
    tell(world, 3000)
    heard = _read_to_the_end_after(stalled, 13.0)
    assert [change["seq"] for change in heard] == list(range(start + 1, start + 1 + len(heard)))
    assert len(heard) < 3000
    again = enter(after=start + len(heard))
    rest = again.changes(3000 - len(heard))
    assert rest[-1]["seq"] == start + 3000


def _read_to_the_end_after(raw: RawSocket, pause_s: float) -> list[dict[str, object]]:
    """Take nothing for so long, then whatever whole messages are still there."""
    time.sleep(pause_s)  # the stall itself is what is tested
    heard: list[dict[str, object]] = []
    try:
        while True:
            name, data = raw.event()
            if name == "change":
                heard.append(data)
    except (EOFError, ConnectionResetError):
        return heard
