"""Dates of agreed series that are no patrol yet, as the calendar shows them: not yet proposed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.models import User
from hub.bureaus.services import bureau
from hub.db import utc_now
from hub.patrol_series.access import may_see
from hub.patrol_series.dates import Occurrence, between, is_open
from hub.patrol_series.models import PatrolSeries, SeriesState
from hub.patrol_series.views import rule_name
from hub.patrols.sides import side_of
from hub.stations.models import Craft
from hub.zones.models import Zone
from sharing.canonical import utc_text

KIND = "series"


def planned(
    session: Session,
    actor: Actor,
    since: datetime,
    until: datetime,
    *,
    zone_id: str | None = None,
    partner_id: str | None = None,
    officer_id: str | None = None,
    craft_id: str | None = None,
) -> list[dict[str, Any]]:
    """What is still to come of the series that the actor sees, in a stretch of time; narrowed to a
    zone, a party, or a person or vessel that the series names."""
    now = utc_now()
    asked = select(PatrolSeries).where(PatrolSeries.state == SeriesState.AGREED)
    if zone_id is not None:
        asked = asked.where(PatrolSeries.zone_id == zone_id)
    found = []
    for row in session.scalars(asked.order_by(PatrolSeries.id)):
        fits = (
            (partner_id is None or partner_id in row.parties)
            and (officer_id is None or _named(row.officers, officer_id))
            and (craft_id is None or _named(row.craft, craft_id))
        )
        if not fits or not may_see(session, actor.reader, row):
            continue
        dates = [one for one in between(session, row, since, until) if is_open(one, now)]
        if dates:
            same = _of_series(session, actor, row)
            found += [same | _of_date(row, one) for one in dates]
    return found


def _named(chosen: Mapping[str, list[str]], wanted: str) -> bool:
    return any(wanted in ids for ids in chosen.values())


def _of_series(session: Session, actor: Actor, row: PatrolSeries) -> dict[str, Any]:
    """What all dates of a series have in common."""
    mine = actor.bureau_id
    return {
        "kind": KIND,
        "series_id": row.id,
        "url": f"/schedule/series#series-{row.id}",
        "version": row.version,
        "number": None,
        "state": "planned",
        "state_name": _("计划中，尚未提出"),
        "overdue": False,
        "rule_name": rule_name(row),
        "zone_id": row.zone_id,
        "zone_name": session.get_one(Zone, row.zone_id).name,
        "proposing_side": side_of(mine, row.proposing_bureau_id),
        "parties": [
            {"bureau_id": one, "name": bureau(session, one).short_name, "side": side_of(mine, one)}
            for one in sorted(row.parties, key=lambda one: (one != mine, one))
        ],
        "crew": _those(session, mine, User, row.officers),
        "craft": _those(session, mine, Craft, row.craft),
        "clashes": [],
        "open_proposals": [],
        "may": {"propose": actor.may(Right.PATROL_PLAN) and mine == row.proposing_bureau_id},
    }


def _those(
    session: Session, mine: str, model: Any, chosen: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    """People or craft that the series names, with their side."""
    side = {one: side_of(mine, owner) for owner, ids in chosen.items() for one in ids}
    rows = session.execute(select(model.id, model.name).where(model.id.in_(sorted(side))))
    return [{"id": row.id, "name": row.name, "side": side[row.id]} for row in rows.all()]


def _of_date(row: PatrolSeries, one: Occurrence) -> dict[str, Any]:
    return {
        "id": f"{row.id}:{one.original:%Y%m%dT%H%M%SZ}",
        "original": utc_text(one.original),
        "title": one.title,
        "starts_at": utc_text(one.starts_at),
        "ends_at": utc_text(one.ends_at),
        # When the clock proposes it, and why it could not so far.
        "proposed_from": utc_text(one.starts_at - timedelta(days=row.lead_days)),
        "problem": one.row.problem if one.row else None,
    }
