"""Who may see what of a finding and of a request: rules once more, compared with every door.

As `model.py`, nothing here is imported from `sharing/` or `hub/`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.oracle.terms import NOWHERE, Asked, opened, white
from tests.oracle.values import ADMINISTRATORS, Finding, Reader, Request, World

# What a joint patrol saw, by the field group that an agreement speaks of.
FINDING_FIELDS: Mapping[str, frozenset[str]] = {
    "existence": frozenset(
        {"id", "version", "number", "patrol_id", "patrol_number", "patrol_title"}
        | {"bureau_id", "bureau_name", "side"}
    ),
    "basics": frozenset(
        {"recorded_by_name", "category", "category_name", "text", "found_at", "clock_offset_s"}
        | {"created_at", "referred_to_id", "referred_to_name", "referral_note", "has_case"}
        | {"adcode", "side_bureau_id", "side_bureau_name", "certain", "state", "state_name"}
        | {"taken_by_id", "taken_by_name", "due_on", "overdue"}
        # What the category asks for; a firm that was named stays home unless the terms open it.
        | {"details", "details_text"}
    ),
    "place": frozenset({"lon", "lat", "accuracy_m", "placed_by"}),
    "files": frozenset({"files"}),
    "party": frozenset({"firm_name", "firm_uscc"}),
}
# What became of it: the words of the bureau that took it up, or else of the one that saw it.
COURSE_FIELDS: Mapping[str, frozenset[str]] = {
    "basics": frozenset({"closed_at", "closed_by_name", "close_note", "no_photo_reason"}),
    "files": frozenset({"after_files"}),
    "party": frozenset({"task_firm"}),
    "measures": frozenset({"task_text", "tasked_at", "tasked_by_name", "steps"}),
}
# Joint patrols record for their parties; the classification only counts for terms that cover less.
PATROL_CLASSIFICATION = 2


def finding_fields(world: World, reader: Reader) -> frozenset[str] | None:
    """The fields of the finding that a reader is shown; None: not even that it exists.

    The parties of a patrol that has begun know of it, whatever became of the agreement, and read
    what they recorded themselves; of each other's as much as the terms open at this moment.
    """
    found = world.finding
    if found is None or reader.role in ADMINISTRATORS or reader.bureau not in found.parties:
        return None
    groups = _groups(world, found, found.by, reader.bureau)
    if not groups:
        return None
    fields = _fields(FINDING_FIELDS, groups)
    taker = found.taken or found.by
    course = _fields(COURSE_FIELDS, _groups(world, found, taker, reader.bureau))
    if taker == reader.bureau:
        # What he took up himself he follows, whatever the other side shows of it by now.
        course |= {"state", "state_name", "taken_by_id", "taken_by_name", "due_on", "overdue"}
    return fields | course


def _groups(world: World, found: Finding, owner: str, reader: str) -> set[str]:
    if owner == reader:
        return set(FINDING_FIELDS) | set(COURSE_FIELDS)
    asked = Asked(
        owner, reader, world.case.spot, PATROL_CLASSIFICATION, "joint_enforcement", "finding",
        found.at,
    )  # fmt: skip
    return white(opened(world, asked))


def _fields(of: Mapping[str, frozenset[str]], groups: set[str]) -> frozenset[str]:
    return frozenset().union(*(fields for group, fields in of.items() if group in groups))


def request_facts(world: World, reader: Reader) -> frozenset[str] | None:
    """What a reader is told of the request: names of its marked texts; None: nothing at all."""
    row = world.request
    if row is None or not takes_part(row, reader):
        return None
    own = reader.bureau == row.sender
    told = {"number", "title", "body"}
    if own:
        told |= {"private_words", "sender_file_later"}
    if row.kind == "referral" and (own or "description" in row.shown):
        told.add("lead_description")
    if row.sent:
        told |= _exchanged(world, row, own=own)
    return frozenset(told)


def takes_part(row: Request, reader: Reader) -> bool:
    """The sender's people, and once it was sent the receiver's, who are cleared for it."""
    if reader.role in ADMINISTRATORS or reader.clearance < row.classification:
        return False
    return reader.bureau == row.sender or (row.sent and reader.bureau == row.receiver)


def _exchanged(world: World, row: Request, *, own: bool) -> set[str]:
    """What both sides said and sent: of joint handling only as far as the terms go now."""
    groups = joint_groups(world, row)
    mine, theirs = ("sender", "receiver") if own else ("receiver", "sender")
    told = {f"{mine}_words", f"{mine}_file", f"{mine}_file_later"}
    if "substance" in groups:
        told.add(f"{theirs}_words")
    if "files" in groups:
        told.add(f"{theirs}_file")
    return told


def joint_groups(world: World, row: Request) -> set[str]:
    """The groups that are open between the two sides of a request."""
    if row.kind != "joint_handling":
        return {"substance", "files"}
    asked = Asked(
        row.sender, row.receiver, NOWHERE, row.classification, "joint_handling", "request"
    )
    return white(opened(world, asked))


def workspace_facts(world: World, reader: Reader) -> frozenset[str] | None:
    """What a handler reads in the workspace; None: for him there is none."""
    row = world.request
    if row is None or not takes_part(row, reader) or not has_workspace(row):
        return None
    if reader.name not in row.handlers:
        return None
    groups = joint_groups(world, row)
    mine, theirs = ("sender", "receiver") if reader.bureau == row.sender else ("receiver", "sender")
    told = {f"{mine}_note", f"{mine}_gone", f"{mine}_item"}
    if "substance" in groups:
        told.add(f"{theirs}_note")
    if "files" in groups:
        told.add(f"{theirs}_item")
    return frozenset(told)


def has_workspace(row: Request) -> bool:
    """Joint handling that was taken on has one."""
    return row.kind == "joint_handling" and row.sent
