"""Running clocks change hands with the record they run for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from hub.deadlines.models import Clock, ClockState
from hub.deadlines.services import OPEN, Subject

# Of a clock, what goes on as it was: the trigger, the term, what was added and what was left out.
_GOES_ON = (
    "kind", "subject_id", "rule_code", "rule_id", "amount", "state", "starts_at", "due_at",
    "near_at", "unknown_years", "extensions", "pauses",
)  # fmt: skip


def hand_over(
    session: Session,
    subjects: Collection[Subject],
    *,
    giver: str,
    taker: str,
    at: datetime,
    reason: str,
) -> int:
    """Let the open clocks of a bureau on some records go on with another; how many did.

    The term is the law's and does not begin anew: the taker's clock counts from the same moment,
    with the same extensions and pauses, is laid on nobody by name, and warns anew. The giver's
    ends as cancelled for the reason, and stays as what was.

    Args:
        giver, taker: ids of the bureaus.
    """
    rows = session.scalars(
        select(Clock)
        .where(tuple_(Clock.kind, Clock.subject_id).in_([tuple(one) for one in subjects]))
        .where(Clock.bureau_id == giver, Clock.state.in_(OPEN))
        .order_by(Clock.id)
        .with_for_update(of=Clock)
    )
    held = rows.unique().all()
    for old in held:
        new = Clock(
            **{name: getattr(old, name) for name in _GOES_ON},
            bureau_id=taker,
            told=sorted(set(old.told) - {taker}),
            version=1,
        )
        new.rule = old.rule
        old.state, old.ended_at, old.end_reason = ClockState.CANCELLED.value, at, reason
        old.version += 1
        # One clock of a rule is open for a record: the old one ends before the new one stands.
        session.flush()
        session.add(new)
    session.flush()
    return len(held)
