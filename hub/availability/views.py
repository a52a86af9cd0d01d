"""An absence as its own bureau sees it: the reason for planners and the person, not for all."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.availability.access import may_see
from hub.availability.models import REASON_NAMES, Absence, Reason
from sharing.canonical import utc_text

KIND = "absence"


def absence_view(
    reader: ReaderClass, row: Absence, reader_id: str | None = None
) -> dict[str, Any] | None:
    """What a reader is shown, or None when it is not his bureau's."""
    if not may_see(reader, row):
        return None
    told = Right.PATROL_PLAN in reader.rights or reader_id == row.user_id or row.craft_id
    return {
        "kind": KIND,
        "id": row.id,
        "version": row.version,
        "subject": "officer" if row.user_id else "craft",
        "subject_id": row.subject_id,
        "name": row.name,
        "starts_at": utc_text(row.starts_at),
        "ends_at": utc_text(row.ends_at),
        "reason": row.reason if told else None,
        "reason_name": str(REASON_NAMES[Reason(row.reason)]) if told else _("不可用"),
        "note": row.note if told else "",
        "created_by_name": row.created_by_name,
        "withdrawn_at": utc_text(row.withdrawn_at) if row.withdrawn_at else None,
    }


def render_absence(session: Session, reader: ReaderClass, absence_id: str) -> dict[str, Any] | None:
    """The view that a change of an absence carries in the feed of its own bureau."""
    row = session.get(Absence, absence_id)
    return None if row is None else absence_view(reader, row)
