"""Agreement terms, and the one decision whether a bureau may see another's record.

How rules add up (``decide``):

1. Default deny. Only agreements count that are in force at the moment asked about and have both
   bureaus as parties; of one agreement only its highest version in force.
2. Within an agreement every rule that matches kind, purpose and place counts. A group is white
   if one of them says white, else gray if one says gray. A group that a matching rule names
   black stays closed, whatever the others say. A group that none names is closed.
3. ``existence`` goes with everything: whoever may see a group knows that the record exists. So
   existence named black closes the record under that agreement.
4. Across agreements permissions add up; one agreement's black does not bind another.
5. The clause cited for a group is the most specific rule's (in zone, near the line, narrower
   first, districts, fewer first, anywhere; then by clause, then the stricter obligations);
   between agreements the one that opens most groups leads, then the smaller id. The same input
   gives the same answer in any order.
6. Retention and passing on go with the clause cited. A group that was received and whose time
   is over is closed under that agreement; another agreement may still open it.
7. What was received goes on to a third bureau group by group, as far as the clause cited for
   the group lets it (``sharing.obligations``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sharing.canonical import utc_text
from sharing.decisions import (
    EXISTENCE,
    NEVER_SHARED,
    REASONS,
    STATE_SECRET,
    Allowed,
    Decision,
    Denied,
    Explanation,
    Gray,
    Ground,
    Level,
    explain,
)
from sharing.onward import ANYONE, NEVER, Onward, OnwardKind, kept_until
from sharing.places import Anywhere, Districts, InZone, NearLine, Place, Whereabouts
from sharing.rules import TermRule, Terms

__all__ = [
    "ANYONE",
    "EXISTENCE",
    "NEVER",
    "NEVER_SHARED",
    "REASONS",
    "STATE_SECRET",
    "AgreementState",
    "Allowed",
    "Anywhere",
    "Decision",
    "Denied",
    "Districts",
    "Explanation",
    "Gray",
    "Ground",
    "InZone",
    "Level",
    "NearLine",
    "Onward",
    "OnwardKind",
    "Place",
    "Situation",
    "TermRule",
    "Terms",
    "decide",
    "explain",
]

IN_FORCE = "in_force"


@dataclass(frozen=True)
class AgreementState:
    """One version of an agreement as the decision needs it; valid from ≤ at < to (UTC-aware)."""

    agreement_id: str
    version: int
    parties: frozenset[str]
    state: str
    valid_from: datetime
    valid_to: datetime | None
    terms: Terms


@dataclass(frozen=True)
class Situation:
    """One reader, one record, one purpose, one moment."""

    at: datetime
    owner_bureau_id: str
    reader_bureau_id: str
    kind: str
    purpose: str
    # agreements in whose zones the record lies
    in_zone_of: frozenset[str] = frozenset()
    # metres to the boundary line between the two bureaus
    distance_to_line_m: float | None = None
    # GB/T 2260 code of the place
    adcode: str | None = None
    # 0 public ... 4 named persons, 5 state secret
    classification: int = 0
    # when the reader's bureau received the record; None: it has not, so no retention has begun
    received_at: datetime | None = None


@dataclass(frozen=True)
class _Opened:
    """What one agreement opens: the ground of each group, and the clause that leads."""

    agreement: AgreementState
    grounds: Mapping[str, Ground]
    lead: str

    def white(self) -> int:
        return sum(ground.level is Level.WHITE for ground in self.grounds.values())


# How far the question got before it was denied: the furthest is the most useful to tell.
_PROGRESS = {code: place for place, code in enumerate(REASONS)}


def _furthest(denial: Denied) -> tuple[int, str]:
    named = f"{denial.params['agreement_id']} {denial.params['agreement_version']}"
    return _PROGRESS[denial.reason], named


def _denied(agreement: AgreementState, reason: str, **params: object) -> Denied:
    named = {"agreement_id": agreement.agreement_id, "agreement_version": agreement.version}
    return Denied(reason, named | params)


def _not_in_force(agreement: AgreementState, at: datetime) -> Denied | None:
    if agreement.state != IN_FORCE:
        return _denied(agreement, "agreement_not_in_force", state=agreement.state)
    if at < agreement.valid_from:
        return _denied(
            agreement, "agreement_not_yet_valid", valid_from=utc_text(agreement.valid_from)
        )
    if agreement.valid_to is not None and at >= agreement.valid_to:
        return _denied(agreement, "agreement_expired", valid_to=utc_text(agreement.valid_to))
    return None


def _matching(agreement: AgreementState, asked: Situation) -> list[TermRule] | Denied:
    """The rules that apply, most specific first, or the first condition that none meets."""
    if asked.classification > agreement.terms.max_classification:
        return _denied(agreement, "classification_too_high", classification=asked.classification)
    rules = [rule for rule in agreement.terms.rules if rule.kind == asked.kind]
    if not rules:
        return _denied(agreement, "kind_not_covered", kind=asked.kind)
    rules = [rule for rule in rules if asked.purpose in rule.purposes]
    if not rules:
        return _denied(agreement, "purpose_not_covered", purpose=asked.purpose)
    where = Whereabouts(
        in_zone=agreement.agreement_id in asked.in_zone_of,
        distance_to_line_m=asked.distance_to_line_m,
        adcode=asked.adcode,
    )
    rules = [rule for rule in rules if rule.place.covers(where)]
    if not rules:
        return _denied(agreement, "place_not_covered")
    terms = agreement.terms
    return sorted(
        rules, key=lambda rule: (rule.place.rank(), rule.clause, _strictness(terms, rule))
    )


def _strictness(terms: Terms, rule: TermRule) -> tuple[object, ...]:
    days = terms.retention_of(rule)
    return (days is None, days or 0, terms.onward_of(rule).strictness())


def _ground(agreement: AgreementState, rule: TermRule, group: str, level: Level) -> Ground:
    return Ground(
        group,
        level,
        rule.clause,
        agreement.agreement_id,
        agreement.version,
        agreement.terms.retention_of(rule),
        agreement.terms.onward_of(rule),
    )


def _grounds(agreement: AgreementState, rules: list[TermRule]) -> dict[str, Ground]:
    closed = {g for rule in rules for g, level in rule.levels.items() if level is Level.BLACK}
    grounds: dict[str, Ground] = {}
    if EXISTENCE in closed:
        return grounds
    for wanted in (Level.WHITE, Level.GRAY):
        for rule in rules:
            for group, level in rule.levels.items():
                if level is wanted and group not in closed and group not in grounds:
                    grounds[group] = _ground(agreement, rule, group, level)
    return grounds


def _is_over(ground: Ground, asked: Situation) -> bool:
    if asked.received_at is None:
        return False
    end = kept_until(asked.received_at, ground.retention_days)
    return end is not None and end <= asked.at


def _under(agreement: AgreementState, asked: Situation) -> _Opened | Denied:
    rules = _matching(agreement, asked)
    if isinstance(rules, Denied):
        return rules
    grounds = _grounds(agreement, rules)
    if not grounds:
        return _denied(agreement, "kept_black", clause=rules[0].clause)
    grounds = {g: ground for g, ground in grounds.items() if not _is_over(ground, asked)}
    if not grounds:
        return _denied(agreement, "retention_over", clause=rules[0].clause)
    levels = {ground.level for ground in grounds.values()}
    strongest = Level.WHITE if Level.WHITE in levels else Level.GRAY
    citable = {ground.clause for ground in grounds.values() if ground.level is strongest}
    lead = next(rule for rule in rules if rule.clause in citable)
    if EXISTENCE not in grounds or grounds[EXISTENCE].level is not Level.WHITE:
        grounds[EXISTENCE] = _ground(agreement, lead, EXISTENCE, Level.WHITE)
    return _Opened(agreement, grounds, lead.clause)


def _together(opened: list[_Opened]) -> Allowed | Gray:
    """Add up what several agreements open; ``opened`` has at least one."""
    opened = sorted(opened, key=lambda o: (-o.white(), -len(o.grounds), o.agreement.agreement_id))
    merged: dict[str, Ground] = {}
    for one in opened:
        for group, ground in one.grounds.items():
            held = merged.get(group)
            if held is None or (held.level is Level.GRAY and ground.level is Level.WHITE):
                merged[group] = ground
    white = frozenset(g for g, ground in merged.items() if ground.level is Level.WHITE)
    gray = frozenset(merged) - white
    lead = opened[0]
    named = (lead.lead, lead.agreement.agreement_id, lead.agreement.version)
    grounds = tuple(sorted(merged.values()))
    if white == {EXISTENCE}:
        return Gray(*named, gray_groups=gray, grounds=grounds)
    return Allowed(*named, field_groups=white, gray_groups=gray, grounds=grounds)


def _effective(
    agreements: Iterable[AgreementState], asked: Situation
) -> tuple[list[AgreementState], list[Denied]]:
    """The agreements between the two in force (highest version each), and why others are not."""
    newest: dict[str, AgreementState] = {}
    denials: list[Denied] = []
    for agreement in agreements:
        if not {asked.owner_bureau_id, asked.reader_bureau_id} <= agreement.parties:
            continue
        denial = _not_in_force(agreement, asked.at)
        if denial is not None:
            denials.append(denial)
            continue
        held = newest.get(agreement.agreement_id)
        if held is None or agreement.version > held.version:
            newest[agreement.agreement_id] = agreement
    return list(newest.values()), denials


def decide(agreements: Iterable[AgreementState], situation: Situation) -> Decision:
    """Decide what a reader's bureau may see of another bureau's record (rules: see the module).

    The place in ``situation`` is in metres and GB/T 2260 codes, times are UTC-aware. Never
    raises for a situation: whatever is not clearly opened is denied, with a code of REASONS.
    """
    if situation.classification >= STATE_SECRET:
        return Denied("state_secret")
    if situation.owner_bureau_id == situation.reader_bureau_id:
        return Denied("own_record")
    effective, denials = _effective(agreements, situation)
    answers = [_under(agreement, situation) for agreement in effective]
    opened = [answer for answer in answers if isinstance(answer, _Opened)]
    if opened:
        return _together(opened)
    denials += [answer for answer in answers if isinstance(answer, Denied)]
    if not denials:
        return Denied("no_agreement")
    return max(denials, key=_furthest)
