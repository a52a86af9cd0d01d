"""What is searched of records of inspections: what a reader may read of each, and nothing else."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from hub.inspections.models import InspectionRecord
from hub.inspections.views import record_for_owner, view_for
from hub.search.course_views import seen_on_course
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


def _named(view: View, row: InspectionRecord) -> View:
    """The view with its owner; what is listed in it as the texts that it is searched by."""
    told = {name: _texts(view[name], keys) for name, keys in LISTED.items() if name in view}
    return view | told | {"owner_bureau_id": row.bureau_id}


def _texts(value: Any, keys: tuple[str, ...]) -> list[str]:
    rows = value if isinstance(value, list) else [value]
    return [str(row[key]) for row in rows for key in keys if row[key]]


inspection_views = seen_on_course(view_for, _named)
