"""What an agreement says about sharing, as values with a versioned wire format.

The wire format (``to_dict``/``from_dict``) evolves so: within format 1 a key may be added only
with a default that opens nothing; a reader refuses keys and formats it does not know, because an
unknown key may be a restriction. Anything else is a new format number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from sharing.decisions import NEVER_SHARED, STATE_SECRET, Level
from sharing.errors import InvalidTerms, UnknownFormat
from sharing.onward import ANYONE, NEVER, Onward, onward_from_dict
from sharing.places import Place, place_from_dict

FORMAT = 1
# A century; longer is a slip of the pen, and larger numbers overflow the calendar.
LONGEST_RETENTION_DAYS = 36_500
# Terms that say nothing about it cover records up to "sensitive", not "named persons only".
DEFAULT_MAX_CLASSIFICATION = 3
# A year; more is no term.
MOST_ANSWER_HOURS = 8784

OPTIONAL = {
    "retention_days",
    "onward_sharing",
    "clauses_text",
    "max_classification",
    "answer_hours",
}

T = TypeVar("T")


def _only_keys(data: Mapping[str, object], required: set[str], optional: set[str]) -> None:
    missing, unknown = required - data.keys(), data.keys() - required - optional
    if missing or unknown:
        raise UnknownFormat(missing=sorted(missing), unknown=sorted(unknown))


def _typed(data: Mapping[str, object], key: str, kind: type[T], default: T | None = None) -> T:
    value = data.get(key, default)
    # bool is an int in Python, but never a number of days here.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise InvalidTerms(key=key, value=value)
    return value


def _texts(data: Mapping[str, object], key: str) -> frozenset[str]:
    values = data[key]
    if not isinstance(values, list | tuple) or not all(isinstance(v, str) for v in values):
        raise InvalidTerms(key=key, value=values)
    return frozenset(values)


def _check_retention(days: int | None) -> None:
    if days is not None and not 1 <= days <= LONGEST_RETENTION_DAYS:
        raise InvalidTerms(retention_days=days, limit=LONGEST_RETENTION_DAYS)


def _days(data: Mapping[str, object]) -> int | None:
    return None if data.get("retention_days") is None else _typed(data, "retention_days", int)


@dataclass(frozen=True)
class TermRule:
    """One clause's permission: for a kind, at a place, for purposes, how far each group opens.

    A group that ``levels`` does not name is not opened by this rule. A group it names ``black``
    stays closed whatever other rules of the same agreement say. ``retention_days`` and ``onward``
    bind the receiver of what is cited to this rule; None: as the agreement says in general. Raises
    InvalidTerms when a rule is empty or opens a group of NEVER_SHARED.
    """

    clause: str
    kind: str
    place: Place
    purposes: frozenset[str]
    levels: Mapping[str, Level] = field(hash=False)
    # days after which the receiver must purge what this rule opened
    retention_days: int | None = None
    # whether the receiver may pass it on
    onward: Onward | None = None

    def __post_init__(self) -> None:
        """Check and freeze."""
        _check_retention(self.retention_days)
        if not (self.clause and self.kind and self.purposes and self.levels):
            raise InvalidTerms(clause=self.clause, kind=self.kind, empty=True)
        opened = {group for group, level in self.levels.items() if level != Level.BLACK}
        if opened & NEVER_SHARED:
            raise InvalidTerms(clause=self.clause, never_shared=sorted(opened & NEVER_SHARED))
        levels = {group: Level(level) for group, level in self.levels.items()}
        object.__setattr__(self, "levels", MappingProxyType(levels))
        object.__setattr__(self, "purposes", frozenset(self.purposes))

    def to_dict(self) -> dict[str, object]:
        """Return the wire form; what the rule does not state is not in it, as before it existed."""
        wire: dict[str, object] = {
            "clause": self.clause,
            "kind": self.kind,
            "place": self.place.to_dict(),
            "purposes": sorted(self.purposes),
            "levels": {group: level.value for group, level in sorted(self.levels.items())},
        }
        if self.retention_days is not None:
            wire["retention_days"] = self.retention_days
        if self.onward is not None:
            wire["onward"] = self.onward.to_dict()
        return wire

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> TermRule:
        """Read the wire form; raises UnknownFormat or InvalidTerms."""
        required = {"clause", "kind", "place", "purposes", "levels"}
        _only_keys(data, required, {"retention_days", "onward"})
        levels = _typed(data, "levels", dict)
        known = {level.value for level in Level}
        if not all(isinstance(g, str) and level in known for g, level in levels.items()):
            raise InvalidTerms(key="levels", value=levels)
        return cls(
            clause=_typed(data, "clause", str),
            kind=_typed(data, "kind", str),
            place=place_from_dict(data["place"]),
            purposes=_texts(data, "purposes"),
            levels={group: Level(level) for group, level in levels.items()},
            retention_days=_days(data),
            onward=None if data.get("onward") is None else onward_from_dict(data["onward"]),
        )


@dataclass(frozen=True)
class Terms:
    """All that an agreement version says about sharing."""

    rules: tuple[TermRule, ...] = ()
    # days after which a partner must purge what it received; None: as its own law says
    retention_days: int | None = None
    # whether a partner may pass on what it received
    onward_sharing: bool = False
    # the words of each clause: {clause: {"zh": ..., "en": ...}}
    clauses_text: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    # records classified above this (0-4) are not covered
    max_classification: int = DEFAULT_MAX_CLASSIFICATION
    # hours within which a partner answers what it received; None: as the hub's rule says
    answer_hours: int | None = None

    def __post_init__(self) -> None:
        """Check and freeze; raises InvalidTerms."""
        _check_retention(self.retention_days)
        if self.answer_hours is not None and not 1 <= self.answer_hours <= MOST_ANSWER_HOURS:
            raise InvalidTerms(answer_hours=self.answer_hours)
        if not 0 <= self.max_classification < STATE_SECRET:
            raise InvalidTerms(max_classification=self.max_classification)
        texts = {c: MappingProxyType(dict(text)) for c, text in self.clauses_text.items()}
        object.__setattr__(self, "rules", tuple(self.rules))
        object.__setattr__(self, "clauses_text", MappingProxyType(texts))

    def retention_of(self, rule: TermRule) -> int | None:
        """Days for which the receiver may keep what a rule opened; None: no end is agreed."""
        return self.retention_days if rule.retention_days is None else rule.retention_days

    def onward_of(self, rule: TermRule) -> Onward:
        """Whether the receiver may pass on what a rule opened."""
        if rule.onward is not None:
            return rule.onward
        return ANYONE if self.onward_sharing else NEVER

    def to_dict(self) -> dict[str, object]:
        """Return the wire form, JSON-ready."""
        return {
            "format": FORMAT,
            "rules": [rule.to_dict() for rule in self.rules],
            "retention_days": self.retention_days,
            "onward_sharing": self.onward_sharing,
            "clauses_text": {c: dict(text) for c, text in self.clauses_text.items()},
            "max_classification": self.max_classification,
            "answer_hours": self.answer_hours,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Terms:
        """Read the wire form.

        Raises UnknownFormat for a format or key it does not know, InvalidTerms for bad values.
        """
        if data.get("format") != FORMAT:
            raise UnknownFormat(format=data.get("format"))
        _only_keys(data, {"format", "rules"}, OPTIONAL)
        answer = data.get("answer_hours")
        return cls(
            rules=tuple(TermRule.from_dict(rule) for rule in _typed(data, "rules", list)),
            retention_days=_days(data),
            onward_sharing=_typed(data, "onward_sharing", bool, False),
            clauses_text=_typed(data, "clauses_text", dict, {}),
            max_classification=_typed(data, "max_classification", int, DEFAULT_MAX_CLASSIFICATION),
            answer_hours=None if answer is None else _typed(data, "answer_hours", int),
        )
