"""A use of emergency access as its person and its reviewers read it: of the case its number."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.db import utc_now
from hub.emergency.models import TONES, VERDICTS, EmergencyUse, Verdict
from sharing.canonical import utc_text


def use_view(row: EmergencyUse, actor: Actor | None = None) -> dict[str, Any]:
    """A use at this moment; with what the actor may do, if one is given."""
    now = utc_now()
    running = row.runs(now)
    view: dict[str, Any] = {
        "id": row.id,
        "version": row.version,
        "case_id": row.case_id,
        "number": row.case_number,
        "user_id": row.user_id,
        "user_name": row.user_name,
        "reason": row.reason,
        "begun_at": utc_text(row.begun_at),
        "until": utc_text(row.until),
        "running": running,
        "ended_at": None if running else utc_text(row.ended_at or row.until),
        "ended_by_name": row.ended_by_name,
        "readings": row.readings,
        "last_read_at": utc_text(row.last_read_at) if row.last_read_at else None,
        "verdict": row.verdict,
        "verdict_name": str(VERDICTS[row.verdict]),
        "tone": TONES[Verdict(row.verdict)],
        "remark": row.remark,
        "reviewed_by_name": row.reviewed_by_name,
        "reviewed_at": utc_text(row.reviewed_at) if row.reviewed_at else None,
        "review_due": utc_text(row.review_due),
        "overdue": row.verdict == Verdict.WAITING and row.review_due <= now,
    }
    if actor is not None:
        view["may_end"] = running and may_end(row, actor)
        view["may_review"] = row.verdict == Verdict.WAITING and may_review(row, actor)
    return view


def may_end(row: EmergencyUse, actor: Actor) -> bool:
    """Whoever made it, and the reviewers of his bureau."""
    return row.user_id == actor.user_id or actor.may(Right.EMERGENCY_REVIEW)


def may_review(row: EmergencyUse, actor: Actor) -> bool:
    """A reviewer who is somebody else: nobody reviews himself."""
    return row.user_id != actor.user_id and actor.may(Right.EMERGENCY_REVIEW)


def render_use(session: Session, reader: ReaderClass, use_id: str) -> dict[str, Any] | None:
    """What a change of a use carries in the feed: for reviewers of the bureau."""
    if Right.EMERGENCY_REVIEW not in reader.rights:
        return None
    row = session.get(EmergencyUse, use_id)
    return use_view(row) if row is not None and row.bureau_id == reader.bureau_id else None
