"""Doing an act of the state machine: guard, change, effect, step; one outcome among rivals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass
from hub.cases.texts import clean, refuse_secrets
from hub.errors import Conflict, NotFound, field_error
from hub.requests import effects, escalation, guards, police, replies
from hub.requests.access import access_request
from hub.requests.labels import ACTS, STATES
from hub.requests.machine import Act, Form, Side, machine_of
from hub.requests.models import Request, RequestStep
from hub.requests.steps import enter


@dataclass(frozen=True)
class Given:
    """What a person gives with an act."""

    text: str | None = None
    code: str | None = None
    answers: Sequence[str] | None = None
    document_number: str | None = None
    file_id: str | None = None
    bureau_id: str | None = None
    handlers: Sequence[str] | None = None
    addressee: str | None = None
    # When it happened outside the hub; None: now.
    at: datetime | None = None
    # Made before the transaction, entered in it.
    letters: Sequence[Any] = field(default=())
    # The number that was drawn into them.
    letter_number: str | None = None


def side_of(bureau_id: str, row: Request) -> Side:
    """Which side a bureau is on."""
    return Side.SENDER if bureau_id == row.sender_bureau_id else Side.RECEIVER


def possible_acts(reader: ReaderClass, row: Request, *, superior: bool) -> list[tuple[str, Act]]:
    """The acts that state, side and the rights of a reader allow, in the machine's order.

    Args:
        superior: whether the matter may go to the common superior (`escalation`).
    """
    side = side_of(reader.bureau_id, row)
    return [
        (name, act)
        for name, act in machine_of(row.kind).acts.items()
        if row.state in act.froms
        and act.side in (side, Side.EITHER)
        and act.right in reader.rights
        and (name != "report_superior" or superior)
        and (name != "return" or not guards.was_designated(row))
    ]


def do(session: Session, actor: Actor, request_id: str, name: str, given: Given) -> Request:
    """Do one act in a request.

    Two who do rival acts at once are taken one after the other: the second finds the state
    changed and is told so.

    Raises:
        NotFound: not the actor's, or no act of this kind or side.
        Forbidden: his roles do not include it.
        Conflict: the state forbids it, or a guard does; names the state and the acts left.
        Invalid: words, answers or a document are missing.
    """
    row = access_request(session, actor, request_id, lock=True)
    act, text = check(session, actor, row, name, given)
    if act.to is not None:
        row.state = act.to
    if act.form == Form.ADDRESSEE:
        text = police.forwarded_words(given.addressee, text)
    number = replies.keep(session, actor, row, name, given)
    effects.apply(session, actor, row, name, given)
    enter(
        session,
        actor,
        row,
        name,
        text=text,
        code=given.code,
        answers=list(given.answers) if given.answers is not None else None,
        document_number=clean(given.document_number) or number,
        file_id=given.file_id,
        happened_at=given.at,
    )
    escalation.settle(session, row)
    return row


def check(
    session: Session, actor: Actor, row: Request, name: str, given: Given
) -> tuple[Act, str | None]:
    """The act, if it may be done now, and its words, cleaned; changes nothing.

    Raises:
        NotFound, Forbidden, Conflict, Invalid: as `do`.
    """
    act = machine_of(row.kind).acts.get(name)
    if act is None or act.side not in (side_of(actor.bureau_id, row), Side.EITHER):
        raise NotFound
    actor.require(act.right)
    if row.state not in act.froms:
        raise _too_late(session, actor, row, name)
    text = _words(act, given)
    guards.check(session, actor, row, name, act, given)
    return act, text


def _too_late(session: Session, actor: Actor, row: Request, name: str) -> Conflict:
    superior = escalation.superior_is_next(session, row)
    return Conflict(
        _l("现为“%(state)s”，不能%(act)s。", state=STATES[row.state], act=ACTS[name]),
        extra={
            "state": row.state,
            "acts": [act for act, _ in possible_acts(actor.reader, row, superior=superior)],
        },
    )


def _words(act: Act, given: Given) -> str | None:
    text = clean(given.text, lines=True)
    refuse_secrets("text", text)
    if act.words == "must" and not text:
        raise field_error("text", _l("请写明理由或内容。"))
    return text or None


def trail(steps: Sequence[RequestStep], reader: ReaderClass, row: Request) -> list[RequestStep]:
    """The steps that a reader's bureau may know: what came before sending is the sender's."""
    own = reader.bureau_id == row.sender_bureau_id
    return [step for step in steps if own or not step.private]
