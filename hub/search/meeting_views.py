"""What is searched of meetings, what they laid on whom, and records received by package."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.action_items.models import ActionItem
from hub.action_items.views import notes_of
from hub.bureaus.services import bureau_of_adcode
from hub.exchange.models import ReceivedRecord
from hub.exchange.naming import texts_of
from hub.exchange.received import open_to
from hub.meetings.decisions import decisions_of
from hub.meetings.minutes import sections_of
from hub.meetings.models import Meeting
from hub.shares.deciding import Judge
from sharing.canonical import utc_text

View = dict[str, Any]


def meeting_record(session: Session, _judge: Judge, row: Meeting) -> View:
    """A meeting with its minutes and decisions, as all its parties read it.

    Titles of agenda items from live data are made for each reader and are not in it.
    """
    return {
        "id": row.id,
        "number": row.number,
        "document_number": row.document_number,
        "title": row.title,
        "place": row.place,
        "note": row.note,
        "state": row.state,
        "owner_bureau_id": row.host_bureau_id,
        "starts_at": utc_text(row.starts_at),
        "people": [{"name": person.name} for person in row.people],
        "agenda": [text for item in row.agenda for text in (item.title, item.note) if text],
        "minutes": [
            text
            for section in sections_of(session, [row.id])
            for text in (section.heading, section.text)
            if text
        ],
        "decisions": [
            one.text for one in decisions_of(session, [row.id]) if one.state != "dropped"
        ],
    }


def action_item_record(session: Session, _judge: Judge, row: ActionItem) -> View:
    """What a meeting laid on a bureau, with its course."""
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "detail": row.detail,
        "state": row.state,
        "owner_bureau_id": row.bureau_id,
        "person_name": row.person_name,
        "created_at": utc_text(row.created_at),
        "notes": [note.text for note in notes_of(session, [row.id]) if note.text],
    }


def received_record(session: Session, _judge: Judge, row: ReceivedRecord) -> View:
    """A record that came by package: the fields that people read of it, none once it is gone."""
    view = row.view or {}
    owner = bureau_of_adcode(session, row.owner_adcode)
    named = [str(view[name]) for name in ("title", "text") if view.get(name)]
    return {
        "id": row.id,
        "number": str(view.get("number") or "") or None,
        "title": (named[0] if named else "")[:200],
        "owner_bureau_id": owner.id if owner is not None else row.bureau_id,
        "received_at": utc_text(row.received_at),
        "owner_name": row.owner_name if view else "",
        "content": texts_of(row.kind, row.view),
    }


def received_views(
    session: Session, actor: Actor, judge: Judge, rows: Collection[ReceivedRecord]
) -> dict[str, View]:
    """Those that the actor may read at this moment and that still have their content."""
    wanted = [row.id for row in rows]
    found = session.scalars(
        select(ReceivedRecord).where(ReceivedRecord.id.in_(wanted), open_to(actor))
    )
    return {row.id: received_record(session, judge, row) for row in found if row.view is not None}
