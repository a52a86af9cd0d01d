"""Doing an act of a meeting's state machine: guard, change, step; one outcome among rivals."""

# ruff: noqa: ARG001 - the functions of one table have one shape
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass
from hub.action_items.views import OPEN as ACTIONS_OPEN
from hub.approvals import services as approvals
from hub.audit.witnesses import exchange_at_meeting
from hub.bureaus.services import bureau
from hub.cases.texts import clean, refuse_secrets
from hub.db import utc_now
from hub.errors import Conflict, NotFound, field_error
from hub.files import services as files
from hub.meetings import minutes, notice, protocol
from hub.meetings.access import access_meeting
from hub.meetings.decisions import PROPOSED, decisions_of
from hub.meetings.labels import ACTS as NAMES
from hub.meetings.labels import STATES
from hub.meetings.machine import ACTS, Act, Whose
from hub.meetings.models import Meeting, MeetingState
from hub.meetings.people import present_by_party, quorum_missing
from hub.meetings.steps import enter
from hub.numbering.services import next_number
from hub.web.identity import settings


@dataclass(frozen=True)
class Given:
    """What a person gives with an act."""

    text: str | None = None
    # Of the minutes that he read and signs.
    content_hash: str | None = None
    # The minutes as documents, made before the transaction, and the version they were made of.
    documents: Sequence[files.Prepared] = field(default=())
    made_of: int | None = None
    # Of a notice: the number that it was drawn with.
    number: str | None = None


def possible_acts(reader: ReaderClass, row: Meeting) -> list[tuple[str, Act]]:
    """The acts that state, bureau and rights of a reader allow, in the machine's order."""
    return [
        (name, act)
        for name, act in ACTS.items()
        if row.state in act.froms and act.right in reader.rights and _his(reader, row, act)
    ]


def _his(reader: ReaderClass, row: Meeting, act: Act) -> bool:
    return (
        reader.bureau_id
        in {
            Whose.HOST: {row.host_bureau_id},
            Whose.CHAIR: {row.chair_bureau_id},
            Whose.PARTY: row.party_ids,
        }[act.side]
    )


def do(session: Session, actor: Actor, meeting_id: str, name: str, given: Given) -> Meeting:
    """Do one act; of two who do rival acts at once the second finds the state changed.

    Raises:
        NotFound: not the actor's, or no such act.
        Forbidden: his roles do not include it.
        Conflict: another bureau's act, the state forbids it, or a guard does; says which.
        Invalid: words are missing.
    """
    row = access_meeting(session, actor, meeting_id, lock=True)
    act = ACTS.get(name)
    if act is None:
        raise NotFound
    actor.require(act.right)
    if not _his(actor.reader, row, act):
        raise Conflict(_WHOSE[act.side], extra={"rule": f"meeting.{act.side}"})
    if row.state not in act.froms:
        raise Conflict(
            _l("现为“%(state)s”，不能%(act)s。", state=STATES[row.state], act=NAMES[name]),
            extra={"state": row.state},
        )
    text = clean(given.text, lines=True)
    refuse_secrets("text", text)
    if act.words == "must" and not text:
        raise field_error("text", _l("请写明理由或内容。"))
    _GUARDS.get(name, _nothing)(session, actor, row, given)
    if act.to is not None:
        row.state = act.to.value
    _EFFECTS.get(name, _nothing)(session, actor, row, given)
    enter(session, actor, row, name, text or None)
    if row.sealed_at is not None and name == "countersign":
        _go_on(session, actor, row)
    return row


_WHOSE = {
    Whose.HOST: _l("会议由轮值主办单位安排。"),
    Whose.CHAIR: _l("由轮值主持单位开会和散会。"),
    Whose.PARTY: _l("由参会各方会签。"),
}


def _nothing(session: Session, actor: Actor, row: Meeting, given: Given) -> None:
    """Nothing more belongs to the act."""


def _has_agenda(session: Session, actor: Actor, row: Meeting, given: Given) -> None:
    if not row.agenda:
        raise Conflict(_l("请先列出议题。"), extra={"rule": "meeting.agenda"})
    there = {one.bureau_id for one in row.people if one.user_id}
    missing = [bureau(session, one).short_name for one in sorted(row.party_ids - there)]
    if missing:
        names = "、".join(missing)  # data, not screen text
        raise Conflict(
            _l("%(names)s还没有参会人员。", names=names), extra={"rule": "meeting.people"}
        )
    if not any(one.role == "chair" for one in row.people):
        raise Conflict(_l("请指定主持人。"), extra={"rule": "meeting.chair"})


def _has_quorum(session: Session, actor: Actor, row: Meeting, given: Given) -> None:
    missing = [bureau(session, one).short_name for one in quorum_missing(row)]
    if missing:
        names = "、".join(missing)  # data, not screen text
        raise Conflict(
            _l(
                "%(names)s签到不足%(n)s人，不能开会；请先在“参会人员”中签到。",
                names=names,
                n=row.quorum,
            ),
            extra={"rule": "meeting.quorum", "present": dict(present_by_party(row))},
        )


def _may_sign(session: Session, actor: Actor, row: Meeting, given: Given) -> None:
    waiting = [one for one in decisions_of(session, [row.id]) if one.state == PROPOSED]
    if waiting:
        raise Conflict(
            _l("还有%(n)s项议定事项待各方确认。", n=len(waiting)),
            extra={"rule": "meeting.decisions"},
        )
    if not any(one.text for one in minutes.sections_of(session, [row.id])):
        raise Conflict(_l("纪要还没有内容。"), extra={"rule": "meeting.minutes"})


def _changed(session: Session, actor: Actor, row: Meeting, given: Given) -> None:
    notice.must_be_outdated(session, row)


def _notify(session: Session, actor: Actor, row: Meeting, given: Given) -> None:
    drawn = (given.number, given.made_of) if given.number and given.made_of is not None else None
    notice.issue(session, actor, row, given.documents, drawn)


def _invite(session: Session, actor: Actor, row: Meeting, given: Given) -> None:
    _notify(session, actor, row, given)
    if row.invited_at is None:
        row.invited_at = utc_now()
    else:
        row.sequence += 1


def _withdraw_invitation(session: Session, actor: Actor, row: Meeting, given: Given) -> None:
    if row.invited_at is not None:
        row.sequence += 1


def _open(session: Session, actor: Actor, row: Meeting, given: Given) -> None:
    row.convened_at = utc_now()
    minutes.begin(session, actor, row)


def _end(session: Session, actor: Actor, row: Meeting, given: Given) -> None:
    row.ended_at = utc_now()
    row.minutes_version += 1
    if row.document_number is None:
        series = protocol.series_sign(session, row)
        row.document_number = next_number(session, series, row.ended_at, width=1)
    minutes.begin(session, actor, row)


def _sign(session: Session, actor: Actor, row: Meeting, given: Given) -> None:
    """Turn the key of the actor's bureau; with the last the documents are sealed."""
    complete = approvals.approve(
        session,
        actor,
        kind=minutes.MINUTES,
        record_id=row.id,
        version=row.minutes_version,
        expected_hash=protocol.hash_of(session, row),
        given_hash=given.content_hash or "",
        parties=row.party_ids,
    )
    if not complete:
        return
    if not given.documents or given.made_of != row.minutes_version:
        raise Conflict(_l("纪要在会签时有改动，请重新打开后再签。"))
    for prepared in given.documents:
        files.store(
            session,
            actor,
            kind=files.MINUTES,
            record_id=row.id,
            owner_bureau_id=row.host_bureau_id,
            prepared=prepared,
        )
    row.state, row.sealed_at = MeetingState.COUNTERSIGNED.value, utc_now()
    row.sealed_hash = protocol.hash_of(session, row)
    # Both turned their keys: neither side rewrites its past up to here unseen.
    exchange_at_meeting(session, row.party_ids, row.id, settings().secret_key)


def _go_on(session: Session, actor: Actor, row: Meeting) -> None:
    """Sealed minutes hand over to their action items: open, or none left."""
    left = [one for one in protocol.items_of(session, row.id) if one.state in ACTIONS_OPEN]
    row.state = (MeetingState.ACTIONS_OPEN if left else MeetingState.ACTIONS_CLOSED).value
    enter(session, actor, row, "sealed")


def completes(session: Session, actor: Actor, row: Meeting) -> bool:
    """Whether the actor's key would be the last one on the minutes as they stand."""
    given = approvals.standing(session, minutes.MINUTES, row.id, row.minutes_version)
    return {one.bureau_id for one in given} | {actor.bureau_id} >= row.party_ids


Hook = Callable[[Session, Actor, Meeting, Given], None]
_GUARDS: dict[str, Hook] = {
    "fix_agenda": _has_agenda,
    "notify": _changed,
    "convene": _has_quorum,
    "countersign": _may_sign,
}
_EFFECTS: dict[str, Hook] = {
    "fix_agenda": _invite,
    "notify": _notify,
    "cancel": _withdraw_invitation,
    "convene": _open,
    "end": _end,
    "countersign": _sign,
}
