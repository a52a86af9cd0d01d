"""What a world of the oracle is made of: bureaus, agreements, a case and what stands beside it.

Nothing of `sharing/` or `hub/` is imported here. Moments are days from now: -3 is three days ago.
Bureaus are `focal` (whose readers look), `cell` (its neighbour) and `third` (another, which may be
party to the same agreement, or gets what one of the two passes on).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NOW = 0.0
WHITE, GRAY, BLACK = "white", "gray", "black"
EXISTENCE = "existence"
# No agreement opens it: a bureau's own notes, people and opinions.
NEVER = "internal"
ADMINISTRATORS = {"sysadmin", "secadmin", "auditor"}
# Stages that a case has without ever having been filed: its firm is not named to others.
NOT_FILED = {"lead", "not_filed", "referred"}

# How free what was received may be passed on, from the strictest; "parties:third" names a bureau.
STRICTEST_FIRST = ("never", "consent", "parties:focal", "parties:third", "anyone")

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
    onward: str = "never"


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
    # The share on which it hangs, by its place in the case, when a partner passed it on; whether
    # the owner agreed to that.
    of: int | None = None
    consented: bool = False


@dataclass(frozen=True)
class Finding:
    """What a joint patrol saw: recorded by one of its parties, perhaps taken up by the other."""

    by: str
    parties: frozenset[str]
    taken: str | None = None
    at: float = -5.0
    # The agreement of the patrol, by its place in the world.
    under: int = 0


@dataclass(frozen=True)
class Request:
    """A letter of one bureau to another; joint handling has a workspace of named handlers."""

    sender: str
    receiver: str
    kind: str = "assistance"
    sent: bool = True
    classification: int = 2
    about_case: bool = False
    handlers: frozenset[str] = frozenset()
    # What of a lead went along when it was sent.
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Petition:
    """A complaint taken by one bureau; perhaps it wished to settle it with another."""

    owner: str = "cell"
    partner: str | None = None
    # What became of the wish: asked, accepted, declined, withdrawn.
    joint: str | None = None
    asked: float = -5.0
    classification: int = 2


@dataclass(frozen=True)
class Emergency:
    """What a person stated to read a case above his clearance, and up to which classification."""

    who: str
    until: float = 0.1
    ended: bool = False
    opened: int = 4


@dataclass(frozen=True)
class Case:
    """A case of one bureau. `spot`: in the zone (300 m), near the line (1.5 km) or far (4 km)."""

    owner: str = "cell"
    spot: str = "zone"
    classification: int = 2
    stage: str = "investigating"
    handlers: frozenset[str] = frozenset()
    shares: tuple[Share, ...] = ()
    emergency: Emergency | None = None


@dataclass(frozen=True)
class World:
    """One case among bureaus with their agreements; perhaps a finding, a request, a petition."""

    case: Case
    agreements: tuple[Agreement, ...] = ()
    finding: Finding | None = None
    request: Request | None = None
    petition: Petition | None = None


@dataclass(frozen=True)
class Reader:
    """A person who looks."""

    name: str
    bureau: str
    role: str
    clearance: int
