"""A meeting as lists, the feed and other features show it: nothing of what was said there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.agreements.models import Agreement
from hub.bureaus.services import bureau
from hub.meetings.access import may_see
from hub.meetings.labels import STATES, TONES
from hub.meetings.models import Meeting
from sharing.canonical import utc_text


def meeting_brief(session: Session, reader: ReaderClass, row: Meeting) -> dict[str, Any] | None:
    """What a reader may see of a meeting in a list, or None when not even that it exists."""
    if not may_see(reader, row):
        return None
    agreement = session.get_one(Agreement, row.agreement_id)
    return {
        "id": row.id,
        "number": row.number,
        "version": row.version,
        "title": row.title,
        "state": row.state,
        "state_name": str(STATES[row.state]),
        "tone": TONES[row.state],
        "starts_at": utc_text(row.starts_at),
        "ends_at": utc_text(row.ends_at),
        "place": row.place,
        "note": row.note,
        "bring": row.bring,
        "quorum": row.quorum,
        "classification": row.classification,
        "agreement_id": row.agreement_id,
        "agreement_number": agreement.number,
        "agreement_title": agreement.title,
        "series_id": row.series_id,
        "host_bureau_id": row.host_bureau_id,
        "host_name": bureau(session, row.host_bureau_id).short_name,
        "chair_bureau_id": row.chair_bureau_id,
        "chair_name": bureau(session, row.chair_bureau_id).short_name,
        "hosts": row.host_bureau_id == reader.bureau_id,
        "chairs": row.chair_bureau_id == reader.bureau_id,
        "parties": [
            {"bureau_id": one, "name": bureau(session, one).name,
             "short_name": bureau(session, one).short_name, "own": one == reader.bureau_id}
            for one in sorted(row.party_ids)
        ],
        "people_count": len(row.people),
        "agenda_count": len(row.agenda),
        "minutes_allotted": sum(item.minutes for item in row.agenda),
        "sequence": row.sequence,
        "invited_at": _time(row.invited_at),
        "convened_at": _time(row.convened_at),
        "ended_at": _time(row.ended_at),
        "notice_number": row.notice_number,
        "document_number": row.document_number,
        "minutes_version": row.minutes_version,
        "sealed_at": _time(row.sealed_at),
        "sealed_hash": row.sealed_hash,
        "created_at": utc_text(row.created_at),
        "created_by_name": row.created_by_name,
    }  # fmt: skip


def render_meeting(session: Session, reader: ReaderClass, meeting_id: str) -> dict[str, Any] | None:
    """The view that a change of a meeting carries in the feed."""
    row = session.get(Meeting, meeting_id)
    return None if row is None else meeting_brief(session, reader, row)


def _time(at: datetime | None) -> str | None:
    return utc_text(at) if at else None
