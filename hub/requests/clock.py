"""Which clocks an act sets going, stops or ends; the rules themselves are data (hub/deadlines)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.deadlines.services import Subject, cancel_clock, meet_clock, start_clock
from hub.requests.models import Kind, Request, RequestStep

KIND = "request"
# Within which a request is taken up: a transfer, a grave matter whatever it is, and the others.
HANDOVER, HANDOVER_MAJOR = "D12.handover", "D12.handover_major"
ACCEPTANCE: Mapping[str, str] = {
    Kind.ASSISTANCE: "H6.assistance",
    Kind.REFERRAL: "H6.referral",
    Kind.JOINT: "H6.joint",
}
ACCEPTED_WITHIN = (HANDOVER, HANDOVER_MAJOR, *ACCEPTANCE.values())
DISPUTE, SUPPLEMENT = "D12.dispute", "D12.dispute_supplement"
OFFICIAL = "H3.official_answer"
APPROVAL, HAND_OVER = "D8.approval", "D8.handover"
DECISION, FORWARD = "D8.police_decision", "D8.forward"
REVIEW_ASK, REVIEW_ANSWER = "D8.review_request", "D8.review_answer"
SUPERVISION, GOODS, OPINION = "D8.supervision_request", "D8.goods", "D9.after_opinion"


@dataclass(frozen=True)
class Effect:
    """Rules whose clocks an act starts, meets and cancels."""

    start: tuple[str, ...] = ()
    meet: tuple[str, ...] = ()
    cancel: tuple[str, ...] = ()


_BETWEEN: Mapping[str, Effect] = {
    "send": Effect(start=(HANDOVER,)),
    "accept": Effect(meet=(HANDOVER,)),
    "decline": Effect(meet=(HANDOVER,)),
    "withdraw": Effect(cancel=(HANDOVER,)),
    "dispute": Effect(start=(DISPUTE,), meet=(HANDOVER,)),
    "superior_asks": Effect(start=(SUPPLEMENT,), meet=(DISPUTE,)),
    "supplied": Effect(meet=(SUPPLEMENT,)),
    "designate": Effect(meet=(DISPUTE,), cancel=(SUPPLEMENT,)),
    "escalated": Effect(start=(OFFICIAL,)),
}
# 国务院令310号 (2020): articles 5 to 9, 12. The three days of the police run from the receipt of
# the body that has it: of one to which it was forwarded, from then, and anew from its own receipt.
# An approval that falls with a change of the letter starts neither 24 hours.
_POLICE: Mapping[str, Effect] = {
    "created": Effect(start=(APPROVAL,)),
    "edited": Effect(start=(APPROVAL,), cancel=(HAND_OVER,)),
    "approve": Effect(start=(HAND_OVER,), meet=(APPROVAL,)),
    "deny": Effect(meet=(APPROVAL,), cancel=(OPINION,)),
    "withdraw": Effect(cancel=(APPROVAL, OPINION)),
    "send": Effect(meet=(HAND_OVER, OPINION)),
    "receipt": Effect(start=(DECISION,), cancel=(DECISION,)),
    "review": Effect(cancel=(FORWARD,)),
    "forward": Effect(start=(DECISION,), meet=(FORWARD,), cancel=(DECISION,)),
    "file": Effect(start=(GOODS,), meet=(DECISION,), cancel=(FORWARD, SUPERVISION)),
    "not_file": Effect(start=(REVIEW_ASK,), meet=(DECISION,), cancel=(FORWARD,)),
    "ask_review": Effect(start=(REVIEW_ANSWER,), meet=(REVIEW_ASK,)),
    "uphold": Effect(start=(SUPERVISION,), meet=(REVIEW_ANSWER,)),
    "overturn": Effect(meet=(REVIEW_ANSWER,)),
    "ask_supervision": Effect(meet=(SUPERVISION,), cancel=(REVIEW_ASK,)),
    "hand_goods": Effect(meet=(GOODS,)),
    "close": Effect(cancel=(REVIEW_ASK, SUPERVISION, GOODS)),
}


def run_clocks(session: Session, row: Request, act: str, at: datetime) -> None:
    """Start, meet and cancel what an act means for the clocks of a request."""
    police = row.kind == Kind.POLICE
    effect = (_POLICE if police else _BETWEEN).get(act)
    if effect is None:
        return
    subject = Subject(KIND, row.id)
    if act == "forward":
        _owed_forwarding(session, row)
    for code in effect.meet:
        meet_clock(session, subject, _rule(row, code), at=at)
    for code in effect.cancel:
        cancel_clock(session, subject, _rule(row, code), at=at, reason=act)
    for code in effect.start:
        start_clock(
            session,
            subject,
            _rule(row, code),
            starts_at=at,
            bureau_id=_owes(row, code),
            also_told=row.parties(),
        )


def _owed_forwarding(session: Session, row: Request) -> None:
    """Article 7: a body that is not competent had 24 hours from its receipt.

    Whether it is competent is known only when it says so: until then no such term runs, and a
    competent one is never late with it.
    """
    receipts = select(RequestStep).where(
        RequestStep.request_id == row.id, RequestStep.act == "receipt"
    )
    last = session.scalars(receipts.order_by(RequestStep.id.desc()).limit(1)).one()
    start_clock(
        session,
        Subject(KIND, row.id),
        FORWARD,
        starts_at=last.moment,
        bureau_id=row.sender_bureau_id,
    )


def start_after_opinion(session: Session, row: Request, at: datetime) -> None:
    """The prosecutor's opinion that a case be transferred sets its own clock going."""
    start_clock(
        session, Subject(KIND, row.id), OPINION, starts_at=at, bureau_id=row.sender_bureau_id
    )


def _rule(row: Request, code: str) -> str:
    """A grave matter is taken up within a day (D12: 24 hours instead of three working days)."""
    if code != HANDOVER:
        return code
    return HANDOVER_MAJOR if row.details.get("major") else ACCEPTANCE.get(row.kind, HANDOVER)


def _owes(row: Request, code: str) -> str:
    """Who has to act: the receiver of what was sent; else the sender, who follows the police."""
    if code in (HANDOVER, OFFICIAL) and row.receiver_bureau_id:
        return row.receiver_bureau_id
    return row.sender_bureau_id
