"""The one place that turns a record into what a given reader may see.

Every door (pages, API, socket, export, package, log) calls it, so what is closed in one is closed
in all. It fails closed: a field that belongs to no group stops the whole record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sharing.decisions import (
    EXISTENCE,
    NEVER_SHARED,
    STATE_SECRET,
    Allowed,
    Decision,
    Denied,
    Gray,
    Level,
)
from sharing.errors import UnclassifiedField

Record = Mapping[str, object]
FieldGroups = Mapping[str, str]


class FieldExplanation(NamedTuple):
    """What happens to one field: shown (white), known to exist (gray) or hidden (black)."""

    field: str
    level: Level
    clause: str | None


def _refuse_unclassified(record: Record, groups: FieldGroups) -> None:
    unknown = sorted(name for name in record if name not in groups)
    if unknown:
        raise UnclassifiedField(fields=unknown)


def shown_groups(decision: Decision) -> frozenset[str]:
    """Return the groups whose fields ``redact`` lets through; empty when not even existence is."""
    if isinstance(decision, Allowed):
        return decision.field_groups - NEVER_SHARED
    return frozenset({EXISTENCE}) if isinstance(decision, Gray) else frozenset()


def redact(record: Record, groups: FieldGroups, decision: Decision) -> dict[str, object] | None:
    """Return what another bureau may see of a record, or None when not even that it exists.

    ``groups`` gives the group of every field. Fields of groups that are not open are absent, not
    null. A gray decision leaves the fields of ``existence``. Raises UnclassifiedField.
    """
    _refuse_unclassified(record, groups)
    if isinstance(decision, Denied):
        return None
    shown = shown_groups(decision)
    return {name: value for name, value in record.items() if groups[name] in shown}


def redact_for_owner(
    record: Record,
    groups: FieldGroups,
    *,
    clearance: int,
    classification: int,
    is_handler: bool,
    hidden_unless_handler: frozenset[str],
) -> dict[str, object] | None:
    """Return what a person of the owning bureau may see, or None when not cleared for it.

    Classification and clearance run 0-4; a state secret is shown to nobody. Groups of
    ``hidden_unless_handler`` are for the case's handlers. Raises UnclassifiedField.
    """
    _refuse_unclassified(record, groups)
    if classification >= STATE_SECRET or clearance < classification:
        return None
    hidden = frozenset() if is_handler else hidden_unless_handler
    return {name: value for name, value in record.items() if groups[name] not in hidden}


def field_explanations(groups: FieldGroups, decision: Decision) -> list[FieldExplanation]:
    """Say for every field, in the order of ``groups``, what the other side gets and why.

    Exactly the fields that are white here are those ``redact`` lets through.
    """
    shown = shown_groups(decision)
    gray = frozenset() if isinstance(decision, Denied) else decision.gray_groups - shown
    clauses: dict[str, str] = {}
    fallback: str | None = None
    if not isinstance(decision, Denied):
        clauses = {ground.group: ground.clause for ground in decision.grounds}
        fallback = decision.clause
    explained = []
    for name, group in groups.items():
        level = Level.WHITE if group in shown else Level.GRAY if group in gray else Level.BLACK
        clause = None if level is Level.BLACK else clauses.get(group, fallback)
        explained.append(FieldExplanation(name, level, clause))
    return explained
