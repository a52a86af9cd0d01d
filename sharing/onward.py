"""What a bureau that received something may do with it: how long to keep it, whom to pass it to.

Obligations go with the ground (the clause cited) of each field group, so that what two clauses
open is kept and passed on as each of them says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sharing.errors import InvalidTerms, UnknownFormat


class OnwardKind(StrEnum):
    """Whether what was received may be passed on, from the strictest to the freest."""

    NEVER = "never"
    CONSENT = "consent"
    PARTIES = "parties"
    ANYONE = "anyone"


STRICTEST_FIRST = tuple(OnwardKind)


@dataclass(frozen=True, slots=True, order=True)
class Onward:
    """A rule of passing on: never, with the owner's consent, to named bureaus, to anyone.

    Raises InvalidTerms when bureaus are named for another kind than ``parties``, or none for it.
    """

    kind: OnwardKind = OnwardKind.NEVER
    bureaus: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check and put in order."""
        if (self.kind is OnwardKind.PARTIES) != bool(self.bureaus):
            raise InvalidTerms(onward=str(self.kind), bureaus=list(self.bureaus))
        object.__setattr__(self, "bureaus", tuple(sorted(set(self.bureaus))))

    def strictness(self) -> tuple[int, int, tuple[str, ...]]:
        """Order: the smaller, the stricter; of two lists of bureaus the shorter."""
        return STRICTEST_FIRST.index(self.kind), len(self.bureaus), self.bureaus

    def refusal(self, bureau_id: str, *, consented: bool) -> str | None:
        """Why it may not go to a bureau, as a code of ``decisions.REASONS``; None: it may."""
        if self.kind is OnwardKind.ANYONE:
            return None
        if self.kind is OnwardKind.PARTIES:
            return None if bureau_id in self.bureaus else "onward_not_named"
        if self.kind is OnwardKind.CONSENT:
            return None if consented else "onward_needs_consent"
        return "onward_never"

    def to_dict(self) -> dict[str, object]:
        """Return the wire form."""
        if self.kind is OnwardKind.PARTIES:
            return {"rule": self.kind.value, "bureaus": list(self.bureaus)}
        return {"rule": self.kind.value}


NEVER = Onward()
ANYONE = Onward(OnwardKind.ANYONE)


def onward_from_dict(data: object) -> Onward:
    """Read a rule of passing on from its wire form.

    Raises UnknownFormat for a rule or key it does not know, InvalidTerms for bad values.
    """
    match data:
        case {"rule": "never" | "consent" | "anyone" as rule, **rest} if not rest:
            return Onward(OnwardKind(rule))
        case {"rule": "parties", "bureaus": list() | tuple() as named, **rest} if not rest:
            if not all(isinstance(bureau_id, str) and bureau_id for bureau_id in named):
                raise InvalidTerms(key="onward", value=data)
            return Onward(OnwardKind.PARTIES, tuple(named))
        case _:
            raise UnknownFormat(onward=dict(data) if isinstance(data, Mapping) else data)


def kept_until(since: datetime, retention_days: int | None) -> datetime | None:
    """Until when (UTC) something received at ``since`` may be kept; None: no end is agreed."""
    return None if retention_days is None else since + timedelta(days=retention_days)
