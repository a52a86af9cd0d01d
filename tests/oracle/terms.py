"""What the agreements open of a record of any kind: the rules of terms once more."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.oracle.values import (
    BLACK,
    EXISTENCE,
    FIELDS,
    GRAY,
    NEVER,
    NOW,
    STRICTEST_FIRST,
    WHITE,
    Agreement,
    Case,
    Rule,
    Share,
    Text,
    World,
)


@dataclass(frozen=True)
class Asked:
    """What is asked of the terms: one record of an owner, for one reader and purpose."""

    owner: str
    reader: str
    spot: str
    classification: int
    purpose: str
    kind: str = "case"
    # Since when the reader has it; None: he is about to get it.
    since: float | None = None


@dataclass(frozen=True)
class Opening:
    """How far a group is open, and whether it may be passed on."""

    level: str
    onward: str


def of_share(case: Case, bureau: str, share: Share) -> Asked:
    """What a share of a case asks."""
    return Asked(case.owner, bureau, case.spot, case.classification, share.purpose, since=share.at)


def opened(world: World, asked: Asked) -> dict[str, Opening]:
    """What the agreements in force open, white or gray. Agreements add up.

    Where two open a group alike, that one is cited which opens more; then the older.
    """
    each = [under(agreement, asked) for agreement in world.agreements]
    together: dict[str, Opening] = {}
    for opens in sorted(each, key=lambda one: (-len(white(one)), -len(one))):
        for group, opening in opens.items():
            if group not in together or (together[group].level, opening.level) == (GRAY, WHITE):
                together[group] = opening
    return together


def white(openings: dict[str, Opening]) -> set[str]:
    """The groups whose content is open."""
    return {group for group, opening in openings.items() if opening.level == WHITE}


def under(agreement: Agreement, asked: Asked) -> dict[str, Opening]:
    """What one agreement opens: within it black binds, and white goes before gray."""
    text = text_in_force(agreement)
    if text is None or not {asked.owner, asked.reader} <= agreement.parties:
        return {}
    if asked.classification > text.max_classification:
        return {}
    rules = [
        rule
        for rule in text.rules
        if rule.kind == asked.kind
        and asked.purpose in rule.purposes
        and covers(rule.place, agreement, asked)
    ]
    closed = {group for rule in rules for group, level in rule.levels.items() if level == BLACK}
    if EXISTENCE in closed:
        return {}
    open_now = {}
    for group in set(FIELDS) - closed - {NEVER}:
        level, rule = cited(rules, group, text)
        if rule is not None and not kept_too_long(rule, text, asked.since):
            open_now[group] = Opening(level, rule.onward)
    if not open_now:
        return {}
    # Whoever may know of anything in it may know that it exists.
    return open_now | {EXISTENCE: Opening(WHITE, "never")}


def text_in_force(agreement: Agreement) -> Text | None:
    """The newest text that all signed and that has begun, if its last day has not come."""
    if agreement.state != "signed":
        return None
    begun = [text for text in agreement.texts if has_begun(text, first=agreement.texts[0])]
    return begun[-1] if begun and begun[-1].ends > NOW else None


def has_begun(text: Text, first: Text) -> bool:
    """An amendment begins on its first day, but never before its last signature."""
    if text.signed is None:
        return False
    begins = text.begins if text is first else max(text.begins, text.signed)
    return begins <= NOW


def cited(rules: list[Rule], group: str, text: Text) -> tuple[str, Rule | None]:
    """White if a rule says white, else gray; and the most specific rule that says so."""
    for level in (WHITE, GRAY):
        saying = [rule for rule in rules if rule.levels.get(group) == level]
        if saying:
            return level, min(saying, key=lambda rule: (specific(rule), strict(rule, text)))
    return BLACK, None


def specific(rule: Rule) -> tuple[int, float, str]:
    """Order of rules: zone, line (narrower first), districts, anywhere; then by clause."""
    name, _, metres = rule.place.partition(":")
    rank = {"in_zone": 0, "near_line": 1, "anywhere": 3}.get(name, 2)
    return rank, float(metres or 0), rule.clause


def strict(rule: Rule, text: Text) -> tuple[bool, float, int]:
    """Of rules that are equally specific the one is cited that lets it be kept for less long,
    then the one that lets it be passed on less."""
    days = kept_days(rule, text)
    return days is None, days or 0.0, STRICTEST_FIRST.index(rule.onward)


def kept_days(rule: Rule, text: Text) -> float | None:
    """The retention of the rule, or else of the text."""
    return text.retention if rule.retention is None else rule.retention


def kept_too_long(rule: Rule, text: Text, since: float | None) -> bool:
    """Whether its retention, counted from when it was received, is over."""
    days = kept_days(rule, text)
    return days is not None and since is not None and since + days <= NOW


def covers(place: str, agreement: Agreement, asked: Asked) -> bool:
    """Whether a rule's place holds the record. The line meant is that between owner and reader;
    what has no place is held by rules for any place alone."""
    name, _, metres = place.partition(":")
    if name == "in_zone":
        return asked.spot == "zone" and agreement.zone == "binding"
    if name == "near_line":
        neighbours = {asked.owner, asked.reader} == {"focal", "cell"}
        return neighbours and DISTANCE_M[asked.spot] <= float(metres)
    return name == "anywhere" or (
        asked.spot != NOWHERE and name in {"district", "prefecture", "province"}
    )


NOWHERE = "nowhere"
DISTANCE_M = {"zone": 300.0, "near": 1500.0, "far": 4000.0, NOWHERE: math.inf}
