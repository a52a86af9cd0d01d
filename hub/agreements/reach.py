"""What an agreement opens by being in force, told anew when it begins or ceases to open it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements.models import Agreement
from hub.cases.models import Case
from hub.changes import record_change
from hub.patrols.models import Finding, Patrol
from hub.petitions.models import Petition
from hub.stations.models import Station
from hub.zones.models import Zone
from sharing.models import Share, ShareState

# Kinds that remember what each bureau was last shown of a record (they stand above this module).
SEEN_ANEW: dict[str, Callable[[Session, Any], object]] = {}


def tell_reach(session: Session, actor: Actor, agreement: Agreement, verb: str) -> None:
    """Tell of everything that depends on an agreement once more: zones, patrols, findings,
    stations, and every case shared under it.

    The records did not change, what the parties see of them did: whoever follows the feed gets the
    view it has now, or a tombstone.

    Args:
        verb: `shared` when the agreement came into force, `updated` when another text of it did,
            `recalled` when it ceased to be.
    """
    parties = agreement.party_ids
    everything = (*_grounds(session, agreement), *_shared(session, agreement))
    for kind, record, who in everything:
        told = frozenset(parties if who is None else who)
        if kind in SEEN_ANEW:
            SEEN_ANEW[kind](session, record)
        record_change(
            session,
            actor,
            kind=kind,
            record_id=record.id,
            version=record.version,
            verb=verb,
            bureaus=told,
            detail={"agreement_id": agreement.id},
            versions=record.versions_for(told) if hasattr(record, "versions_for") else None,
        )


def _grounds(
    session: Session, agreement: Agreement
) -> Iterator[tuple[str, Any, frozenset[str] | None]]:
    """Zones, patrols with their findings, petitions settled together, and the parties' stations;
    None: told to all parties."""
    of_agreement = Patrol.agreement_id == agreement.id
    for zone in session.scalars(
        select(Zone).where(Zone.agreement_id == agreement.id).order_by(Zone.id)
    ):
        yield "zone", zone, None
    for patrol in session.scalars(select(Patrol).where(of_agreement).order_by(Patrol.id)):
        yield "patrol", patrol, patrol.party_ids
    for finding, patrol in session.execute(
        select(Finding, Patrol)
        .join(Patrol, Patrol.id == Finding.patrol_id)
        .where(of_agreement)
        .order_by(Finding.id)
    ):
        yield "finding", finding, patrol.party_ids
    of_petitions = select(Petition).where(Petition.agreement_id == agreement.id)
    for petition in session.scalars(of_petitions.order_by(Petition.id)):
        if petition.shared_with is not None:
            yield "petition", petition, petition.told
    owned = Station.owner_bureau_id.in_(agreement.party_ids)
    for station in session.scalars(select(Station).where(owned).order_by(Station.id)):
        yield "station", station, None


def _shared(session: Session, agreement: Agreement) -> Iterator[tuple[str, Any, frozenset[str]]]:
    """The cases shared under the agreement, and their shares."""
    shared = (
        select(Share, Case)
        .join(Case, Case.id == Share.record_id)
        .where(Share.agreement_id == agreement.id, Share.state == ShareState.ACTIVE)
        .where(Share.kind == "case")
        .order_by(Share.id)
    )
    for share, case in session.execute(shared):
        told = frozenset({share.owner_bureau_id, share.partner_bureau_id})
        yield "case", case, told
        yield "share", share, told
