"""What came out of asking whether a bureau may see a record: a value with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from sharing.onward import NEVER, Onward

# The field group that tells there is a record and whom to ask: id, kind, contact.
EXISTENCE = "existence"

# Groups that no agreement can open: the reporter of a petition (CODE art. 146), and a bureau's
# own opinions, legal review, informants and tactics.
NEVER_SHARED = frozenset({"reporter", "internal"})

# Classifications 0-4 are public, internal, shared, sensitive, named persons; from here on a
# record is a state secret, which must not be in the hub at all.
STATE_SECRET = 5

# Every code that a decision can give, with its meaning; the screens translate the code.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "allowed": "a clause of an agreement in force opens these field groups",
        "gray": "a clause opens only the fact that there is something, and whom to ask",
        "state_secret": "the record is a state secret and is never shared",
        "own_record": "the reader's bureau owns the record; sharing rules do not apply",
        "no_share": "the record was not shared with this bureau",
        "no_agreement": "no agreement has both bureaus as parties",
        "agreement_not_in_force": "the agreement is not in force (draft, suspended, ended)",
        "agreement_not_yet_valid": "the agreement's validity has not begun",
        "agreement_expired": "the agreement's validity has ended",
        "classification_too_high": "the record is classified above what the agreement covers",
        "kind_not_covered": "no clause covers this kind of record",
        "purpose_not_covered": "no clause covers this kind of record for this purpose",
        "place_not_covered": "no clause covers this place",
        "kept_black": "the clauses that cover it keep it closed",
        "retention_over": "the time for which it may be kept is over; it is to be purged",
        "onward_never": "the clause forbids passing on what was received",
        "onward_not_named": "the clause names the bureaus it may go to, and this is none of them",
        "onward_needs_consent": "the clause asks for the owner's consent before passing it on",
    }
)


class Level(StrEnum):
    """How far a field group is open: content, existence, nothing."""

    WHITE = "white"
    GRAY = "gray"
    BLACK = "black"


@dataclass(frozen=True, slots=True, order=True)
class Ground:
    """Why one field group is white or gray: the clause, and the agreement version it is of.

    What binds the receiver goes with it: how long he may keep it, whether he may pass it on.
    """

    group: str
    level: Level
    clause: str
    agreement_id: str
    agreement_version: int
    # days; None: no end is agreed
    retention_days: int | None = None
    onward: Onward = NEVER


@dataclass(frozen=True)
class Allowed:
    """The reader may see the fields of ``field_groups``.

    ``clause`` and ``agreement_*`` name the leading ground; ``grounds`` has one per group.
    """

    clause: str
    agreement_id: str
    agreement_version: int
    field_groups: frozenset[str]
    gray_groups: frozenset[str] = frozenset()
    grounds: tuple[Ground, ...] = ()

    def __bool__(self) -> Literal[True]:
        """Content may be shown."""
        return True


@dataclass(frozen=True)
class Gray:
    """The reader may learn that there is something, and whom to ask."""

    clause: str
    agreement_id: str
    agreement_version: int
    gray_groups: frozenset[str] = frozenset()
    grounds: tuple[Ground, ...] = ()

    def __bool__(self) -> Literal[False]:
        """No content may be shown."""
        return False


@dataclass(frozen=True)
class Denied:
    """The reader may not even learn that there is something; ``reason`` is a key of REASONS."""

    reason: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Refuse a reason that nobody could explain, and freeze the parameters."""
        if self.reason not in REASONS:
            raise ValueError(f"not a reason: {self.reason}")
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))

    def __bool__(self) -> Literal[False]:
        """Nothing may be shown."""
        return False


Decision = Allowed | Gray | Denied


@dataclass(frozen=True)
class Explanation:
    """A decision in the form that a page, a log or a test shows: a code of REASONS and details."""

    code: str
    params: Mapping[str, object]


def explain(decision: Decision) -> Explanation:
    """Return the reason of any decision as a code and JSON-ready parameters."""
    if isinstance(decision, Denied):
        return Explanation(decision.reason, dict(decision.params))
    params: dict[str, object] = {
        "clause": decision.clause,
        "agreement_id": decision.agreement_id,
        "agreement_version": decision.agreement_version,
        "gray_groups": sorted(decision.gray_groups),
    }
    if isinstance(decision, Gray):
        return Explanation("gray", params)
    return Explanation("allowed", params | {"field_groups": sorted(decision.field_groups)})
