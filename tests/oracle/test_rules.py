"""Each rule of docs/permissions.md once where it allows and once where it denies.

A row: the rule, the fact that is looked for, a world in which the reader is given it and one, as
near as can be, in which he is not. The model has no say here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.doors import Sight
from tests.oracle.running import through
from tests.oracle.values import (
    SHAREABLE,
    Agreement,
    Case,
    Emergency,
    Finding,
    Reader,
    Request,
    Rule,
    Share,
    Text,
    World,
)
from tests.oracle.worlds import READERS

# The oracle of test_oracle.py looks through the same doors on either database.
pytestmark = pytest.mark.once

DOCS = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
WHO = {reader.name.removeprefix("focal-"): reader for reader in READERS}
ALL = frozenset(SHAREABLE)
BOTH = frozenset({"cell", "focal"})
WHOLE = dict.fromkeys(sorted(ALL), "white")
RULE = Rule("第五条", "anywhere", WHOLE)


def terms(*rules: Rule, **changes: Any) -> Text:
    return Text(rules or (RULE,), **changes)


def agreed(*texts: Text, **changes: Any) -> Agreement:
    return Agreement(BOTH, texts or (terms(),), **changes)


def shared(*agreements: Agreement, share: Share | None = None, **case: Any) -> World:
    """A case of the neighbour, shared whole under a whole agreement unless told otherwise."""
    given = share or Share("focal", ALL)
    return World(Case(shares=(given,), **case), agreements or (agreed(),))


def by(**changes: Any) -> Share:
    return Share("focal", ALL, **changes)


def opening(**changes: Any) -> Agreement:
    return agreed(terms(replace(RULE, **changes)))


def levels(**changes: str) -> Agreement:
    return opening(levels=WHOLE | changes)


def passed_on(onward: str, consented: bool = False, **source: Any) -> World:
    """A case that the neighbour gave to the third bureau, which passed it on to the reader's."""
    three = Agreement(frozenset({"cell", "third"}), (terms(replace(RULE, onward=onward)),))
    given = Share("third", ALL, **source)
    return World(Case(shares=(given, Share("focal", ALL, of=0, consented=consented))), (three,))


def found(by: str = "cell", taken: str | None = None, **levels: str) -> World:
    """What a patrol of both saw, under rules for findings."""
    rule = replace(RULE, kind="finding", levels=WHOLE | levels)
    seen = Finding(by, frozenset({"cell", "focal"}), taken)
    return World(Case(), (agreed(terms(rule)),), finding=seen)


def asked(sent: bool = True, **changes: Any) -> World:
    """A request of the neighbour."""
    return World(Case(), (agreed(),), request=Request("cell", "focal", sent=sent, **changes))


def jointly(handlers: frozenset[str] = frozenset({"focal-handler"}), **levels: str) -> World:
    """Joint handling with the neighbour."""
    rule = replace(
        RULE, kind="request", levels=WHOLE | levels, purposes=frozenset({"joint_handling"})
    )
    row = Request("cell", "focal", "joint_handling", handlers=handlers)
    return World(Case(), (agreed(terms(rule)),), request=row)


OWN = World(Case(owner="focal"))
IN_EMERGENCY = Emergency("focal-officer")


def raised(emergency: Emergency | None) -> World:
    """An own case above an officer's clearance, and what he stated to read it."""
    return World(Case(owner="focal", classification=3, emergency=emergency))


GRANT = {"granted": frozenset({"party"}), "granted_until": 1.0}
LOUD = replace(RULE, clause="第六条", levels={"party": "white"})
AMENDED = terms(replace(RULE, levels={"basics": "white"}))


@dataclass(frozen=True)
class Row:
    """A rule with its two worlds."""

    rule: str
    fact: str
    allow: World
    deny: World
    reader: Reader = WHO["handler"]
    other: Reader | None = None
    door: str = "list"
    other_door: str | None = None

    def looks(self) -> tuple[tuple[str, Reader], tuple[str, Reader]]:
        """Door and reader to whom it is allowed, and to whom not."""
        return (self.door, self.reader), (self.other_door or self.door, self.other or self.reader)


TABLE = [
    Row("own", "title", OWN, OWN, other=WHO["stranger-official"]),
    Row("clearance", "title", OWN, World(replace(OWN.case, classification=3)), WHO["officer"]),
    Row("clearance-shared", "title", shared(), shared(classification=3), WHO["officer"]),
    *(Row("emergency", "title", raised(IN_EMERGENCY), raised(denied), WHO["officer"], door="detail")
      for denied in (None, replace(IN_EMERGENCY, until=-0.1), replace(IN_EMERGENCY, ended=True),
                     replace(IN_EMERGENCY, opened=2), replace(IN_EMERGENCY, who="focal-handler"))),
    Row("emergency", "title", raised(IN_EMERGENCY), raised(IN_EMERGENCY), WHO["officer"],
        door="detail", other_door="list"),
    Row("emergency", "title", raised(IN_EMERGENCY),
        shared(classification=3, emergency=IN_EMERGENCY), WHO["officer"], door="detail"),
    *(Row("administrators", "title", shared(), shared(), other=WHO[name])
      for name in ("sysadmin", "secadmin", "auditor")),
    Row("handlers", "handler_notes",
        World(replace(OWN.case, handlers=frozenset({"focal-handler"}))), OWN),
    Row("memos", "bureau_notes", OWN, shared()),
    Row("progress", "progress", shared(), shared(levels(progress="black"))),
    Row("persons", "person", World(replace(OWN.case, handlers=frozenset({"focal-handler"}))), OWN),
    Row("share", "number", shared(), World(Case(), (agreed(),))),
    Row("recall", "number", shared(), shared(share=by(ended="recalled"))),
    Row("until", "number", shared(share=by(until=1.0)), shared(share=by(until=-1.0))),
    Row("keep-until", "number", shared(share=by(keep_until=1.0)),
        shared(share=by(keep_until=-1.0))),
    Row("in-force", "number", shared(), shared(agreed(state="suspended"))),
    Row("in-force", "number", shared(), shared(agreed(state="terminated"))),
    Row("first-day", "number", shared(agreed(terms(begins=-0.5))),
        shared(agreed(terms(begins=0.5)))),
    Row("last-day", "number", shared(agreed(terms(ends=0.5))), shared(agreed(terms(ends=-0.5)))),
    Row("own-agreement", "number", shared(agreed(), agreed(state="suspended")),
        shared(agreed(state="suspended"), agreed())),
    Row("amendment", "firm", shared(agreed(terms(), replace(AMENDED, begins=0.5, signed=-1.0))),
        shared(agreed(terms(), replace(AMENDED, begins=-9.0, signed=-1.0)))),
    Row("amendment-signed", "firm", shared(agreed(terms(), replace(AMENDED, signed=None))),
        shared(agreed(terms(), replace(AMENDED, signed=-1.0)))),
    Row("kind", "title", shared(), shared(opening(kind="finding"))),
    Row("purpose", "title", shared(opening(purposes=frozenset({"joint_enforcement"}))),
        shared(opening(purposes=frozenset({"information"})))),
    Row("in-zone", "title", shared(opening(place="in_zone")),
        shared(opening(place="in_zone"), spot="near")),
    Row("binding-zone", "title", shared(opening(place="in_zone")),
        shared(agreed(terms(replace(RULE, place="in_zone")), zone="withdrawn"))),
    Row("near-line", "title", shared(opening(place="near_line:1000")),
        shared(opening(place="near_line:1000"), spot="near")),
    Row("districts", "title", shared(opening(place="prefecture")),
        shared(opening(place="elsewhere"))),
    Row("covered-classification", "title",
        shared(agreed(terms(max_classification=3)), classification=3),
        shared(agreed(terms(max_classification=2)), classification=3)),
    Row("unnamed", "firm", shared(), shared(opening(levels={"basics": "white"}))),
    Row("white", "firm", shared(), shared(levels(party="gray"))),
    Row("gray", "announced:party", shared(levels(party="gray")), shared(levels(party="black"))),
    Row("black", "firm", shared(agreed(terms(replace(RULE, levels={"basics": "white"}), LOUD))),
        shared(agreed(terms(replace(RULE, levels=WHOLE | {"party": "black"}), LOUD)))),
    Row("adding-up", "firm", shared(levels(party="black"), agreed(terms(LOUD))),
        shared(levels(party="black"), agreed(terms(LOUD), state="suspended"))),
    Row("existence-black", "number", shared(), shared(levels(existence="black"))),
    Row("existence", "number", shared(opening(levels={"files": "gray"})),
        shared(opening(levels={"files": "black"}))),
    Row("never", "created_by_name", OWN, shared()),
    Row("retention", "firm", shared(opening(retention=6.0)), shared(opening(retention=4.0))),
    Row("as-opened", "firm", shared(), shared(share=Share("focal", ALL - {"party"}))),
    Row("grant", "firm", shared(levels(party="gray"), share=by(**GRANT)),
        shared(levels(party="gray"), share=by(**GRANT | {"granted_until": -0.1}))),
    Row("grant-within", "firm", shared(levels(party="gray"), share=by(**GRANT)),
        shared(levels(party="black"), share=by(**GRANT))),
    Row("filed", "firm", shared(stage="filed"), shared(stage="lead")),
    Row("partner-persons", "firm", shared(),
        shared(levels(party="black"), handlers=frozenset({"focal-handler"}))),
    Row("files", "files", shared(), shared(levels(files="gray"))),
    Row("maps", "title", shared(), shared(levels(place="black")), door="geojson"),
    Row("tombstone", "title", shared(), shared(share=by(ended="recalled")), door="feed"),
    Row("search", "found", shared(), shared(levels(substance="gray")), door="search:description"),
    Row("onward", "firm", passed_on("anyone"), passed_on("never")),
    Row("onward", "firm", passed_on("parties:focal"), passed_on("parties:third")),
    Row("onward", "firm", passed_on("anyone"),
        replace(passed_on("anyone"), agreements=(Agreement(frozenset({"cell", "third"}), (
            terms(replace(RULE, onward="anyone", levels=WHOLE | {"party": "gray"})),)),))),
    Row("onward-consent", "firm", passed_on("consent", consented=True), passed_on("consent")),
    Row("onward-ends", "number", passed_on("anyone"), passed_on("anyone", ended="recalled")),
    Row("finding-party", "finding.number", found(), found(),
        other=WHO["stranger-official"], door="findings"),
    Row("finding-terms", "finding.text", found(), found(basics="black"), door="findings"),
    Row("finding-found", "found", found(), found(basics="gray"),
        door="finding filter:finding.text"),
    Row("finding-course", "finding.close_note", found(taken="cell"),
        found(by="focal", taken="cell", basics="gray"), door="findings"),
    Row("request-sent", "request.title", asked(), asked(sent=False), door="requests"),
    Row("request-clearance", "request.title", asked(), asked(classification=3), WHO["officer"],
        door="requests"),
    Row("joint-terms", "request.sender_words", jointly(), jointly(substance="gray"),
        door="requests"),
    Row("request-files", "opened", asked(), asked(), door="file of request.sender_file",
        other_door="file of request.sender_file_later"),
    Row("workspace", "item.sender_note", jointly(), jointly(frozenset()), door="workspace"),
    Row("share-known", "number", shared(), shared(classification=3), WHO["officer"], door="shares"),
    Row("purge-known", "number", shared(share=by(ended="recalled"), classification=3),
        shared(classification=3), WHO["liaison"], door="shares"),
]  # fmt: skip


@pytest.fixture(scope="module")
def doors(oracle) -> dict[tuple[str, str], Sight]:
    """Both worlds of every row in one pack, looked at through each door that a row names."""
    worlds = [world for row in TABLE for world in (row.allow, row.deny)]
    oracle.lay(worlds)
    wanted = {one for row in TABLE for one in row.looks()}
    every = range(len(worlds))
    return {(door, who.name): through(oracle, door, who, every) for door, who in wanted}


def test_each_rule_allows_and_denies(doors):
    """One test, because laying and looking takes longer than comparing."""
    wrong = []
    for number, row in enumerate(TABLE):
        (door, who), (other_door, other) = row.looks()
        allowed, denied = doors[door, who.name].facts, doors[other_door, other.name].facts
        if row.fact not in allowed.get(2 * number, ()):
            wrong.append(f"{row.rule}: {door} keeps {row.fact} from {who.name}")
        if row.fact in denied.get(2 * number + 1, ()):
            wrong.append(f"{row.rule}: {other_door} shows {row.fact} to {other.name}")
    assert not wrong


def test_no_partner_is_ever_told_a_person_or_a_witness(doors):
    worlds = [world for row in TABLE for world in (row.allow, row.deny)]
    foreign = {number for number, world in enumerate(worlds) if world.case.owner == "cell"}
    for sight in doors.values():
        for number in foreign & sight.facts.keys():
            assert not sight.facts[number] & {"person", "witness", "person_address", "firm_phone"}


def test_every_rule_that_is_written_down_has_a_row_and_every_row_a_rule():
    written = re.findall(r"^\| `([a-z-]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    # That of previews is told in tests/hub/cases/test_links.py: a preview is no reader's own door.
    assert sorted(written) == sorted({row.rule for row in TABLE} | {"preview"})
