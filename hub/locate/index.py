"""The index over outlines, lines and binding zones: one per process, rebuilt when they change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
import shapely
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from geo.boundaries import Jurisdiction as Outline
from geo.boundaries import shared_line
from geo.edges import EdgeIndex
from geo.errors import GeoError
from geo.locate import LineShape, LocateIndex, ZoneShape
from hub.agreements.models import Agreement, AgreementVersion
from hub.bureaus.basemap import boundary_stamp
from hub.bureaus.models import Bureau, Jurisdiction
from hub.bureaus.services import bureaus, jurisdictions, outline_of
from hub.db import utc_now
from hub.locate.acts import GuestActs, guest_acts
from hub.zones.binding import binding_zones, strip_shapes
from hub.zones.models import Zone

K = TypeVar("K")
V = TypeVar("V")
Stamp = tuple[object, ...]
# Databases that one process keeps indices of: one, but for tests and for moving house.
KEPT = 4


@dataclass(frozen=True)
class Party:
    """A bureau as answers name it."""

    id: str
    name: str
    name_en: str
    short_name: str
    short_name_en: str
    duty_phone: str | None


@dataclass(frozen=True)
class Unit:
    """A jurisdiction, how well its outline is known (metres at 95 %), and who answers for it."""

    adcode: str
    name: str
    parent_name: str
    province: str
    accuracy_m: float


@dataclass(frozen=True)
class ZoneFacts:
    """A binding zone and what its agreement says of acts in it."""

    id: str
    name: str
    number: int
    sides: frozenset[str]
    agreement_id: str
    agreement_number: str
    agreement_title: str
    agreement_title_en: str
    party_ids: frozenset[str]
    acts: GuestActs


@dataclass(frozen=True)
class Land:
    """Outlines and the lines along them. Accuracy is left to each unit, so the index has none."""

    stamp: Stamp
    units: Mapping[str, Unit]
    index: LocateIndex
    worst_accuracy_m: float
    # What the index was built from (EPSG:4326), for whoever has to answer without the hub.
    outlines: Mapping[str, Any]
    lines: Sequence[LineShape]


@dataclass(frozen=True)
class LocateFacts:
    """All that an answer needs, of one moment; read by many threads at once."""

    stamp: Stamp
    until: datetime | None
    land: Land
    parties: Mapping[str, Party]
    zones: Mapping[str, ZoneFacts]
    zone_index: LocateIndex
    # The outer edges of the zones, numbered as `zones` is ordered.
    zone_edges: EdgeIndex
    shapes: Mapping[str, ZoneShape]

    def counts(self, stamp: Stamp, at: datetime) -> bool:
        """Whether nothing changed since, and no agreement began or ended."""
        return stamp == self.stamp and (self.until is None or at < self.until)


# Counts, version sums and newest ids: every change of a row raises its version.
_STAMP = select(
    select(func.count(Jurisdiction.adcode)).scalar_subquery(),
    select(func.max(Jurisdiction.imported_at)).scalar_subquery(),
    *(
        select(part).scalar_subquery()
        for table in (Zone, Agreement, Bureau)
        for part in (func.count(table.id), func.sum(table.version), func.max(table.id))
    ),
)

_lands: OrderedDict[Stamp, Land] = OrderedDict()
_facts: OrderedDict[str, LocateFacts] = OrderedDict()
_building = threading.Lock()
_OWN = "hub.locate.index"


def facts_of(session: Session) -> LocateFacts:
    """The index in use, made anew if boundaries, bureaus, zones or agreements changed.

    What a writing transaction sees may yet be rolled back: a writer leaves its own for others once
    it is committed, and keeps it for itself until then.
    """
    bind = session.get_bind()
    url = str(bind.engine.url)
    stamp, now = _stamp(session), utc_now()
    for facts in (_facts.get(url), session.info.get(_OWN)):
        if facts is not None and facts.counts(stamp, now):
            return facts
    with _building:
        shared = _facts.get(url)
        if shared is not None and shared.counts(stamp, now):
            return shared
        facts = _build(session, stamp, now)
        if bind.get_execution_options().get("hub_write"):
            session.info[_OWN] = facts
            event.listen(session, "after_commit", lambda _: _keep(_facts, url, facts), once=True)
        else:
            _keep(_facts, url, facts)
    return facts


def _keep(cache: OrderedDict[K, V], key: K, value: V) -> None:
    cache[key] = value
    cache.move_to_end(key)
    while len(cache) > KEPT:
        cache.popitem(last=False)


def _stamp(session: Session) -> Stamp:
    return tuple(session.connection().execute(_STAMP).one())


def _build(session: Session, stamp: Stamp, now: datetime) -> LocateFacts:
    parties = {row.adcode: _party(row) for row in bureaus(session)}
    zones, shapes = {}, []
    for zone, version, agreement in binding_zones(session):
        strips = strip_shapes(version)
        shapes.append(ZoneShape(zone.id, strips))
        zones[zone.id] = ZoneFacts(
            id=zone.id,
            name=zone.name,
            number=version.number,
            sides=frozenset(strips),
            agreement_id=agreement.id,
            agreement_number=agreement.number,
            agreement_title=agreement.title,
            agreement_title_en=agreement.title_en,
            party_ids=agreement.party_ids,
            acts=guest_acts(agreement.current),
        )
    return LocateFacts(
        stamp=stamp,
        until=_next_date(session, now),
        land=_land(session, frozenset(parties)),
        parties=parties,
        zones=zones,
        zone_index=LocateIndex.build([], shapes, [], 0.0),
        zone_edges=EdgeIndex(np.array([outer_edge(shape) for shape in shapes], dtype=object)),
        shapes={shape.zone_id: shape for shape in shapes},
    )


def outer_edge(zone: ZoneShape) -> Any:
    """Where a zone ends; the line in its middle, which its strips share, is no end."""
    return shapely.boundary(shapely.union_all(list(zone.strips.values())))


def _party(row: Bureau) -> Party:
    return Party(row.id, row.name, row.name_en, row.short_name, row.short_name_en, row.duty_phone)


def _next_date(session: Session, now: datetime) -> datetime | None:
    """When the next agreement begins or ends by its dates."""
    dates = [
        session.scalar(select(func.min(column)).where(column > now))
        for column in (AgreementVersion.valid_from, AgreementVersion.valid_to)
    ]
    return min((date for date in dates if date is not None), default=None)


def _land(session: Session, parties: frozenset[str]) -> Land:
    stamp = (*boundary_stamp(session), parties)
    land = _lands.get(stamp)
    if land is None:
        rows = jurisdictions(session)
        outlines = [outline_of(row) for row in rows]
        units = {
            row.adcode: Unit(row.adcode, row.name, row.parent_name, row.province, row.accuracy_m)
            for row in rows
        }
        lines = _lines(outlines, parties)
        index = LocateIndex.build(outlines, [], lines, 0.0)
        worst = max((unit.accuracy_m for unit in units.values()), default=0.0)
        shapes = {outline.adcode: outline.polygon for outline in outlines}
        land = Land(stamp, units, index, worst, shapes, lines)
        _keep(_lands, stamp, land)
    return land


def _lines(outlines: Sequence[Outline], parties: frozenset[str]) -> list[LineShape]:
    """Every line on which a bureau's ground ends and another known jurisdiction begins."""
    polygons = np.array([outline.polygon for outline in outlines], dtype=object)
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    lines = []
    for i, j in sorted(zip(first.tolist(), second.tolist(), strict=True)):
        a, b = outlines[i], outlines[j]
        if i >= j or parties.isdisjoint((a.adcode, b.adcode)):
            continue
        try:
            parts = shared_line(a, b).parts
        except GeoError:
            continue  # they touch in points only
        line = shapely.multilinestrings(list(parts))
        lines.append(LineShape(f"{a.adcode}-{b.adcode}", a.adcode, b.adcode, line))
    return lines
