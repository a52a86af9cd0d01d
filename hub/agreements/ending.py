"""Suspending an agreement, resuming it, ending it for good; each with who, when and why."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.access import access_agreement
from hub.agreements.beginning import begin
from hub.agreements.effect import is_in_force
from hub.agreements.models import Agreement, AgreementState, VersionState
from hub.agreements.reach import tell_reach
from hub.agreements.telling import KIND, tell
from hub.approvals import services as approvals
from hub.db import utc_now
from hub.errors import Conflict
from hub.shares.services import end_for_agreement, share_under_agreement


def _note_state(
    agreement: Agreement, actor: Actor, state: AgreementState, reason: str | None
) -> None:
    agreement.state = state
    agreement.state_reason = reason
    agreement.state_by_name, agreement.state_by_bureau = actor.name, actor.bureau_id
    agreement.state_at = utc_now()


def suspend(session: Session, actor: Actor, agreement_id: str, reason: str) -> Agreement:
    """Stop the agreement for the time being; it opens nothing from this moment.

    Shares stay on record and open again when it is resumed: each is decided anew at every read.
    """
    agreement = _for_ending(session, actor, agreement_id)
    if agreement.state == AgreementState.SUSPENDED:
        raise Conflict(_l("此备忘录已经中止。"))
    _note_state(agreement, actor, AgreementState.SUSPENDED, reason)
    tell(session, actor, agreement, "suspended", reason=reason)
    tell_reach(session, actor, agreement, "recalled")
    return agreement


def resume(session: Session, actor: Actor, agreement_id: str) -> Agreement:
    """End a suspension. The party that could suspend alone can resume alone.

    A text that all signed, and whose first day came, while it was suspended begins now.
    """
    agreement = access_agreement(session, actor, agreement_id, for_update=True)
    actor.require(Right.AGREEMENT_SIGN)
    if agreement.state != AgreementState.SUSPENDED:
        raise Conflict(_l("此备忘录没有中止。"))
    _note_state(agreement, actor, AgreementState.SIGNED, None)
    tell(session, actor, agreement, "resumed")
    version = agreement.current
    if is_in_force(agreement) and version.begun_at is None:
        begin(session, actor, agreement, version)
        return agreement
    tell_reach(session, actor, agreement, "shared")
    share_under_agreement(session, actor, agreement.id)
    return agreement


def terminate(session: Session, actor: Actor, agreement_id: str, reason: str) -> Agreement:
    """End the agreement for good; every share under it ends with it."""
    agreement = _for_ending(session, actor, agreement_id)
    waiting = agreement.on_table
    if waiting is not None:
        approvals.withdraw_all(session, KIND, agreement.id)
        waiting.state = VersionState.WITHDRAWN.value
        waiting.withdrawn_reason = reason
    _note_state(agreement, actor, AgreementState.TERMINATED, reason)
    end_for_agreement(session, actor, agreement.id)
    tell(session, actor, agreement, "terminated", reason=reason)
    tell_reach(session, actor, agreement, "recalled")
    return agreement


def _for_ending(session: Session, actor: Actor, agreement_id: str) -> Agreement:
    agreement = access_agreement(session, actor, agreement_id, for_update=True)
    actor.require(Right.AGREEMENT_SIGN)
    if agreement.state not in (AgreementState.SIGNED, AgreementState.SUSPENDED):
        raise Conflict(_l("只有签署后的备忘录可以中止或终止。"))
    return agreement
