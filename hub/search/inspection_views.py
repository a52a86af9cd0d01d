"""What is searched of records of inspections: what a reader may read of each, and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.inspections.models import InspectionRecord
from hub.inspections.views import record_for_owner, view_for
from hub.patrols.openness import Course
from hub.shares.deciding import Judge

View = dict[str, Any]
# Of what a record lists, the words that people look for.
LISTED = {
    "party": ("name", "uscc", "legal_representative", "address", "person"),
    "answers": ("question", "answer"),
    "samples": ("code", "what", "place"),
}


def inspection_record(session: Session, _judge: Judge, row: InspectionRecord) -> View:
    """Every field of a record, as its own bureau reads it."""
    return _named(record_for_owner(session, row), row)


def inspection_views(
    session: Session, actor: Actor, judge: Judge, rows: Collection[InspectionRecord]
) -> dict[str, View]:
    """What a reader sees at this moment of those that he may know of, by id."""
    course = Course(session, judge)
    found = {row.id: (row, view_for(session, actor.reader, row, course)) for row in rows}
    return {key: _named(view, row) for key, (row, view) in found.items() if view is not None}


def _named(view: View, row: InspectionRecord) -> View:
    """The view with its owner; what is listed in it as the texts that it is searched by."""
    told = {name: _texts(view[name], keys) for name, keys in LISTED.items() if name in view}
    return view | told | {"owner_bureau_id": row.bureau_id}


def _texts(value: Any, keys: tuple[str, ...]) -> list[str]:
    rows = value if isinstance(value, list) else [value]
    return [str(row[key]) for row in rows for key in keys if row[key]]
