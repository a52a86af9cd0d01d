"""Patrols under way with as many units of two bureaus as asked: each a person with a phone's token.

Everything is a copy of one patrol that was agreed and started through the API: its plan, parties,
zone and agreement are real ones, so that rights are decided and places judged as on any other day.
"""

from __future__ import annotations

import math
import random
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from hub.accounts.models import AccessToken, User
from hub.accounts.secrets import new_access_token, token_hash
from hub.db import utc_now
from hub.patrols.models import Patrol, PatrolOfficer, PatrolParty, UnitPosition
from hub.zones.models import ZoneStrip

# Of a patrol, half of each bureau.
CREW = 10
BUREAUS = ("wuxing", "wujiang")
METRE = 1 / 111_320  # degrees of latitude
CHANCE = random.Random(7)  # noqa: S311 - a walk, no secret


@dataclass
class Unit:
    """One person on patrol; goes on foot from a place (lon, lat in EPSG:4326) with a heading."""

    patrol_id: str
    user_id: str
    bureau_id: str
    name: str
    token: str
    lon: float
    lat: float
    heading: float

    def step(self, metres: float) -> None:
        """Go on; the way bends a little."""
        self.heading += CHANCE.uniform(-0.2, 0.2)
        self.lat += math.cos(self.heading) * metres * METRE
        self.lon += math.sin(self.heading) * metres * METRE / math.cos(math.radians(self.lat))


def place_units(session: Session, units: list[Unit], at: datetime) -> None:
    """Put units on the map as if each had reported at a moment; what was there is moved."""
    for unit in units:
        session.merge(
            UnitPosition(
                patrol_id=unit.patrol_id,
                unit_id=unit.user_id,
                bureau_id=unit.bureau_id,
                unit_name=unit.name,
                lon=unit.lon,
                lat=unit.lat,
                accuracy_m=6.0,
                at=at,
                received_at=at,
                clock_suspect=False,
            )
        )


def copy_of(row: Any, **changed: Any) -> Any:
    """A row like another, but for some columns."""
    columns = {c.key: getattr(row, c.key) for c in inspect(type(row)).mapper.column_attrs}
    return type(row)(**columns | changed)


def add_units(session: Session, source: Patrol, count: int) -> list[Unit]:
    """Patrols like one, with so many units in all, in the zone of that patrol."""
    people = {
        bureau: session.scalars(select(User).where(User.username == f"{bureau}-officer1")).one()
        for bureau in BUREAUS
    }
    places = _places(session, source, count)
    units = []
    for number in range(0, count, CREW):
        patrol = copy_of(source, id=str(uuid.uuid4()), number=f"联巡试{number // CREW + 1:04}号")
        session.add(patrol)
        session.flush()
        for party in source.party_ids:
            session.add(PatrolParty(patrol_id=patrol.id, bureau_id=party))
        for of_crew in range(min(CREW, count - number)):
            person = people[BUREAUS[of_crew % len(BUREAUS)]]
            lon, lat = places[number + of_crew]
            units.append(_unit(session, patrol, person, number + of_crew, lon, lat))
        session.flush()
    return units


def _unit(
    session: Session, patrol: Patrol, like: User, number: int, lon: float, lat: float
) -> Unit:
    name = f"{like.name}{number:04}"
    user = copy_of(like, id=str(uuid.uuid4()), username=f"bench-unit{number}", name=name)
    session.add(user)
    session.flush()
    raw = new_access_token()
    session.add(
        AccessToken(user_id=user.id, name="bench", token_hash=token_hash(raw),
                    scopes=["read", "write"], created_at=utc_now())
    )  # fmt: skip
    session.add(
        PatrolOfficer(patrol_id=patrol.id, user_id=user.id, bureau_id=user.bureau_id, name=name)
    )
    heading = CHANCE.uniform(0, 2 * math.pi)
    return Unit(patrol.id, user.id, user.bureau_id, name, raw, lon, lat, heading)


def _places(session: Session, patrol: Patrol, count: int) -> list[tuple[float, float]]:
    """Places in the patrol's zone, evenly spread (EPSG:4326)."""
    strips = session.scalars(select(ZoneStrip).where(ZoneStrip.zone_id == patrol.zone_id))
    zone = shapely.union_all([shapely.from_wkb(strip.shape) for strip in strips])
    west, south, east, north = zone.bounds
    found: list[tuple[float, float]] = []
    while len(found) < count:
        place = CHANCE.uniform(west, east), CHANCE.uniform(south, north)
        if zone.contains(shapely.Point(place)):
            found.append(place)
    return found
