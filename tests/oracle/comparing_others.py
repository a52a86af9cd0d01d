"""What the model expects at each door of findings, requests and petitions."""

from __future__ import annotations

from tests.oracle import others, petitions
from tests.oracle.marks import OTHERS
from tests.oracle.values import ADMINISTRATORS, Reader, World

COLUMNS = {
    "findings.csv": {"number", "patrol_number", "text", "recorded_by_name", "task_firm"}
    | {"task_text", "closed_by_name", "close_note"},
    "requests.csv": {"number", "title"},
    "petitions.csv": {"number", "title", "place", "firm_name", "text", "handler_name"},
    "petitions.geojson": {"number", "title"},
    "petitions ogc": {"number", "title", "place", "firm_name", "text", "handler_name"}
    | {"created_by_name", "settlement", "reply"},
}
COLUMNS["petition feature"] = COLUMNS["petitions ogc"]
FILES = {"sender_file", "sender_file_later", "receiver_file", "receiver_file_later"}
# Doors that people read: they show of a record as much as there is room for, and no more.
ROOMY = {"findings page", "requests page", "finding page", "request page", "findings ogc",
         "petitions page", "petition page"}  # fmt: skip


def named(kind: str, names: frozenset[str]) -> frozenset[str]:
    """The marks of these fields, where they have one."""
    return frozenset(f"{kind}.{name}" for name in names) & OTHERS.keys()


def visible(world: World, reader: Reader) -> frozenset[str]:
    """Every mark of finding, request and petition that a reader may come upon anywhere."""
    found = others.finding_fields(world, reader) or frozenset()
    said = others.request_facts(world, reader) or frozenset()
    items = others.workspace_facts(world, reader) or frozenset()
    complaint = petitions.fields(world, reader) or frozenset()
    beside = named("request", said) | named("item", items) | named("petition", complaint)
    return _of_finding(world, found) | beside


def _of_finding(world: World, fields: frozenset[str]) -> frozenset[str]:
    """The marks of a finding; of a course that nobody has taken there is nothing to read."""
    empty = frozenset() if world.finding and world.finding.taken else COURSE
    return named("finding", fields - empty)


COURSE = frozenset().union(*others.COURSE_FIELDS.values())


def expected(world: World, reader: Reader, door: str) -> frozenset[str]:
    """The facts that a door of findings or requests should give a reader of a world."""
    if door.startswith("file of "):
        name = door.removeprefix("file of ")
        return frozenset({"opened"} if name in visible(world, reader) else ())
    if ":" in door:
        name = door.partition(":")[2]
        return frozenset({"found"} if name in visible(world, reader) else ())
    if "petition" in door:
        return _petition(world, reader, door)
    if "finding" in door:
        return _finding(world, reader, door)
    if "workspace" in door:
        return named("item", others.workspace_facts(world, reader) or frozenset())
    return _request(world, reader, door)


def _finding(world: World, reader: Reader, door: str) -> frozenset[str]:
    fields = others.finding_fields(world, reader)
    if fields is None:
        told = world.finding is not None and reader.bureau in world.finding.parties
        works = reader.role not in ADMINISTRATORS
        return frozenset({"tombstone"} if door.startswith("feed") and told and works else ())
    marks = _of_finding(world, fields)
    if door in COLUMNS:
        return marks & {f"finding.{name}" for name in COLUMNS[door]}
    if door in ("finding", "findings", "feed of findings"):
        return marks | {f"has:{name}" for name in fields}
    return marks


def _request(world: World, reader: Reader, door: str) -> frozenset[str]:
    row = world.request
    facts = others.request_facts(world, reader)
    if facts is None:
        told = row is not None and (
            reader.bureau == row.sender or (row.sent and reader.bureau == row.receiver)
        )
        works = reader.role not in ADMINISTRATORS
        return frozenset({"tombstone"} if door.startswith("feed") and told and works else ())
    marks = named("request", facts)
    return marks & {f"request.{n}" for n in COLUMNS[door]} if door in COLUMNS else marks


def _petition(world: World, reader: Reader, door: str) -> frozenset[str]:
    row, fields = world.petition, petitions.fields(world, reader)
    if fields is None:
        told = row is not None and reader.bureau in (row.owner, row.partner)
        works = reader.role not in ADMINISTRATORS
        return frozenset({"tombstone"} if door.startswith("feed") and told and works else ())
    if door == "petitions.geojson" and "lon" not in fields:
        return frozenset()
    marks = named("petition", fields)
    if door in COLUMNS:
        return marks & {f"petition.{name}" for name in COLUMNS[door]}
    if door in ROOMY:
        return marks
    _shown, announced = petitions.groups(world, reader) or (set(), set())
    keys = {f"has:{name}" for name in fields & petitions.KEYS}
    return marks | keys | {f"announced:{group}" for group in announced}
