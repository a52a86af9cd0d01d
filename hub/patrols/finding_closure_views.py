"""What of a finding's further course is shown, and in which field group it stands."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from hub.bureaus.services import bureau
from hub.clock import local_day
from hub.db import utc_now
from hub.files.views import file_view
from hub.patrols.finding_beside import Beside
from hub.patrols.finding_closure_models import STATES, FindingClosure, FindingState
from hub.patrols.models import Finding
from sharing.canonical import utc_text

# Photos of after are the files of whoever follows the finding, apart from those of the patrol.
AFTER = "finding_after"
# What a recorder reads of its own finding whoever follows it.
FOLLOWED = {
    "state": "basics",
    "state_name": "basics",
    "taken_by_id": "basics",
    "taken_by_name": "basics",
    "due_on": "basics",
    "overdue": "basics",
}
# What the bureau that follows it shows as its own terms say; firm and orders are no part of what
# terms about findings speak of, so they stay with it.
COURSE = {
    "closed_at": "basics",
    "closed_by_name": "basics",
    "close_note": "basics",
    "no_photo_reason": "basics",
    "after_files": "files",
    "task_firm": "party",
    "task_text": "measures",
    "tasked_at": "measures",
    "tasked_by_name": "measures",
    "steps": "measures",
}


def closure_of(session: Session, finding: Finding) -> FindingClosure | None:
    """The row of its task and closing, if there is one."""
    return session.get(FindingClosure, finding.id)


def is_overdue(finding: Finding) -> bool:
    """Whether the day of its task has passed (Asia/Shanghai)."""
    running = finding.state == FindingState.TASKED and finding.due_on is not None
    return running and finding.due_on < local_day(utc_now())  # type: ignore[operator]


def followed_record(session: Session, finding: Finding) -> dict[str, Any]:
    """The fields of FOLLOWED."""
    taker = bureau(session, finding.taken_by_id) if finding.taken_by_id else None
    return {
        "state": finding.state,
        "state_name": str(STATES[FindingState(finding.state)]),
        "taken_by_id": finding.taken_by_id,
        "taken_by_name": taker.short_name if taker else None,
        "due_on": finding.due_on.isoformat() if finding.due_on else None,
        "overdue": is_overdue(finding),
    }


def course_record(finding: Finding, reader_bureau_id: str, near: Beside) -> dict[str, Any]:
    """The fields of COURSE, whole."""
    row = near.closures.get(finding.id) or FindingClosure(steps=[])
    photos = near.files.get((AFTER, finding.id), []) if finding.taken_by_id else []
    return {
        "closed_at": utc_text(row.closed_at) if row.closed_at else None,
        "closed_by_name": row.closed_by_name,
        "close_note": row.close_note or "",
        "no_photo_reason": row.no_photo_reason or "",
        "after_files": [file_view(file, reader_bureau_id) for file in photos],
        "task_firm": row.firm or "",
        "task_text": row.task or "",
        "tasked_at": utc_text(row.tasked_at) if row.tasked_at else None,
        "tasked_by_name": row.tasked_by_name,
        "steps": list(row.steps),
    }
