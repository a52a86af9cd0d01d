"""Who may see what of a case: the rules once more, to be read by people and compared with the hub.

Written from the design and from the words of the agreements, never from `sharing/` or `hub/`:
nothing of them is imported here. The same rules stand, one row each, in docs/permissions.md.
What a world is made of is said in `values.py`, what agreements open in `terms.py`, findings and
requests in `others.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.oracle.terms import Opening, of_share, opened, text_in_force, white
from tests.oracle.values import (
    ADMINISTRATORS,
    EXISTENCE,
    FIELDS,
    GRAY,
    NOT_FILED,
    NOTES,
    NOW,
    WHITE,
    Case,
    Reader,
    Share,
    World,
)


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


def seen(
    world: World, reader: Reader, *, in_person: bool = True, by_itself: bool = False
) -> Seen | None:
    """What a reader sees of the case now; None: not even that it exists.

    `in_person` is false at the doors that tell a whole class of readers the same (feed, socket);
    `by_itself` is true at those that open this one case and enter who read it.
    """
    case = world.case
    if reader.role in ADMINISTRATORS:
        return None
    if reader.clearance < case.classification and not (by_itself and in_emergency(case, reader)):
        return None
    if reader.bureau == case.owner:
        handler = in_person and reader.name in case.handlers
        persons = {"person", "witness"} if handler else set()
        return Seen(frozenset(FIELDS), frozenset(), True, handler, frozenset({"firm"} | persons))
    return _as_partner(world, reader.bureau)


def in_emergency(case: Case, reader: Reader) -> bool:
    """Whether an officer or official stated an emergency and reads this case of his own bureau."""
    stated = case.emergency
    if stated is None or reader.name != stated.who or reader.bureau != case.owner:
        return False
    if reader.role not in ("officer", "official") or case.classification > stated.opened:
        return False
    return stated.until > NOW and not stated.ended


def _as_partner(world: World, bureau: str) -> Seen | None:
    share = next((s for s in world.case.shares if s.to == bureau and runs(s)), None)
    terms = stands(world, share) if share is not None else {}
    if share is None or not terms:
        return None
    shown, announced = shares_show(share, terms)
    firm = {"firm"} if filed(world.case) and "party" in shown else set()
    return Seen(frozenset(shown), frozenset(announced), named=frozenset(firm))


def shares_show(share: Share, terms: dict[str, Opening]) -> tuple[set[str], set[str]]:
    """The groups whose content a share shows under these terms, and those it announces."""
    shown = white(terms) & share.groups
    announced = set(terms) - white(terms)
    if not shown - {EXISTENCE}:
        announced = set(terms)
    shown |= granted(share) & set(terms) | {EXISTENCE}
    return shown, announced - shown


def stands(world: World, share: Share) -> dict[str, Opening]:
    """What is open under a share: by the agreements, as long as the one it was opened under is in
    force; of what was passed on as much as the partner may pass on of what he sees himself."""
    if share.of is not None:
        return passed_on(world, world.case.shares[share.of], share)
    if share.under is None or text_in_force(world.agreements[share.under]) is None:
        return {}
    return opened(world, of_share(world.case, share.to, share))


def passed_on(world: World, source: Share, share: Share) -> dict[str, Opening]:
    """What a partner passed on: group by group, if the clause it came under lets it go there."""
    terms = stands(world, source) if runs(source) else {}
    if not terms:
        return {}
    shown, announced = shares_show(source, terms)
    going = {
        group: Opening(WHITE if group in shown & white(terms) else GRAY, terms[group].onward)
        for group in (shown | announced) - {EXISTENCE}
        if may_go(terms[group].onward, share)
    }
    return going | {EXISTENCE: Opening(WHITE, "never")} if going else {}


def may_go(onward: str, share: Share) -> bool:
    """Whether a rule of passing on lets it go to the bureau of a share."""
    kind, _, named = onward.partition(":")
    return (
        kind == "anyone"
        or (kind == "parties" and named == share.to)
        or (kind == "consent" and share.consented)
    )


def runs(share: Share) -> bool:
    """A share holds until somebody recalls it, or one of its two dates has come."""
    ends = [end for end in (share.until, share.keep_until) if end is not None]
    return share.ended is None and all(end > NOW for end in ends)


def granted(share: Share) -> set[str]:
    """What the owner opened on request, for as long as he said."""
    lasts = share.granted_until is not None and share.granted_until > NOW
    return set(share.granted) if lasts else set()


def filed(case: Case) -> bool:
    """Whether the case was filed (立案) at some time: then its firm may be named."""
    return case.stage not in NOT_FILED
