"""Who may see what of a petition: rules once more, compared with every door.

As `model.py`, nothing here is imported from `sharing/` or `hub/`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.oracle.terms import Asked, opened, white
from tests.oracle.values import ADMINISTRATORS, EXISTENCE, NEVER, Petition, Reader, World

# What a petition holds, by the field group that an agreement speaks of. Who brought it is nowhere.
FIELDS: Mapping[str, frozenset[str]] = {
    EXISTENCE: frozenset(
        {"id", "number", "version", "owner_bureau_id", "owner_name", "contact"}
        | {"partner_bureau_id", "partner_name", "joint_state", "joint_state_name", "joint_tone"}
        | {"joint_asked_at"}
    ),
    "basics": frozenset(
        {"title", "category", "category_name", "state", "state_name", "tone", "classification"}
        | {"occurred_at", "received_at", "closed_at", "adcode"}
    ),
    "place": frozenset({"lon", "lat", "place"}),
    "party": frozenset({"firm_name", "firm_uscc"}),
    "substance": frozenset({"text"}),
    "progress": frozenset(
        {"steps", "clocks", "overdue", "settlement", "settlement_number", "reply", "reply_number"}
        | {"answered_at", "approvals", "content_hash", "closed_hash"}
    ),
    NEVER: frozenset(
        {"channel", "channel_name", "handler_id", "handler_name", "created_by_name", "created_at"}
        | {"has_reporter"}
    ),
}
KEYS = frozenset().union(*FIELDS.values())
# What was said at its steps: together; what the owner said before it asked the neighbour, and of
# its own business; what the petitioner answered on a visit.
SAID, OWNERS = "said", frozenset({"said_before", "said_privately", "visited"})


def shared_with(row: Petition) -> str | None:
    """The neighbour that knows of it: from when it is asked until it declines or is unasked."""
    return row.partner if row.joint in ("asked", "accepted") else None


def groups(world: World, reader: Reader) -> tuple[set[str], set[str]] | None:
    """The groups whose content a reader is shown, and those announced; None: nothing at all."""
    row = world.petition
    if row is None or reader.role in ADMINISTRATORS or reader.clearance < row.classification:
        return None
    if reader.bureau == row.owner:
        return set(FIELDS), set()
    if reader.bureau != shared_with(row):
        return None
    asked = Asked(
        row.owner, reader.bureau, world.case.spot, row.classification, "joint_enforcement",
        "petition", row.asked,
    )  # fmt: skip
    terms = opened(world, asked)
    return (white(terms), set(terms) - white(terms)) if terms else None


def fields(world: World, reader: Reader) -> frozenset[str] | None:
    """The fields and texts that a reader is shown; None: not even that it exists."""
    found = groups(world, reader)
    if found is None or world.petition is None:
        return None
    shown = frozenset().union(*(FIELDS.get(group, frozenset()) for group in found[0]))
    said = {SAID} if "steps" in shown else set()
    return shown | said | (OWNERS if reader.bureau == world.petition.owner else frozenset())
