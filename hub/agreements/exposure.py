"""What a text would open or close: the same engine over the bureau's own records, before signing.

Each side asks about its own records alone, and each person about those within his clearance. What
is compared is the state of this moment with the state in which the asked text is in force.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import shapely
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.models import Agreement
from hub.agreements.naming import groups_of
from hub.agreements.own_records import OwnRecord, own_records
from hub.shares.deciding import PURPOSES, Judge
from hub.zones.binding import strip_shapes, zones_under
from sharing.terms import (
    EXISTENCE,
    AgreementState,
    Decision,
    Denied,
    Level,
    NearLine,
    Situation,
    Terms,
    decide,
)

WAYS = ("newly_visible", "newly_announced", "no_longer_visible", "no_longer_announced")
RANK = {Level.BLACK: 0, Level.GRAY: 1, Level.WHITE: 2}


@dataclass(frozen=True)
class Change:
    """What one partner would see otherwise of one record; field groups in their usual order."""

    record: OwnRecord
    partner_id: str
    newly_visible: tuple[str, ...]
    newly_announced: tuple[str, ...]
    no_longer_visible: tuple[str, ...]
    no_longer_announced: tuple[str, ...]
    # Whether it happens by itself when the text takes effect; else only when a person shares it.
    # What of one record does and what does not are two changes.
    at_once: bool
    clause: str | None

    @property
    def opens(self) -> bool:
        """Whether the partner would see or learn of more."""
        return bool(self.newly_visible or self.newly_announced)

    @property
    def closes(self) -> bool:
        """Whether the partner would see or learn of less."""
        return bool(self.no_longer_visible or self.no_longer_announced)


@dataclass(frozen=True)
class Exposure:
    """All changes of a bureau's records, in the order of the records."""

    examined: int
    has_zone: bool
    changes: list[Change]

    def counts(self) -> dict[str, Any]:
        """Figures for the head of the list."""
        groups: Counter[str] = Counter()
        for change in self.changes:
            groups.update(change.newly_visible)
        opening = [change for change in self.changes if change.opens]
        closing = [change for change in self.changes if change.closes]
        return {
            "examined": self.examined,
            "affected": len({change.record.id for change in self.changes}),
            "opening": len({change.record.id for change in opening}),
            "closing": len({change.record.id for change in closing}),
            "at_once": len({change.record.id for change in opening if change.at_once}),
            "newly_visible_groups": dict(sorted(groups.items())),
        }


class Comparer:
    """Decides on the same questions before and after, each distinct question once."""

    def __init__(self, judge: Judge, agreement: Agreement, terms: Terms) -> None:
        self.judge = judge
        held = [state for party in agreement.party_ids for state in judge.states_of(party)]
        known = {(state.agreement_id, state.version): state for state in held}
        self.before: list[AgreementState] = [known[key] for key in sorted(known)]
        asked = AgreementState(
            agreement.id,
            1,
            agreement.party_ids,
            "in_force",
            judge.at - timedelta(seconds=1),
            None,
            terms,
        )
        others = [state for state in self.before if state.agreement_id != agreement.id]
        self.after = [*others, asked]
        rules = [rule for state in (*self.before, asked) for rule in state.terms.rules]
        widths = {rule.place.metres for rule in rules if isinstance(rule.place, NearLine)}
        self._widths = sorted(widths)
        self._memo: dict[tuple[object, ...], Decision] = {}

    def decide(self, states: list[AgreementState], asked: Situation) -> Decision:
        """As the engine; places that no rule tells apart share one answer."""
        metres = asked.distance_to_line_m
        near = None if metres is None else tuple(metres <= width for width in self._widths)
        key = (
            states is self.after,
            asked.reader_bureau_id,
            asked.kind,
            asked.purpose,
            asked.in_zone_of,
            near,
            asked.adcode,
            asked.classification,
        )
        if key not in self._memo:
            self._memo[key] = decide(states, asked)
        return self._memo[key]

    def levels(
        self, states: list[AgreementState], questions: Iterable[Situation]
    ) -> tuple[dict[str, Level], str | None, bool]:
        """The level of each group over all purposes, the clause that leads, and whether joint
        enforcement, for which sharing happens by itself, is one of them."""
        found: dict[str, Level] = {}
        clause: str | None = None
        by_itself = False
        for asked in questions:
            decision = self.decide(states, asked)
            if isinstance(decision, Denied):
                continue
            clause = clause or decision.clause
            by_itself = by_itself or asked.purpose == PURPOSES[0]
            for ground in decision.grounds:
                held = found.get(ground.group, Level.BLACK)
                if RANK[ground.level] > RANK[held]:
                    found[ground.group] = ground.level
        return found, clause, by_itself


def _in_zones(session: Session, agreement: Agreement, records: Sequence[OwnRecord]) -> set[str]:
    """Ids of the records that lie in a zone drawn for the agreement, in force or not yet."""
    inside: set[str] = set()
    lon, lat = [r.subject.lon for r in records], [r.subject.lat for r in records]
    for version in zones_under(session, agreement.id):
        for shape in strip_shapes(version).values():
            shapely.prepare(shape)
            hits = shapely.intersects_xy(shape, lon, lat)
            inside |= {record.id for record, hit in zip(records, hits, strict=True) if hit}
    return inside


def exposure(session: Session, actor: Actor, agreement: Agreement, terms: Terms) -> Exposure:
    """What a text would change for the partners' view of the bureau's own records.

    Args:
        terms: of the text that is asked about; nothing of it needs to be stored.

    Raises:
        Forbidden: the actor's role sees no work.
    """
    actor.require(Right.WORK_VIEW)
    judge = Judge(session)
    records = own_records(session, actor, agreement.id, judge.at)
    judge.look_up(record.subject for record in records)
    compare = Comparer(judge, agreement, terms)
    zoned = _in_zones(session, agreement, records)
    partners = sorted(agreement.party_ids - {actor.bureau_id})
    changes = [
        change
        for record in records
        for partner in partners
        for change in _changes(compare, agreement, record, partner, record.id in zoned)
    ]
    return Exposure(len(records), bool(zones_under(session, agreement.id)), changes)


def _changes(
    compare: Comparer, agreement: Agreement, record: OwnRecord, partner: str, zoned: bool
) -> Iterator[Change]:
    """What happens by itself when the text takes effect, then what waits for a person."""
    asked = [compare.judge.situation(record.subject, partner, one) for one in record.purposes]
    later = asked
    if zoned:
        later = [replace(one, in_zone_of=one.in_zone_of | {agreement.id}) for one in asked]
    before, clause_before, _ = compare.levels(compare.before, asked)
    after, clause_after, by_itself = compare.levels(compare.after, later)
    if before == after:
        return
    groups = groups_of(record.subject.kind, {*before, *after})
    moved = list(_moves(groups, before, after))
    at_once = _at_once(record, partner, opens_itself=zoned and by_itself)
    for now in (True, False):
        ways = {
            way: tuple(group for group, to in moved if to == way and (way in at_once) is now)
            for way in WAYS
        }
        if any(ways.values()):
            yield Change(record, partner, **ways, at_once=now, clause=clause_after or clause_before)


def _at_once(record: OwnRecord, partner: str, *, opens_itself: bool) -> frozenset[str]:
    """Which ways happen when the text takes effect, without anybody sharing the record.

    A share that a person gave shows what it opened then and no more; what the terms announce of
    it, or close, follows them.
    """
    if record.follows_terms and (not record.shared_with or partner in record.shared_with):
        return frozenset(WAYS)
    if opens_itself and record.shares_itself and partner not in record.closed_to:
        return frozenset(WAYS)
    return frozenset(WAYS[1:]) if partner in record.shared_with else frozenset()


def _moves(
    groups: Sequence[str], before: dict[str, Level], after: dict[str, Level]
) -> Iterator[tuple[str, str]]:
    """Each group whose level moved, and which way; existence alone counts when it is all."""
    moved = False
    for group in groups:
        was, now = before.get(group, Level.BLACK), after.get(group, Level.BLACK)
        if was is now or group == EXISTENCE:
            continue
        moved = True
        yield group, _way(was, now)
    was, now = before.get(EXISTENCE, Level.BLACK), after.get(EXISTENCE, Level.BLACK)
    if not moved and was is not now:
        yield EXISTENCE, _way(was, now)


def _way(was: Level, now: Level) -> str:
    if RANK[now] > RANK[was]:
        return "newly_visible" if now is Level.WHITE else "newly_announced"
    return "no_longer_visible" if was is Level.WHITE else "no_longer_announced"
