"""The hub and the model agree on who sees what, through every door, in 10,000 generated worlds.

`HUB_ORACLE_WORLDS` sets another number. A world that fails is printed small, with its number.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.oracle import petitions
from tests.oracle.model import seen
from tests.oracle.running import ITEMS, LISTS, WORK, compare, report, schedule
from tests.oracle.worlds import READERS, world

WORLDS = int(os.environ.get("HUB_ORACLE_WORLDS", "10000"))
PACK = 100
PARTS = 10


@pytest.mark.once
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_hub_and_model_agree_in_generated_worlds(oracle, part):
    for turn in range(part, WORLDS // PACK, PARTS):
        worlds = [world(turn * PACK + n) for n in range(PACK)]
        found = compare(oracle, worlds, turn)
        assert not found, report(oracle, found[0], turn * PACK)


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_hub_and_model_agree_on_either_database(oracle, turn):
    first = 1_000_000 + turn * 40
    found = compare(oracle, [world(first + n) for n in range(40)], turn)
    assert not found, report(oracle, found[0], first)


def test_every_door_comes_in_its_turn():
    opened = {(door, reader.name) for turn in range(200) for door, reader in schedule(turn)}
    assert {door for door, _name in opened} == set(LISTS)
    assert {name for _door, name in opened} == {reader.name for reader in READERS}
    assert len(ITEMS) == 21


def test_the_worlds_decide_something():
    told: Counter[str] = Counter()
    for number in range(2000):
        for reader in WORK:
            found = seen(made := world(number), reader)
            kind = "nothing" if found is None else "own" if found.own else "shared"
            told[kind] += 1
            told["gray"] += found is not None and bool(found.announced)
            told["petition"] += _neighbours(made, reader)
            told["amended"] += len(made.agreements) > 0 and len(made.agreements[0].texts) > 1
    share = {
        kind: count / sum(told[k] for k in ("nothing", "own", "shared"))
        for kind, count in told.items()
    }
    assert share["shared"] > 0.1, share
    assert share["own"] > 0.1, share
    assert share["gray"] > 0.05, share
    assert share["nothing"] > 0.2, share
    assert share["amended"] > 0.1, share
    assert told["petition"] > 50


def _neighbours(made, reader):
    """Whether a reader sees something of a petition that his neighbour took."""
    row = made.petition
    return row is not None and row.owner != reader.bureau and bool(petitions.groups(made, reader))
