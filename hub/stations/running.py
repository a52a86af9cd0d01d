"""Which bureaus run a station: its owner, and those that joined under an agreement in force."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.effect import in_force_of
from hub.stations.access import partners_of
from hub.stations.models import Station
from hub.stations.roster_models import StationParty


def joined(session: Session, station: Station) -> frozenset[str]:
    """Bureaus that joined the owner and whose agreement with him is in force at this moment."""
    rows = session.scalars(
        select(StationParty).where(
            StationParty.station_id == station.id, StationParty.accepted_at.is_not(None)
        )
    ).all()
    if not rows:
        return frozenset()
    agreements = {row.id: row for row in in_force_of(session, station.owner_bureau_id)}
    return frozenset(
        row.bureau_id
        for row in rows
        if row.agreement_id in agreements
        and row.bureau_id in agreements[row.agreement_id].party_ids
    )


def run_by(session: Session, station: Station) -> frozenset[str]:
    """All bureaus that run a station at this moment, its owner among them."""
    return joined(session, station) | {station.owner_bureau_id}


def known_to(session: Session, station: Station, reader_bureau_id: str) -> frozenset[str]:
    """Those of them of which a bureau that sees the station may know: its own and its partners."""
    return run_by(session, station) & (partners_of(session, reader_bureau_id) | {reader_bureau_id})


def audience(session: Session, station: Station, bureau_id: str) -> frozenset[str]:
    """Bureaus that are told what a bureau does at a station: they see the station and know it."""
    owner = station.owner_bureau_id
    seeing = partners_of(session, owner) | run_by(session, station) | {owner}
    return (seeing & (partners_of(session, bureau_id) | {bureau_id})) | {bureau_id}
