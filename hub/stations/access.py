"""From an id to a station: for its own bureau, and for partners while an agreement is in force."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements.effect import in_force_of
from hub.errors import NotFound
from hub.stations.models import Craft, Station


def partners_of(session: Session, bureau_id: str) -> frozenset[str]:
    """Bureaus that have an agreement in force with this one, itself left out."""
    parties = (agreement.party_ids for agreement in in_force_of(session, bureau_id))
    return frozenset().union(*parties) - {bureau_id}


def sees(session: Session, bureau_id: str, station: Station) -> bool:
    """Whether a bureau may see a station at this moment."""
    owner = station.owner_bureau_id
    return owner == bureau_id or owner in partners_of(session, bureau_id)


def access_station(session: Session, actor: Actor, station_id: str) -> Station:
    """A station of the actor's bureau or of a partner.

    Raises:
        NotFound: absent, or of a bureau without an agreement in force with the actor's.
    """
    station = session.get(Station, station_id)
    if station is None:
        raise NotFound
    if not sees(session, actor.bureau_id, station):
        raise NotFound
    return station


def access_own_station(session: Session, actor: Actor, station_id: str) -> Station:
    """A station of the actor's own bureau, locked for a change.

    Raises:
        NotFound: absent or of another bureau: the owner alone changes a record.
    """
    station = session.get(Station, station_id, with_for_update=True)
    if station is None:
        raise NotFound
    if station.owner_bureau_id != actor.bureau_id:
        raise NotFound
    return station


def craft_of_station(station: Station, craft_id: str) -> Craft:
    """A boat or vehicle of a station that was accessed already.

    Raises:
        NotFound: not of this station.
    """
    for craft in station.craft:
        if craft.id == craft_id:
            return craft
    raise NotFound
