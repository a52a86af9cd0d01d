"""What new terms of an agreement mean for the shares that rest on it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.cases.subjects import subject_of
from hub.shares.clock import note_ended
from hub.shares.deciding import Judge
from hub.shares.following import end_passed_on
from hub.shares.telling import tell_case, tell_share
from sharing import shares
from sharing.models import Share, ShareState
from sharing.terms import Denied

# Refusals that come from the terms: what all parties signed, so the share ends for good.
TERMS_CAUSED = frozenset(
    {"kind_not_covered", "purpose_not_covered", "place_not_covered", "kept_black"}
    | {"classification_too_high", "retention_over"}
)


def rest_on_new_terms(session: Session, actor: Actor, agreement_id: str) -> int:
    """End the shares that the terms now in force no longer allow, let the others rest on them.

    Retention that became shorter counts from when each was received. Both sides are told of each
    that ends. Returns how many ended.
    """
    session.flush()
    judge = Judge(session)
    rows = session.execute(
        select(Share, Case)
        .join(Case, Case.id == Share.record_id)
        .where(
            Share.kind == KIND,
            Share.agreement_id == agreement_id,
            Share.state == ShareState.ACTIVE,
            # What was passed on follows the share on which it hangs.
            Share.onward_of.is_(None),
        )
        .order_by(Share.id)
    ).all()
    judge.look_up(subject_of(case) for _share, case in rows)
    ended = 0
    for share, case in rows:
        partner, purpose = share.partner_bureau_id, share.purpose
        decision = judge.decide(subject_of(case), partner, purpose, share.created_at)
        if not isinstance(decision, Denied):
            if decision.agreement_id == agreement_id:
                shares.rest_on(share, decision)
        elif decision.reason in TERMS_CAUSED:
            _end(session, actor, judge, share, case, decision.reason)
            ended += 1
    session.flush()
    return ended


def _end(session: Session, actor: Actor, judge: Judge, share: Share, case: Case, why: str) -> None:
    reason = why if why == "retention_over" else "terms_narrowed"
    share.end(ShareState.EXPIRED, at=judge.at, by=None, reason=reason)
    note_ended(session, share, judge.at)
    session.flush()
    told = [share.owner_bureau_id, share.partner_bureau_id]
    tell_case(session, actor, case, "recalled", told, {"reason": reason})
    tell_share(session, actor, share, "ended", {"reason": reason})
    end_passed_on(session, share, judge.at)
