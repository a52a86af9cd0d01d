"""Where a clause applies. The engine knows no geometry: the asker brings what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sharing.errors import InvalidTerms, UnknownFormat


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of a record's place, as the rules need it."""

    # whether it lies in a zone of the agreement that is being asked
    in_zone: bool
    # metres to the boundary line between owner and reader; None when not known
    distance_to_line_m: float | None
    # GB/T 2260 code of the district, or a longer town code
    adcode: str | None


@dataclass(frozen=True, slots=True)
class Anywhere:
    """The clause applies wherever the record is, also when its place is not known."""

    def covers(self, where: Whereabouts) -> bool:  # noqa: ARG002 - as the other places
        """Always."""
        return True

    def rank(self) -> tuple[int, float]:
        """Order of specificity: the smaller, the more specific."""
        return (3, 0.0)

    def to_dict(self) -> dict[str, object]:
        """Return the wire form."""
        return {"type": "anywhere"}


@dataclass(frozen=True, slots=True)
class InZone:
    """The clause applies inside a zone of its own agreement."""

    def covers(self, where: Whereabouts) -> bool:
        """Whether the record lies in such a zone."""
        return where.in_zone

    def rank(self) -> tuple[int, float]:
        """Order of specificity: the smaller, the more specific."""
        return (0, 0.0)

    def to_dict(self) -> dict[str, object]:
        """Return the wire form."""
        return {"type": "in_zone"}


@dataclass(frozen=True, slots=True)
class NearLine:
    """The clause applies up to so many metres from the boundary line."""

    metres: float

    def __post_init__(self) -> None:
        """Refuse a width that is not a positive number of metres."""
        if not (math.isfinite(self.metres) and self.metres > 0):
            raise InvalidTerms(place="near_line", metres=self.metres)

    def covers(self, where: Whereabouts) -> bool:
        """Whether the distance is known and small enough (NaN is not)."""
        return where.distance_to_line_m is not None and (
            0 <= where.distance_to_line_m <= self.metres
        )

    def rank(self) -> tuple[int, float]:
        """Order of specificity: the smaller, the more specific."""
        return (1, self.metres)

    def to_dict(self) -> dict[str, object]:
        """Return the wire form."""
        return {"type": "near_line", "metres": self.metres}


def _significant(adcode: str) -> str:
    # GB/T 2260: two digits each for province, prefecture, county; 00 means "all of it".
    if adcode.endswith("0000"):
        return adcode[:2]
    return adcode[:4] if adcode.endswith("00") else adcode


@dataclass(frozen=True, slots=True)
class Districts:
    """The clause applies in these districts; 330500 covers 330502, 330502 covers its towns."""

    adcodes: frozenset[str]

    def __post_init__(self) -> None:
        """Refuse an empty list and codes that are not six digits."""
        bad = [code for code in self.adcodes if not (len(code) == 6 and code.isdecimal())]
        if bad or not self.adcodes:
            raise InvalidTerms(place="districts", adcodes=sorted(bad))

    def covers(self, where: Whereabouts) -> bool:
        """Whether the record's district is known and lies in one of these."""
        adcode = where.adcode
        return adcode is not None and any(
            adcode.startswith(_significant(code)) for code in self.adcodes
        )

    def rank(self) -> tuple[int, float]:
        """Order of specificity: the smaller, the more specific."""
        return (2, float(len(self.adcodes)))

    def to_dict(self) -> dict[str, object]:
        """Return the wire form."""
        return {"type": "districts", "adcodes": sorted(self.adcodes)}


Place = Anywhere | InZone | NearLine | Districts


def place_from_dict(data: object) -> Place:
    """Read a place from its wire form.

    Raises UnknownFormat for a type or key it does not know, InvalidTerms for bad values.
    """
    match data:
        case {"type": "anywhere", **rest} if not rest:
            return Anywhere()
        case {"type": "in_zone", **rest} if not rest:
            return InZone()
        case {"type": "near_line", "metres": int() | float() as metres, **rest} if not rest:
            return NearLine(metres)
        case {"type": "districts", "adcodes": list() | tuple() as codes, **rest} if not rest:
            return Districts(frozenset(str(code) for code in codes))
        case _:
            shown = dict(data) if isinstance(data, Mapping) else data
            raise UnknownFormat(place=shown)
