"""Laying down action items, following them, closing them with evidence (销号)."""

# ruff: noqa: ARG001 - the functions of one table have one shape
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.action_items import clock
from hub.action_items.access import access_action_item, meeting_of
from hub.action_items.labels import ACTS as NAMES
from hub.action_items.labels import STATES
from hub.action_items.models import ActionItem, ActionNote, ActionState
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_change
from hub.clock import local_day
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, NotFound, field_error
from hub.files import services as files
from hub.files.models import StoredFile
from hub.meetings.models import Meeting, MeetingState
from hub.meetings.steps import enter as enter_step
from hub.numbering.services import next_number

SERIES = "联办"  # data, not screen text
KIND = clock.KIND


def create(
    session: Session, actor: Actor, meeting: Meeting, values: Mapping[str, Any]
) -> ActionItem:
    """Lay something on a bureau of a meeting whose access and state the caller has checked.

    Raises:
        Invalid: no title, a bureau that did not take part, a day that has passed.
    """
    now = utc_now()
    row = ActionItem(
        number=next_number(session, SERIES, now),
        meeting_id=meeting.id,
        decision_id=values.get("decision_id"),
        title="",
        detail="",
        state=ActionState.OPEN.value,
        bureau_id=values["bureau_id"],
        person_name="",
        due_on=values["due_on"],
        first_due_on=values["due_on"],
        created_by_name=actor.name,
        created_at=now,
        version=0,
    )
    if row.bureau_id not in meeting.party_ids:
        raise field_error("bureau_id", _l("请选择参会单位。"))
    _fill(session, row, values)
    session.add(row)
    session.flush()
    clock.start(session, row, now, meeting.party_ids)
    _enter(session, actor, row, "created", "")
    return row


def change(session: Session, actor: Actor, row: ActionItem, values: Mapping[str, Any]) -> None:
    """Change an item while the minutes are not sealed; its access was checked.

    Raises:
        Invalid: as `create`.
    """
    _fill(session, row, values)
    if values.get("due_on"):
        row.first_due_on = row.due_on
    _begin_again(session, row)
    _enter(session, actor, row, "updated", "")


def drop(session: Session, actor: Actor, row: ActionItem) -> None:
    """Take an item back while the minutes are not sealed; its access was checked."""
    row.state = ActionState.DROPPED.value
    clock.cancel(session, row, utc_now(), "dropped")
    _enter(session, actor, row, "dropped", "")


def _fill(session: Session, row: ActionItem, values: Mapping[str, Any]) -> None:
    for name in ("title", "detail"):
        if values.get(name) is not None:
            text = clean(values[name], lines=name == "detail")
            refuse_secrets(name, text)
            setattr(row, name, text)
    if not row.title:
        raise field_error("title", _l("请写明办理事项。"))
    if values.get("due_on") is not None:
        row.due_on = _day_ahead(values["due_on"])
    if "person_id" in values:
        row.person_id, row.person_name = person_of(session, row.bureau_id, values["person_id"])


def _day_ahead(day: date) -> date:
    if day < local_day(utc_now()):
        raise field_error("due_on", _l("办理期限不能早于今天。"))
    return day


def person_of(session: Session, bureau_id: str, user_id: str | None) -> tuple[str | None, str]:
    """Id and name of a colleague in service of a bureau, or of nobody.

    Raises:
        Invalid: no such colleague.
    """
    if not user_id:
        return None, ""
    names = {one.user_id: one.name for one in colleagues(session, bureau_id, Right.WORK_VIEW)}
    if user_id not in names:
        raise field_error("person_id", _l("请选择责任单位的在职人员。"))
    return user_id, names[user_id]


def _begin_again(session: Session, row: ActionItem) -> None:
    """Another day or person: the clocks run anew from the day it was agreed."""
    clock.cancel(session, row, utc_now(), "changed")
    clock.start(session, row, row.created_at, meeting_of(session, row).party_ids)


# --- acts on an item that is under way


@dataclass(frozen=True)
class Given:
    """What a person gives with an act."""

    text: str = ""
    due_on: date | None = None
    person_id: str | None = None


@dataclass(frozen=True)
class Act:
    """An act: in which states, by the owner's side or the other, whether words must be given."""

    froms: tuple[ActionState, ...]
    owner: bool
    words: bool
    does: Callable[[Session, Actor, ActionItem, Given], None]


def do(session: Session, actor: Actor, item_id: str, name: str, given: Given) -> ActionItem:
    """Do an act: note, report, confirm, return, postpone, assign.

    Raises:
        NotFound: not his meeting's, or no such act.
        Forbidden: neither the person it is laid on nor one who works on meetings; wrong side.
        Conflict: the state or missing evidence forbids it.
        Invalid: words, a day or a person are missing or wrong.
    """
    row = access_action_item(session, actor, item_id, lock=True)
    act = ACTS.get(name)
    if act is None:
        raise NotFound
    if not may_act(actor, row, act):
        raise Forbidden(
            _l("由责任单位办理和报告，由另一方确认销号。"), extra={"rule": "action_item.side"}
        )
    if row.state not in act.froms:
        raise Conflict(
            _l("现为“%(state)s”，不能%(act)s。", state=STATES[row.state], act=NAMES[name]),
            extra={"state": row.state},
        )
    text = clean(given.text, lines=True)
    refuse_secrets("text", text)
    if act.words and not text:
        raise field_error("text", _l("请写明情况或理由。"))
    act.does(session, actor, row, given)
    _enter(session, actor, row, name, text)
    return row


def may_act(actor: Actor, row: ActionItem, act: Act) -> bool:
    """Whether the act is this person's: by the side of his bureau and his role, or by name."""
    if (actor.bureau_id == row.bureau_id) is not act.owner:
        return False
    return actor.may(Right.MEETING_WORK) or actor.user_id == row.person_id


def possible_acts(actor: Actor, row: ActionItem) -> list[str]:
    """Names of the acts that state, side and role of a person allow."""
    return [
        name for name, act in ACTS.items() if row.state in act.froms and may_act(actor, row, act)
    ]


def _note(session: Session, actor: Actor, row: ActionItem, given: Given) -> None:
    """Words alone."""


def _report(session: Session, actor: Actor, row: ActionItem, given: Given) -> None:
    held = files.files_of(session, KIND, row.id)
    if not any(file.owner_bureau_id == row.bureau_id for file in held):
        raise Conflict(
            _l("请先上传佐证材料（照片或PDF），再报告办结。"),
            extra={"rule": "action_item.evidence"},
        )
    row.state, row.reported_at = ActionState.REPORTED.value, utc_now()
    clock.meet(session, row, row.reported_at)


def _confirm(session: Session, actor: Actor, row: ActionItem, given: Given) -> None:
    row.state, row.closed_at = ActionState.CLOSED.value, utc_now()
    row.closed_by_name = actor.name
    session.flush()
    _close_meeting(session, actor, row)


def _close_meeting(session: Session, actor: Actor, row: ActionItem) -> None:
    """With its last item a sealed meeting is closed too."""
    left = select(ActionItem.id).where(
        ActionItem.meeting_id == row.meeting_id,
        ActionItem.state.in_([ActionState.OPEN, ActionState.REPORTED]),
    )
    meeting = session.get_one(Meeting, row.meeting_id, with_for_update=True)
    if meeting.state == MeetingState.ACTIONS_OPEN and session.scalar(left.limit(1)) is None:
        meeting.state = MeetingState.ACTIONS_CLOSED.value
        enter_step(session, actor, meeting, "actions_closed")


def _return(session: Session, actor: Actor, row: ActionItem, given: Given) -> None:
    row.state, row.reported_at = ActionState.OPEN.value, None
    clock.start(session, row, row.created_at, meeting_of(session, row).party_ids)


def _postpone(session: Session, actor: Actor, row: ActionItem, given: Given) -> None:
    if given.due_on is None or given.due_on <= row.due_on:
        raise field_error("due_on", _l("新的期限应晚于现在的期限。"))
    row.due_on = _day_ahead(given.due_on)
    _begin_again(session, row)


def _assign(session: Session, actor: Actor, row: ActionItem, given: Given) -> None:
    row.person_id, row.person_name = person_of(session, row.bureau_id, given.person_id)
    _begin_again(session, row)


OPEN, REPORTED = ActionState.OPEN, ActionState.REPORTED
ACTS: dict[str, Act] = {
    "note": Act((OPEN, REPORTED), owner=True, words=True, does=_note),
    "report": Act((OPEN,), owner=True, words=True, does=_report),
    "assign": Act((OPEN,), owner=True, words=False, does=_assign),
    "postpone": Act((OPEN,), owner=True, words=True, does=_postpone),
    "confirm": Act((REPORTED,), owner=False, words=False, does=_confirm),
    "return": Act((REPORTED,), owner=False, words=True, does=_return),
}


def access_attaching(
    session: Session, actor: Actor, item_id: str, *, lock: bool = False
) -> ActionItem:
    """An item to which the actor may add evidence now.

    Raises:
        NotFound, Forbidden: not his; his role does not work on it.
        Conflict: it is closed.
    """
    row = access_action_item(session, actor, item_id, lock=lock)
    if not may_act(actor, row, ACTS["note"]):
        raise Forbidden
    if row.state not in ACTS["note"].froms:
        raise Conflict(_l("事项已经销号，不能再添加材料。"))
    return row


def attach(session: Session, actor: Actor, item_id: str, prepared: files.Prepared) -> StoredFile:
    """Add a prepared file as evidence; the other parties see it.

    Raises:
        NotFound, Forbidden, Conflict: as `access_attaching`; or too many files.
    """
    row = access_attaching(session, actor, item_id, lock=True)
    stored = files.store(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        owner_bureau_id=actor.bureau_id,
        prepared=prepared,
    )
    _enter(session, actor, row, "attached", "", file_id=stored.id)
    return stored


def _enter(
    session: Session, actor: Actor, row: ActionItem, act: str, text: str, **values: Any
) -> None:
    session.add(
        ActionNote(
            action_item_id=row.id,
            act=act,
            state=row.state,
            text=text,
            bureau_id=actor.bureau_id,
            user_id=actor.user_id,
            user_name=actor.name,
            at=utc_now(),
            **values,
        )
    )
    row.version += 1
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        version=row.version,
        verb=act,
        bureaus=meeting_of(session, row).party_ids,
        detail={"number": row.number, "state": row.state},
    )
