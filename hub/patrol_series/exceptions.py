"""A date of a series that is skipped, moved or changed, and who did so, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.texts import clean, refuse_secrets
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, field_error
from hub.patrol_series import services
from hub.patrol_series.dates import originals
from hub.patrol_series.models import PatrolOccurrence, PatrolSeries


def except_date(
    session: Session, actor: Actor, row: PatrolSeries, original: datetime, values: Mapping[str, Any]
) -> PatrolSeries:
    """Skip a date (either party), move or change it (who proposed), or as by the rule again.

    Args:
        values: skipped, starts_at, minutes, title; what is None is as in the series. And the
            reason, for both sides to read.

    Raises:
        Forbidden: the actor is no planner, or only the proposing bureau may.
        Invalid: the series has no such date, or it is moved to a moment that is over: no patrol
            would ever be proposed for it.
        Conflict: the date is a patrol already, which is changed by itself.
    """
    actor.require(Right.PATROL_PLAN)
    services.check_running(row)
    changed = any(values.get(name) is not None for name in ("starts_at", "minutes", "title"))
    if changed and actor.bureau_id != row.proposing_bureau_id:
        raise Forbidden(_l("某一次的改动由提出单位作出；贵单位可以跳过，或在巡查提出后建议改期。"))
    starts_at = values.get("starts_at")
    if starts_at is not None and starts_at <= utc_now():
        raise field_error("starts_at", _l("新的开始时间必须在将来。"))
    found = next((one for one in row.occurrences if one.original == original), None)
    if found is None:
        day = timedelta(days=1)
        if original not in originals(session, row, original - day, original + day):
            raise field_error("original", _l("此系列没有这个日期。"))
        found = PatrolOccurrence(series_id=row.id, original=original)
        row.occurrences.append(found)
    if found.patrol_id is not None:
        raise Conflict(_l("这一次已提出巡查，请在该巡查上修改或取消。"))
    found.skipped = bool(values.get("skipped"))
    found.starts_at, found.minutes = starts_at, values.get("minutes")
    found.title = clean(values["title"]) if values.get("title") else None
    found.problem = found.tried_at = None
    _sign(found, actor, values.get("reason"))
    services.tell(session, actor, row, "excepted")
    return row


def _sign(row: PatrolOccurrence, actor: Actor, reason: str | None) -> None:
    """Who made the exception, when and why; nobody did when the date is as by the rule again."""
    text = clean(reason) if reason else None
    if text:
        refuse_secrets("reason", text)
    excepted = row.skipped or row.starts_at or row.minutes or row.title
    row.excepted_at = utc_now() if excepted else None
    row.excepted_bureau_id = actor.bureau_id if excepted else None
    row.excepted_by_name = actor.name if excepted else None
    row.reason = text if excepted else None
