"""Clocks: start, meet, cancel, extend, pause and resume them, and read them.

For other features: a clock belongs to their record, they call these functions in the transaction
of their own change and tell of it by that change. What happens to a clock alone (an extension, a
recalculation, coming near, being overdue) is told here, as a change of kind `clock`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.services import on_behalf_of
from hub.calendar.known import WorkCalendar
from hub.calendar.services import calendar
from hub.changes import record_change
from hub.clock import local_day
from hub.db import utc_now
from hub.deadlines.counting import compute
from hub.deadlines.models import Clock, ClockState, DeadlineRule
from hub.deadlines.rules import rule_on
from hub.deadlines.views import ClockView, clock_view
from hub.errors import Conflict, NotFound, field_error
from sharing.canonical import utc_text

KIND = "clock"
OPEN = (ClockState.RUNNING, ClockState.PAUSED)


class Subject(NamedTuple):
    """What a clock runs for: kind and id of a record."""

    kind: str
    id: str


class Start(NamedTuple):
    """A term that is set going.

    `starts_at` is the moment of the trigger (aware); its day is not counted. `bureau_id` and
    `person_id` have to act in time; `also_told` are further bureaus that learn when it comes near
    or is overdue. `amount` counts instead of the rule's, in its unit, where an agreement gives
    another.
    """

    subject: Subject
    starts_at: datetime
    bureau_id: str
    person_id: str | None = None
    also_told: Collection[str] = ()
    amount: int | None = None


def start_clock(
    session: Session,
    subject: Subject,
    rule_code: str,
    *,
    starts_at: datetime,
    bureau_id: str,
    person_id: str | None = None,
    also_told: Collection[str] = (),
    amount: int | None = None,
) -> Clock:
    """Set one term going; see `Start` and `start_clocks`."""
    start = Start(subject, starts_at, bureau_id, person_id, also_told, amount)
    return start_clocks(session, rule_code, [start])[0]


def start_clocks(session: Session, rule_code: str, starts: Sequence[Start]) -> list[Clock]:
    """Set terms of one rule going, in order; one that runs already is returned as it is.

    As many statements as there are days on which they begin, however many clocks.

    Raises:
        UnknownRule: no version of the rule is valid on the trigger's day.
    """
    held = _open_clocks(session, {start.subject for start in starts}, rule_code)
    new = [start for start in starts if start.subject not in held]
    if new:
        days = {local_day(start.starts_at) for start in new}
        rules = {day: rule_on(session, rule_code, day) for day in days}
        known = calendar(session)
        held |= {
            start.subject: _clock(start, rules[local_day(start.starts_at)], known) for start in new
        }
        session.add_all(held[start.subject] for start in new)
        session.flush()
    return [held[start.subject] for start in starts]


def _clock(start: Start, rule: DeadlineRule, known: WorkCalendar) -> Clock:
    clock = Clock(
        kind=start.subject.kind,
        subject_id=start.subject.id,
        rule_code=rule.code,
        rule_id=rule.id,
        bureau_id=start.bureau_id,
        person_id=start.person_id,
        told=sorted(set(start.also_told) - {start.bureau_id}),
        amount=start.amount,
        state=ClockState.RUNNING.value,
        starts_at=start.starts_at,
        extensions=[],
        pauses=[],
        unknown_years=[],
        version=1,
    )
    clock.rule = rule
    compute(clock, known)
    return clock


def meet_clock(session: Session, subject: Subject, rule_code: str, *, at: datetime) -> Clock | None:
    """What was due was done at a moment, in time or late; None when no clock runs."""
    clock = open_clock(session, subject, rule_code)
    return clock and _end(session, clock, ClockState.MET, at, None)


def cancel_clock(
    session: Session, subject: Subject, rule_code: str, *, at: datetime, reason: str
) -> Clock | None:
    """Nothing is due any more, for a reason; None when no clock runs."""
    clock = open_clock(session, subject, rule_code)
    return clock and _end(session, clock, ClockState.CANCELLED, at, reason)


def extend_clock(
    session: Session, subject: Subject, rule_code: str, *, amount: int, ground: str, actor: Actor
) -> Clock:
    """Give more time, in the rule's unit, as far as the rule allows in all.

    Raises:
        NotFound: no clock runs.
        Conflict: the rule allows no extension.
        Invalid: no ground, or more than the rule allows; names the limit.
    """
    clock = _running(session, subject, rule_code)
    check_extension(clock, amount, ground)
    given: dict[str, str | int] = {
        "amount": amount,
        "ground": ground.strip(),
        "by": actor.user_id,
        "by_name": actor.name,
        "at": utc_text(utc_now()),
    }
    clock.extensions = [*clock.extensions, given]
    _again(session, actor, clock, "extended", {"amount": amount, "ground": ground})
    return clock


def check_extension(clock: Clock, amount: int, ground: str) -> None:
    """Refuse an extension that the clock's rule does not allow.

    Raises:
        As `extend_clock`.
    """
    most = clock.rule.max_extension
    if not most:
        raise Conflict(_l("此期限不可延长。"))
    if not ground.strip():
        raise field_error("ground", _l("请写明延长的理由。"))
    left = most - sum(int(given["amount"]) for given in clock.extensions)
    if not 1 <= amount <= left:
        text = _l("最多还可延长%(left)s，总共%(most)s。", left=left, most=most)
        raise field_error("amount", text)


def pause_clock(
    session: Session, subject: Subject, rule_code: str, *, at: datetime, ground: str, actor: Actor
) -> Clock:
    """Leave out the time from a moment on: hearing, monitoring, appraisal, service.

    Raises:
        NotFound: no clock runs.
        Conflict: the rule leaves nothing out, or it is paused already.
        Invalid: no ground.
    """
    clock = _running(session, subject, rule_code)
    if not clock.rule.pausable:
        raise Conflict(_l("此期限不可中止计算。"))
    if clock.state == ClockState.PAUSED:
        raise Conflict(_l("此期限已中止计算。"))
    if not ground.strip():
        raise field_error("ground", _l("请写明中止计算的理由。"))
    clock.state = ClockState.PAUSED.value
    clock.pauses = [*clock.pauses, {"ground": ground.strip(), "from": utc_text(at), "to": None}]
    _again(session, actor, clock, "paused", {"ground": ground})
    return clock


def resume_clock(
    session: Session, subject: Subject, rule_code: str, *, at: datetime, actor: Actor
) -> Clock:
    """Count again from a moment on; the end moves by what was left out.

    Raises:
        NotFound: no clock runs.
        Conflict: it is not paused.
    """
    clock = _running(session, subject, rule_code)
    if clock.state != ClockState.PAUSED:
        raise Conflict(_l("此期限没有中止计算。"))
    clock.state = ClockState.RUNNING.value
    clock.pauses = [*clock.pauses[:-1], clock.pauses[-1] | {"to": utc_text(at)}]
    _again(session, actor, clock, "resumed", {})
    return clock


def clocks_of(
    session: Session, kind: str, ids: Collection[str], *, at: datetime | None = None
) -> dict[str, list[ClockView]]:
    """The clocks of some records, soonest first; of one rule the newest clock alone."""
    if not ids:
        return {}
    moment = at or utc_now()
    rows = session.scalars(
        select(Clock).where(Clock.kind == kind, Clock.subject_id.in_(ids)).order_by(Clock.id)
    )
    newest = {(row.subject_id, row.rule_code): row for row in rows}
    found: dict[str, list[ClockView]] = {one: [] for one in ids}
    for row in sorted(newest.values(), key=lambda row: (row.due_at, row.id)):
        found[row.subject_id].append(clock_view(row, moment))
    return found


def recalculate(session: Session) -> int:
    """Compute every open clock anew over the calendar of this moment; tells of those that moved.

    For whoever changed the calendar. Returns how many moved.
    """
    known = calendar(session)
    moved = 0
    rows = select(Clock).where(Clock.state.in_(OPEN)).order_by(Clock.id).with_for_update(of=Clock)
    for clock in session.scalars(rows).unique():
        before = (clock.due_at, clock.unknown_years)
        compute(clock, known)
        if before != (clock.due_at, clock.unknown_years):
            _moved(session, on_behalf_of(session, clock.bureau_id), clock, "updated", {})
            moved += 1
    return moved


def apply_newest(session: Session, actor: Actor, rule: DeadlineRule) -> int:
    """Let the open clocks of a rule go on by its new version, because somebody asked for it.

    Clocks whose trigger lies outside the version's validity keep theirs. Returns how many moved.
    """
    known = calendar(session)
    rows = select(Clock).where(Clock.rule_code == rule.code, Clock.state.in_(OPEN))
    moved = 0
    for clock in session.scalars(rows.order_by(Clock.id).with_for_update(of=Clock)).unique():
        day = local_day(clock.starts_at)
        if day < rule.valid_from or (rule.valid_to is not None and day >= rule.valid_to):
            continue
        clock.rule_id, clock.rule = rule.id, rule
        compute(clock, known)
        _moved(session, actor, clock, "updated", {"rule_version": rule.number})
        moved += 1
    return moved


def open_clock(session: Session, subject: Subject, rule_code: str) -> Clock | None:
    """The clock that runs (or is paused) for a subject, locked."""
    return _open_clocks(session, {subject}, rule_code).get(subject)


def _open_clocks(
    session: Session, subjects: Collection[Subject], rule_code: str
) -> dict[Subject, Clock]:
    """The clocks of a rule that run (or are paused) for some subjects, locked in one order."""
    kinds = {subject.kind for subject in subjects}
    rows = session.scalars(
        select(Clock)
        .where(Clock.kind.in_(kinds), Clock.subject_id.in_({one.id for one in subjects}))
        .where(Clock.rule_code == rule_code, Clock.state.in_(OPEN))
        .order_by(Clock.id)
        .with_for_update(of=Clock)
    )
    return {Subject(row.kind, row.subject_id): row for row in rows}


def _running(session: Session, subject: Subject, rule_code: str) -> Clock:
    clock = open_clock(session, subject, rule_code)
    if clock is None:
        raise NotFound
    return clock


def _end(
    session: Session, clock: Clock, state: ClockState, at: datetime, reason: str | None
) -> Clock:
    clock.state, clock.ended_at, clock.end_reason = state.value, at, reason
    clock.version += 1
    session.flush()
    return clock


def _again(session: Session, actor: Actor, clock: Clock, verb: str, detail: dict[str, Any]) -> None:
    compute(clock, calendar(session))
    _moved(session, actor, clock, verb, detail)


def _moved(session: Session, actor: Actor, clock: Clock, verb: str, detail: dict[str, Any]) -> None:
    """A clock has another end: warn anew in its time, and tell of it."""
    clock.near_told_at = clock.overdue_told_at = None
    tell(session, actor, clock, verb, detail | {"due_at": utc_text(clock.due_at)})


def tell(
    session: Session, actor: Actor, clock: Clock, verb: str, detail: dict[str, Any] | None = None
) -> None:
    """Tell the bureau concerned, and those that follow the clock, of what happened to it."""
    clock.version += 1
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=clock.id,
        version=clock.version,
        verb=verb,
        bureaus={clock.bureau_id, *clock.told},
        detail={"subject": f"{clock.kind}/{clock.subject_id}", "rule": clock.rule_code}
        | (detail or {}),
    )
