"""The ground on which many worlds lie side by side: a long strip of one bureau, a cell per world.

South of the line (30.2° N) lies `focal`, north of it one cell for each world, with gaps between
them, so that the nearest line of a place is always that between its own cell and `focal`.
"""

from __future__ import annotations

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Role
from hub.accounts import services as accounts
from hub.bureaus.models import Bureau, Jurisdiction
from hub.changes import SYSTEM
from hub.db import utc_now
from tests.oracle.worlds import READERS

WEST, LINE, CELL, STEP = 90.0, 30.2, 0.03, 0.04
DEGREES = {"zone": 0.0027, "near": 0.0135, "far": 0.036}  # 300 m, 1.5 km, 4 km of latitude
ZONE = 0.0045  # 500 m
FOCAL, THIRD, STRANGER = "420101", "430101", "440101"
# The right password is never asked for: tests come with tokens.
NO_PASSWORD = "!"


def cell_code(number: int) -> str:
    """GB/T 2260-like code of a cell: its own county in a prefecture of province 41."""
    return f"41{10 + number // 80:02d}{10 + number % 80:02d}"


def west_of(number: int) -> float:
    """Where a cell begins, in degrees."""
    return WEST + number * STEP


def spot(number: int, owner: str, name: str) -> tuple[float, float]:
    """A place (lon, lat, EPSG:4326) on the owner's side of a cell's piece of the line."""
    north = 1 if owner == "cell" else -1
    return west_of(number) + CELL / 2, LINE + north * DEGREES[name]


def strip(number: int, side: str) -> shapely.Polygon:
    """One side of a zone along a cell's piece of the line."""
    south, north = (LINE, LINE + ZONE) if side == "cell" else (LINE - ZONE, LINE)
    return shapely.box(west_of(number), south, west_of(number) + CELL, north)


def lay_out(session: Session, cells: int) -> None:
    """Bureaus, their ground and their people."""
    last = west_of(cells)
    xs = sorted({WEST, last, *(w for n in range(cells) for w in (west_of(n), west_of(n) + CELL))})
    top = [(x, LINE) for x in xs]
    focal = shapely.Polygon([*top, (last, LINE - 0.1), (WEST, LINE - 0.1)])
    _add(session, FOCAL, "focal", focal)
    _add(session, THIRD, "third", shapely.box(85, 20, 85.1, 20.1))
    _add(session, STRANGER, "stranger", shapely.box(80, 20, 80.1, 20.1))
    for number in range(cells):
        west = west_of(number)
        ground = shapely.box(west, LINE, west + CELL, LINE + 0.1)
        _add(session, cell_code(number), f"cell{number}", ground)
    for reader in READERS:
        _person(session, reader.bureau, reader.name, reader.role, reader.clearance)
    _person(session, "cell0", "cell-officer", "officer", 4)


def _add(session: Session, code: str, name: str, ground: shapely.Polygon) -> None:
    west, south, east, north = ground.bounds
    session.add(
        Jurisdiction(
            adcode=code, name=name, parent_name="", province="", shape=shapely.to_wkb(ground),
            accuracy_m=1.0, source="oracle", west=west, south=south, east=east, north=north,
            imported_at=utc_now(),
        )
    )  # fmt: skip
    session.flush()
    session.add(
        Bureau(
            code=name, name=name, name_en=name, short_name=name, short_name_en=name, adcode=code,
            province="", duty_phone="0572-0000000",
        )
    )  # fmt: skip
    session.flush()


def _person(session: Session, code: str, name: str, role: str, clearance: int) -> None:
    bureau = session.scalars(select(Bureau).where(Bureau.code == code)).one()
    accounts.add_account(
        session, SYSTEM, bureau=bureau, username=name, name=name, password_hash=NO_PASSWORD,
        roles=[Role(role)], clearance=clearance,
    )  # fmt: skip
