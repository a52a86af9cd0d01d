"""The duty roster of a station: each bureau that runs it enters its own people's turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from hub.stations.joint import KIND
from hub.stations.models import Station
from hub.stations.roster_models import Duty
from hub.stations.running import audience, run_by

LONGEST = timedelta(hours=48)
FARTHEST = timedelta(days=400)


@dataclass(frozen=True)
class Turn:
    """One person's turn, as it is entered."""

    user_id: str
    starts_at: datetime
    ends_at: datetime
    note: str = ""


def add_turns(
    session: Session, actor: Actor, station: Station, turns: Sequence[Turn], field: str = ""
) -> list[Duty]:
    """Enter turns of people of the actor's bureau, all or none.

    Args:
        field: what faults are told of, for a sheet; of a single turn its own fields.

    Raises:
        Forbidden: the actor's role edits no stations.
        NotFound: his bureau does not run the station.
        Invalid: names each turn that cannot be: of whom, how long, what it overlaps.
    """
    actor.require(Right.STATION_EDIT)
    if actor.bureau_id not in run_by(session, station):
        raise NotFound
    known = {one.user_id: one.name for one in colleagues(session, actor.bureau_id, Right.WORK_VIEW)}
    faults: list[FieldError] = []
    made: list[Duty] = []
    for number, turn in enumerate(turns, 1):
        fault = _fault(session, known, turn)
        if fault is not None:
            name, text = fault
            numbered = _l("第%(n)s行：%(text)s", n=number, text=text)
            faults.append(FieldError(field, numbered) if field else FieldError(name, text))
            continue
        row = Duty(
            station_id=station.id,
            bureau_id=actor.bureau_id,
            user_id=turn.user_id,
            starts_at=turn.starts_at,
            ends_at=turn.ends_at,
            note=turn.note,
        )
        session.add(row)
        session.flush()
        made.append(row)
    if faults:
        raise Invalid(errors=faults[:20])
    _tell(session, actor, station)
    return made


def _fault(session: Session, known: dict[str, str], turn: Turn) -> tuple[str, object] | None:
    if turn.user_id not in known:
        return "user_id", _l("不是本单位的在岗人员。")
    length = turn.ends_at - turn.starts_at
    if not timedelta(0) < length <= LONGEST:
        return "ends_at", _l("一个班次最长48小时，结束须晚于开始。")
    if abs(turn.starts_at - utc_now()) > FARTHEST:
        return "starts_at", _l("日期超出前后400天。")
    if _overlapping(session, turn.user_id, turn.starts_at, turn.ends_at):
        return "user_id", _l("%(name)s在这一时间已有值班。", name=known[turn.user_id])
    return None


def _overlapping(
    session: Session, user_id: str, starts: datetime, ends: datetime, but: Iterable[str] = ()
) -> bool:
    query = select(Duty.id).where(
        Duty.user_id == user_id,
        Duty.starts_at < ends,
        Duty.ends_at > starts,
        Duty.id.not_in(list(but)),
    )
    return session.scalar(query.limit(1)) is not None


def own_duty(session: Session, actor: Actor, station: Station, duty_id: str) -> Duty:
    """A turn at a station that the actor's bureau entered, locked for a change.

    Raises:
        NotFound: absent, at another station, or another bureau's.
    """
    row = session.get(Duty, duty_id, with_for_update=True)
    if row is None or row.station_id != station.id:
        raise NotFound
    if row.bureau_id != actor.bureau_id:
        raise NotFound
    return row


def remove(session: Session, actor: Actor, station: Station, duty: Duty) -> None:
    """Take a turn off the roster.

    Raises:
        Forbidden: the actor's role edits no stations.
    """
    actor.require(Right.STATION_EDIT)
    session.delete(duty)
    _tell(session, actor, station)


def ask_swap(
    session: Session,
    actor: Actor,
    station: Station,
    duty: Duty,
    to_user_id: str,
    for_duty_id: str | None = None,
) -> None:
    """Ask a colleague to take a turn, or to exchange it for one of his own.

    Raises:
        Forbidden: neither his own turn nor an editor of stations.
        Invalid: no such colleague, not his turn, or one of the two would be on duty twice.
    """
    if duty.user_id != actor.user_id and not actor.may(Right.STATION_EDIT):
        raise Forbidden(_l("只能调换本人的班次；其他班次由指挥员或联络员安排。"))
    people = {one.user_id for one in colleagues(session, duty.bureau_id, Right.WORK_VIEW)}
    if to_user_id == duty.user_id or to_user_id not in people:
        raise Invalid(errors=[FieldError("to_user_id", _l("不是本单位的其他在岗人员。"))])
    other = session.get(Duty, for_duty_id) if for_duty_id else None
    if for_duty_id and (other is None or other.user_id != to_user_id):
        raise Invalid(errors=[FieldError("for_duty_id", _l("不是对方的班次。"))])
    _check_swap(session, duty, to_user_id, other)
    duty.swap_to_id, duty.swap_for_id = to_user_id, for_duty_id
    duty.version += 1
    _tell_persons(session, actor, station, "swap_asked", [to_user_id], duty.bureau_id)


def answer_swap(
    session: Session, actor: Actor, station: Station, duty: Duty, *, accepted: bool
) -> None:
    """Take over a turn that one was asked to take, or decline; who asked may take it back.

    Raises:
        NotFound: nobody was asked.
        Forbidden: another was asked.
        Conflict: one of the two is on duty at that time by now.
    """
    if duty.swap_to_id is None:
        raise NotFound
    asked, before = duty.swap_to_id, duty.user_id
    withdrawn = not accepted and (actor.user_id == before or actor.may(Right.STATION_EDIT))
    if actor.user_id != asked and not withdrawn:
        raise Forbidden(_l("由被请求的人答复。"))
    if accepted:
        other = session.get(Duty, duty.swap_for_id) if duty.swap_for_id else None
        if duty.swap_for_id and (other is None or other.user_id != asked):
            raise Conflict(_l("对方的班次已有变动，请重新提出。"))
        _check_swap(session, duty, asked, other)
        duty.user_id = asked
        if other is not None:
            other.user_id, other.version = before, other.version + 1
    duty.swap_to_id = duty.swap_for_id = None
    duty.version += 1
    verb = "swap_accepted" if accepted else "swap_declined"
    _tell_persons(session, actor, station, verb, [before, asked], duty.bureau_id)
    if accepted:
        _tell(session, actor, station)


def _check_swap(session: Session, duty: Duty, to_user_id: str, other: Duty | None) -> None:
    both = [duty.id, other.id] if other else [duty.id]
    clash = _overlapping(session, to_user_id, duty.starts_at, duty.ends_at, both)
    if other is not None:
        clash = clash or _overlapping(session, duty.user_id, other.starts_at, other.ends_at, both)
    if clash:
        raise Conflict(_l("调换后有人在同一时间值两个班。"))


def _tell(session: Session, actor: Actor, station: Station) -> None:
    _change(session, actor, station, "roster", audience(session, station, actor.bureau_id))


def _tell_persons(
    session: Session, actor: Actor, station: Station, verb: str, people: list[str], bureau_id: str
) -> None:
    """Of a swap its own bureau hears alone, and the two persons are told."""
    _change(session, actor, station, verb, {bureau_id}, person_ids=people)


def _change(
    session: Session,
    actor: Actor,
    station: Station,
    verb: str,
    bureaus: Iterable[str],
    **detail: object,
) -> None:
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=station.id,
        version=station.version,
        verb=verb,
        bureaus=bureaus,
        detail=detail,
    )
