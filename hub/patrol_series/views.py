"""A series of patrols as its parties see it, with its next dates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.accounts.models import User
from hub.approvals import services as approvals
from hub.bureaus.services import bureau
from hub.calendar.rule_words import words
from hub.db import utc_now
from hub.patrol_series.access import access_series, may_see
from hub.patrol_series.dates import Occurrence, coming
from hub.patrol_series.models import (
    SERIES_STATES,
    PatrolOccurrence,
    PatrolSeries,
    SeriesState,
)
from hub.patrol_series.services import KIND
from hub.patrols.models import STATE_NAMES, Patrol, PatrolState
from hub.patrols.sides import side_of
from hub.stations.models import Craft
from hub.zones.models import Zone
from sharing.canonical import utc_text

AHEAD = 8
HORIZON = timedelta(days=730)


def series_view(session: Session, reader: ReaderClass, row: PatrolSeries) -> dict[str, Any] | None:
    """What readers of a class see, or None when it is not theirs."""
    if not may_see(session, reader, row):
        return None
    given = {
        one.bureau_id: one for one in approvals.standing(session, KIND, row.id, row.plan_version)
    }
    return {
        "id": row.id,
        "version": row.version,
        "title": row.title,
        "state": row.state,
        "state_name": str(SERIES_STATES[SeriesState(row.state)]),
        "zone_id": row.zone_id,
        "zone_name": session.get_one(Zone, row.zone_id).name,
        "agreement_id": row.agreement_id,
        "rule": row.rule,
        "before_holidays": not row.rule,
        "rule_name": rule_name(row),
        "starts_at": utc_text(row.starts_at),
        "minutes": row.minutes,
        "lead_days": row.lead_days,
        "checklist": list(row.checklist),
        "note": row.note,
        "proposing_bureau_id": row.proposing_bureau_id,
        "own": row.proposing_bureau_id == reader.bureau_id,
        "created_by_name": row.created_by_name,
        "plan_version": row.plan_version,
        "content_hash": row.content_hash,
        "ended_at": utc_text(row.ended_at) if row.ended_at else None,
        "parties": [
            {
                "bureau_id": one,
                "name": bureau(session, one).short_name,
                "side": side_of(reader.bureau_id, one),
                "approved": one in given,
                "user_name": given[one].user_name if one in given else None,
                "officers": names_of(session, User, row.officers.get(one, ())),
                "craft": names_of(session, Craft, row.craft.get(one, ())),
            }
            for one in sorted(row.parties, key=lambda one: (one != reader.bureau_id, one))
        ],
        "next": [_date(session, reader, one) for one in _next(session, row)],
    }


def rule_name(row: PatrolSeries) -> str:
    """The rule in words, as far as there are some."""
    return words(row.rule) if row.rule else str(_("节假日前最后一个工作日"))


def names_of(session: Session, model: Any, ids: Iterable[str]) -> list[str]:
    """The names of people or craft, in the order of their ids."""
    rows = session.execute(select(model.id, model.name).where(model.id.in_(list(ids))))
    known = {row.id: row.name for row in rows}
    return [known[one] for one in ids if one in known]


def _next(session: Session, row: PatrolSeries) -> list[Occurrence]:
    if row.state == SeriesState.ENDED:
        return []
    now = utc_now()
    return coming(session, row, now, now + HORIZON)[:AHEAD]


def _date(session: Session, reader: ReaderClass, one: Occurrence) -> dict[str, Any]:
    row = one.row
    patrol = session.get(Patrol, row.patrol_id) if row is not None and row.patrol_id else None
    return {
        "original": utc_text(one.original),
        "starts_at": utc_text(patrol.starts_at if patrol else one.starts_at),
        "ends_at": utc_text(patrol.ends_at if patrol else one.ends_at),
        "title": patrol.title if patrol else one.title,
        "skipped": bool(row and row.skipped),
        "moved": bool(row and row.starts_at),
        "problem": row.problem if row else None,
        **exception_view(session, reader.bureau_id, row),
        "patrol_id": patrol.id if patrol else None,
        "patrol_number": patrol.number if patrol else None,
        "patrol_state_name": str(STATE_NAMES[PatrolState(patrol.state)]) if patrol else None,
    }


def exception_view(
    session: Session, reader_bureau_id: str, row: PatrolOccurrence | None
) -> dict[str, Any]:
    """Who made a date an exception, when and why; nothing where nobody did."""
    where = row.excepted_bureau_id if row else None
    return {
        "by_name": row.excepted_by_name if row else None,
        "bureau_name": bureau(session, where).short_name if where else None,
        "side": side_of(reader_bureau_id, where) if where else None,
        "at": utc_text(row.excepted_at) if row and row.excepted_at else None,
        "reason": (row.reason if row else None) or None,
    }


def detail_view(session: Session, actor: Actor, row: PatrolSeries) -> dict[str, Any] | None:
    """The view with what this person may do."""
    view = series_view(session, actor.reader, row)
    if view is None:
        return None
    runs = row.state != SeriesState.ENDED
    plans = actor.may(Right.PATROL_PLAN) and runs
    approved = next(one["approved"] for one in view["parties"] if one["side"] == "a")
    open_key = row.state == SeriesState.PROPOSED and not approved
    return view | {
        "may": {
            "change": plans and view["own"],
            "crew": plans,
            "except": plans,
            "end": plans,
            "approve": actor.may(Right.PATROL_APPROVE) and open_key,
        }
    }


def list_series(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The series of the actor's bureau, those that run first; they are few.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    rows = session.scalars(
        select(PatrolSeries).order_by(PatrolSeries.ended_at.is_not(None), PatrolSeries.id.desc())
    )
    views = [detail_view(session, actor, row) for row in rows]
    return [view for view in views if view is not None]


def render_series(session: Session, reader: ReaderClass, series_id: str) -> dict[str, Any] | None:
    """The view that a change of a series carries in the feed."""
    row = session.get(PatrolSeries, series_id)
    return None if row is None else series_view(session, reader, row)


def own_ids(session: Session, actor: Actor, series_id: str) -> frozenset[str]:
    """Ids of the own bureau's people and craft in a series, for the form that names them anew."""
    row = access_series(session, actor, series_id)
    mine = actor.bureau_id
    return frozenset([*row.officers.get(mine, ()), *row.craft.get(mine, ())])
