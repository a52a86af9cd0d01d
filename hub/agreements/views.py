"""What a party is shown of an agreement."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.agreements.access import sees
from hub.agreements.effect import effective_state
from hub.agreements.models import Agreement, AgreementVersion
from hub.approvals import services as approvals
from hub.bureaus.models import Bureau
from hub.db import utc_now
from sharing.canonical import utc_text


def agreement_view(session: Session, agreement: Agreement) -> dict[str, Any]:
    """An agreement with the text that holds (or is on the table), its parties and their keys.

    `proposal` is the amendment on the table beside the text that holds, `coming` one that all
    have signed and that has not begun, `versions` the history.
    """
    version = agreement.current
    waiting = agreement.on_table
    newest = agreement.newest_signed
    coming = newest if newest is not None and newest.number > version.number else None
    return {
        "id": agreement.id,
        "version": agreement.version,
        "number": agreement.number,
        "title": agreement.title,
        "title_en": agreement.title_en,
        "state": str(effective_state(agreement)),
        "state_reason": agreement.state_reason,
        "state_by_name": agreement.state_by_name,
        "state_by_bureau": agreement.state_by_bureau,
        "state_at": utc_text(agreement.state_at) if agreement.state_at else None,
        "text_version": version.number,
        **_days(version),
        "content_hash": version.content_hash,
        "terms": version.terms,
        "text": version.text,
        "note": version.note,
        "parties": party_views(session, agreement, version),
        "proposal": None
        if waiting is None or waiting is version
        else version_view(session, agreement, waiting),
        "coming": None if coming is None else version_view(session, agreement, coming),
        "versions": [history_view(agreement, one) for one in agreement.versions],
        "proposed_by": agreement.proposed_by,
        "created_at": utc_text(agreement.created_at),
    }


def _days(version: AgreementVersion) -> dict[str, str]:
    return {"valid_from": utc_text(version.valid_from), "valid_to": utc_text(version.valid_to)}


def party_views(
    session: Session, agreement: Agreement, version: AgreementVersion
) -> list[dict[str, Any]]:
    """The parties and their keys on one text, by id."""
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
    return parties


def history_view(agreement: Agreement, version: AgreementVersion) -> dict[str, Any]:
    """One text in the history, without its content."""
    signed, begun = version.signed_at, version.begun_at
    return {
        "number": version.number,
        "state": version.state,
        "holds": version is agreement.version_at(utc_now()),
        "amends": version.amends,
        **_days(version),
        "content_hash": version.content_hash,
        "created_at": utc_text(version.created_at),
        "proposed_by": version.proposed_by,
        "proposed_by_name": version.proposed_by_name,
        "note": version.note,
        "signed_at": utc_text(signed) if signed else None,
        "begun_at": utc_text(begun) if begun else None,
        "withdrawn_reason": version.withdrawn_reason,
    }


def version_view(
    session: Session, agreement: Agreement, version: AgreementVersion
) -> dict[str, Any]:
    """One text with its content and its keys."""
    return history_view(agreement, version) | {
        "agreement_id": agreement.id,
        "agreement_number": agreement.number,
        "terms": version.terms,
        "text": version.text,
        "parties": party_views(session, agreement, version),
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
