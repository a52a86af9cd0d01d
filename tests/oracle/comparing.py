"""What the model expects at each door, and where a door says otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.oracle import comparing_others, doors_others, model
from tests.oracle.doors import TOGETHER, Sight
from tests.oracle.ground import FOCAL, cell_code
from tests.oracle.marks import MARKS
from tests.oracle.model import Seen
from tests.oracle.values import ADMINISTRATORS, Reader, World

# The marked fields that a door has a place for; doors that are not named have one for each.
COLUMNS = {
    "page": {"title"},
    "csv": {
        "own_number",
        "number",
        "title",
        "place",
        "firm",
        "person",
        "witness",
        "pollutant",
        "description",
    },
    "geojson": {"number", "title"},
    "ogc": {"number", "title", "place", "firm", "pollutant", "description", "created_by_name"}
    | {"own_number"},
    "detail page": set(MARKS) - {"number", "person_address"},
    "file": {"files"},
}
COLUMNS["feature"] = COLUMNS["ogc"]
# Doors that tell a whole class of readers the same, whoever handles the case.
IN_CLASSES = {"feed", "home"}
# Doors that open one case and enter who read it: an emergency opens these and no others.
BY_ITSELF = {"detail", "detail page", "file"}
# Doors that also name the case of a share that the reader's bureau gave or received.
NAMING = {"page", "home", "detail page"}


@dataclass(frozen=True)
class Disagreement:
    """A door that says otherwise than the model."""

    world: World
    number: int
    door: str
    reader: Reader
    too_much: frozenset[str]
    too_little: frozenset[str]

    def __str__(self) -> str:
        said = [f"shows {sorted(self.too_much)}"] if self.too_much else []
        said += [f"keeps back {sorted(self.too_little)}"] if self.too_little else []
        return f"{self.door} for {self.reader.name} {', '.join(said)}"


def marked(seen: Seen | None) -> frozenset[str]:
    """The marked fields whose text a reader may read."""
    if seen is None:
        return frozenset()
    own = {"firm_phone"} if seen.own else set()
    return frozenset((seen.fields & MARKS.keys()) | seen.named | own)


def knows_share(world: World, reader: Reader) -> bool:
    """Both sides of a share keep knowing of it by the number of its case: who is cleared for the
    case, and of an ended one also whoever has to confirm the purge."""
    if reader.role in ADMINISTRATORS:
        return False
    cleared = reader.clearance >= world.case.classification
    given = reader.bureau == world.case.owner
    purges = reader.role in ("official", "liaison")
    return any(
        (cleared and (given or share.to == reader.bureau))
        or (purges and share.to == reader.bureau and not model.runs(share))
        for share in world.case.shares
    )


def expected(world: World, reader: Reader, door: str) -> frozenset[str]:
    """The facts that a door should give a reader of a world."""
    by_itself = door in BY_ITSELF
    seen = model.seen(world, reader, in_person=door not in IN_CLASSES, by_itself=by_itself)
    texts = marked(seen)
    kind, _, name = door.partition(":")
    if kind in ("shares", "feed of shares"):
        return frozenset({"number"} if knows_share(world, reader) else ())
    if kind == "filter":
        return frozenset({"found"} if name in texts & SEARCHED else ())
    if kind == "search":
        return _found(texts, name, seen) if name in texts & SEARCHED else frozenset()
    if kind == "search.csv":
        wanted = texts & {"number", "title", "description"}
        return wanted if "description" in texts else frozenset()
    if kind == "geojson" and (seen is None or "lon" not in seen.fields):
        return frozenset()
    if kind in ("list", "detail", "feed"):
        return _view(world, reader, kind, seen, texts)
    return texts & COLUMNS.get(kind, {"number", "title"})


# Persons are found by their names by those alone who read these: the case's handlers.
SEARCHED = MARKS.keys() - {"firm_phone", "person_address"}


def _found(texts: frozenset[str], name: str, seen: Seen | None) -> frozenset[str]:
    assert seen is not None
    return frozenset({"found", name} | (texts & {"number", "title"}))


def _view(
    world: World, reader: Reader, kind: str, seen: Seen | None, texts: frozenset[str]
) -> frozenset[str]:
    if seen is None:
        told = {world.case.owner} | {share.to for share in world.case.shares}
        works = reader.role not in ADMINISTRATORS
        return frozenset(
            {"tombstone"} if kind == "feed" and works and reader.bureau in told else ()
        )
    keys = {f"has:{name}" for name in seen.fields}
    return frozenset(keys | texts | {f"announced:{group}" for group in seen.announced})


def together(worlds: Sequence[World], reader: Reader, name: str) -> frozenset[str]:
    """How many the search counts: in all, and by stage, category and district where they show."""
    found = [
        (number, world, seen)
        for number, world in enumerate(worlds)
        if name in marked(seen := model.seen(world, reader)) & SEARCHED
    ]
    counted: Counter[str] = Counter()
    for number, world, seen in found:
        if seen is not None and "stage" in seen.fields:
            district = cell_code(number) if world.case.owner == "cell" else FOCAL
            counted.update(
                (f"stage:case.{world.case.stage}", "category:water", f"district:{district}")
            )
    return frozenset({f"{value}:{n}" for value, n in counted.items()} | {f"total:{len(found)}"})


BESIDE = {*doors_others.LISTS, *doors_others.SEARCH, *doors_others.ITEMS}


def disagreements(worlds: Sequence[World], sights: Iterable[Sight]) -> Iterator[Disagreement]:
    """Every world and door at which what was seen is not what the model says."""
    for sight in sights:
        for number in range(len(worlds)) if sight.asked is None else sorted(sight.asked):
            world = worlds[number]
            found = sight.facts.get(number, frozenset())
            too_much, too_little = _beyond(world, sight.reader, sight.door, found)
            if too_much or too_little:
                yield Disagreement(world, number, sight.door, sight.reader, too_much, too_little)
        if sight.door.startswith("search:") and TOGETHER in sight.facts:
            name = sight.door.partition(":")[2]
            wanted, found = together(worlds, sight.reader, name), sight.facts[TOGETHER]
            if wanted != found:
                first = worlds[0]
                yield Disagreement(
                    first, TOGETHER, sight.door, sight.reader, found - wanted, wanted - found
                )


def _beyond(
    world: World, reader: Reader, door: str, found: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """What a door shows too much and too little of."""
    beside = door in BESIDE
    wanted = (comparing_others.expected if beside else expected)(world, reader, door)
    too_much, too_little = found - wanted, wanted - found
    # Whatever else a door mentions (a case its requests), it is what he may see elsewhere.
    too_much -= comparing_others.visible(world, reader)
    if door in NAMING and knows_share(world, reader):
        too_much -= {"number"}
    if beside or door in ("page", "detail page"):
        # People's pages show a case by its title and as much more as there is room for.
        too_much -= marked(model.seen(world, reader, by_itself=door in BY_ITSELF))
    if door == "home" or door in comparing_others.ROOMY:
        too_little = frozenset()
    return too_much, too_little
