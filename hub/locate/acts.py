"""What an agreement lets a guest do in its zone, read from the agreement's own text.

Powers do not cross the border: an enforcement act is the host's, by location. What the guest may
do beside is a term of each agreement, never a constant. `text["acts"]` of an agreement version
says it: `{"in_zone": "assist" | "with_notice", "clause": "第三条", "host_officers": 2}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub.agreements.models import AgreementVersion

# Where the text is silent: two licensed officers, as for every act (XCF 42, DOMAIN section 2).
HOST_OFFICERS = 2
# A clause that governs acts in the zone names one of these; the first such clause is cited.
CLAUSE_WORDS = ("牵头", "持证", "协助", "联合执法")  # data, not screen text


class MayAct(StrEnum):
    """What the asking bureau may do at a place."""

    HOST = "host"
    ASSIST = "assist"
    WITH_NOTICE = "with_notice"
    NO = "no"


# From the freest to the most bound: where two sides are possible, the more bound one counts.
ORDER = (MayAct.HOST, MayAct.WITH_NOTICE, MayAct.ASSIST, MayAct.NO)


def most_cautious(acts: Sequence[MayAct]) -> MayAct:
    """The act that is allowed whichever of the answers is right; `no` without any."""
    return max(acts, key=ORDER.index, default=MayAct.NO)


@dataclass(frozen=True)
class Clause:
    """A clause as it is cited: its number and its words."""

    number: str
    zh: str
    en: str


@dataclass(frozen=True)
class GuestActs:
    """What a guest may do in a zone, by which clause, and how many officers the host leads with."""

    act: MayAct
    clause: Clause | None
    host_officers: int


def guest_acts(version: AgreementVersion) -> GuestActs:
    """What one text of an agreement lets guests do in its zone; assist where it is silent."""
    stated = version.text.get("acts")
    said: Mapping[str, Any] = stated if isinstance(stated, dict) else {}
    notice = said.get("in_zone") == MayAct.WITH_NOTICE
    officers = said.get("host_officers")
    return GuestActs(
        act=MayAct.WITH_NOTICE if notice else MayAct.ASSIST,
        clause=_clause(version.text, said.get("clause")),
        host_officers=officers if isinstance(officers, int) and officers > 0 else HOST_OFFICERS,
    )


def _clause(text: Mapping[str, Any], number: object) -> Clause | None:
    clauses = [
        Clause(str(c.get("number", "")), str(c.get("zh", "")), str(c.get("en", "")))
        for c in text.get("clauses") or []
        if isinstance(c, dict)
    ]
    if number is not None:
        return next((clause for clause in clauses if clause.number == number), None)
    for word in CLAUSE_WORDS:
        for clause in clauses:
            if word in clause.zh:
                return clause
    return None
