"""The texts (versions) of an agreement: what a signature covers, how a new one is put down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements.content import checked_terms, checked_text
from hub.agreements.models import Agreement, AgreementVersion, VersionState
from hub.approvals.services import content_hash
from hub.bureaus.services import bureaus
from hub.db import utc_now
from hub.errors import field_error
from sharing.canonical import utc_text


@dataclass(frozen=True)
class Draft:
    """One text as it was written: days as moments, terms on the wire, words, and why."""

    valid_from: datetime
    valid_to: datetime
    terms: dict[str, Any]
    text: dict[str, Any]
    note: str = ""


def signed_content(agreement: Agreement, version: AgreementVersion) -> dict[str, Any]:
    """What a signature covers: everything that the parties read."""
    content: dict[str, Any] = {
        "format": 1,
        "agreement": agreement.id,
        "title": agreement.title,
        "title_en": agreement.title_en,
        "parties": sorted(agreement.party_ids),
        "version": version.number,
        "valid_from": utc_text(version.valid_from),
        "valid_to": utc_text(version.valid_to),
        "terms": version.terms,
        "text": version.text,
    }
    # Texts that amend nothing keep the bytes that were signed before amendments existed.
    return content if version.amends is None else content | {"amends": version.amends}


def check(session: Session, agreement: Agreement, draft: Draft) -> Draft:
    """The draft as it is stored.

    Raises:
        Invalid: names each field that cannot be used.
    """
    if draft.valid_to <= draft.valid_from:
        raise field_error("valid_to", _l("终止日期应晚于生效日期。"))
    known = {row.id for row in bureaus(session)}
    return Draft(
        draft.valid_from,
        draft.valid_to,
        checked_terms(draft.terms, known).to_dict(),
        checked_text(draft.text, agreement.party_ids),
        draft.note,
    )


def fill(
    session: Session,
    actor: Actor,
    agreement: Agreement,
    version: AgreementVersion,
    draft: Draft,
) -> None:
    """Put a draft into a version that nobody has signed yet."""
    sound = check(session, agreement, draft)
    version.valid_from, version.valid_to = sound.valid_from, sound.valid_to
    version.terms, version.text, version.note = sound.terms, sound.text, sound.note
    version.proposed_by, version.proposed_by_name = actor.bureau_id, actor.name
    version.content_hash = content_hash(signed_content(agreement, version))


def add_version(
    session: Session, actor: Actor, agreement: Agreement, draft: Draft, state: VersionState
) -> AgreementVersion:
    """Put a new version beside those there are; one that was on the table is withdrawn by it."""
    before = agreement.on_table if agreement.versions else None
    amended = agreement.newest_signed
    version = AgreementVersion(
        agreement_id=agreement.id,
        number=len(agreement.versions) + 1,
        state=state.value,
        amends=amended.number if amended is not None else None,
        created_at=utc_now(),
    )
    fill(session, actor, agreement, version, draft)
    if before is not None:
        before.state = VersionState.WITHDRAWN.value
    agreement.versions.append(version)
    return version
