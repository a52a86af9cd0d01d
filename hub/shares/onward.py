"""Passing a received case on to a third bureau, as far as the terms under which it came allow.

What is passed on stays the owner's: he sees it among his shares, and his recall of either ends
it. What the third bureau sees is at most what the partner sees at that moment.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureau
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.cases.sharing_panel import seen_as
from hub.cases.subjects import subject_of
from hub.cases.texts import clean, refuse_secrets
from hub.db import utc_now
from hub.deadlines.services import Subject, meet_clock, start_clock
from hub.errors import Conflict, NotFound, field_error
from hub.shares.access import own_share, received_share
from hub.shares.clock import ONWARD, WISH, start_answering
from hub.shares.deciding import Judge
from hub.shares.lookups import running_shares, wishes_of
from hub.shares.onward_models import OnwardRequest, OnwardState
from hub.shares.services import refusal
from hub.shares.telling import tell_case, tell_share
from sharing import shares
from sharing.models import Share, new_id
from sharing.obligations import pass_on
from sharing.terms import Allowed, Decision, Denied, Gray

NEEDS_CONSENT = "onward_needs_consent"


def preview(session: Session, actor: Actor, share_id: str, bureau_id: str) -> dict[str, Any]:
    """What a third bureau would get of a share, were it passed on (with consent, if needed) now.

    For the partner who would pass it on and the owner who would consent.

    Raises:
        NotFound: not a share that the actor's bureau gave or received.
        Invalid: the bureau is one of the two.
    """
    share, case, judge = _seen(session, actor, share_id)
    third = _third(session, share, bureau_id)
    free = _decision(judge, share, case, third, consented=False)
    asked = isinstance(free, Denied) and free.reason == NEEDS_CONSENT
    decision = _decision(judge, share, case, third, consented=True) if asked else free
    other, purpose = bureau(session, third), share.purpose
    seen = seen_as(session, actor, case, other, judge, purpose, decision, None)
    held = running_shares(session, KIND, [case.id], third, judge.at)
    return seen | {
        "allowed": not isinstance(decision, Denied),
        "needs_consent": asked,
        "shared": bool(held),
    }


def ask(session: Session, actor: Actor, share_id: str, bureau_id: str, reason: str) -> Share:
    """Pass a received share on at once where the terms allow it, else ask the owner's consent.

    Raises:
        NotFound, Forbidden: not received by the actor's bureau; not his to do.
        Conflict: the terms forbid it, the bureau has it already, or the share has ended.
        Invalid: no such bureau, or no reason.
    """
    actor.require(Right.SHARE)
    share = received_share(session, actor, share_id)
    case = _running_case(session, share)
    third = _third(session, share, bureau_id)
    said = clean(reason, lines=True)
    refuse_secrets("reason", said)
    if not said:
        raise field_error("reason", _l("请写明理由。"))
    judge = Judge(session)
    if running_shares(session, KIND, [case.id], third, judge.at):
        raise Conflict(_l("该单位已经可以看到此案件。"))
    decision = _decision(judge, share, case, third, consented=False)
    if not isinstance(decision, Denied):
        row = _wish(session, actor, share, third, said, OnwardState.FREE)
        _open(session, actor, share, case, row, decision, None)
        return share
    if decision.reason != NEEDS_CONSENT:
        raise refusal(decision)
    if _open_wish(session, share, third) is None:
        row = _wish(session, actor, share, third, said, OnwardState.OPEN)
        clock = start_clock(
            session, Subject(WISH, row.id), ONWARD, starts_at=row.asked_at,
            bureau_id=share.owner_bureau_id, also_told=[share.partner_bureau_id],
        )  # fmt: skip
        row.due_at = clock.due_at
        session.flush()
        _tell(session, actor, share, case, "onward_asked")
    return share


def consent(
    session: Session, actor: Actor, share_id: str, wish_id: str, until: datetime | None
) -> Share:
    """Agree that a share is passed on to the bureau that was named; it is open there at once.

    Raises:
        NotFound, Forbidden, Conflict, Invalid: as `ask`, for the owner.
    """
    share, case, row = _answering(session, actor, share_id, wish_id)
    if until is not None and until <= utc_now():
        raise field_error("until", _l("截止时间应晚于现在。"))
    decision = _decision(Judge(session), share, case, row.to_bureau_id, consented=True)
    if isinstance(decision, Denied):
        raise refusal(decision)
    if running_shares(session, KIND, [case.id], row.to_bureau_id, utc_now()):
        raise Conflict(_l("该单位已经可以看到此案件。"))
    _answer(session, actor, row, OnwardState.CONSENTED, None)
    _open(session, actor, share, case, row, decision, until)
    _tell(session, actor, share, case, "onward_consented")
    return share


def refuse(session: Session, actor: Actor, share_id: str, wish_id: str, reason: str) -> Share:
    """Refuse with a reason, which the partner reads."""
    share, case, row = _answering(session, actor, share_id, wish_id)
    said = clean(reason, lines=True)
    refuse_secrets("reason", said)
    _answer(session, actor, row, OnwardState.REFUSED, said)
    _tell(session, actor, share, case, "onward_refused")
    return share


def _seen(session: Session, actor: Actor, share_id: str) -> tuple[Share, Case, Judge]:
    try:
        share = received_share(session, actor, share_id)
    except NotFound:
        share = own_share(session, actor, share_id)
    return share, _running_case(session, share), Judge(session)


def _running_case(session: Session, share: Share) -> Case:
    if not share.is_running(utc_now()):
        raise Conflict(_l("此共享已被收回或到期，不能转交。"))
    case = session.get(Case, share.record_id)
    if case is None:
        raise NotFound
    return case


def _third(session: Session, share: Share, bureau_id: str) -> str:
    third = bureau(session, bureau_id).id
    if third in (share.owner_bureau_id, share.partner_bureau_id):
        raise field_error("bureau_id", _l("请选择其他单位。"))
    return third


def _decision(judge: Judge, share: Share, case: Case, third: str, *, consented: bool) -> Decision:
    return pass_on(judge.effective(subject_of(case), share), third, consented=consented)


def _open_wish(session: Session, share: Share, third: str) -> OnwardRequest | None:
    rows = wishes_of(session, [share.id])
    return next((r for r in rows if r.to_bureau_id == third and r.state == OnwardState.OPEN), None)


def _wish(
    session: Session, actor: Actor, share: Share, third: str, reason: str, state: OnwardState
) -> OnwardRequest:
    row = OnwardRequest(
        id=new_id(), share_id=share.id, to_bureau_id=third, reason=reason,
        asked_by_name=actor.name, asked_at=utc_now(), state=state.value,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _answering(
    session: Session, actor: Actor, share_id: str, wish_id: str
) -> tuple[Share, Case, OnwardRequest]:
    actor.require(Right.SHARE)
    share = own_share(session, actor, share_id)
    row = session.get(OnwardRequest, wish_id, with_for_update=True, populate_existing=True)
    if row is None or row.share_id != share.id:
        raise NotFound
    case = _running_case(session, share)
    if row.state != OnwardState.OPEN:
        raise Conflict(_l("申请已有答复或已撤回，请刷新后查看。"))
    return share, case, row


def _answer(
    session: Session, actor: Actor, row: OnwardRequest, state: OnwardState, text: str | None
) -> None:
    now = utc_now()
    row.state, row.answer = state.value, text
    row.answered_by_name, row.answered_at = actor.name, now
    meet_clock(session, Subject(WISH, row.id), ONWARD, at=now)
    session.flush()


def _open(
    session: Session,
    actor: Actor,
    share: Share,
    case: Case,
    row: OnwardRequest,
    decision: Allowed | Gray,
    until: datetime | None,
) -> None:
    """Open the case to the third bureau, no longer than the share on which it hangs."""
    ends = [end for end in (until, share.until, share.keep_until) if end is not None]
    child = shares.open_share(
        session, decision, kind=KIND, record_id=case.id, owner=share.owner_bureau_id,
        partner=row.to_bureau_id, purpose=share.purpose, created_by=actor.user_id, at=utc_now(),
        until=min(ends, default=None),
    )  # fmt: skip
    child.onward_of = share.id
    child.onward_consented = row.state == OnwardState.CONSENTED
    row.opened_share_id = child.id
    session.flush()
    start_answering(session, [child])
    told = [child.owner_bureau_id, child.partner_bureau_id, share.partner_bureau_id]
    detail = {"partner": child.partner_bureau_id, "onward_of": share.id}
    tell_case(session, actor, case, "shared", told, detail)
    tell_share(session, actor, child, "shared")


def _tell(session: Session, actor: Actor, share: Share, case: Case, verb: str) -> None:
    tell_case(session, actor, case, verb, [share.owner_bureau_id, share.partner_bureau_id],
              {"share": share.id})  # fmt: skip
    tell_share(session, actor, share, verb)
