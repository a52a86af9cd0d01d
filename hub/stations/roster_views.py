"""Who is on duty, as a reader may know it: own people by name, partners' as the terms allow."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import names_of
from hub.bureaus.services import bureau
from hub.db import utc_now
from hub.patrols.openness import CLASSIFICATION, PURPOSE, open_groups
from hub.patrols.sides import side_of
from hub.shares.deciding import Judge, Subject
from hub.stations.listing import BY_NAME, StationFilter, stations_query
from hub.stations.models import Station
from hub.stations.roster_clashes import roster_clashes
from hub.stations.roster_models import Duty, StationParty
from hub.stations.running import known_to, run_by
from sharing.canonical import utc_text

# Who is on duty crosses like the crew of a joint patrol: as that part of the terms says.
CREW = "crew"
MOST = 1000


def duties(
    session: Session, actor: Actor, station: Station, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """The turns at a station that touch a span of time, soonest first; at most a thousand."""
    rows = session.scalars(
        select(Duty)
        .where(Duty.station_id == station.id, Duty.ends_at > since, Duty.starts_at < until)
        .order_by(Duty.starts_at, Duty.ends_at, Duty.bureau_id, Duty.id)
        .limit(MOST)
    ).all()
    return _views(session, actor, station, rows, Judge(session))


def on_duty(session: Session, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Of each station in service that the actor's bureau sees: who is on duty at a moment."""
    actor.require(Right.WORK_VIEW)
    asked = stations_query(session, actor, StationFilter(active=True))
    ordered = BY_NAME.apply(asked).limit(MOST)
    seen = {row.id: row for row in session.scalars(ordered)}
    found: dict[str, list[Duty]] = {one: [] for one in seen}
    for row in session.scalars(
        select(Duty)
        .where(Duty.starts_at <= now, Duty.ends_at > now, Duty.station_id.in_(list(seen)))
        .order_by(Duty.bureau_id, Duty.ends_at, Duty.id)
    ):
        found[row.station_id].append(row)
    judge = Judge(session)
    return [
        {
            "station_id": station.id,
            "name": station.name,
            "name_en": station.name_en,
            "phone": station.phone,
            "side": side_of(actor.bureau_id, station.owner_bureau_id),
            "on_duty": _views(session, actor, station, found[station.id], judge),
        }
        for station in seen.values()
    ]


def _views(
    session: Session, actor: Actor, station: Station, rows: Collection[Duty], judge: Judge
) -> list[dict[str, Any]]:
    known = known_to(session, station, actor.bureau_id) if rows else frozenset()
    open_to = {one: _named(judge, station, one, actor.bureau_id) for one in known}
    own = {r.user_id for r in rows} | {r.swap_to_id for r in rows if r.swap_to_id}
    names = names_of(session, own)
    met = roster_clashes(session, actor, station, rows)
    return [
        _view(session, actor, row, names if open_to[row.bureau_id] else {})
        | {"clash": met.get(row.id)}
        for row in rows
        if row.bureau_id in known
    ]


def _named(judge: Judge, station: Station, bureau_id: str, reader_bureau_id: str) -> bool:
    if bureau_id == reader_bureau_id:
        return True
    subject = Subject("patrol", station.id, bureau_id, CLASSIFICATION, station.lon, station.lat)
    return CREW in open_groups(judge.decide(subject, reader_bureau_id, PURPOSE))


def _view(session: Session, actor: Actor, row: Duty, names: dict[str, str]) -> dict[str, Any]:
    own = row.bureau_id == actor.bureau_id
    edits = own and actor.may(Right.STATION_EDIT)
    mine = own and row.user_id == actor.user_id
    return {
        "id": row.id,
        "version": row.version,
        "station_id": row.station_id,
        "bureau_id": row.bureau_id,
        "bureau_name": bureau(session, row.bureau_id).short_name,
        "side": side_of(actor.bureau_id, row.bureau_id),
        # None: the terms do not open it.
        "name": names.get(row.user_id),
        "user_id": row.user_id if own else None,
        "starts_at": utc_text(row.starts_at),
        "ends_at": utc_text(row.ends_at),
        "note": row.note if own else "",
        "swap_to_name": names.get(row.swap_to_id or "") if own else None,
        "acts": {
            "remove": edits,
            "swap": (edits or mine) and row.swap_to_id is None and row.ends_at > utc_now(),
            "answer": own and row.swap_to_id == actor.user_id,
            "withdraw": (edits or mine) and row.swap_to_id is not None,
        },
    }


def parties_view(session: Session, actor: Actor, station: Station) -> list[dict[str, Any]]:
    """Who runs a station, the owner first; who was asked is known to owner and asked alone."""
    known = known_to(session, station, actor.bureau_id)
    rows = session.scalars(
        select(StationParty)
        .where(StationParty.station_id == station.id)
        .order_by(StationParty.asked_at)
    ).all()
    owner = station.owner_bureau_id
    shown: list[tuple[str, str, str | None]] = [(owner, "owner", None)]
    for row in rows:
        if row.bureau_id in known:
            shown.append((row.bureau_id, "joined", row.agreement_id))
        elif row.accepted_at is None and actor.bureau_id in (row.bureau_id, owner):
            shown.append((row.bureau_id, "asked", row.agreement_id))
    return [
        {
            "bureau_id": one,
            "bureau_name": bureau(session, one).name,
            "side": side_of(actor.bureau_id, one),
            "state": state,
            "agreement_id": agreement_id,
        }
        for one, state, agreement_id in shown
    ]


def on_duty_people(session: Session, bureau_ids: Iterable[str], now: datetime) -> frozenset[str]:
    """Ids of the people of some bureaus who are on duty at a moment, wherever."""
    query = select(Duty.user_id).where(
        Duty.bureau_id.in_(list(bureau_ids)), Duty.starts_at <= now, Duty.ends_at > now
    )
    return frozenset(session.scalars(query))


def runs(session: Session, actor: Actor, station: Station) -> bool:
    """Whether the actor's bureau runs a station at this moment."""
    return actor.bureau_id in run_by(session, station)
