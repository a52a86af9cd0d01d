"""What became of the dates of a series that are over: patrols, and exceptions with who and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.services import bureau
from hub.db import utc_now
from hub.errors import Text
from hub.patrol_series.access import access_series
from hub.patrol_series.dates import occurrence
from hub.patrol_series.models import PatrolOccurrence, PatrolSeries
from hub.patrol_series.views import exception_view
from hub.patrols.access import may_see
from hub.patrols.models import STATE_NAMES, Patrol, PatrolEvent, PatrolState
from hub.patrols.sides import side_of
from hub.web.lists import Listing, Order, narrowed
from sharing.canonical import utc_text


class Became(StrEnum):
    """What a date became."""

    PATROL = "patrol"
    MOVED = "moved"
    SKIPPED = "skipped"
    CALLED_OFF = "called_off"
    NOT_MADE = "not_made"


BECAME: dict[Became, Text] = {
    Became.PATROL: _l("按规则提出"),
    Became.MOVED: _l("改期或改动"),
    Became.SKIPPED: _l("跳过"),
    Became.CALLED_OFF: _l("取消"),
    Became.NOT_MADE: _l("未能提出"),
}
COLUMNS = (
    ("original", _l("按规则的日期")),
    ("became_name", _l("结果")),
    ("starts_at", _l("实际开始")),
    ("ends_at", _l("实际结束")),
    ("title", _l("名称")),
    ("patrol_number", _l("巡查编号")),
    ("patrol_state_name", _l("巡查状态")),
    ("by_name", _l("经办人")),
    ("bureau_name", _l("单位")),
    ("at", _l("办理时间")),
    ("reason", _l("原因")),
)
ORDER = Order(PatrolOccurrence.id, PatrolOccurrence.original)
_MOVED = or_(
    PatrolOccurrence.starts_at.is_not(None),
    PatrolOccurrence.minutes.is_not(None),
    PatrolOccurrence.title.is_not(None),
)


@dataclass(frozen=True)
class DateFilter:
    """Which dates are asked for: exceptions alone, or all."""

    exceptions: bool = False


def past_dates(
    session: Session, actor: Actor, wanted: DateFilter, series_id: str
) -> Listing[PatrolOccurrence]:
    """The dates of a series that are over, the latest first.

    Raises:
        NotFound: no such series, or of others.
    """
    series = access_series(session, actor, series_id)
    cancelled = select(Patrol.id).where(Patrol.state == PatrolState.CANCELLED)
    moved = select(PatrolEvent.patrol_id).where(PatrolEvent.verb == "time_accepted")
    otherwise: ColumnElement[bool] = or_(
        PatrolOccurrence.skipped,
        _MOVED,
        PatrolOccurrence.patrol_id.is_(None),
        PatrolOccurrence.patrol_id.in_(cancelled),
        PatrolOccurrence.patrol_id.in_(moved),
    )
    statement = narrowed(
        select(PatrolOccurrence).where(
            PatrolOccurrence.series_id == series.id,
            PatrolOccurrence.original < utc_now(),
            # What was put back as by the rule before it was proposed is no exception any more.
            or_(
                PatrolOccurrence.patrol_id.is_not(None),
                PatrolOccurrence.skipped,
                PatrolOccurrence.problem.is_not(None),
                _MOVED,
            ),
        ),
        [(wanted.exceptions, otherwise)],
    )
    return Listing(statement, ORDER, lambda rows: _views(session, actor, series, rows))


def _views(
    session: Session, actor: Actor, series: PatrolSeries, rows: Sequence[PatrolOccurrence]
) -> Iterator[dict[str, Any]]:
    ids = [row.patrol_id for row in rows if row.patrol_id]
    patrols = {one.id: one for one in session.scalars(select(Patrol).where(Patrol.id.in_(ids)))}
    acts = _last_acts(session, ids)
    for row in rows:
        patrol = patrols.get(row.patrol_id or "")
        if patrol is not None and not may_see(session, actor.reader, patrol):
            continue
        yield _view(session, actor, series, row, patrol, acts)


def _last_acts(session: Session, ids: Sequence[str]) -> dict[tuple[str, str], PatrolEvent]:
    """The last calling off and the last change of the time of each patrol."""
    statement = (
        select(PatrolEvent)
        .where(
            PatrolEvent.patrol_id.in_(ids),
            PatrolEvent.verb.in_(("cancelled", "edited", "time_accepted")),
        )
        .order_by(PatrolEvent.at)
    )
    found = {}
    for event in session.scalars(statement):
        if event.verb != "edited":
            found[event.patrol_id, event.verb] = event
        elif "starts_at" in event.detail.get("changed", ()):
            found[event.patrol_id, "time_accepted"] = event
    return found


def _view(
    session: Session,
    actor: Actor,
    series: PatrolSeries,
    row: PatrolOccurrence,
    patrol: Patrol | None,
    acts: Mapping[tuple[str, str], PatrolEvent],
) -> dict[str, Any]:
    one = occurrence(series, row.original, row)
    became = _became(row, patrol)
    starts, ends = (patrol.starts_at, patrol.ends_at) if patrol else (one.starts_at, one.ends_at)
    happens = patrol is not None or became is Became.MOVED
    return {
        "id": row.id,
        "original": utc_text(row.original),
        "became": became.value,
        "became_name": str(BECAME[became]),
        "starts_at": utc_text(starts) if happens else None,
        "ends_at": utc_text(ends) if happens else None,
        "title": patrol.title if patrol else one.title,
        "patrol_id": patrol.id if patrol else None,
        "patrol_number": patrol.number if patrol else None,
        "patrol_state": patrol.state if patrol else None,
        "patrol_state_name": str(STATE_NAMES[PatrolState(patrol.state)]) if patrol else None,
    } | _who(session, actor, row, acts, became)


def _became(row: PatrolOccurrence, patrol: Patrol | None) -> Became:
    if patrol is None:
        if row.skipped:
            return Became.SKIPPED
        return Became.NOT_MADE if row.problem else Became.MOVED
    if patrol.state == PatrolState.CANCELLED:
        return Became.CALLED_OFF
    moved = abs(patrol.starts_at - row.original) >= timedelta(minutes=1)
    return Became.MOVED if moved or row.minutes or row.title else Became.PATROL


def _who(
    session: Session,
    actor: Actor,
    row: PatrolOccurrence,
    acts: Mapping[tuple[str, str], PatrolEvent],
    became: Became,
) -> dict[str, Any]:
    """Who made it so, when, and why: by the patrol's history, else by the exception itself."""
    verb = {Became.CALLED_OFF: "cancelled", Became.MOVED: "time_accepted"}.get(became, "")
    act = acts.get((row.patrol_id or "", verb))
    if act is None:
        told = exception_view(session, actor.bureau_id, row)
        if became is Became.NOT_MADE:
            tried = utc_text(row.tried_at) if row.tried_at else None
            told |= {"at": tried, "reason": row.problem}
        return told
    return {
        "by_name": act.user_name,
        "bureau_name": bureau(session, act.bureau_id).short_name,
        "side": side_of(actor.bureau_id, act.bureau_id),
        "at": utc_text(act.at),
        "reason": act.detail.get("reason") or act.detail.get("message") or None,
    }
