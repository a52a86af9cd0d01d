"""What binds the receiver of a decision: until when to keep it, to whom it may go on."""

from __future__ import annotations

from datetime import datetime

from sharing.decisions import EXISTENCE, REASONS, Allowed, Decision, Denied, Gray, Ground, Level
from sharing.onward import kept_until

_PROGRESS = {code: place for place, code in enumerate(REASONS)}


def keep_until(decision: Decision, received_at: datetime) -> datetime | None:
    """Until when (UTC) something of what a decision opens may be kept; None: no end is agreed.

    Existence counts only when nothing else is open: it goes with the rest. What is denied may not
    be kept at all.
    """
    if isinstance(decision, Denied):
        return received_at
    named = [ground for ground in decision.grounds if ground.group != EXISTENCE]
    ends = [kept_until(received_at, g.retention_days) for g in named or decision.grounds]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _held(decision: Allowed | Gray) -> list[Ground]:
    """The grounds of what a reader has or knows of; existence goes only with something else."""
    known = decision.gray_groups
    if isinstance(decision, Allowed):
        known |= decision.field_groups
    return [g for g in decision.grounds if g.group in known and g.group != EXISTENCE]


def _refused(decision: Allowed | Gray, refusals: dict[str, Ground]) -> Denied:
    """The refusal that is nearest to being allowed, with the clause that stands against it."""
    if not refusals:
        return Denied("onward_never", {"clause": decision.clause})
    why = max(refusals, key=lambda code: _PROGRESS[code])
    ground = refusals[why]
    named = {"agreement_id": ground.agreement_id, "agreement_version": ground.agreement_version}
    return Denied(why, named | {"clause": ground.clause})


def pass_on(decision: Decision, bureau_id: str, *, consented: bool = False) -> Decision:
    """Decide what the receiver of a decision may pass on to a third bureau.

    ``consented`` says that the owner agreed to this bureau. The answer never opens more than
    ``decision`` does.
    """
    if isinstance(decision, Denied):
        return decision
    refusals: dict[str, Ground] = {}
    going: list[Ground] = []
    for ground in _held(decision):
        why = ground.onward.refusal(bureau_id, consented=consented)
        if why is None:
            going.append(ground)
        else:
            refusals.setdefault(why, ground)
    if not going:
        return _refused(decision, refusals)
    shown = decision.field_groups if isinstance(decision, Allowed) else frozenset()
    white = frozenset(g.group for g in going if g.group in shown and g.level is Level.WHITE)
    gray = frozenset(ground.group for ground in going) - white
    lead = next((ground for ground in going if ground.group in white), going[0])
    named = (lead.clause, lead.agreement_id, lead.agreement_version)
    if not white:
        return Gray(*named, gray_groups=gray, grounds=tuple(going))
    return Allowed(*named, field_groups=white | {EXISTENCE}, gray_groups=gray, grounds=tuple(going))
