"""The state machines of requests, as data: who may do what in which state, and what comes of it.

Guards and effects are named here by the act and live in `guards.py` and `effects.py`.
Sources: G310 = 国务院令310号 (2020) for the police; XCF 25, 26 = 行政处罚法 第二十五、二十六条.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.access import Right
from hub.machines import Act as AnyAct
from hub.requests.models import Kind

DRAFT, APPROVED, SENT, DELIVERED = "draft", "approved", "sent", "delivered"
ACKNOWLEDGED, ACCEPTED, DECLINED = "acknowledged", "accepted", "declined"
IN_PROGRESS, REPLIED, SUPPLEMENT = "in_progress", "replied", "supplement_requested"
CONFIRMED, CLOSED, WITHDRAWN = "confirmed", "closed", "withdrawn"
DISPUTED, RETURNED, KEPT = "disputed", "returned", "kept"
DENIED, RECEIPTED, IN_REVIEW, FORWARDED = "denied", "receipted", "accepted_review", "forwarded"
FILED, NOT_FILED, REVIEW = "filed", "not_filed", "review_requested"
UPHELD, OVERTURNED, SUPERVISION = "upheld", "overturned", "supervision_requested"
GOODS, RESULT = "goods_handed", "result_notified"

# The receiver has it and has not answered whether it takes it on.
ARRIVED = (SENT, DELIVERED, ACKNOWLEDGED)


class Side(StrEnum):
    """Whose act it is."""

    SENDER = "sender"
    RECEIVER = "receiver"
    EITHER = "either"


class Form(StrEnum):
    """What an act takes beside words."""

    NONE = ""
    DECLINE = "decline"
    ANSWERS = "answers"
    DOCUMENT = "document"
    DESIGNATE = "designate"
    HANDLERS = "handlers"
    ADDRESSEE = "addressee"


Act = AnyAct[str, Side]


@dataclass(frozen=True)
class Machine:
    """One kind's acts; whose turn it is in a state; the states of its ladder in order."""

    acts: Mapping[str, Act]
    turns: Mapping[str, tuple[Side, Right]]
    ladder: tuple[str, ...]
    # States in which an answer is owed by the date that the sender asked for.
    owed: frozenset[str] = field(default_factory=frozenset)


S, R, E = Side.SENDER, Side.RECEIVER, Side.EITHER
WORK, ANSWER, HEAD = Right.REQUEST_WORK, Right.SHARE_ANSWER, Right.SHARE

_BEGIN = {
    "approve": Act((DRAFT,), APPROVED, S, HEAD),
    "send": Act((APPROVED,), SENT, S, ANSWER),
    "withdraw": Act((DRAFT, APPROVED, *ARRIVED), WITHDRAWN, S, WORK, "must", danger=True),
    "acknowledge": Act((SENT, DELIVERED), ACKNOWLEDGED, R, ANSWER),
}


def _to_superior(*froms: str) -> Act:
    """The answer is late, its official did not help: the superior of both is told."""
    return Act(froms, None, S, HEAD, "must", danger=True)


def _message(*froms: str) -> Act:
    return Act(froms, None, E, WORK, "must")


_BEGIN_TURNS = {
    DRAFT: (S, HEAD),
    APPROVED: (S, ANSWER),
    SENT: (R, ANSWER),
    DELIVERED: (R, ANSWER),
    ACKNOWLEDGED: (R, ANSWER),
    DECLINED: (S, WORK),
}

_ASSISTANCE = Machine(
    acts=_BEGIN
    | {
        "accept": Act(ARRIVED, ACCEPTED, R, ANSWER),
        "decline": Act(ARRIVED, DECLINED, R, ANSWER, "must", Form.DECLINE, danger=True),
        "start": Act((ACCEPTED,), IN_PROGRESS, R, WORK),
        "reply": Act((ACCEPTED, IN_PROGRESS, SUPPLEMENT), REPLIED, R, ANSWER, "may", Form.ANSWERS),
        "confirm": Act((REPLIED,), CONFIRMED, S, WORK),
        "supplement": Act((REPLIED,), SUPPLEMENT, S, WORK, "must"),
        "close": Act((CONFIRMED, DECLINED), CLOSED, S, WORK),
        "report_superior": _to_superior(*ARRIVED, ACCEPTED, IN_PROGRESS, SUPPLEMENT),
        "message": _message(*ARRIVED, ACCEPTED, IN_PROGRESS, REPLIED, SUPPLEMENT, CONFIRMED),
    },
    turns=_BEGIN_TURNS
    | {
        ACCEPTED: (R, WORK),
        IN_PROGRESS: (R, WORK),
        SUPPLEMENT: (R, WORK),
        REPLIED: (S, WORK),
        CONFIRMED: (S, WORK),
    },
    ladder=(SENT, DELIVERED, ACKNOWLEDGED, ACCEPTED, REPLIED, CONFIRMED, CLOSED),
    owed=frozenset({*ARRIVED, ACCEPTED, IN_PROGRESS, SUPPLEMENT}),
)

_REFERRAL = Machine(
    acts=_BEGIN
    | {
        "accept": Act(ARRIVED, ACCEPTED, R, ANSWER),
        "decline": Act(ARRIVED, DECLINED, R, ANSWER, "must", Form.DECLINE, danger=True),
        "report": Act((ACCEPTED,), REPLIED, R, ANSWER, "must"),
        "close": Act((ACCEPTED, REPLIED, DECLINED), CLOSED, S, WORK),
        "report_superior": _to_superior(*ARRIVED, ACCEPTED),
        "message": _message(*ARRIVED, ACCEPTED, REPLIED),
    },
    turns=_BEGIN_TURNS | {REPLIED: (S, WORK)},
    ladder=(SENT, DELIVERED, ACKNOWLEDGED, ACCEPTED, REPLIED, CLOSED),
    owed=frozenset({*ARRIVED, ACCEPTED}),
)

_TRANSFER = Machine(
    acts=_BEGIN
    | {
        "accept": Act(ARRIVED, ACCEPTED, R, HEAD),
        "decline": Act(ARRIVED, DECLINED, R, HEAD, "must", Form.DECLINE, danger=True),
        # Either side reports the dispute to the superior of both (XCF 25).
        "dispute": Act((*ARRIVED, DECLINED), DISPUTED, E, HEAD, "must", danger=True),
        # Recorded by the bureau that has the case and would give it: single writer.
        "superior_asks": Act((DISPUTED,), None, S, WORK, "must"),
        "supplied": Act((DISPUTED,), None, S, WORK, "may"),
        "designate": Act((DISPUTED,), None, S, HEAD, "may", Form.DESIGNATE),
        "return": Act((ACCEPTED,), RETURNED, R, HEAD, "must", danger=True),
        "close": Act((DECLINED, KEPT, RETURNED), CLOSED, S, WORK),
        "report_superior": _to_superior(*ARRIVED),
        "message": _message(*ARRIVED, ACCEPTED, DECLINED, DISPUTED),
    },
    turns=_BEGIN_TURNS
    | {ACKNOWLEDGED: (R, HEAD), DISPUTED: (S, HEAD), RETURNED: (S, WORK), KEPT: (S, WORK)},
    ladder=(SENT, DELIVERED, ACKNOWLEDGED, ACCEPTED),
    owed=frozenset(ARRIVED),
)

_JOINT = Machine(
    acts=_BEGIN
    | {
        "accept": Act(ARRIVED, IN_PROGRESS, R, ANSWER, form=Form.HANDLERS),
        "decline": Act(ARRIVED, DECLINED, R, ANSWER, "must", Form.DECLINE, danger=True),
        "handlers": Act((IN_PROGRESS,), None, E, ANSWER, form=Form.HANDLERS),
        "report_superior": _to_superior(*ARRIVED),
        "end": Act((IN_PROGRESS,), CLOSED, E, ANSWER, "must", danger=True),
        "close": Act((DECLINED,), CLOSED, S, WORK),
    },
    turns=_BEGIN_TURNS,
    ladder=(SENT, DELIVERED, ACKNOWLEDGED, IN_PROGRESS, CLOSED),
    owed=frozenset(ARRIVED),
)

# The bureau follows what the police does, who have no account here, and records it.
_POLICE_OPEN = (APPROVED, SENT, RECEIPTED, IN_REVIEW, FORWARDED, NOT_FILED, REVIEW, UPHELD,
                OVERTURNED, SUPERVISION, FILED, GOODS)  # fmt: skip
_POLICE = Machine(
    acts={
        "approve": Act((DRAFT,), APPROVED, S, HEAD),
        "deny": Act((DRAFT,), DENIED, S, HEAD, "must", danger=True),
        "withdraw": Act((DRAFT,), WITHDRAWN, S, WORK, "must", danger=True),
        "send": Act((APPROVED,), SENT, S, WORK),
        # Of the body to which it was forwarded too: its own time runs from there.
        "receipt": Act((SENT, FORWARDED), RECEIPTED, S, WORK, "may", Form.DOCUMENT),
        "review": Act((RECEIPTED,), IN_REVIEW, S, WORK, "may"),
        "forward": Act((RECEIPTED,), FORWARDED, S, WORK, "may", Form.ADDRESSEE),
        "file": Act(
            (RECEIPTED, IN_REVIEW, FORWARDED, OVERTURNED, SUPERVISION),
            FILED, S, WORK, "may", Form.DOCUMENT,
        ),
        "not_file": Act(
            (RECEIPTED, IN_REVIEW, FORWARDED), NOT_FILED, S, WORK, "must", Form.DOCUMENT,
            danger=True,
        ),
        "ask_review": Act((NOT_FILED,), REVIEW, S, HEAD, "must"),
        "uphold": Act((REVIEW,), UPHELD, S, WORK, "must", Form.DOCUMENT, danger=True),
        "overturn": Act((REVIEW,), OVERTURNED, S, WORK, "may", Form.DOCUMENT),
        "ask_supervision": Act((NOT_FILED, UPHELD), SUPERVISION, S, HEAD, "must"),
        "hand_goods": Act((FILED,), GOODS, S, WORK, "may"),
        "note_result": Act((FILED, GOODS), RESULT, S, WORK, "must", Form.DOCUMENT),
        "close": Act((NOT_FILED, UPHELD, SUPERVISION, DENIED, RESULT), CLOSED, S, WORK, "must"),
    },
    turns={DRAFT: (S, HEAD)} | dict.fromkeys(_POLICE_OPEN, (S, WORK)),
    ladder=(APPROVED, SENT, RECEIPTED, IN_REVIEW, FILED, GOODS, RESULT),
)  # fmt: skip

# What happens outside the hub and is entered afterwards: these acts take the moment of it.
TIMED = frozenset({"receipt", "review", "forward", "file", "not_file", "uphold", "overturn",
                   "hand_goods", "note_result"})  # fmt: skip

MACHINES: Mapping[Kind, Machine] = {
    Kind.ASSISTANCE: _ASSISTANCE,
    Kind.REFERRAL: _REFERRAL,
    Kind.TRANSFER: _TRANSFER,
    Kind.JOINT: _JOINT,
    Kind.POLICE: _POLICE,
}
ACTS = sorted({name for machine in MACHINES.values() for name in machine.acts})
STATES = sorted(
    {DRAFT, DENIED}
    | {state for machine in MACHINES.values() for act in machine.acts.values()
       for state in (*act.froms, *([act.to] if act.to else []))}
    | {KEPT}
)  # fmt: skip
EDITABLE = (DRAFT, APPROVED)
ENDED = (CLOSED, WITHDRAWN, DENIED)


def machine_of(kind: str) -> Machine:
    """The machine of a kind."""
    return MACHINES[Kind(kind)]
