"""Doing an act of a petition's state machine: guard, change, step; one outcome among rivals."""

# ruff: noqa: ARG001 - the functions of one table have one shape
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass
from hub.approvals import services as approvals
from hub.bureaus.services import bureau
from hub.cases.texts import clean, refuse_secrets
from hub.db import utc_now
from hub.errors import Conflict, NotFound, field_error
from hub.numbering.services import next_number
from hub.petitions import clock, reporters
from hub.petitions.access import access_petition
from hub.petitions.labels import ACTS as NAMES
from hub.petitions.labels import STATES
from hub.petitions.machine import ACTS, TOGETHER, Act, Side
from hub.petitions.models import JointState, Petition, PetitionState
from hub.petitions.steps import KIND, content_hash, enter, steps_of, withdraw_approvals
from hub.petitions.views import PURPOSE, petition_view, subject_of
from hub.shares.deciding import Judge
from hub.shares.services import refusal
from sharing.terms import Denied


@dataclass(frozen=True)
class Given:
    """What a person gives with an act."""

    text: str | None = None
    # The neighbour that is asked to settle it together.
    partner_id: str | None = None
    # Days by which the term of conclusion is extended.
    days: int | None = None
    # Of the content that the official read and approves.
    content_hash: str | None = None


def possible_acts(reader: ReaderClass, row: Petition) -> list[tuple[str, Act]]:
    """The acts that state, side and rights of a reader allow, in the machine's order."""
    return [
        (name, act)
        for name, act in ACTS.items()
        if PetitionState(row.state) in act.froms
        and act.right in reader.rights
        and _his(reader, row, act)
        and _fits(row, name)
    ]


def is_joint(row: Petition) -> bool:
    """Whether both bureaus settle it."""
    return row.joint_state == JointState.ACCEPTED


def _his(reader: ReaderClass, row: Petition, act: Act) -> bool:
    if reader.bureau_id == row.owner_bureau_id:
        return act.side is not Side.PARTNER
    if reader.bureau_id != row.shared_with:
        return False
    # Who was merely asked answers, and does nothing else yet.
    return act.side is Side.PARTNER or (act.side is Side.EITHER and is_joint(row))


def _fits(row: Petition, name: str) -> bool:
    """Whether the joint part of the state allows an act."""
    if name in ("join", "decline_joint"):
        return row.joint_state == JointState.ASKED
    if name == "accept" and row.state == PetitionState.JOINT:
        return is_joint(row)
    if name == "approve_close":
        return is_joint(row)
    if name == "close":
        return not is_joint(row)
    return True


def do(session: Session, actor: Actor, petition_id: str, name: str, given: Given) -> Petition:
    """Do one act; of two who do rival acts at once the second finds the state changed.

    Raises:
        NotFound: not the actor's, or no such act.
        Forbidden: his roles do not include it.
        Conflict: the other side's act, the state forbids it, or a guard does; says which.
        Invalid: words are missing, or name who brought the petition.
    """
    row = access_petition(session, actor, petition_id, lock=True)
    act = ACTS.get(name)
    if act is None:
        raise NotFound
    actor.require(act.right)
    if not _his(actor.reader, row, act):
        raise Conflict(_l("此步骤由另一方进行。"), extra={"rule": f"petition.{act.side}"})
    if PetitionState(row.state) not in act.froms or not _fits(row, name):
        raise Conflict(
            _l("现为“%(state)s”，不能“%(act)s”。", state=STATES[row.state], act=NAMES[name]),
            extra={"state": row.state},
        )
    text = clean(given.text, lines=True)
    refuse_secrets("text", text)
    if act.words == "must" and not text:
        raise field_error("text", _l("请写明理由或内容。"))
    reporters.refuse_named(session, actor, row, {"text": text})
    before = row.told
    if act.to is not None:
        row.state = act.to.value
    verb = _EFFECTS.get(name, _nothing)(session, actor, row, given) or name
    if act.to is not None:
        clock.on_step(session, row, utc_now())
    if name in TOGETHER:
        withdraw_approvals(session, row)
    enter(session, actor, row, verb, text, also=before)
    return row


def _nothing(session: Session, actor: Actor, row: Petition, given: Given) -> str | None:
    return None


def _ask(session: Session, actor: Actor, row: Petition, given: Given) -> str | None:
    """The neighbour is asked, as far as the terms of an agreement in force let him know."""
    if not given.partner_id or given.partner_id == actor.bureau_id:
        raise field_error("partner_id", _l("请选择协作单位。"))
    partner = bureau(session, given.partner_id)
    decision = Judge(session).decide(subject_of(row), partner.id, PURPOSE)
    if isinstance(decision, Denied):
        raise refusal(decision)
    row.partner_bureau_id = partner.id
    row.agreement_id, row.clause = decision.agreement_id, decision.clause
    row.joint_state, row.joint_asked_at = JointState.ASKED.value, utc_now()
    row.joint_answered_at = None
    return None


def _join(session: Session, actor: Actor, row: Petition, given: Given) -> str | None:
    row.joint_state, row.joint_answered_at = JointState.ACCEPTED.value, utc_now()
    return None


def _decline(session: Session, actor: Actor, row: Petition, given: Given) -> str | None:
    row.joint_state, row.joint_answered_at = JointState.DECLINED.value, utc_now()
    return None


def _withdraw(session: Session, actor: Actor, row: Petition, given: Given) -> str | None:
    row.joint_state = JointState.WITHDRAWN.value
    return None


def _agree(session: Session, actor: Actor, row: Petition, given: Given) -> str | None:
    if not row.settlement:
        raise Conflict(_l("请先起草调解协议。"), extra={"rule": "petition.settlement"})
    row.settled_at = utc_now()
    row.settlement_number = _letter_number(session, row, "调")  # data, not screen text
    return None


def _answer(session: Session, actor: Actor, row: Petition, given: Given) -> str | None:
    if not row.reply:
        raise Conflict(_l("请先起草答复意见书。"), extra={"rule": "petition.reply"})
    row.answered_at = utc_now()
    row.reply_number = _letter_number(session, row, "访复")  # data, not screen text
    return None


def _letter_number(session: Session, row: Petition, sign: str) -> str:
    """机关代字 and number, e.g. 长兴环调〔2026〕3号."""
    series = f"{bureau(session, row.owner_bureau_id).short_name}环{sign}"  # data, not screen text
    return next_number(session, series, utc_now(), width=1)


def _extend(session: Session, actor: Actor, row: Petition, given: Given) -> str | None:
    if given.days is None:
        raise field_error("days", _l("请填写延长的天数。"))
    clock.extend(session, actor, row, given.days, given.text or "")
    return None


def _close(session: Session, actor: Actor, row: Petition, given: Given) -> str | None:
    row.closed_at = utc_now()
    return None


def _approve(session: Session, actor: Actor, row: Petition, given: Given) -> str | None:
    """A bureau's key on what both read; with the second the petition is closed."""
    view = petition_view(session, actor.reader, row) or {}
    if "content_hash" not in view:
        raise Conflict(
            _l("备忘录没有开放办理情况，不能由双方共同办结。"), extra={"rule": "petition.progress"}
        )
    current = content_hash(row, steps_of(session, [row.id]))
    complete = approvals.approve(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        version=row.content_version,
        expected_hash=current,
        given_hash=given.content_hash or "",
        parties=row.told,
    )
    if not complete:
        return None
    row.state, row.closed_at = PetitionState.CLOSED.value, utc_now()
    row.closed_hash = current
    clock.on_step(session, row, utc_now())
    return "closed"


_EFFECTS: dict[str, Callable[[Session, Actor, Petition, Given], str | None]] = {
    "ask_joint": _ask,
    "join": _join,
    "decline_joint": _decline,
    "withdraw_joint": _withdraw,
    "agree": _agree,
    "answer": _answer,
    "extend": _extend,
    "close": _close,
    "approve_close": _approve,
}
