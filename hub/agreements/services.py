"""Agreements: propose, revise, sign with two keys, suspend, resume, terminate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.access import access_agreement
from hub.agreements.effect import (
    effective_state,
    in_force_between,
    in_force_of,
    is_in_force,
    states,
)
from hub.agreements.models import Agreement, AgreementParty, AgreementState, AgreementVersion
from hub.agreements.reach import tell_reach
from hub.approvals import services as approvals
from hub.bureaus import services as bureaus
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Conflict, NotFound, field_error
from hub.numbering.services import next_number
from hub.shares.services import end_for_agreement, share_under_agreement
from sharing.canonical import utc_text
from sharing.errors import SharingError
from sharing.terms import Terms

__all__ = [
    "effective_state",
    "in_force_between",
    "in_force_of",
    "is_in_force",
    "propose",
    "resume",
    "revise",
    "sign",
    "states",
    "suspend",
    "terminate",
]

KIND = "agreement"
SERIES = "联防协"  # data, not screen text


def signed_content(agreement: Agreement, version: AgreementVersion) -> dict[str, Any]:
    """What a signature covers: everything that the parties read."""
    return {
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


def _add_version(
    agreement: Agreement,
    *,
    number: int,
    valid_from: datetime,
    valid_to: datetime,
    terms: dict[str, Any],
    text: dict[str, Any],
) -> None:
    if valid_to <= valid_from:
        raise field_error("valid_to", _l("终止日期应晚于生效日期。"))
    try:
        canonical_terms = Terms.from_dict(terms).to_dict()
    except SharingError as error:
        raise field_error("terms", _l("条款无法使用：%(reason)s", reason=str(error))) from error
    version = AgreementVersion(
        agreement_id=agreement.id,
        number=number,
        valid_from=valid_from,
        valid_to=valid_to,
        terms=canonical_terms,
        text=text,
        content_hash="",
        created_at=utc_now(),
    )
    agreement.versions.append(version)
    version.content_hash = approvals.content_hash(signed_content(agreement, version))
    agreement.current_version = number


def _tell(session: Session, actor: Actor, agreement: Agreement, verb: str, **detail: Any) -> None:
    agreement.version += 1
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=agreement.id,
        version=agreement.version,
        verb=verb,
        bureaus=agreement.party_ids,
        detail=detail,
    )


def propose(
    session: Session,
    actor: Actor,
    *,
    title: str,
    title_en: str,
    party_ids: list[str],
    valid_from: datetime,
    valid_to: datetime,
    terms: dict[str, Any],
    text: dict[str, Any],
) -> Agreement:
    """Put an agreement on the table of every party.

    Raises:
        Forbidden: the actor may not propose.
        Invalid: the own bureau is no party, fewer than two parties, dates or terms unusable.
    """
    actor.require(Right.AGREEMENT_PROPOSE)
    parties = sorted(set(party_ids))
    if actor.bureau_id not in parties or len(parties) < 2:
        raise field_error("party_ids", _l("应有两个以上单位，并包括本单位。"))
    for party_id in parties:
        try:
            bureaus.bureau(session, party_id)
        except NotFound as error:
            raise field_error("party_ids", _l("没有这个单位。")) from error
    now = utc_now()
    agreement = Agreement(
        number=next_number(session, SERIES, now),
        title=title,
        title_en=title_en,
        state=AgreementState.PROPOSED,
        proposed_by=actor.bureau_id,
        created_at=now,
        version=0,
    )
    agreement.parties = [AgreementParty(bureau_id=party_id) for party_id in parties]
    agreement.versions = []
    session.add(agreement)
    session.flush()
    _add_version(
        agreement, number=1, valid_from=valid_from, valid_to=valid_to, terms=terms, text=text
    )
    _tell(session, actor, agreement, "created", title=title)
    return agreement


def revise(
    session: Session,
    actor: Actor,
    agreement: Agreement,
    *,
    valid_from: datetime,
    valid_to: datetime,
    terms: dict[str, Any],
    text: dict[str, Any],
) -> None:
    """Put a new version on the table; every signature given so far is withdrawn.

    Raises:
        Conflict: the agreement is in force or over; a new one takes its place then.
    """
    actor.require(Right.AGREEMENT_PROPOSE)
    if effective_state(agreement) not in (AgreementState.PROPOSED, AgreementState.SIGNED):
        raise Conflict(_l("生效后的备忘录不再修改；请另行提出新的备忘录。"))
    approvals.withdraw_all(session, KIND, agreement.id)
    _add_version(
        agreement,
        number=agreement.current_version + 1,
        valid_from=valid_from,
        valid_to=valid_to,
        terms=terms,
        text=text,
    )
    agreement.state = AgreementState.PROPOSED
    _tell(session, actor, agreement, "updated", text_version=agreement.current_version)


def sign(session: Session, actor: Actor, agreement_id: str, content_hash: str) -> Agreement:
    """Turn the own bureau's key on the version on the table.

    Raises:
        NotFound: not a party.
        Forbidden: the actor is no official.
        Conflict: the text changed since it was read, was signed already, or is not on the table.
    """
    agreement = access_agreement(session, actor, agreement_id, for_update=True)
    actor.require(Right.AGREEMENT_SIGN)
    if agreement.state != AgreementState.PROPOSED:
        raise Conflict(_l("此备忘录目前不在签署中。"))
    complete = approvals.approve(
        session,
        actor,
        kind=KIND,
        record_id=agreement.id,
        version=agreement.current_version,
        expected_hash=agreement.current.content_hash,
        given_hash=content_hash,
        parties=agreement.party_ids,
    )
    if complete:
        agreement.state = AgreementState.SIGNED
    _tell(session, actor, agreement, "signed", content_hash=content_hash, complete=complete)
    if complete:
        tell_reach(session, actor, agreement, "shared")
        share_under_agreement(session, actor, agreement.id)
    return agreement


def suspend(session: Session, actor: Actor, agreement_id: str, reason: str) -> Agreement:
    """Stop the agreement for the time being; it opens nothing from this moment.

    Shares stay on record and open again when it is resumed: each is decided anew at every read.
    """
    agreement = _for_ending(session, actor, agreement_id)
    agreement.state = AgreementState.SUSPENDED
    _tell(session, actor, agreement, "suspended", reason=reason)
    tell_reach(session, actor, agreement, "recalled")
    return agreement


def resume(session: Session, actor: Actor, agreement_id: str) -> Agreement:
    """End a suspension. The party that could suspend alone can resume alone."""
    agreement = access_agreement(session, actor, agreement_id, for_update=True)
    actor.require(Right.AGREEMENT_SIGN)
    if agreement.state != AgreementState.SUSPENDED:
        raise Conflict(_l("此备忘录没有中止。"))
    agreement.state = AgreementState.SIGNED
    _tell(session, actor, agreement, "resumed")
    tell_reach(session, actor, agreement, "shared")
    share_under_agreement(session, actor, agreement.id)
    return agreement


def terminate(session: Session, actor: Actor, agreement_id: str, reason: str) -> Agreement:
    """End the agreement for good; every share under it ends with it."""
    agreement = _for_ending(session, actor, agreement_id)
    agreement.state = AgreementState.TERMINATED
    end_for_agreement(session, actor, agreement.id)
    _tell(session, actor, agreement, "terminated", reason=reason)
    tell_reach(session, actor, agreement, "recalled")
    return agreement


def _for_ending(session: Session, actor: Actor, agreement_id: str) -> Agreement:
    agreement = access_agreement(session, actor, agreement_id, for_update=True)
    actor.require(Right.AGREEMENT_SIGN)
    if agreement.state not in (AgreementState.SIGNED, AgreementState.SUSPENDED):
        raise Conflict(_l("只有签署后的备忘录可以中止或终止。"))
    return agreement
