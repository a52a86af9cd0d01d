"""What an agreement opens by being in force, told anew when it begins or ceases to open it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements.models import Agreement
from hub.cases.models import Case
from hub.changes import record_change
from hub.stations.models import Station
from sharing.models import Share, ShareState


def tell_reach(session: Session, actor: Actor, agreement: Agreement, verb: str) -> None:
    """Tell the parties of every station, and of every case shared under it, once more.

    The records did not change, what the parties see of them did: whoever follows the feed gets the
    view it has now, or a tombstone.

    Args:
        verb: `shared` when the agreement came into force, `recalled` when it ceased to be.
    """
    parties = agreement.party_ids
    detail = {"agreement_id": agreement.id}
    for station in session.scalars(
        select(Station).where(Station.owner_bureau_id.in_(parties)).order_by(Station.id)
    ):
        record_change(
            session,
            actor,
            kind="station",
            record_id=station.id,
            version=station.version,
            verb=verb,
            bureaus=parties,
            detail=detail,
        )
    shared = (
        select(Share, Case)
        .join(Case, Case.id == Share.record_id)
        .where(Share.agreement_id == agreement.id, Share.state == ShareState.ACTIVE)
        .where(Share.kind == "case")
        .order_by(Share.id)
    )
    for share, case in session.execute(shared):
        told = [share.owner_bureau_id, share.partner_bureau_id]
        for kind, record_id, version in (
            ("case", case.id, case.version),
            ("share", share.id, share.version),
        ):
            record_change(
                session,
                actor,
                kind=kind,
                record_id=record_id,
                version=version,
                verb=verb,
                bureaus=told,
                detail=detail,
            )
