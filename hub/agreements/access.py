"""From an id to an agreement: for its parties only; a draft for the one who drafts it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.models import Agreement, AgreementParty, AgreementState, AgreementVersion
from hub.errors import NotFound


def visible_to(bureau_id: str) -> ColumnElement[bool]:
    """The condition under which a bureau sees an agreement, for queries."""
    party = select(AgreementParty.agreement_id).where(AgreementParty.bureau_id == bureau_id)
    told = or_(Agreement.state != AgreementState.DRAFT, Agreement.proposed_by == bureau_id)
    return Agreement.id.in_(party) & told


def sees(bureau_id: str, agreement: Agreement) -> bool:
    """The same condition for a loaded agreement."""
    if bureau_id not in agreement.party_ids:
        return False
    return agreement.state != AgreementState.DRAFT or agreement.proposed_by == bureau_id


def access_agreement(
    session: Session, actor: Actor, agreement_id: str, *, for_update: bool = False
) -> Agreement:
    """An agreement of the actor's bureau.

    Raises:
        NotFound: absent, or the bureau is no party.
        Forbidden: the actor does not work with records (the administrators).
    """
    actor.require(Right.WORK_VIEW)
    agreement = session.get(Agreement, agreement_id, with_for_update=for_update or None)
    if agreement is None:
        raise NotFound
    if not sees(actor.bureau_id, agreement):
        raise NotFound
    return agreement


def access_version(
    session: Session, actor: Actor, agreement_id: str, number: int
) -> tuple[Agreement, AgreementVersion]:
    """One text of an agreement of the actor's bureau.

    Raises:
        NotFound: absent, or the bureau is no party.
    """
    agreement = access_agreement(session, actor, agreement_id)
    version = next((v for v in agreement.versions if v.number == number), None)
    if version is None:
        raise NotFound
    return agreement, version
