"""Rules in effect, their history, and new versions of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureaus
from hub.changes import record_change
from hub.db import utc_now
from hub.deadlines.models import DeadlineRule
from hub.errors import NotFound, StaleVersion, field_error

KIND = "deadline_rule"


class UnknownRule(LookupError):
    """A feature named a rule that does not exist or holds on no such day: a fault of the program
    or of the rules' owner, never of the person who acts."""


def rule_on(session: Session, code: str, day: date) -> DeadlineRule:
    """The version of a rule that holds on a local day: the newest that is valid then.

    Raises:
        UnknownRule: no version of that code is valid on the day.
    """
    row = session.scalars(
        select(DeadlineRule)
        .where(DeadlineRule.code == code, DeadlineRule.valid_from <= day)
        .where(DeadlineRule.valid_to.is_(None) | (DeadlineRule.valid_to > day))
        .order_by(DeadlineRule.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise UnknownRule(f"no version of the deadline rule {code!r} is valid on {day}")
    return row


def history(session: Session, code: str) -> Sequence[DeadlineRule]:
    """All versions of a rule, newest first.

    Raises:
        NotFound: no such code.
    """
    rows = session.scalars(
        select(DeadlineRule).where(DeadlineRule.code == code).order_by(DeadlineRule.number.desc())
    ).all()
    if not rows:
        raise NotFound
    return rows


def newest(session: Session) -> Sequence[DeadlineRule]:
    """The newest version of every rule, by code."""
    top = (
        select(DeadlineRule.code, func.max(DeadlineRule.number).label("number"))
        .group_by(DeadlineRule.code)
        .subquery()
    )
    rows = session.scalars(
        select(DeadlineRule).join(
            top, (DeadlineRule.code == top.c.code) & (DeadlineRule.number == top.c.number)
        )
    ).all()
    return sorted(rows, key=lambda row: natural(row.code))


def natural(code: str) -> tuple[str, int, str]:
    """A sort key by which D2 comes before D10."""
    head, _dot, tail = code.partition(".")
    digits = head.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    letters = head[: len(head) - len(digits)]
    return letters, int(digits) if digits.isdigit() else 0, tail


def revise(
    session: Session, actor: Actor, code: str, *, based_on: int, facts: dict[str, Any]
) -> DeadlineRule:
    """Put a new version of a rule beside the old ones; running clocks keep theirs.

    Args:
        based_on: number of the version that was read.
        facts: the columns of the new version, validity included.

    Raises:
        Forbidden: the actor is no official.
        StaleVersion: somebody else revised it meanwhile.
        Invalid: the validity ends before it begins.
    """
    actor.require(Right.RULE_EDIT)
    current = history(session, code)[0]
    if current.number != based_on:
        text = _l("您依据的是第%(old)s版，现为第%(new)s版。", old=based_on, new=current.number)
        raise StaleVersion(text, extra={"current_version": current.number})
    valid_to = facts.get("valid_to")
    if valid_to is not None and valid_to <= facts["valid_from"]:
        raise field_error("valid_to", _l("终止日期应晚于生效日期。"))
    row = DeadlineRule(
        code=code,
        number=current.number + 1,
        entered_by=actor.user_id,
        entered_by_name=actor.name,
        entered_at=utc_now(),
        **facts,
    )
    session.add(row)
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=code,
        version=row.number,
        verb="updated",
        bureaus=[bureau.id for bureau in bureaus(session)],
        detail={"before": _gist(current), "after": _gist(row)},
    )
    return row


def _gist(row: DeadlineRule) -> dict[str, Any]:
    return {
        "amount": row.amount,
        "unit": row.unit,
        "max_extension": row.max_extension,
        "collective_above": row.collective_above,
        "legal_ref": row.legal_ref,
        "mark": row.mark,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
    }
