"""What a reader is shown of a clock and of a rule."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.calendar.known import provisional_reason
from hub.db import utc_now
from hub.deadlines.models import Clock, ClockState, DeadlineRule, Mark, Unit
from hub.errors import Text
from sharing.canonical import utc_text

OVERDUE = "overdue"
STATE_NAMES: dict[str, Text] = {
    "running": _l("计时中"),
    "paused": _l("中止计算"),
    "met": _l("已办结"),
    "cancelled": _l("已取消"),
    OVERDUE: _l("已逾期"),
}
MARK_NAMES: dict[Mark, Text] = {
    Mark.VERIFIED: _l("已核实"),
    Mark.SECONDARY: _l("据二手资料"),
    Mark.UNVERIFIED: _l("未核实"),
    Mark.MODEL: _l("外地范例"),
    Mark.PROPOSED: _l("系统建议"),
}
UNIT_NAMES: dict[Unit, Text] = {
    Unit.MINUTE: _l("分钟"),
    Unit.HOUR: _l("小时"),
    Unit.DAY: _l("日"),
    Unit.WORKDAY: _l("个工作日"),
    Unit.YEAR: _l("年"),
}


@dataclass(frozen=True)
class ClockView:
    """A clock as its readers see it at a moment."""

    id: str
    kind: str
    subject_id: str
    rule_code: str
    rule_name: str
    # running, overdue, paused, met or cancelled.
    state: str
    state_name: str
    starts_at: datetime
    due_at: datetime
    # Less than the rule's last part of the term is left.
    near: bool
    # In words: "还剩3天", "逾期2小时", "按时办结".
    remaining: str
    # Met after its time.
    late: bool
    extended: bool
    legal_ref: str
    mark: str
    mark_name: str
    provisional: bool
    provisional_reason: str | None
    bureau_id: str
    person_id: str | None

    @property
    def overdue(self) -> bool:
        """Whether it still runs though its time has passed."""
        return self.state == OVERDUE

    def to_dict(self, reader_bureau_id: str | None = None) -> dict[str, Any]:
        """JSON-ready, times as UTC text.

        Args:
            reader_bureau_id: who reads it; on whom it was laid is its own bureau's to know.
        """
        times = {"starts_at": utc_text(self.starts_at), "due_at": utc_text(self.due_at)}
        own = reader_bureau_id in (None, self.bureau_id)
        person = self.person_id if own else None
        return asdict(self) | times | {"overdue": self.overdue, "person_id": person}


def in_locale(chinese: str, english: str) -> str:
    """A text of the data in the reader's language."""
    return english if str(get_locale() or "").startswith("en") and english else chinese


def state_at(clock: Clock, at: datetime) -> str:
    """The state at a moment: a running clock whose time has passed is overdue."""
    if clock.state == ClockState.RUNNING and at > clock.due_at:
        return OVERDUE
    return clock.state


def clock_view(clock: Clock, at: datetime) -> ClockView:
    """A clock at a moment, in the reader's language."""
    state = state_at(clock, at)
    years = tuple(clock.unknown_years)
    late = clock.state == ClockState.MET and (clock.ended_at or at) > clock.due_at
    return ClockView(
        id=clock.id,
        kind=clock.kind,
        subject_id=clock.subject_id,
        rule_code=clock.rule_code,
        rule_name=in_locale(clock.rule.name, clock.rule.name_en),
        state=state,
        state_name=str(STATE_NAMES[state]),
        starts_at=clock.starts_at,
        due_at=clock.due_at,
        near=state == ClockState.RUNNING and at >= clock.near_at,
        remaining=_remaining(clock, state, at, late=late),
        late=late,
        extended=bool(clock.extensions),
        legal_ref=clock.rule.legal_ref,
        mark=clock.rule.mark,
        mark_name=str(MARK_NAMES[Mark(clock.rule.mark)]),
        provisional=bool(years),
        provisional_reason=str(provisional_reason(years)) if years else None,
        bureau_id=clock.bureau_id,
        person_id=clock.person_id,
    )


def _remaining(clock: Clock, state: str, at: datetime, *, late: bool) -> str:
    if state == ClockState.MET:
        return str(_("逾期办结") if late else _("按时办结"))
    if state in (ClockState.PAUSED, ClockState.CANCELLED):
        return str(STATE_NAMES[state])
    if state == OVERDUE:
        return str(_("逾期%(time)s", time=length_words(at - clock.due_at)))
    return str(_("还剩%(time)s", time=length_words(clock.due_at - at)))


def length_words(length: timedelta) -> str:
    """A length of time in its two largest of days, hours, minutes; at least one minute."""
    minutes = max(1, int(length.total_seconds()) // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        both = _("%(d)s天%(h)s小时", d=days, h=hours) if hours and days < 3 else None
        return str(both or _("%(d)s天", d=days))
    if hours:
        both = _("%(h)s小时%(m)s分", h=hours, m=minutes) if minutes and hours < 12 else None
        return str(both or _("%(h)s小时", h=hours))
    return str(_("%(m)s分钟", m=minutes))


def render_clock(session: Session, reader: ReaderClass, clock_id: str) -> dict[str, Any] | None:
    """The view for a class of readers; None when it does not concern their bureau."""
    if Right.WORK_VIEW not in reader.rights:
        return None
    clock = session.get(Clock, clock_id)
    if clock is None or reader.bureau_id not in {clock.bureau_id, *clock.told}:
        return None
    return clock_view(clock, utc_now()).to_dict(reader.bureau_id)


def rule_view(row: DeadlineRule) -> dict[str, Any]:
    """A version of a rule; public, like the law it comes from."""
    return {
        "code": row.code,
        "version": row.number,
        "name": row.name,
        "name_en": row.name_en,
        "trigger": row.trigger,
        "trigger_en": row.trigger_en,
        "amount": row.amount,
        "unit": row.unit,
        "unit_name": str(UNIT_NAMES[Unit(row.unit)]),
        "direction": row.direction,
        "rolls": row.rolls,
        "max_extension": row.max_extension,
        "collective_above": row.collective_above,
        "pausable": row.pausable,
        "warn_percent": row.warn_percent,
        "legal_ref": row.legal_ref,
        "source": row.source,
        "mark": row.mark,
        "mark_name": str(MARK_NAMES[Mark(row.mark)]),
        "note": row.note,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "entered_by_name": row.entered_by_name,
        "entered_at": utc_text(row.entered_at),
    }


def render_rule(session: Session, _reader: ReaderClass, code: str) -> dict[str, Any] | None:
    """The newest version of a rule, in the feed: everybody's."""
    row = session.scalars(
        select(DeadlineRule)
        .where(DeadlineRule.code == code)
        .order_by(DeadlineRule.number.desc())
        .limit(1)
    ).one_or_none()
    return rule_view(row) | {"id": row.code} if row is not None else None
