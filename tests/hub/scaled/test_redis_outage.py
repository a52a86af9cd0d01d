"""Redis away: changes come later, complete, in order and once; and at once when it is back."""

from __future__ import annotations

import time
import uuid

import pytest

from tests.hub.scaled.test_two_workers import head, seqs

pytestmark = pytest.mark.scaled
# Half of it tells a bell from a poll, also on a machine that is busy with other things.
POLL_S = 10.0
BELL_S = POLL_S / 2


def _tell(door, readers, name):
    """Write through one worker; seconds until every socket, on either worker, has been told."""
    wanted = {id(reader): len(reader.changes) + 1 for reader in readers}
    sent = time.monotonic()
    assert door.insist(name, uuid.uuid4().hex)[-1] == 201
    for reader in readers:
        reader.wait(lambda r: len(r.changes) >= wanted[id(r)], "the change")
    return time.monotonic() - sent


def test_an_outage_of_redis_costs_time_and_no_change(start, world, on_both, doors, own_redis):
    start(POLL_S)
    began = head(world)
    readers = list(on_both().values())
    left, right = doors()
    assert _tell(left, readers, "试一站") < BELL_S
    own_redis.kill()
    for number in range(20):
        (left, right)[number % 2].insist(f"试外{number}站", uuid.uuid4().hex)
    for reader in readers:
        reader.wait(lambda r: len(r.changes) >= 21, "what happened in the outage")
    own_redis.start()
    # Back without a restart: at the latest a few tries after the workers have subscribed again.
    deadline = time.monotonic() + 60
    told = 21
    while _tell(left, readers, f"试回{told}站") > BELL_S:
        told += 1
        assert time.monotonic() < deadline, "the fast way did not come back"
    quick = [_tell((left, right)[n % 2], readers, f"试快{n}站") for n in range(6)]
    assert max(quick) < BELL_S, quick
    for reader in readers:
        assert seqs(reader) == list(range(began + 1, began + 1 + told + 1 + 6))


def test_a_hub_starts_and_tells_while_redis_is_away(start, world, on_both, doors, own_redis):
    own_redis.kill()
    start(1.0)
    began = head(world)
    readers = list(on_both().values())
    for door in doors():
        _tell(door, readers, "试站")
    for reader in readers:
        assert seqs(reader) == [began + 1, began + 2]
