"""Filling a hub with patrols under way: units of two bureaus, each a person with a phone's token.

Everything is a copy of one patrol that was agreed and started through the API: its plan, parties,
zone and agreement are real ones, so that rights are decided and places judged as on any other day.
"""

from __future__ import annotations

import math
import random
import uuid
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from benchmarks.hubs import Prepared, settings_of
from hub.accounts.models import AccessToken, User
from hub.accounts.secrets import new_access_token, token_hash
from hub.app import create_app
from hub.db import utc_now
from hub.patrols.models import Patrol, PatrolOfficer, PatrolParty
from hub.zones.models import ZoneStrip
from tests.support.patrols import started_patrol
from tests.support.world import World

# Of a patrol, half of each bureau.
CREW = 10
BUREAUS = ("wuxing", "wujiang")
METRE = 1 / 111_320  # degrees of latitude


@dataclass
class Unit:
    """One person on patrol; goes on foot from a place (lon, lat in EPSG:4326) with a heading."""

    patrol_id: str
    user_id: str
    token: str
    lon: float
    lat: float
    heading: float

    def step(self, metres: float) -> None:
        """Go on; the way bends a little."""
        self.heading += random.uniform(-0.2, 0.2)
        self.lat += math.cos(self.heading) * metres * METRE
        self.lon += math.sin(self.heading) * metres * METRE / math.cos(math.radians(self.lat))


def fill(hub: Prepared, count: int) -> tuple[list[Unit], dict[str, str]]:
    """Units of patrols under way, and a token of each bureau's duty room."""
    app = create_app(settings_of(hub.folder, hub.database_url))
    world = World(app, "", hub.folder)
    patrol_id = str(started_patrol(world)["id"])
    rooms = {bureau: world.as_(f"{bureau}-planner").token for bureau in BUREAUS}
    database = app.extensions["hub.db"]
    with app.app_context(), database.unit_of_work() as session:
        units = _add(session, session.get_one(Patrol, patrol_id), count)
    database.dispose()
    return units, rooms


def copy_of(row: Any, **changed: Any) -> Any:
    """A row like another, but for some columns."""
    columns = {c.key: getattr(row, c.key) for c in inspect(type(row)).mapper.column_attrs}
    return type(row)(**columns | changed)


def _add(session: Session, source: Patrol, count: int) -> list[Unit]:
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
    name = f"{like.name}{number}"
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
    heading = random.uniform(0, 2 * math.pi)
    return Unit(patrol.id, user.id, raw, lon, lat, heading)


def _places(session: Session, patrol: Patrol, count: int) -> list[tuple[float, float]]:
    """Places in the patrol's zone, evenly spread (EPSG:4326)."""
    strips = session.scalars(select(ZoneStrip).where(ZoneStrip.zone_id == patrol.zone_id))
    zone = shapely.union_all([shapely.from_wkb(strip.shape) for strip in strips])
    west, south, east, north = zone.bounds
    found: list[tuple[float, float]] = []
    while len(found) < count:
        place = random.uniform(west, east), random.uniform(south, north)
        if zone.contains(shapely.Point(place)):
            found.append(place)
    return found
