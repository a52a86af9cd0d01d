"""What we promised our partners and what they promised us: on time or late, by quarter.

A promise is an action item of a joint meeting, or a term that an answer is owed in (a letter, a
share, a request for access). An action item is measured by the day first agreed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.action_items.access import meeting_of, visible_to
from hub.action_items.clock import KIND, end_of_day
from hub.action_items.models import ActionItem, ActionState
from hub.bureaus.services import bureau
from hub.clock import local_day
from hub.db import utc_now
from hub.deadlines.models import Clock, ClockState
from hub.deadlines.views import in_locale
from hub.errors import Text
from hub.home.subjects import describe
from hub.realtime.seen import seen
from sharing.canonical import utc_text

QUARTERS = 8
LISTED = 200
EXPORTED = 5000
ANSWERS = ("request", "share", "access_request")
KINDS: dict[str, Text] = {
    KIND: _l("办理事项"),
    "request": _l("函件"),
    "share": _l("共享"),
    "access_request": _l("查看申请"),
}
STATUS: dict[str, Text] = {
    "on_time": _l("按时"),
    "late": _l("逾期办结"),
    "overdue": _l("逾期未办"),
    "open": _l("未到期"),
}
TONES = {"on_time": "ok", "late": "warn", "overdue": "danger", "open": "neutral"}


@dataclass(frozen=True)
class Wanted:
    """Which promises; None: any."""

    bureau: str | None = None
    kind: str | None = None
    side: str | None = None
    status: str | None = None


@dataclass(frozen=True)
class Promise:
    """One promise to one partner."""

    kind: str
    id: str
    what: str
    owner_id: str
    partner_id: str
    ours: bool
    due_at: datetime
    done_at: datetime | None

    def status(self, at: datetime) -> str:
        """on_time, late, overdue or open at a moment."""
        if self.done_at is not None:
            return "on_time" if self.done_at <= self.due_at else "late"
        return "overdue" if self.due_at < at else "open"

    @property
    def quarter(self) -> str:
        """The quarter of its local day, e.g. 2026Q4."""
        return quarter_of(self.due_at)


@dataclass
class Count:
    """How many promises of one side came to what."""

    on_time: int = 0
    late: int = 0
    overdue: int = 0
    open: int = 0

    def add(self, status: str) -> None:
        """One more."""
        setattr(self, status, getattr(self, status) + 1)

    def to_dict(self) -> dict[str, Any]:
        """With the sum, and the share kept in time of those whose time has come."""
        due = self.on_time + self.late + self.overdue
        rate = round(100 * self.on_time / due) if due else None
        counts = {name: getattr(self, name) for name in STATUS}
        return counts | {"total": due + self.open, "due": due, "rate": rate}


@dataclass
class Both:
    """Ours and theirs."""

    ours: Count = field(default_factory=Count)
    theirs: Count = field(default_factory=Count)

    def add(self, promise: Promise, at: datetime) -> None:
        """Count a promise on its side."""
        (self.ours if promise.ours else self.theirs).add(promise.status(at))

    def to_dict(self) -> dict[str, Any]:
        """Both counts."""
        return {"ours": self.ours.to_dict(), "theirs": self.theirs.to_dict()}


def quarter_of(at: datetime) -> str:
    """The quarter of a moment's local day."""
    day = local_day(at)
    return f"{day.year}Q{(day.month + 2) // 3}"


def promises(session: Session, actor: Actor, wanted: Wanted) -> list[Promise]:
    """The promises of the last two years between the actor's bureau and its partners.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    now = utc_now()
    since = now - timedelta(days=92 * QUARTERS)
    found = [*_action_items(session, actor), *_answers(session, actor, since)]
    kept = [
        one
        for one in found
        if one.due_at >= since
        and wanted.bureau in (None, one.partner_id)
        and wanted.kind in (None, one.kind)
        and wanted.side in (None, "ours" if one.ours else "theirs")
        and wanted.status in (None, one.status(now))
    ]
    return sorted(kept, key=lambda one: (one.due_at, one.id), reverse=True)


def _action_items(session: Session, actor: Actor) -> Iterator[Promise]:
    rows = session.scalars(
        select(ActionItem).where(visible_to(actor.reader), ActionItem.state != ActionState.DROPPED)
    )
    for row in rows:
        due = end_of_day(row) - (row.due_on - row.first_due_on)
        done = row.reported_at or row.closed_at
        for partner in _partners(row.bureau_id, meeting_of(session, row).party_ids, actor):
            ours = row.bureau_id == actor.bureau_id
            yield Promise(KIND, row.id, row.number, row.bureau_id, partner, ours, due, done)


def _answers(session: Session, actor: Actor, since: datetime) -> Iterator[Promise]:
    mine = Clock.bureau_id == actor.bureau_id
    follows = cast(Clock.told, String).contains(actor.bureau_id)
    rows = session.scalars(
        select(Clock)
        .where(
            or_(mine, follows),
            Clock.kind.in_(ANSWERS),
            Clock.state != ClockState.CANCELLED,
            Clock.due_at >= since,
        )
        .order_by(Clock.id)
    ).unique()
    newest = {(row.kind, row.subject_id, row.rule_code): row for row in rows}
    shown = seen(session, actor.reader, [(row.kind, row.subject_id) for row in newest.values()])
    for row in newest.values():
        if (row.kind, row.subject_id) not in shown:
            continue
        what = in_locale(row.rule.name, row.rule.name_en)
        done = row.ended_at if row.state == ClockState.MET else None
        for partner in _partners(row.bureau_id, frozenset(row.told), actor):
            ours = row.bureau_id == actor.bureau_id
            yield Promise(
                row.kind, row.subject_id, what, row.bureau_id, partner, ours, row.due_at, done
            )


def _partners(owner_id: str, others: Iterable[str], actor: Actor) -> list[str]:
    """To whom the own bureau promised it; or the one who promised it to us."""
    if owner_id == actor.bureau_id:
        return sorted(set(others) - {owner_id})
    return [owner_id]


def dashboard(session: Session, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """Counts by partner, the trend over quarters, and the promises themselves."""
    now = utc_now()
    found = promises(session, actor, wanted)
    partners: dict[str, Both] = defaultdict(Both)
    quarters: dict[str, Both] = {name: Both() for name in _last_quarters(now)}
    total = Both()
    for one in found:
        partners[one.partner_id].add(one, now)
        total.add(one, now)
        if one.quarter in quarters:
            quarters[one.quarter].add(one, now)
    by_name = sorted(partners, key=lambda one: bureau(session, one).short_name)
    return {
        "total": total.to_dict(),
        "partners": [
            {"bureau_id": one, "name": bureau(session, one).name,
             "short_name": bureau(session, one).short_name} | partners[one].to_dict()
            for one in by_name
        ],
        "quarters": [{"quarter": name} | both.to_dict() for name, both in quarters.items()],
        "items": rows_of(session, actor, found[:LISTED]),
        "count": len(found),
    }  # fmt: skip


def _last_quarters(at: datetime) -> list[str]:
    """The names of the last quarters, this one last."""
    day = local_day(at)
    number = day.year * 4 + (day.month - 1) // 3
    return [f"{n // 4}Q{n % 4 + 1}" for n in range(number - QUARTERS + 1, number + 1)]


def rows_of(session: Session, actor: Actor, found: Iterable[Promise]) -> list[dict[str, Any]]:
    """Promises in words, each record as the reader may see it now."""
    now = utc_now()
    rows = []
    for one in found:
        named = describe(session, actor.reader, one.kind, one.id)
        status = one.status(now)
        rows.append(
            {
                "kind": one.kind,
                "kind_name": str(KINDS[one.kind]),
                "id": one.id,
                "title": named.title,
                "url": named.url,
                "what": one.what,
                "side": "ours" if one.ours else "theirs",
                "side_name": str(_l("我方承诺") if one.ours else _l("对方承诺")),
                "owner_name": bureau(session, one.owner_id).short_name,
                "partner_id": one.partner_id,
                "partner_name": bureau(session, one.partner_id).short_name,
                "due_at": utc_text(one.due_at),
                "done_at": utc_text(one.done_at) if one.done_at else None,
                "quarter": one.quarter,
                "status": status,
                "status_name": str(STATUS[status]),
                "tone": TONES[status],
            }
        )
    return rows
