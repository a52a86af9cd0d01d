"""Who may see what of a case: the rules once more, to be read by people and compared with the hub.

Written from the design and from the words of the agreements, never from `sharing/` or `hub/`:
nothing of them is imported here. The same rules stand, one row each, in docs/permissions.md.
Moments are days from now: -3 is three days ago. Bureaus are `focal` (whose readers look), `cell`
(its neighbour) and `third` (another, which may be party to the same agreement).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NOW = 0.0
WHITE, GRAY, BLACK = "white", "gray", "black"
EXISTENCE = "existence"
# No agreement opens it: a bureau's own notes, people and opinions.
NEVER = "internal"
ADMINISTRATORS = {"sysadmin", "secadmin", "auditor"}
# Stages that a case has without ever having been filed: its firm is not named to others.
NOT_FILED = {"lead", "not_filed", "referred"}

# What a case holds, by the field group that an agreement speaks of.
FIELDS: Mapping[str, frozenset[str]] = {
    EXISTENCE: frozenset({"id", "number", "version", "owner_bureau_id", "owner_name", "contact"}),
    "basics": frozenset(
        {"title", "category", "stage", "classification", "opened_at", "adcode", "zone", "links"}
    ),
    "place": frozenset({"lon", "lat", "place"}),
    "party": frozenset({"party_name", "party_uscc", "parties"}),
    "substance": frozenset({"pollutant", "waste_code", "description"}),
    "files": frozenset({"files"}),
    "measures": frozenset({"measures"}),
    "progress": frozenset({"progress"}),
    NEVER: frozenset(
        {"handlers", "finding_id", "reviewer_id", "chair_id", "outcome", "created_by_name"}
        | {"criminal_suspected", "reopens_id", "bureau_notes", "own_number"}
    ),
}
NOTES = "handler_notes"
SHAREABLE = tuple(group for group in FIELDS if group != NEVER)


@dataclass(frozen=True)
class Rule:
    """A row of the terms: at this place, for these purposes, so far is each group open."""

    clause: str
    place: str  # in_zone, near_line:<metres>, district, prefecture, province, elsewhere, anywhere
    levels: Mapping[str, str]
    purposes: frozenset[str] = frozenset({"joint_enforcement", "information"})
    retention: float | None = None
    kind: str = "case"


@dataclass(frozen=True)
class Text:
    """One text of an agreement: its days, its rules, since when all parties have signed it."""

    rules: tuple[Rule, ...]
    begins: float = -100.0
    ends: float = 100.0
    signed: float | None = -101.0
    retention: float | None = None
    max_classification: int = 3


@dataclass(frozen=True)
class Agreement:
    """An agreement: who is party, in which state, with which texts, with or without a zone."""

    parties: frozenset[str]
    texts: tuple[Text, ...]
    state: str = "signed"
    zone: str = "binding"


@dataclass(frozen=True)
class Share:
    """A case opened to a bureau at a moment; ended by a person, a clock, or not."""

    to: str
    groups: frozenset[str]
    purpose: str = "joint_enforcement"
    at: float = -5.0
    until: float | None = None
    keep_until: float | None = None
    ended: str | None = None
    granted: frozenset[str] = frozenset()
    granted_until: float | None = None
    # The agreement it was opened under, by its place in the world; None: one that is long over.
    under: int | None = 0


@dataclass(frozen=True)
class Case:
    """A case of one bureau. `spot`: in the zone (300 m), near the line (1.5 km) or far (4 km)."""

    owner: str = "cell"
    spot: str = "zone"
    classification: int = 2
    stage: str = "investigating"
    handlers: frozenset[str] = frozenset()
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True)
class World:
    """One case among bureaus with their agreements."""

    case: Case
    agreements: tuple[Agreement, ...] = ()


@dataclass(frozen=True)
class Reader:
    """A person who looks."""

    name: str
    bureau: str
    role: str
    clearance: int


@dataclass(frozen=True)
class Seen:
    """What a reader is shown: content of these groups, and which others are announced to him."""

    groups: frozenset[str]
    announced: frozenset[str] = frozenset()
    own: bool = False
    handler: bool = False
    named: frozenset[str] = field(default=frozenset())

    @property
    def fields(self) -> frozenset[str]:
        """The fields of the case that carry a value for him."""
        shown = frozenset().union(*(FIELDS[group] for group in self.groups))
        return shown | {NOTES} if self.handler else shown


def seen(world: World, reader: Reader, *, in_person: bool = True) -> Seen | None:
    """What a reader sees of the case now; None: not even that it exists.

    `in_person` is false at the doors that tell a whole class of readers the same (feed, socket).
    """
    case = world.case
    if reader.role in ADMINISTRATORS:
        return None
    if reader.clearance < case.classification:
        return None
    if reader.bureau == case.owner:
        handler = in_person and reader.name in case.handlers
        persons = {"person", "witness"} if handler else set()
        return Seen(frozenset(FIELDS), frozenset(), True, handler, frozenset({"firm"} | persons))
    return _as_partner(world, reader.bureau)


def _as_partner(world: World, bureau: str) -> Seen | None:
    share = next((s for s in world.case.shares if s.to == bureau and runs(s)), None)
    if share is None or not stands(share, world):
        return None
    terms = opened(world, bureau, share)
    if not terms:
        return None
    white = {group for group, level in terms.items() if level == WHITE}
    shown = white & share.groups
    announced = set(terms) - white
    if not shown - {EXISTENCE}:
        announced = set(terms)
    shown |= granted(share) & set(terms) | {EXISTENCE}
    firm = {"firm"} if filed(world.case) and "party" in shown else set()
    return Seen(frozenset(shown), frozenset(announced - shown), named=frozenset(firm))


def runs(share: Share) -> bool:
    """A share holds until somebody recalls it, or one of its two dates has come."""
    ends = [end for end in (share.until, share.keep_until) if end is not None]
    return share.ended is None and all(end > NOW for end in ends)


def stands(share: Share, world: World) -> bool:
    """A share shows nothing while the agreement it was opened under is not in force."""
    return share.under is not None and text_in_force(world.agreements[share.under]) is not None


def granted(share: Share) -> set[str]:
    """What the owner opened on request, for as long as he said."""
    lasts = share.granted_until is not None and share.granted_until > NOW
    return set(share.granted) if lasts else set()


def filed(case: Case) -> bool:
    """Whether the case was filed (立案) at some time: then its firm may be named."""
    return case.stage not in NOT_FILED


def opened(world: World, bureau: str, share: Share) -> dict[str, str]:
    """What the agreements in force open to a bureau, white or gray. Agreements add up."""
    together: dict[str, str] = {}
    for agreement in world.agreements:
        for group, level in under(agreement, world.case, bureau, share).items():
            if together.get(group) != WHITE:
                together[group] = level
    return together


def under(agreement: Agreement, case: Case, bureau: str, share: Share) -> dict[str, str]:
    """What one agreement opens: within it black binds, and white goes before gray."""
    text = text_in_force(agreement)
    if text is None or not {case.owner, bureau} <= agreement.parties:
        return {}
    if case.classification > text.max_classification:
        return {}
    rules = [
        rule
        for rule in text.rules
        if rule.kind == "case"
        and share.purpose in rule.purposes
        and covers(rule.place, agreement, case, bureau)
    ]
    closed = {group for rule in rules for group, level in rule.levels.items() if level == BLACK}
    if EXISTENCE in closed:
        return {}
    open_now = {}
    for group in set(FIELDS) - closed - {NEVER}:
        level, rule = cited(rules, group, text)
        if rule is not None and not kept_too_long(rule, text, share):
            open_now[group] = level
    # Whoever may know of anything in it may know that it exists.
    return open_now | {EXISTENCE: WHITE} if open_now else {}


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


def strict(rule: Rule, text: Text) -> tuple[bool, float]:
    """Of rules that are equally specific the one is cited that lets it be kept for less long."""
    days = kept_days(rule, text)
    return days is None, days or 0.0


def kept_days(rule: Rule, text: Text) -> float | None:
    """The retention of the rule, or else of the text."""
    return text.retention if rule.retention is None else rule.retention


def kept_too_long(rule: Rule, text: Text, share: Share) -> bool:
    """Whether its retention, counted from when it was received, is over."""
    days = kept_days(rule, text)
    return days is not None and share.at + days <= NOW


def covers(place: str, agreement: Agreement, case: Case, bureau: str) -> bool:
    """Whether a rule's place holds the case. The line meant is that between owner and reader."""
    name, _, metres = place.partition(":")
    if name == "in_zone":
        return case.spot == "zone" and agreement.zone == "binding"
    if name == "near_line":
        neighbours = {case.owner, bureau} == {"focal", "cell"}
        return neighbours and DISTANCE_M[case.spot] <= float(metres)
    return name in {"anywhere", "district", "prefecture", "province"}


DISTANCE_M = {"zone": 300.0, "near": 1500.0, "far": 4000.0}
