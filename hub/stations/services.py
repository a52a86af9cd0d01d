"""Stations and their craft: add, change, take out of service; who may book what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureau
from hub.changes import record_change
from hub.errors import FieldError, Invalid
from hub.locate.services import place_of
from hub.stations.access import craft_of_station, partners_of
from hub.stations.models import Craft, Station

KIND = "station"
BOAT = "boat"
VEHICLE = "vehicle"


def create(session: Session, actor: Actor, **fields: Any) -> Station:
    """Add a station of the actor's bureau.

    Args:
        fields: name, name_en, lon, lat (EPSG:4326), phone, duty, active.

    Raises:
        Forbidden: the actor's role does not edit stations.
        Invalid, GeoError: the place is not in the bureau's jurisdiction, or no place at all.
    """
    actor.require(Right.STATION_EDIT)
    _check_place(session, actor.bureau_id, fields["lon"], fields["lat"])
    station = Station(owner_bureau_id=actor.bureau_id, version=0)
    station.craft = []
    _fill(station, fields)
    session.add(station)
    session.flush()
    _tell(session, actor, station, "created")
    return station


def update(session: Session, actor: Actor, station: Station, **fields: Any) -> None:
    """Replace the facts of an own station (see `create`).

    Raises:
        Forbidden, Invalid, GeoError: as `create`.
    """
    actor.require(Right.STATION_EDIT)
    if (station.lon, station.lat) != (fields["lon"], fields["lat"]):
        _check_place(session, station.owner_bureau_id, fields["lon"], fields["lat"])
    _fill(station, fields)
    _tell(session, actor, station, "updated")


def _fill(station: Station, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(station, name, value)
    station.name_en = station.name_en or station.name


def _check_place(session: Session, bureau_id: str, lon: float, lat: float) -> None:
    adcode = bureau(session, bureau_id).adcode
    if adcode not in place_of(session, lon, lat).candidates:
        text = _l("联勤站应设在本单位辖区内。")
        raise Invalid(text, errors=[FieldError("lon", text), FieldError("lat", text)])


def add_craft(
    session: Session, actor: Actor, station: Station, *, name: str, kind: str, plate: str | None
) -> Craft:
    """Add a boat or vehicle to an own station."""
    actor.require(Right.STATION_EDIT)
    craft = Craft(
        bureau_id=station.owner_bureau_id,
        station_id=station.id,
        name=name,
        kind=kind,
        plate=plate,
        active=True,
    )
    station.craft.append(craft)
    session.flush()
    _tell(session, actor, station, "updated", craft=craft.id)
    return craft


def update_craft(
    session: Session,
    actor: Actor,
    station: Station,
    craft_id: str,
    *,
    name: str,
    kind: str,
    plate: str | None,
    active: bool,
) -> Craft:
    """Change a boat or vehicle; one that is not active cannot be booked any more.

    Raises:
        NotFound: not of this station.
    """
    actor.require(Right.STATION_EDIT)
    craft = craft_of_station(station, craft_id)
    craft.name, craft.kind, craft.plate, craft.active = name, kind, plate, active
    _tell(session, actor, station, "updated", craft=craft.id)
    return craft


def _tell(session: Session, actor: Actor, station: Station, verb: str, **detail: Any) -> None:
    station.version += 1
    session.flush()
    owner = station.owner_bureau_id
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=station.id,
        version=station.version,
        verb=verb,
        bureaus=partners_of(session, owner) | {owner},
        detail=detail,
    )


def craft_of_bureaus(session: Session, bureau_ids: Iterable[str]) -> Sequence[Craft]:
    """Boats and vehicles in service that a patrol of these bureaus can book, by bureau and name.

    For services: the caller has checked that the bureaus patrol together.
    """
    return session.scalars(
        select(Craft)
        .where(Craft.bureau_id.in_(list(bureau_ids)), Craft.active.is_(True))
        .order_by(Craft.bureau_id, Craft.kind, Craft.name)
    ).all()
