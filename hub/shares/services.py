"""Opening records to partners, taking them back, and answering what was received."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureau, on_behalf_of
from hub.cases.lookups import KIND, open_cases_of
from hub.cases.models import Case
from hub.cases.subjects import subject_of
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import Conflict, field_error
from hub.shares.access import own_share, received_share
from hub.shares.clock import note_ended, note_rung, start_answering
from hub.shares.deciding import Judge
from hub.shares.following import end_passed_on, move_passed_on
from hub.shares.lookups import partners_now, shares_by_record
from hub.shares.telling import tell_case, tell_share
from hub.shares.words import reason as words
from hub.zones.models import Zone
from sharing import shares
from sharing.models import Rung, Share, ShareState
from sharing.terms import Allowed, Denied, Gray, explain

AUTOMATIC_PURPOSE = "joint_enforcement"
# Refusals that come from the case itself: its running shares then end for good. Those that come
# from an agreement (suspended, expired) only hide it, because the agreement may come back.
CASE_CAUSED = frozenset({"state_secret", "classification_too_high", "place_not_covered"})


def share_automatically(session: Session, actor: Actor, case: Case) -> list[Share]:
    """Open a case to every partner in whose common zone it lies, as the terms say.

    What a person recalled, or was kept as long as it may be, is never opened again by itself.
    Returns what is newly open.
    """
    session.flush()
    judge = Judge(session)
    closed = {
        share.partner_bureau_id
        for share in shares_by_record(session, KIND, case.id)
        if share.state is ShareState.RECALLED or share.end_reason == "retention_over"
    }
    subject = subject_of(case)
    asked = [partner for partner in judge.zone_partners(subject) if partner not in closed]
    answers = {partner: judge.decide(subject, partner, AUTOMATIC_PURPOSE) for partner in asked}
    open_to = {
        partner: decision
        for partner, decision in answers.items()
        if not isinstance(decision, Denied)
    }
    opened = _open(session, actor, case, open_to, AUTOMATIC_PURPOSE, judge, None)
    return [share for share, new in opened if new]


def share_case(
    session: Session,
    actor: Actor,
    case: Case,
    partner_id: str,
    until: datetime | None = None,
    *,
    asks: bool = True,
) -> Share:
    """Open a case to a bureau by an explicit act of a person with the right.

    Args:
        asks: whether the bureau is to accept or refuse it, within a term.

    Raises:
        Conflict: no agreement in force allows it; carries the reason as `reason`.
        Invalid: the bureau is the owner, or the end lies in the past.
    """
    actor.require(Right.SHARE)
    partner = bureau(session, partner_id)
    judge = Judge(session)
    if partner.id == case.owner_bureau_id:
        raise field_error("bureau_id", _l("不能共享给本单位。"))
    if until is not None and until <= judge.at:
        raise field_error("until", _l("截止时间应晚于现在。"))
    purpose, decision = judge.best(subject_of(case), partner.id)
    if isinstance(decision, Denied):
        raise refusal(decision)
    only = {partner.id: decision}
    ((share, _new),) = _open(session, actor, case, only, purpose, judge, until, asks=asks)
    return share


def refusal(decision: Denied) -> Conflict:
    """Why nothing can be shared, in words, with the code and parameters for programs."""
    why = explain(decision)
    return Conflict(
        _l("不能共享：%(reason)s。", reason=words(decision)),
        extra={"reason": why.code, "params": dict(why.params)},
    )


def _open(
    session: Session,
    actor: Actor,
    case: Case,
    decisions: Mapping[str, Allowed | Gray],
    purpose: str,
    judge: Judge,
    until: datetime | None,
    *,
    asks: bool = True,
) -> list[shares.Opened]:
    """Open a case to partners, start their clocks and tell of it: all of them together."""
    if not decisions:
        return []
    opened = shares.open_shares(
        session,
        decisions,
        kind=KIND,
        record_id=case.id,
        owner=case.owner_bureau_id,
        purpose=purpose,
        created_by=actor.user_id,
        at=utc_now(),
        until=until,
    )
    began = [share for share, new in opened if new]
    if not began:
        return opened
    by_partner = {share.partner_bureau_id: share for share in began}
    for older in shares_by_record(session, KIND, case.id):
        newer = by_partner.get(older.partner_bureau_id)
        if newer is not None and older.state is not ShareState.ACTIVE:
            note_ended(session, older, judge.at)
            move_passed_on(session, older, newer)
    if asks:
        start_answering(session, began)
    for share in began:
        told = [case.owner_bureau_id, share.partner_bureau_id]
        detail = {
            "partner": share.partner_bureau_id,
            "clause": share.clause,
            "agreement": share.agreement_id,
        }
        tell_case(session, actor, case, "shared", told, detail)
        tell_share(session, actor, share, "shared")
    return opened


def after_update(session: Session, actor: Actor, case: Case) -> None:
    """What a change of a case means for its shares: some end, some begin, everybody is told."""
    case.shared_version += 1
    session.flush()
    judge = Judge(session)
    # Whose share ends by this change hears of it too, for the last time.
    partners = partners_now(session, KIND, case.id, judge.at)
    for share in shares_by_record(session, KIND, case.id):
        # What was passed on follows the share on which it hangs.
        if not share.is_running(judge.at) or share.onward_of is not None:
            continue
        partner, purpose = share.partner_bureau_id, share.purpose
        decision = judge.decide(subject_of(case), partner, purpose, share.created_at)
        if isinstance(decision, Denied) and decision.reason in CASE_CAUSED:
            share.end(ShareState.EXPIRED, at=judge.at, by=actor.user_id, reason=decision.reason)
            note_ended(session, share, judge.at)
            session.flush()
            tell_share(session, actor, share, "ended", {"reason": decision.reason})
            end_passed_on(session, share, judge.at)
    tell_case(session, actor, case, "updated", {case.owner_bureau_id} | partners)
    share_automatically(session, actor, case)


def end_for_owner(session: Session, actor: Actor, case: Case) -> None:
    """End what the owner of a case gave of it, because the case goes to another bureau."""
    now = utc_now()
    for share in shares_by_record(session, KIND, case.id):
        if share.is_running(now):
            share.end(ShareState.EXPIRED, at=now, by=actor.user_id, reason="owner_changed")
            note_ended(session, share, now)
            session.flush()
            tell_share(session, actor, share, "ended", {"reason": "owner_changed"})


def share_all_in_zone(session: Session, actor: Actor, zone: Zone) -> int:
    """Open every case under way that lies in a zone which has just become binding.

    The owner of each case acts, through the system; `actor` (whose approval made the zone
    binding) stands in the audit entry. Returns how many shares began.
    """
    version = zone.binding
    if version is None:
        return 0
    before = {"zone_id": zone.id, "by": actor.user_id, "by_name": actor.name}
    opened = 0
    for case in open_cases_of(session, [strip.adcode for strip in version.strips]):
        for share in share_automatically(
            session, on_behalf_of(session, case.owner_bureau_id), case
        ):
            opened += 1
            record_act(
                session,
                on_behalf_of(session, case.owner_bureau_id),
                action="share.by_zone",
                kind="share",
                record_id=share.id,
                detail=before,
            )
    return opened


def share_under_agreement(session: Session, actor: Actor, agreement_id: str) -> int:
    """The same for every binding zone of an agreement that has just come (back) into force."""
    zones = session.scalars(
        select(Zone).where(Zone.agreement_id == agreement_id, Zone.binding_version.is_not(None))
    ).all()
    return sum(share_all_in_zone(session, actor, zone) for zone in zones)


def recall(session: Session, actor: Actor, share_id: str, reason: str) -> Share:
    """Take a share back; it bites at once in every door.

    Raises:
        Conflict: it has ended already.
    """
    actor.require(Right.SHARE)
    share = own_share(session, actor, share_id)
    if share.state is not ShareState.ACTIVE:
        raise Conflict(_l("此共享已经结束，无需收回。"))
    shares.recall(session, share, by=actor.user_id, reason=reason, at=utc_now())
    note_ended(session, share, utc_now())
    case = session.get(Case, share.record_id)
    if case is not None:
        told = [share.owner_bureau_id, share.partner_bureau_id]
        tell_case(session, actor, case, "recalled", told, {"partner": share.partner_bureau_id})
    tell_share(session, actor, share, "recalled", {"reason": reason})
    end_passed_on(session, share, utc_now())
    return share


def answer(
    session: Session, actor: Actor, share_id: str, rung: Rung, reason: str | None = None
) -> Share:
    """Accept or refuse what was received, report that it was acted on, or confirm its purge.

    Raises:
        Conflict: the share ended, was answered otherwise, or still runs (purge).
    """
    actor.require(Right.SHARE_ANSWER)
    share = received_share(session, actor, share_id)
    now = utc_now()
    running = share.is_running(now)
    if rung is Rung.PURGED and running:
        raise Conflict(_l("共享仍然有效，无需清除。"))
    if rung is not Rung.PURGED and not running:
        raise Conflict(_l("此共享已被收回或到期，不能再答复。"))
    given = {r.rung: r for r in shares.receipts_of(session, [share.id])}
    if rung is Rung.ACTED and Rung.ACCEPTED not in given:
        raise Conflict(_l("签收之后才能反馈办理情况。"))
    other = {Rung.ACCEPTED: Rung.REFUSED, Rung.REFUSED: Rung.ACCEPTED}.get(rung)
    if other in given:
        raise Conflict(_l("贵单位已作出相反的答复。"))
    if rung in given:
        return share
    add_rung(session, actor, share, rung, reason)
    return share


def add_rung(
    session: Session, actor: Actor, share: Share, rung: Rung, reason: str | None = None
) -> None:
    """Enter a rung and tell both sides."""
    shares.add_receipt(
        session,
        share,
        rung,
        bureau_id=actor.bureau_id,
        user_id=actor.user_id,
        user_name=actor.name,
        at=utc_now(),
        reason=reason,
    )
    note_rung(session, share, rung, utc_now())
    tell_share(session, actor, share, rung.value, {"reason": reason} if reason else None)


def note_opened(session: Session, actor: Actor, share: Share) -> None:
    """The first reading by the partner is a receipt, told to both."""
    given = {receipt.rung for receipt in shares.receipts_of(session, [share.id])}
    if Rung.OPENED not in given:
        add_rung(session, actor, share, Rung.OPENED)


def end_for_agreement(
    session: Session, actor: Actor, agreement_id: str, *, reason: str = "agreement_ended"
) -> int:
    """End every share that rests on an agreement which is over for good, and tell both sides.

    Reading was refused from the moment the agreement ended; this lets open pages know.
    """
    ended = shares.end_for_agreement(session, agreement_id, utc_now(), reason=reason)
    for share in ended:
        case = session.get(Case, share.record_id) if share.kind == KIND else None
        if case is not None:
            told = [share.owner_bureau_id, share.partner_bureau_id]
            tell_case(session, actor, case, "recalled", told, {"reason": reason})
        note_ended(session, share, utc_now())
        tell_share(session, actor, share, "ended", {"reason": reason})
    return len(ended)


def expire_due(session: Session, at: datetime, share_id: str | None = None) -> int:
    """End the shares whose time is over (or that one alone) and tell both sides; for the clock."""
    ended = shares.expire_due(session, at, share_id)
    for share in ended:
        actor = on_behalf_of(session, share.owner_bureau_id)
        case = session.get(Case, share.record_id) if share.kind == KIND else None
        if case is not None:
            told = [share.owner_bureau_id, share.partner_bureau_id]
            tell_case(session, actor, case, "recalled", told, {"reason": share.end_reason})
        note_ended(session, share, at)
        tell_share(session, actor, share, "ended", {"reason": share.end_reason})
    return len(ended)
