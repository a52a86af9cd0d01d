"""What becomes of a finding after it was logged: its states, the task to a firm, the closing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, JsonList
from hub.errors import Conflict
from hub.patrols.models import Finding
from sharing.models import UtcDateTime


class FindingState(StrEnum):
    """States of a finding, from what a patrol saw to 销号."""

    OPEN = "open"
    REFERRED = "referred"
    TASKED = "tasked"
    CASE = "case"
    CLOSED = "closed"
    REOPENED = "reopened"


STATES = {
    FindingState.OPEN: _l("待处理"),
    FindingState.REFERRED: _l("已转交"),
    FindingState.TASKED: _l("整改中"),
    FindingState.CASE: _l("已立案"),
    FindingState.CLOSED: _l("已销号"),
    FindingState.REOPENED: _l("重新处理"),
}
TONES = {"open": "info", "referred": "warn", "tasked": "warn", "reopened": "danger"}
TONES |= {"case": "ok", "closed": "neutral"}
UNTAKEN = frozenset({FindingState.OPEN, FindingState.REFERRED, FindingState.REOPENED})
# act -> states it may be done in, state it leads to, rule told when it may not.
_MOVES: dict[str, tuple[frozenset[FindingState], FindingState, object]] = {
    "task": (
        UNTAKEN | {FindingState.TASKED},
        FindingState.TASKED,
        _l("只有尚未立案、尚未销号的问题可以责令整改"),
    ),
    "recall": (
        frozenset({FindingState.REFERRED}),
        FindingState.OPEN,
        _l("只有已转交的问题可以收回转交"),
    ),
    "refer": (UNTAKEN, FindingState.REFERRED, _l("只有尚未处理的问题可以转交")),
    "case": (
        UNTAKEN | {FindingState.TASKED},
        FindingState.CASE,
        _l("只有尚未立案、尚未销号的问题可以立案"),
    ),
    "close": (
        UNTAKEN | {FindingState.TASKED, FindingState.CASE},
        FindingState.CLOSED,
        _l("已销号的问题不能再次销号"),
    ),
    "reopen": (
        frozenset({FindingState.CLOSED}),
        FindingState.REOPENED,
        _l("只有已销号的问题可以重新打开"),
    ),
}


def may_move(finding: Finding, act: str) -> bool:
    """Whether the state allows an act: task, refer, recall, case, close or reopen."""
    return FindingState(finding.state) in _MOVES[act][0]


def check_move(finding: Finding, act: str) -> None:
    """Refuse an act that the state does not allow.

    Raises:
        Conflict: names the rule and the state.
    """
    if not may_move(finding, act):
        state = FindingState(finding.state)
        raise Conflict(
            _l("%(rule)s；现状态：%(state)s。", rule=_MOVES[act][2], state=STATES[state]),
            extra={"rule": f"finding.{act}", "state": finding.state},
        )


def move(finding: Finding, act: str) -> None:
    """Go to the state that an act leads to.

    Raises:
        Conflict: the present state does not allow the act.
    """
    check_move(finding, act)
    finding.state = _MOVES[act][1].value


class FindingClosure(Base):
    """The task that runs or ran for a finding, and how it was closed; one row per finding."""

    __tablename__ = "finding_closure"

    finding_id: Mapped[str] = mapped_column(ForeignKey("finding.id"), primary_key=True)
    firm: Mapped[str] = mapped_column(String(200), default="")
    task: Mapped[str] = mapped_column(Text, default="")
    tasked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tasked_by_name: Mapped[str | None] = mapped_column(String(200))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_name: Mapped[str | None] = mapped_column(String(200))
    close_note: Mapped[str] = mapped_column(Text, default="")
    # Why it was closed without a photo of after.
    no_photo_reason: Mapped[str] = mapped_column(String(500), default="")
    # Photos of after count from here on.
    reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # [{act, at, by_name, text, firm, due_on}], oldest first; only ever added to.
    steps: Mapped[JsonList]
