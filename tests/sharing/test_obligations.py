"""Retention and passing on: what binds the receiver, one row per rule."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy.orm import Session

from sharing.models import ShareState
from sharing.obligations import keep_until, pass_on
from sharing.redaction import redact
from sharing.shares import active_share, effective, expire_due, rest_on
from sharing.terms import (
    EXISTENCE,
    Allowed,
    Anywhere,
    Denied,
    Gray,
    InZone,
    Onward,
    OnwardKind,
    TermRule,
    Terms,
    decide,
)
from tests.sharing.factories import (
    AGREEMENT,
    DAY,
    JIANG,
    NOON,
    QING,
    WU,
    agreement,
    create_share,
    rule,
    situation,
)
from tests.sharing.test_decide import AGREEMENTS, SITUATIONS

CONSENT = Onward(OnwardKind.CONSENT)
TO_QING = Onward(OnwardKind.PARTIES, (QING,))
ANYONE = Onward(OnwardKind.ANYONE)


def bound(
    levels: dict[str, str] | None = None,
    *,
    days: int | None = None,
    onward: Onward | None = None,
    **more: Any,
) -> TermRule:
    """A rule with obligations."""
    made = rule(levels, **more)
    return TermRule(made.clause, made.kind, made.place, made.purposes, made.levels, days, onward)


def terms(*rules: TermRule, **general: Any) -> Any:
    """An agreement whose terms also say something in general."""
    return agreement(terms=Terms(rules=rules, **general))


def opened(states: list[Any], **asked: Any) -> set[str]:
    """White and gray groups of a decision."""
    decision = decide(states, situation(**asked))
    if isinstance(decision, Denied):
        return {decision.reason}
    white = decision.field_groups if isinstance(decision, Allowed) else {EXISTENCE}
    return set(white) | set(decision.gray_groups)


RETENTION: list[tuple[str, list[Any], datetime | None, set[str]]] = [
    ("not received yet", [terms(bound(days=1))], None, {EXISTENCE, "basic"}),
    ("within its time", [terms(bound(days=2))], NOON - DAY, {EXISTENCE, "basic"}),
    ("over at the very moment", [terms(bound(days=1))], NOON - DAY, {"retention_over"}),
    ("as the agreement says", [terms(bound(), retention_days=1)], NOON - DAY, {"retention_over"}),
    (
        "the rule before the agreement",
        [terms(bound(days=2), retention_days=1)],
        NOON - DAY,
        {EXISTENCE, "basic"},
    ),
    ("no end agreed", [terms(bound())], NOON - 9000 * DAY, {EXISTENCE, "basic"}),
    (
        "each group as its own clause says",
        [terms(bound({"basic": "white"}), bound({"files": "gray"}, clause="3.2", days=1))],
        NOON - DAY,
        {EXISTENCE, "basic"},
    ),
    (
        "the more specific clause counts, not the longer one",
        [terms(bound(days=1), bound(clause="9", place=Anywhere(), days=99))],
        NOON - DAY,
        {"retention_over"},
    ),
    (
        "existence alone is left where it is kept longer",
        [terms(bound({EXISTENCE: "white"}), bound({"basic": "white"}, clause="3.2", days=1))],
        NOON - DAY,
        {EXISTENCE},
    ),
    (
        "another agreement still opens it",
        [terms(bound(days=1)), agreement(rule(place=Anywhere()), agreement_id="b")],
        NOON - DAY,
        {EXISTENCE, "basic"},
    ),
]


@pytest.mark.parametrize(
    ("states", "received", "expected"),
    [row[1:] for row in RETENTION],
    ids=[row[0] for row in RETENTION],
)
def test_what_was_received_is_open_as_long_as_it_may_be_kept(
    states: list[Any], received: datetime | None, expected: set[str]
) -> None:
    assert opened(states, received_at=received) == expected


def test_of_two_equal_clauses_the_stricter_obligation_binds() -> None:
    strict, free = bound(days=1, onward=CONSENT), bound(days=9, onward=ANYONE)
    for rules in ((strict, free), (free, strict)):
        decision = decide([terms(*rules)], situation())
        assert isinstance(decision, Allowed)
        assert {(g.retention_days, g.onward) for g in decision.grounds} == {(1, CONSENT)}


PASSING: list[tuple[str, Any, bool, set[str] | str]] = [
    ("never, unless said otherwise", terms(bound()), True, "onward_never"),
    ("never", terms(bound(onward=Onward())), True, "onward_never"),
    ("without consent", terms(bound(onward=CONSENT)), False, "onward_needs_consent"),
    ("with consent", terms(bound(onward=CONSENT)), True, {EXISTENCE, "basic"}),
    ("to a named bureau", terms(bound(onward=TO_QING)), False, {EXISTENCE, "basic"}),
    (
        "to one that is not named",
        terms(bound(onward=Onward(OnwardKind.PARTIES, ("else",)))),
        True,
        "onward_not_named",
    ),
    ("to anyone", terms(bound(onward=ANYONE)), False, {EXISTENCE, "basic"}),
    ("as the agreement says", terms(bound(), onward_sharing=True), False, {EXISTENCE, "basic"}),
    (
        "the rule before the agreement",
        terms(bound(onward=Onward()), onward_sharing=True),
        True,
        "onward_never",
    ),
    (
        "group by group",
        terms(bound(onward=ANYONE), bound({"files": "white"}, clause="3.2")),
        False,
        {EXISTENCE, "basic"},
    ),
    (
        "existence alone goes nowhere",
        terms(bound({EXISTENCE: "white"}, onward=ANYONE)),
        True,
        "onward_never",
    ),
    (
        "the nearest refusal is told",
        terms(bound(onward=Onward()), bound({"files": "white"}, clause="3.2", onward=CONSENT)),
        False,
        "onward_needs_consent",
    ),
]


@pytest.mark.parametrize(
    ("state", "consented", "expected"), [row[1:] for row in PASSING], ids=[r[0] for r in PASSING]
)
def test_what_was_received_goes_on_as_its_clause_says(
    state: Any, consented: bool, expected: set[str] | str
) -> None:
    passed = pass_on(decide([state], situation()), QING, consented=consented)
    if isinstance(passed, Denied):
        assert passed.reason == expected
    else:
        assert isinstance(passed, Allowed)
        assert passed.field_groups == expected


def test_what_is_only_announced_goes_on_as_announced() -> None:
    state = terms(bound({"files": "gray"}, onward=ANYONE))
    passed = pass_on(decide([state], situation()), QING)
    assert passed == Gray("3.1", AGREEMENT, 1, frozenset({"files"}), passed.grounds)


def test_what_is_denied_is_not_passed_on_nor_kept() -> None:
    denied = Denied("no_share")
    assert pass_on(denied, QING) is denied
    assert keep_until(denied, NOON) == NOON


@given(AGREEMENTS, SITUATIONS)
def test_passing_on_never_opens_more(agreements: list[Any], asked: Any) -> None:
    decision = decide(agreements, asked)
    passed = pass_on(decision, QING, consented=True)
    if isinstance(passed, Allowed):
        assert isinstance(decision, Allowed)
        assert passed.field_groups <= decision.field_groups


KEPT: list[tuple[str, Any, int | None]] = [
    ("no end", terms(bound()), None),
    ("its own", terms(bound(days=3)), 3),
    ("the longest", terms(bound(days=3), bound({"files": "gray"}, clause="9", days=5)), 5),
    ("one without end", terms(bound(days=3), bound({"files": "gray"}, clause="9")), None),
    ("existence alone", terms(bound({EXISTENCE: "white"}, days=4)), 4),
]


@pytest.mark.parametrize(("state", "days"), [r[1:] for r in KEPT], ids=[r[0] for r in KEPT])
def test_until_when_it_may_be_kept(state: Any, days: int | None) -> None:
    end = keep_until(decide([state], situation()), NOON)
    assert end == (None if days is None else NOON + days * DAY)


def test_a_share_ends_with_its_retention(session: Session) -> None:
    decision = decide([terms(bound(days=3))], situation())
    assert isinstance(decision, Allowed)
    share = create_share(session, decision)
    assert share.keep_until == NOON + 3 * DAY
    assert share.is_running(NOON + 2 * DAY)
    assert active_share(session, "case", "case-1", JIANG, NOON + 2 * DAY) is share
    assert not share.is_running(NOON + 3 * DAY)
    assert active_share(session, "case", "case-1", JIANG, NOON + 3 * DAY) is None
    assert expire_due(session, NOON + 3 * DAY) == [share]
    assert (share.state, share.end_reason) == (ShareState.EXPIRED, "retention_over")


def test_a_share_that_rests_on_new_terms_is_never_kept_longer(session: Session) -> None:
    decisions = [
        decide([agreement(version=n, terms=Terms(rules=(bound(days=days),)))], situation())
        for n, days in ((1, 9), (2, 3), (3, 99), (4, None))
    ]
    first = decisions[0]
    assert isinstance(first, Allowed)
    share = create_share(session, first)
    kept = []
    for decision in decisions:
        assert isinstance(decision, Allowed)
        rest_on(share, decision)
        kept.append((share.agreement_version, (share.keep_until or NOON) - NOON))
    assert kept == [(1, 9 * DAY), (2, 3 * DAY), (3, 3 * DAY), (4, 3 * DAY)]


def test_a_share_without_end_stays_so(session: Session) -> None:
    decision = decide([agreement()], situation())
    assert isinstance(decision, Allowed)
    share = create_share(session, decision)
    rest_on(share, decision)
    assert share.keep_until is None


def test_the_reader_sees_nothing_of_a_group_whose_time_is_over(session: Session) -> None:
    state = terms(bound(days=2), bound({"files": "white"}, clause="3.2", days=1))
    first = decide([state], situation())
    assert isinstance(first, Allowed)
    share = create_share(session, first, at=NOON - DAY)
    now = decide([state], situation(received_at=share.created_at))
    shown = redact({"a": 1, "f": 2}, {"a": "basic", "f": "files"}, effective(share, now))
    assert shown == {"a": 1}


def test_in_the_zone_of_the_owner_the_rule_of_the_zone_binds() -> None:
    state = terms(bound(place=InZone(), days=30), bound(clause="9", place=Anywhere(), days=90))
    for zones, days in ((frozenset({AGREEMENT}), 30), (frozenset[str](), 90)):
        decision = decide([state], situation(in_zone_of=zones, owner_bureau_id=WU))
        assert isinstance(decision, Allowed)
        assert {ground.retention_days for ground in decision.grounds} == {days}
