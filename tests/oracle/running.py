"""Packs of worlds, the doors that each is looked at through, and the report of a disagreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.oracle import doors, doors_others
from tests.oracle.comparing import Disagreement, disagreements
from tests.oracle.doors import Oracle, Sight
from tests.oracle.values import ADMINISTRATORS, Reader, World
from tests.oracle.worlds import READERS, shown, smallest

WORK = [r for r in READERS if r.role not in ADMINISTRATORS and r.bureau != "stranger"]
NOBODY = [r for r in READERS if r not in WORK]
# The first of these is opened in every pack, of the others as many as are named, in turn.
PLAIN = ["page", "csv", "geojson", "ogc", "shares", "feed of shares", "home"]
SEARCH = [door for door in doors.LISTS if door.startswith(("search", "filter:"))]
BESIDE = [door for door in doors_others.LISTS if not door.startswith("feed of")]
FEEDS = [door for door in doors_others.LISTS if door.startswith("feed of")]
# These need the index.
SEARCHES = {*SEARCH, *doors_others.SEARCH}
LISTS = doors.LISTS | doors_others.LISTS | doors_others.SEARCH
ITEMS = [*doors.ITEMS, *doors_others.ITEMS]


def in_turn(things: Sequence[str], turn: int, count: int) -> list[str]:
    """So many of the things, beginning where the turn before ended."""
    return [things[(turn * count + n) % len(things)] for n in range(count)]


def is_indexed(turn: int) -> bool:
    """Whether a pack is put into the index of the search, which costs as much as looking at it."""
    return turn % 6 == 1


def schedule(turn: int) -> Iterator[tuple[str, Reader]]:
    """Which list doors one pack is looked at through, and by whom: all come in turn."""
    who = [WORK[(turn + n) % len(WORK)] for n in range(len(WORK))]
    yield "list", who[0]
    yield ("findings", "requests", "petitions")[turn % 3], who[1]
    if turn % 2 == 0:
        for door in ["feed", *FEEDS]:
            yield door, who[2]
    yield in_turn(PLAIN, turn, 1)[0], who[3]
    if turn % 2:
        yield in_turn(BESIDE, turn // 2, 1)[0], who[4]
    if is_indexed(turn):
        for n, door in enumerate(in_turn(SEARCH, turn // 6, 3)):
            yield door, who[n + 1]
        yield in_turn(list(doors_others.SEARCH), turn // 6, 1)[0], who[(turn // 6) % 2]
    every = ["list", "feed", *PLAIN, *BESIDE, *FEEDS, *SEARCH, *doors_others.SEARCH]
    for n, reader in enumerate(NOBODY):
        yield every[(turn + 3 * n) % len(every)], reader


def sights(oracle: Oracle, worlds: Sequence[World], turn: int) -> Iterator[Sight]:
    """Lay the worlds and look: through list doors at all, through item doors at a few."""
    oracle.lay(worlds, indexed=is_indexed(turn))
    for door, reader in schedule(turn):
        if is_indexed(turn) or door not in SEARCHES:
            yield through(oracle, door, reader, ())
    for n, door in enumerate(in_turn(ITEMS, turn, 2)):
        step = max(1, len(worlds) // 4)
        numbers = range((turn + n) % step, len(worlds), step)
        yield through(oracle, door, WORK[(turn // 2 + n) % len(WORK)], numbers)


def through(oracle: Oracle, door: str, reader: Reader, numbers: Sequence[int]) -> Sight:
    """Look through a door: at all worlds, or through one of single records at these."""
    if door in LISTS:
        return Sight(door, reader, LISTS[door](oracle, oracle.caller(reader)))
    return (doors if door in doors.ITEMS else doors_others).look_at(oracle, door, reader, numbers)


def compare(oracle: Oracle, worlds: Sequence[World], turn: int) -> list[Disagreement]:
    """Where the hub says otherwise than the model about these worlds."""
    return list(disagreements(worlds, list(sights(oracle, worlds, turn))))


def again(oracle: Oracle, found: Disagreement, world: World) -> list[Disagreement]:
    """The same door and reader, with a world of its own."""
    oracle.lay([world])
    door, reader = found.door, found.reader
    return list(disagreements([world], [through(oracle, door, reader, [0])]))


def report(oracle: Oracle, found: Disagreement, first: int) -> str:
    """A disagreement with the smallest world that shows it, and the number to make it again."""
    seed = first + max(found.number, 0)
    if not again(oracle, found, found.world):
        return f"world {seed}: {found} (not by itself)\n{shown(found.world)}"
    small = smallest(found.world, lambda world: bool(again(oracle, found, world)))
    (said, *_rest) = again(oracle, found, small)
    return f"world {seed}: {said}\n{shown(small)}"
