"""Demo rosters: turns of the stations for the days around now, and a station run by two bureaus."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.agreements.effect import in_force_of
from hub.clock import SHANGHAI, local_day
from hub.db import utc_now
from hub.stations import joint, roster
from hub.stations.models import Station

DAYS = range(-1, 8)
DAY = time(8)
# Names of stations -> bureaus whose officers take turns there.
TURNS = {
    "织里生态联勤警务站（演示）": ("wuxing",),
    "七都生态联勤警务站（演示）": ("wujiang",),
    "夹浦生态联勤警务站（演示）": ("changxing", "yixing"),
}
JOINT = ("夹浦生态联勤警务站（演示）", "changxing", "yixing")


def add_rosters(session: Session) -> None:
    """Fill in the rosters; Jiapu is run by Changxing and Yixing together."""
    _join(session, *JOINT)
    for name, codes in TURNS.items():
        station = _station(session, name)
        for number, code in enumerate(codes):
            _add(session, station, code, number)


def _user(session: Session, username: str) -> User:
    return session.scalars(select(User).where(User.username == username)).one()


def _station(session: Session, name: str) -> Station:
    return session.scalars(select(Station).where(Station.name == name)).one()


def _join(session: Session, name: str, owner: str, partner: str) -> None:
    station = _station(session, name)
    asking = make_actor(_user(session, f"{owner}-liaison"))
    joining = make_actor(_user(session, f"{partner}-liaison"))
    (agreement,) = (
        row for row in in_force_of(session, asking.bureau_id) if joining.bureau_id in row.party_ids
    )
    joint.ask(session, asking, station, joining.bureau_id, agreement.id)
    joint.accept(session, joining, station)


def _add(session: Session, station: Station, code: str, number: int) -> None:
    """By day one officer, by night another; the second bureau begins with another one."""
    officers = [_user(session, f"{code}-officer{n}").id for n in (1, 2, 3)]
    today = local_day(utc_now())
    turns = []
    for offset in DAYS:
        day = datetime.combine(today + timedelta(days=offset), DAY, SHANGHAI)
        half = timedelta(hours=12)
        first = offset + number
        turns.append(roster.Turn(officers[first % 3], day, day + half))
        turns.append(roster.Turn(officers[(first + 1) % 3], day + half, day + 2 * half))
    actor = make_actor(_user(session, f"{code}-liaison"))
    roster.add_turns(session, actor, station, turns)
