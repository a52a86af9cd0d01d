"""The state machine of petitions, as data: who may do what in which state, and what comes of it.

Source: 信访工作条例 (2022); the steps of 信访共调: 登记 甄别 联合受理 共同核查 调解协议 答复 回访.
"""

from __future__ import annotations

from enum import StrEnum

from hub.access import Right
from hub.machines import Act as AnyAct
from hub.petitions.models import PetitionState as S


class Side(StrEnum):
    """Whose act it is."""

    OWNER = "owner"
    PARTNER = "partner"
    EITHER = "either"


class Form(StrEnum):
    """What an act takes beside words."""

    NONE = ""
    PARTNER = "partner"
    DAYS = "days"
    HASH = "hash"


Act = AnyAct[S, Side]
OWN, P, E = Side.OWNER, Side.PARTNER, Side.EITHER
WORK, DECIDE = Right.PETITION_WORK, Right.PETITION_DECIDE

RUNNING = (S.ACCEPTED, S.INVESTIGATING, S.MEDIATING, S.AGREED, S.FAILED)
ENDED = (S.CLOSED, S.NOT_ACCEPTED)
# What was registered may be changed until it is answered; the texts of letters until they go out.
FACTS_OPEN = tuple(state for state in S if state not in (*ENDED, S.ANSWERED, S.FOLLOWED_UP))
SETTLEMENT_OPEN = (S.MEDIATING,)
REPLY_OPEN = RUNNING

ACTS: dict[str, Act] = {
    "screen": Act((S.REGISTERED,), S.SCREENED, OWN, WORK, "may"),
    "take_own": Act((S.SCREENED,), S.OWN, OWN, WORK, "may"),
    "ask_joint": Act((S.SCREENED,), S.JOINT, OWN, DECIDE, "may", Form.PARTNER),
    "refer": Act((S.SCREENED,), S.REFERRED, OWN, DECIDE, "must"),
    "not_accept": Act((S.SCREENED, S.OWN), S.NOT_ACCEPTED, OWN, DECIDE, "must", danger=True),
    "join": Act((S.JOINT,), None, P, WORK, "may"),
    "decline_joint": Act((S.JOINT,), S.SCREENED, P, WORK, "must", danger=True),
    "withdraw_joint": Act((S.JOINT,), S.SCREENED, OWN, DECIDE, "must", danger=True),
    "accept": Act((S.OWN, S.JOINT), S.ACCEPTED, OWN, WORK, "may"),
    "investigate": Act((S.ACCEPTED,), S.INVESTIGATING, OWN, WORK),
    "visit": Act((S.ACCEPTED, S.INVESTIGATING, S.MEDIATING), None, E, WORK, "must"),
    "mediate": Act((S.INVESTIGATING,), S.MEDIATING, OWN, WORK),
    "mediation": Act((S.MEDIATING,), None, E, WORK, "must"),
    "note": Act((*RUNNING, S.ANSWERED, S.FOLLOWED_UP), None, E, WORK, "must"),
    "agree": Act((S.MEDIATING,), S.AGREED, OWN, WORK),
    "fail": Act((S.MEDIATING,), S.FAILED, OWN, WORK, "must"),
    "answer": Act((S.INVESTIGATING, S.AGREED, S.FAILED), S.ANSWERED, OWN, DECIDE),
    "follow_up": Act((S.ANSWERED,), S.FOLLOWED_UP, OWN, WORK, "must"),
    "approve_close": Act((S.FOLLOWED_UP,), None, E, DECIDE, form=Form.HASH),
    "close": Act((S.FOLLOWED_UP, S.REFERRED), S.CLOSED, OWN, DECIDE, "may"),
    "extend": Act(RUNNING, None, OWN, DECIDE, "must", Form.DAYS),
}
LADDER = (S.REGISTERED, S.SCREENED, S.ACCEPTED, S.INVESTIGATING, S.MEDIATING, S.ANSWERED,
          S.FOLLOWED_UP, S.CLOSED)  # fmt: skip
# Steps that are the owner's own business; and those of which the neighbour reads no words.
PRIVATE = frozenset(
    {"created", "updated", "screen", "take_own", "refer", "not_accept", "extend"}
    | {"reporter_entered", "reporter_removed", "drafted"}
)
WORDLESS = frozenset({"follow_up"})
# What both sides wrote together: part of what they approve when it is closed.
TOGETHER = ("visit", "mediation", "note")
