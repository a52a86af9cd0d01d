"""What a party is shown of an agreement."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.agreements.access import sees
from hub.agreements.effect import effective_state
from hub.agreements.models import Agreement
from hub.approvals import services as approvals
from hub.bureaus.models import Bureau
from sharing.canonical import utc_text


def agreement_view(session: Session, agreement: Agreement) -> dict[str, Any]:
    """An agreement with the version on the table, its parties and their keys."""
    version = agreement.current
    given = {
        approval.bureau_id: approval
        for approval in approvals.standing(session, "agreement", agreement.id, version.number)
    }
    parties = []
    for bureau_id in sorted(agreement.party_ids):
        bureau = session.get_one(Bureau, bureau_id)
        approval = given.get(bureau_id)
        parties.append(
            {
                "bureau_id": bureau_id,
                "bureau_name": bureau.name,
                "short_name": bureau.short_name,
                "adcode": bureau.adcode,
                "signed": approval is not None,
                "signed_by": approval.user_name if approval else None,
                "signed_at": utc_text(approval.at) if approval else None,
            }
        )
    return {
        "id": agreement.id,
        "version": agreement.version,
        "number": agreement.number,
        "title": agreement.title,
        "title_en": agreement.title_en,
        "state": str(effective_state(agreement)),
        "text_version": version.number,
        "valid_from": utc_text(version.valid_from),
        "valid_to": utc_text(version.valid_to),
        "content_hash": version.content_hash,
        "terms": version.terms,
        "text": version.text,
        "parties": parties,
        "proposed_by": agreement.proposed_by,
        "created_at": utc_text(agreement.created_at),
    }


def render_agreement(
    session: Session, reader: ReaderClass, agreement_id: str
) -> dict[str, Any] | None:
    """The view for a class of readers; None when it is not theirs."""
    if Right.WORK_VIEW not in reader.rights:
        return None
    agreement = session.get(Agreement, agreement_id)
    if agreement is None or not sees(reader.bureau_id, agreement):
        return None
    return agreement_view(session, agreement)
