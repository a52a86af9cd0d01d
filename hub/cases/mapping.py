"""Cases on a map: each by itself while there are few in the frame, else counted by cells.

A frame can hold a hundred thousand; no screen and no person can. Own cases are counted by the
database, partners' from what is open of each: a case whose place is not open is in no count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import names_by_bureau
from hub.cases.due import overdue_ids
from hub.cases.listing import sought_by
from hub.cases.models import Case
from hub.cases.reach import COLUMNS, CaseFilter, Reached, Sought, own_rows, shared_cases
from hub.cases.views import OWN_GROUPS
from hub.web.lists import EXPORT_LIMIT

# So many are shown one by one; above it, by cells of so many pixels of the map at its zoom.
ONE_BY_ONE = 400
CELL_PIXELS = 64
TILE_PIXELS = 256
ALL_GROUPS = frozenset(OWN_GROUPS.values())


@dataclass
class Cell:
    """What lies together: how many, how many of them own, and where on average (EPSG:4326)."""

    count: int = 0
    own: int = 0
    lon: float = 0.0
    lat: float = 0.0
    # The case itself, where there is only one.
    only: str | None = None

    def add(self, count: int, lon: float, lat: float, *, own: bool, only: str | None) -> None:
        """Take in cases with their mean place."""
        whole = self.count + count
        self.lon += (lon - self.lon) * count / whole
        self.lat += (lat - self.lat) * count / whole
        self.own += count if own else 0
        self.only = only if whole == 1 else None
        self.count = whole


def map_of_cases(
    session: Session, actor: Actor, wanted: CaseFilter, zoom: int | None
) -> dict[str, Any]:
    """The cases whose place the actor may see, as GeoJSON (RFC 7946, lon lat, WGS 84).

    Args:
        zoom: of the map that shows them (0 the whole earth in one tile of 256 pixels); then a
            frame that is full is counted by cells, features with `cluster`, `count` and `own`.
            None: one by one, the newest of EXPORT_LIMIT.
    """
    actor.require(Right.WORK_VIEW)
    sought = sought_by(session, actor, wanted)
    names = names_by_bureau(session)
    if sought.pieces is not None and not sought.pieces:
        return _collection([])
    shared = _shared(sought)
    if zoom is None:
        return _collection(_points(sought, shared, names))
    size = 360.0 / TILE_PIXELS / 2**zoom * CELL_PIXELS
    cells = _cells(sought, shared, size)
    if sum(cell.count for cell in cells) <= ONE_BY_ONE:
        return _collection(_points(sought, shared, names))
    return _collection(_cell_features(sought, shared, cells, names))


def _shared(sought: Sought) -> list[Reached]:
    if sought.wanted.scope == "own":
        return []
    return [one for one in shared_cases(sought) if "place" in one.groups]


def _cells(sought: Sought, shared: Iterable[Reached], size: float) -> list[Cell]:
    cells: dict[tuple[float, float], Cell] = {}
    if sought.wanted.scope != "shared":
        # Rounding is the one such function that both databases and Python share.
        column, row = func.round(Case.lon / size), func.round(Case.lat / size)
        counted = own_rows(
            sought,
            [column, row, func.count(), func.avg(Case.lon), func.avg(Case.lat), func.min(Case.id)],
        )
        for x, y, count, lon, lat, first in sought.session.execute(counted.group_by(column, row)):
            cell = cells.setdefault((x, y), Cell())
            cell.add(count, lon, lat, own=True, only=first)
    for one in shared:
        key = (float(round(one.row.lon / size)), float(round(one.row.lat / size)))
        cells.setdefault(key, Cell()).add(1, one.row.lon, one.row.lat, own=False, only=one.row.id)
    return list(cells.values())


def _points(
    sought: Sought, shared: Sequence[Reached], names: dict[str, str]
) -> list[dict[str, Any]]:
    own: Iterable[Reached] = ()
    if sought.wanted.scope != "shared":
        statement = own_rows(sought, [Case.id]).order_by(Case.id.desc()).limit(EXPORT_LIMIT)
        own = (Reached(row, ALL_GROUPS) for row in sought.session.execute(statement))
    newest = merge(own, shared, key=lambda one: one.row.id, reverse=True)
    late = _late(sought)
    shown = _read(sought, islice(newest, EXPORT_LIMIT))
    return [_point(sought, one, names, late) for one in shown]


def _read(sought: Sought, ones: Iterable[Reached]) -> list[Reached]:
    """The same cases in their order, with all that a point tells of them."""
    wanted = list(ones)
    ids = [one.row.id for one in wanted]
    rows = sought.session.execute(select(*COLUMNS).where(Case.id.in_(ids))) if ids else ()
    by_id = {row.id: row for row in rows}
    return [Reached(by_id[one.row.id], one.groups) for one in wanted if one.row.id in by_id]


def _late(sought: Sought) -> set[str]:
    """Cases on which a deadline of the reader's bureau has passed."""
    late = overdue_ids(sought.actor.bureau_id, sought.judge.at)
    return set(sought.session.scalars(late))


def _point(sought: Sought, one: Reached, names: dict[str, str], late: set[str]) -> dict[str, Any]:
    row = one.row
    return {
        "type": "Feature",
        "id": row.id,
        "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
        "properties": {
            "id": row.id,
            "number": row.number,
            "title": one.shows("title"),
            "stage": one.shows("stage"),
            "category": one.shows("category"),
            "own": row.owner_bureau_id == sought.actor.bureau_id,
            "overdue": row.id in late,
            "owner_name": names.get(row.owner_bureau_id, ""),
        },
    }


def _cell_features(
    sought: Sought, shared: Sequence[Reached], cells: Sequence[Cell], names: dict[str, str]
) -> list[dict[str, Any]]:
    """Cells as numbers; what lies alone as itself."""
    alone = {cell.only for cell in cells if cell.only is not None}
    theirs = {one.row.id: one.groups for one in shared if one.row.id in alone}
    rows = sought.session.execute(select(*COLUMNS).where(Case.id.in_(alone))) if alone else ()
    single = [Reached(row, theirs.get(row.id, ALL_GROUPS)) for row in rows]
    late = _late(sought)
    return [_point(sought, one, names, late) for one in single] + [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [cell.lon, cell.lat]},
            "properties": {"cluster": True, "count": cell.count, "own": cell.own},
        }
        for cell in cells
        if cell.only is None
    ]


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
