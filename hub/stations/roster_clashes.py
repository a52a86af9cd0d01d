"""Turns of a roster whose person cannot be there: entered as absent, or booked for a patrol."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.changes import view_changed
from hub.patrols.busy import Busy, busy_between
from hub.patrols.clashes import local
from hub.stations.models import Station
from hub.stations.roster_models import Duty
from hub.stations.running import audience, run_by


def roster_clashes(
    session: Session, actor: Actor, station: Station, rows: Collection[Duty]
) -> dict[str, str]:
    """What speaks against each turn, in words, by its id.

    The own bureau is told what it is; a partner that runs the station too, "not available" and no
    more; others nothing.
    """
    if not rows:
        return {}
    people = {row.user_id for row in rows}
    first, last = min(row.starts_at for row in rows), max(row.ends_at for row in rows)
    busy = busy_between(session, people, (), first, last)
    running = run_by(session, station) if busy else frozenset()
    found: dict[str, str] = {}
    for row in rows:
        own = row.bureau_id == actor.bureau_id
        met = [
            b for b in busy if b.booked_id == row.user_id and b.during(row.starts_at, row.ends_at)
        ]
        if met and own:
            found[row.id] = "".join(dict.fromkeys(_words(one) for one in met))
        elif met and actor.bureau_id in running:
            found[row.id] = _("不可用")
    return found


def _words(one: Busy) -> str:
    span = {"starts": local(one.starts_at), "ends": local(one.ends_at)}
    if one.patrol is None:
        return str(_("登记为不可用（%(starts)s至%(ends)s）。", **span))
    text = _("已安排巡查“%(title)s”（%(starts)s至%(ends)s）。", title=one.patrol.title, **span)
    return str(text)


def turns_of(
    session: Session, user_ids: Iterable[str], starts_at: datetime, ends_at: datetime
) -> list[tuple[Duty, Station]]:
    """The turns of some people in a stretch of time with their stations, soonest first."""
    query = (
        select(Duty, Station)
        .join(Station, Station.id == Duty.station_id)
        .where(Duty.user_id.in_(list(user_ids)), Duty.starts_at < ends_at, Duty.ends_at > starts_at)
        .order_by(Duty.starts_at, Duty.id)
    )
    return [(duty, station) for duty, station in session.execute(query)]


def tell_stations(session: Session, turns: Iterable[tuple[Duty, Station]]) -> None:
    """Rosters that are concerned read otherwise now, to whom a clash is told: it came or went."""
    for duty, station in turns:
        told = audience(session, station, duty.bureau_id) & run_by(session, station)
        view_changed(
            session,
            kind="station",
            record_id=station.id,
            version=station.version,
            bureaus=told | {duty.bureau_id},
        )


def duty_words(duty: Duty, station: Station) -> str:
    """A turn as the bureau whose person it is reads it."""
    text = _(
        "%(starts)s至%(ends)s在“%(station)s”值班。",
        starts=local(duty.starts_at),
        ends=local(duty.ends_at),
        station=station.name,
    )
    return str(text)
