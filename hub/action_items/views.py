"""The one way from an action item to what a reader sees: list, detail, feed and export."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.action_items.access import may_see, meeting_of
from hub.action_items.clock import DUE, KIND, end_of_day
from hub.action_items.labels import ACTS, STATES, TONES
from hub.action_items.models import ActionItem, ActionNote, ActionState
from hub.bureaus.services import bureau
from hub.db import utc_now
from hub.deadlines.services import clocks_of
from hub.deadlines.views import ClockView
from hub.files.services import files_of
from hub.files.views import file_view
from hub.meetings.models import Meeting
from sharing.canonical import utc_text

OPEN = (ActionState.OPEN, ActionState.REPORTED)


def action_item_view(
    session: Session,
    reader: ReaderClass,
    row: ActionItem,
    clocks: dict[str, list[ClockView]] | None = None,
) -> dict[str, Any] | None:
    """What a reader may see of an action item now, or None when not even that it exists."""
    if not may_see(session, reader, row):
        return None
    meeting = meeting_of(session, row)
    now = utc_now()
    known = clocks if clocks is not None else clocks_of(session, KIND, [row.id])
    return {
        "id": row.id,
        "number": row.number,
        "version": row.version,
        "title": row.title,
        "detail": row.detail,
        "state": row.state,
        "state_name": str(STATES[row.state]),
        "tone": "danger" if is_overdue(row, now) else TONES[row.state],
        "overdue": is_overdue(row, now),
        "late": is_late(row, now),
        "bureau_id": row.bureau_id,
        "bureau_name": bureau(session, row.bureau_id).short_name,
        "own": row.bureau_id == reader.bureau_id,
        "person_id": row.person_id,
        "person_name": row.person_name,
        "due_on": row.due_on.isoformat(),
        "first_due_on": row.first_due_on.isoformat(),
        "due_at": utc_text(end_of_day(row)),
        "meeting_id": meeting.id,
        "meeting_number": meeting.number,
        "meeting_title": meeting.title,
        "decision_id": row.decision_id,
        "promised_to": _others(session, meeting, row),
        "reported_at": _time(row.reported_at),
        "closed_at": _time(row.closed_at),
        "closed_by_name": row.closed_by_name,
        "created_at": utc_text(row.created_at),
        "created_by_name": row.created_by_name,
        "clocks": [one.to_dict() for one in known.get(row.id, []) if one.rule_code == DUE],
    }


def _others(session: Session, meeting: Meeting, row: ActionItem) -> list[str]:
    return [bureau(session, one).short_name for one in sorted(meeting.party_ids - {row.bureau_id})]


def is_overdue(row: ActionItem, at: datetime) -> bool:
    """Whether its day has passed and nobody has reported it done."""
    return row.state == ActionState.OPEN and end_of_day(row) < at


def is_late(row: ActionItem, at: datetime) -> bool:
    """Whether it was done after the day first agreed, or that day has passed without."""
    done = row.reported_at or row.closed_at
    first = end_of_day(row) - (row.due_on - row.first_due_on)
    return row.state != ActionState.DROPPED and (done or at) > first


def action_item_views(
    session: Session, reader: ReaderClass, rows: Sequence[ActionItem]
) -> list[dict[str, Any]]:
    """The views of many, in order; those that are not the reader's are left out."""
    clocks = clocks_of(session, KIND, [row.id for row in rows])
    views = (action_item_view(session, reader, row, clocks) for row in rows)
    return [view for view in views if view is not None]


def action_item_detail(
    session: Session, reader: ReaderClass, row: ActionItem
) -> dict[str, Any] | None:
    """The same with its course and its evidence."""
    view = action_item_view(session, reader, row)
    if view is None:
        return None
    return view | {
        "notes": [_note(session, reader, note) for note in notes_of(session, [row.id])],
        "files": [
            file_view(file, reader.bureau_id) | {"bureau_id": file.owner_bureau_id}
            for file in files_of(session, KIND, row.id)
        ],
    }


def notes_of(session: Session, item_ids: Collection[str]) -> Sequence[ActionNote]:
    """What was noted of some action items, oldest first."""
    return session.scalars(
        select(ActionNote).where(ActionNote.action_item_id.in_(item_ids)).order_by(ActionNote.id)
    ).all()


def _note(session: Session, reader: ReaderClass, note: ActionNote) -> dict[str, Any]:
    return {
        "id": note.id,
        "act": note.act,
        "label": str(ACTS[note.act]),
        "state_name": str(STATES[note.state]),
        "text": note.text,
        "file_id": note.file_id,
        "bureau_name": bureau(session, note.bureau_id).short_name,
        "own": note.bureau_id == reader.bureau_id,
        "who": note.user_name,
        "at": utc_text(note.at),
    }


def render_action_item(
    session: Session, reader: ReaderClass, item_id: str
) -> dict[str, Any] | None:
    """The view that a change of an action item carries in the feed."""
    row = session.get(ActionItem, item_id)
    return None if row is None else action_item_view(session, reader, row)


def _time(at: datetime | None) -> str | None:
    return utc_text(at) if at else None
