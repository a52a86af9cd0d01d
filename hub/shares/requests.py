"""Asking for what the terms only announce (gray), and the owner's answer under a term."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.labels import GROUPS
from hub.cases.models import Case
from hub.cases.subjects import subject_of
from hub.db import utc_now
from hub.errors import Conflict, NotFound, field_error
from hub.shares.access import own_share, received_share
from hub.shares.clock import note_access_answered, start_access
from hub.shares.deciding import Judge
from hub.shares.lookups import requests_of
from hub.shares.models import AccessRequest, RequestState
from hub.shares.telling import tell_case, tell_share
from sharing.models import Share, new_id
from sharing.terms import Denied


def askable(judge: Judge, case: Case, share: Share) -> frozenset[str]:
    """What the terms announce to the partner of a share at this moment and do not yet show him."""
    if share.onward_of is not None:
        return frozenset()  # Its partner asks whoever passed it on.
    decision = judge.effective(subject_of(case), share)
    return frozenset() if isinstance(decision, Denied) else decision.gray_groups


def grantable(judge: Judge, case: Case, share: Share) -> frozenset[str]:
    """What the owner may open on request: what the terms make gray or white, and nothing else."""
    partner, purpose = share.partner_bureau_id, share.purpose
    decision = judge.decide(subject_of(case), partner, purpose, share.created_at)
    if isinstance(decision, Denied):
        return frozenset()
    return frozenset(ground.group for ground in decision.grounds) & GROUPS.keys()


def latest(session: Session, share: Share) -> AccessRequest | None:
    """The newest request on a share."""
    return next(reversed(requests_of(session, [share.id])), None)


def _running_case(session: Session, share: Share) -> Case:
    if not share.is_running(utc_now()):
        raise Conflict(_l("此共享已被收回或到期，不能再申请或答复。"))
    case = session.get(Case, share.record_id)
    if case is None:
        raise NotFound
    return case


def _tell(session: Session, actor: Actor, share: Share, case: Case, verb: str) -> None:
    told = [share.owner_bureau_id, share.partner_bureau_id]
    tell_case(session, actor, case, verb, told, {"share": share.id})
    tell_share(session, actor, share, verb)


def ask(session: Session, actor: Actor, share_id: str, purpose: str, reason: str) -> Share:
    """Ask the owner to see what the terms only announce; asking again while it is open is one.

    Raises:
        NotFound: not a share of the actor's bureau.
        Conflict: it has ended, or there is nothing more to ask for.
    """
    actor.require(Right.SHARE_ANSWER)
    share = received_share(session, actor, share_id)
    case = _running_case(session, share)
    if not askable(Judge(session), case, share):
        raise Conflict(_l("条款允许的内容均已开放，无可申请。"))
    held = latest(session, share)
    if held is not None and held.state == RequestState.OPEN:
        return share
    now = utc_now()
    row = AccessRequest(
        id=new_id(),
        share_id=share.id,
        purpose=purpose,
        reason=reason,
        asked_by=actor.user_id,
        asked_by_name=actor.name,
        asked_at=now,
        state=RequestState.OPEN.value,
    )
    row.due_at = start_access(session, share, row)
    session.add(row)
    session.flush()
    _tell(session, actor, share, case, "access_asked")
    return share


def _answered(
    session: Session, actor: Actor, share_id: str, expected: RequestState
) -> tuple[Share, Case, AccessRequest]:
    """A request in a state, of a share that the actor's bureau gave; the share is locked."""
    actor.require(Right.SHARE)
    share = own_share(session, actor, share_id)
    case = _running_case(session, share)
    row = latest(session, share)
    if row is None or row.state != expected:
        raise Conflict(
            _l("申请已有答复或已撤回，请刷新后查看。"),
            extra={"request_state": None if row is None else row.state},
        )
    return share, case, row


def _note(row: AccessRequest, actor: Actor, state: RequestState, answer: str | None) -> None:
    row.state = state.value
    row.answered_by, row.answered_by_name = actor.user_id, actor.name
    row.answered_at = utc_now()
    row.answer = answer


def grant(
    session: Session, actor: Actor, share_id: str, groups: Sequence[str], until: datetime
) -> Share:
    """Open named field groups to the partner until a moment; it ends by itself.

    Raises:
        Invalid: a group that the terms neither show nor announce, none at all, or an end in the
            past.
        Conflict: the request was answered already, or the share has ended.
    """
    share, case, row = _answered(session, actor, share_id, RequestState.OPEN)
    if not groups or not set(groups) <= grantable(Judge(session), case, share):
        raise field_error("field_groups", _l("只能开放条款列为共享或仅告知的内容。"))
    if until <= utc_now():
        raise field_error("until", _l("截止时间应晚于现在。"))
    share.granted_groups = sorted(set(groups))
    share.granted_until = until
    row.field_groups, row.until = share.granted_groups, until
    _note(row, actor, RequestState.GRANTED, None)
    note_access_answered(session, row, utc_now())
    session.flush()
    _tell(session, actor, share, case, "access_granted")
    return share


def refuse(session: Session, actor: Actor, share_id: str, reason: str) -> Share:
    """Refuse with a reason, which the partner reads.

    Raises:
        Conflict: the request was answered already, or the share has ended.
    """
    share, case, row = _answered(session, actor, share_id, RequestState.OPEN)
    _note(row, actor, RequestState.REFUSED, reason)
    note_access_answered(session, row, utc_now())
    session.flush()
    _tell(session, actor, share, case, "access_refused")
    return share


def withdraw(session: Session, actor: Actor, share_id: str, reason: str) -> Share:
    """Take a grant back; the share goes on showing what the terms show without it.

    Raises:
        Conflict: nothing is granted, or the share has ended.
    """
    share, case, row = _answered(session, actor, share_id, RequestState.GRANTED)
    share.granted_groups, share.granted_until = None, None
    _note(row, actor, RequestState.WITHDRAWN, reason)
    session.flush()
    _tell(session, actor, share, case, "access_withdrawn")
    return share
