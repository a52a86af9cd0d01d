"""Agreements: draft, propose, revise and amend, sign with two keys, suspend, resume, terminate."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.access import access_agreement
from hub.agreements.beginning import begin, begin_due
from hub.agreements.effect import (
    effective_state,
    in_force_between,
    in_force_of,
    is_in_force,
    states_of,
)
from hub.agreements.ending import resume, suspend, terminate
from hub.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementState,
    AgreementVersion,
    VersionState,
)
from hub.agreements.telling import KIND, tell
from hub.agreements.texts import Draft, add_version, fill
from hub.approvals import services as approvals
from hub.bureaus import services as bureaus
from hub.db import utc_now
from hub.errors import Conflict, NotFound, field_error
from hub.numbering.services import next_number

__all__ = [
    "Draft",
    "begin_due",
    "effective_state",
    "in_force_between",
    "in_force_of",
    "is_in_force",
    "propose",
    "put_forward",
    "resume",
    "revise",
    "sign",
    "states_of",
    "suspend",
    "terminate",
    "withdraw",
]

SERIES = "联防协"  # data, not screen text
OVER = (AgreementState.EXPIRED, AgreementState.TERMINATED)


def _checked_parties(session: Session, actor: Actor, party_ids: Iterable[str]) -> list[str]:
    parties = sorted(set(party_ids))
    if actor.bureau_id not in parties or len(parties) < 2:
        raise field_error("party_ids", _l("应有两个以上单位，并包括本单位。"))
    for party_id in parties:
        try:
            bureaus.bureau(session, party_id)
        except NotFound as error:
            raise field_error("party_ids", _l("没有这个单位。")) from error
    return parties


def propose(
    session: Session,
    actor: Actor,
    *,
    title: str,
    title_en: str,
    party_ids: Iterable[str],
    draft: Draft,
    private: bool = False,
) -> Agreement:
    """Put an agreement on the table of every party, or keep it as the own bureau's draft.

    Args:
        private: a draft, which the other parties do not see until it is put forward.

    Raises:
        Forbidden: the actor may not propose.
        Invalid: the own bureau is no party, fewer than two parties, dates, terms or text unusable.
    """
    actor.require(Right.AGREEMENT_PROPOSE)
    parties = _checked_parties(session, actor, party_ids)
    now = utc_now()
    agreement = Agreement(
        number=next_number(session, SERIES, now),
        title=title,
        title_en=title_en,
        state=AgreementState.DRAFT if private else AgreementState.PROPOSED,
        proposed_by=actor.bureau_id,
        created_at=now,
        version=0,
    )
    agreement.parties = [AgreementParty(bureau_id=party_id) for party_id in parties]
    agreement.versions = []
    session.add(agreement)
    session.flush()
    state = VersionState.DRAFT if private else VersionState.PROPOSED
    add_version(session, actor, agreement, draft, state)
    tell(session, actor, agreement, "created", title=title)
    return agreement


def revise(
    session: Session,
    actor: Actor,
    agreement: Agreement,
    draft: Draft,
    *,
    title: str | None = None,
    title_en: str | None = None,
    party_ids: Iterable[str] | None = None,
) -> None:
    """Put a new text on the table; every signature given to the one before is withdrawn.

    A private draft is changed in place, its title and parties too. What all have signed stays in
    force beside the text on the table, which amends it once all have signed that too.

    Raises:
        Conflict: the agreement is over; a new one takes its place then.
        Invalid: title or parties of what others have seen cannot change, or the text is unusable.
    """
    actor.require(Right.AGREEMENT_PROPOSE)
    if effective_state(agreement) in OVER:
        raise Conflict(_l("备忘录已期满或终止，不再修改；请另行提出新的备忘录。"))
    if agreement.state == AgreementState.DRAFT:
        _retitle(session, actor, agreement, title, title_en, party_ids)
        fill(session, actor, agreement, agreement.versions[-1], draft)
        tell(session, actor, agreement, "updated", text_version=1)
        return
    if party_ids is not None and frozenset(party_ids) != agreement.party_ids:
        raise field_error("party_ids", _l("提出之后不能再改签署方；请另行提出新的备忘录。"))
    for name, wanted in (("title", title), ("title_en", title_en)):
        if wanted is not None and wanted != getattr(agreement, name):
            raise field_error(name, _l("提出之后不能再改名称。"))
    if agreement.on_table is not None:
        approvals.withdraw_all(session, KIND, agreement.id)
    version = add_version(session, actor, agreement, draft, VersionState.PROPOSED)
    verb = "updated" if version.amends is None else "amendment_proposed"
    tell(session, actor, agreement, verb, text_version=version.number)


def _retitle(
    session: Session,
    actor: Actor,
    agreement: Agreement,
    title: str | None,
    title_en: str | None,
    party_ids: Iterable[str] | None,
) -> None:
    agreement.title = title or agreement.title
    agreement.title_en = title_en or agreement.title_en
    if party_ids is not None:
        wanted = _checked_parties(session, actor, party_ids)
        agreement.parties = [p for p in agreement.parties if p.bureau_id in wanted]
        have = agreement.party_ids
        agreement.parties += [AgreementParty(bureau_id=b) for b in wanted if b not in have]
        session.flush()


def put_forward(session: Session, actor: Actor, agreement: Agreement) -> None:
    """Put a private draft on the table of every party.

    Raises:
        Conflict: it is no draft any more.
    """
    actor.require(Right.AGREEMENT_PROPOSE)
    if agreement.state != AgreementState.DRAFT:
        raise Conflict(_l("此备忘录已经提出。"))
    agreement.state = AgreementState.PROPOSED
    agreement.versions[-1].state = VersionState.PROPOSED.value
    tell(session, actor, agreement, "created", title=agreement.title)


def withdraw(session: Session, actor: Actor, agreement: Agreement, reason: str) -> AgreementVersion:
    """Take an amendment off the table; what is signed goes on as it is.

    The party that put it forward withdraws it so, another party declines it so.

    Raises:
        Conflict: no amendment is on the table.
    """
    actor.require(Right.AGREEMENT_PROPOSE)
    version = agreement.on_table
    if version is None or version.amends is None:
        raise Conflict(_l("目前没有待签署的修订。"))
    approvals.withdraw_all(session, KIND, agreement.id)
    version.state = VersionState.WITHDRAWN.value
    version.withdrawn_reason = reason
    tell(
        session, actor, agreement, "amendment_withdrawn", text_version=version.number, reason=reason
    )
    return version


def sign(session: Session, actor: Actor, agreement_id: str, content_hash: str) -> Agreement:
    """Turn the own bureau's key on the text on the table.

    Raises:
        NotFound: not a party.
        Forbidden: the actor is no official.
        Conflict: the text changed since it was read, was signed already, or is not on the table.
    """
    agreement = access_agreement(session, actor, agreement_id, for_update=True)
    actor.require(Right.AGREEMENT_SIGN)
    version = agreement.on_table
    if version is None or version.state != VersionState.PROPOSED:
        raise Conflict(_l("此备忘录目前不在签署中。"))
    if agreement.state == AgreementState.TERMINATED:
        raise Conflict(_l("此备忘录已经终止。"))
    _check_read(session, agreement, version, content_hash)
    complete = approvals.approve(
        session,
        actor,
        kind=KIND,
        record_id=agreement.id,
        version=version.number,
        expected_hash=version.content_hash,
        given_hash=content_hash,
        parties=agreement.party_ids,
    )
    if complete:
        version.state = VersionState.SIGNED.value
        version.signed_at = utc_now()
        if agreement.state == AgreementState.PROPOSED:
            agreement.state = AgreementState.SIGNED
    tell(
        session,
        actor,
        agreement,
        "signed",
        content_hash=content_hash,
        text_version=version.number,
        complete=complete,
    )
    if complete and is_in_force(agreement) and agreement.current is version:
        begin(session, actor, agreement, version)
    return agreement


def _check_read(
    session: Session, agreement: Agreement, version: AgreementVersion, content_hash: str
) -> None:
    """Tell the one who read an older text who changed it, before he signs what he did not read."""
    if content_hash == version.content_hash:
        return
    read = next((v for v in agreement.versions if v.content_hash == content_hash), None)
    if read is not None:
        who = bureaus.bureau(session, version.proposed_by).short_name
        raise Conflict(
            _l(
                "您阅读的是第%(old)s版；%(who)s%(name)s已提出第%(new)s版，请重新阅读后再签署。",
                old=read.number,
                new=version.number,
                who=who,
                name=version.proposed_by_name,
            ),
            extra={"read_version": read.number, "current_version": version.number},
        )
