"""The decision whether a bureau may see another's record: one row per rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.canonical import canonical
from sharing.errors import InvalidTerms
from sharing.terms import (
    EXISTENCE,
    REASONS,
    AgreementState,
    Allowed,
    Anywhere,
    Denied,
    Districts,
    Gray,
    InZone,
    Level,
    NearLine,
    Place,
    decide,
    explain,
)
from tests.sharing.factories import (
    AGREEMENT,
    DAY,
    JIANG,
    NOON,
    QING,
    WU,
    agreement,
    rule,
    situation,
)
from tests.sharing.test_terms import TERMS

SECOND = "agreement-2"


DENIALS: list[tuple[str, list[AgreementState], dict[str, Any], str]] = [
    ("state secret", [agreement()], {"classification": 5}, "state_secret"),
    ("own record", [agreement()], {"reader_bureau_id": WU}, "own_record"),
    ("no agreement at all", [], {}, "no_agreement"),
    ("reader no party", [agreement()], {"reader_bureau_id": QING}, "no_agreement"),
    ("owner no party", [agreement()], {"owner_bureau_id": QING}, "no_agreement"),
    ("draft", [agreement(state="draft")], {}, "agreement_not_in_force"),
    ("suspended", [agreement(state="suspended")], {}, "agreement_not_in_force"),
    ("terminated", [agreement(state="terminated")], {}, "agreement_not_in_force"),
    ("too early", [agreement(valid_from=NOON + DAY)], {}, "agreement_not_yet_valid"),
    ("too late", [agreement(valid_to=NOON)], {}, "agreement_expired"),
    ("other kind", [agreement()], {"kind": "patrol"}, "kind_not_covered"),
    ("other purpose", [agreement()], {"purpose": "statistics"}, "purpose_not_covered"),
    ("outside the zone", [agreement()], {"in_zone_of": frozenset()}, "place_not_covered"),
    (
        "in another agreement's zone",
        [agreement()],
        {"in_zone_of": frozenset({SECOND})},
        "place_not_covered",
    ),
    ("classified too high", [agreement()], {"classification": 4}, "classification_too_high"),
    ("all black", [agreement(rule({"basic": "black"}))], {}, "kept_black"),
    (
        "existence black closes all",
        [agreement(rule({"basic": "white", EXISTENCE: "black"}))],
        {},
        "kept_black",
    ),
    (
        "the furthest denial is told",
        [agreement(state="draft", agreement_id="a"), agreement(agreement_id="b")],
        {"kind": "patrol"},
        "kind_not_covered",
    ),
]


@pytest.mark.parametrize(
    ("agreements", "asked", "reason"), [row[1:] for row in DENIALS], ids=[row[0] for row in DENIALS]
)
def test_denied(agreements: list[AgreementState], asked: dict[str, Any], reason: str) -> None:
    decision = decide(agreements, situation(**asked))
    assert isinstance(decision, Denied)
    assert decision.reason == reason
    assert not decision


PLACES: list[tuple[Place, dict[str, Any], bool]] = [
    (Anywhere(), {"in_zone_of": frozenset(), "distance_to_line_m": None, "adcode": None}, True),
    (InZone(), {}, True),
    (InZone(), {"in_zone_of": frozenset()}, False),
    (NearLine(400), {"distance_to_line_m": 400.0}, True),
    (NearLine(400), {"distance_to_line_m": 400.1}, False),
    (NearLine(400), {"distance_to_line_m": 0.0}, True),
    (NearLine(400), {"distance_to_line_m": None}, False),
    (NearLine(400), {"distance_to_line_m": float("nan")}, False),
    (NearLine(400), {"distance_to_line_m": -1.0}, False),
    (Districts(frozenset({"330502"})), {"adcode": "330502"}, True),
    (Districts(frozenset({"330502"})), {"adcode": "330502101"}, True),
    (Districts(frozenset({"330502"})), {"adcode": "330503"}, False),
    (Districts(frozenset({"330500"})), {"adcode": "330502"}, True),
    (Districts(frozenset({"330500"})), {"adcode": "330581"}, True),
    (Districts(frozenset({"330500"})), {"adcode": "330421"}, False),
    (Districts(frozenset({"330000"})), {"adcode": "331002"}, True),
    (Districts(frozenset({"330000"})), {"adcode": "330421"}, True),
    (Districts(frozenset({"330000"})), {"adcode": "320509"}, False),
    (Districts(frozenset({"330502"})), {"adcode": None}, False),
]


@pytest.mark.parametrize(("place", "asked", "covered"), PLACES)
def test_a_rule_holds_at_its_place_only(place: Place, asked: dict[str, Any], covered: bool) -> None:
    assert bool(decide([agreement(rule(place=place))], situation(**asked))) is covered


def test_an_allowed_decision_names_clause_and_agreement_version() -> None:
    decision = decide([agreement(version=3)], situation())
    assert isinstance(decision, Allowed)
    assert decision
    assert (decision.clause, decision.agreement_id, decision.agreement_version) == (
        "3.1",
        AGREEMENT,
        3,
    )
    assert decision.field_groups == {"basic", EXISTENCE}


def test_validity_begins_at_its_first_moment() -> None:
    assert decide([agreement(valid_from=NOON, valid_to=None)], situation())


def test_terms_cover_records_up_to_their_classification() -> None:
    assert decide([agreement()], situation(classification=3))


def test_gray_alone_opens_existence_only() -> None:
    decision = decide([agreement(rule({"basic": "gray"}))], situation())
    assert isinstance(decision, Gray)
    assert not decision
    assert decision.gray_groups == {"basic"}


def test_white_existence_alone_is_gray() -> None:
    assert isinstance(decide([agreement(rule({EXISTENCE: "white"}))], situation()), Gray)


def test_existence_is_open_with_any_other_group() -> None:
    decision = decide([agreement(rule({EXISTENCE: "gray", "basic": "white"}))], situation())
    assert isinstance(decision, Allowed)
    assert decision.field_groups == {EXISTENCE, "basic"}


RESOLUTIONS: list[tuple[str, list[dict[str, str]], set[str], set[str]]] = [
    ("rules add up", [{"a": "white"}, {"b": "white"}], {"a", "b"}, set()),
    ("white wins over gray", [{"a": "gray"}, {"a": "white"}], {"a"}, set()),
    ("black wins over white", [{"a": "white", "b": "white"}, {"a": "black"}], {"b"}, set()),
    ("black wins over gray", [{"a": "gray", "b": "white"}, {"a": "black"}], {"b"}, set()),
    ("absent is no veto", [{"a": "white"}, {"b": "gray"}], {"a"}, {"b"}),
]


@pytest.mark.parametrize(
    ("levels", "white", "gray"), [r[1:] for r in RESOLUTIONS], ids=[r[0] for r in RESOLUTIONS]
)
def test_rules_of_one_agreement(
    levels: list[dict[str, str]], white: set[str], gray: set[str]
) -> None:
    rules = [rule(one, clause=f"3.{n}") for n, one in enumerate(levels)]
    decision = decide([agreement(*rules)], situation())
    assert isinstance(decision, Allowed)
    assert decision.field_groups == white | {EXISTENCE}
    assert decision.gray_groups == gray


def test_a_black_rule_that_does_not_match_vetoes_nothing() -> None:
    elsewhere = rule({"basic": "black"}, place=Districts(frozenset({"320509"})))
    assert decide([agreement(rule(), elsewhere)], situation())


def test_the_black_of_one_agreement_does_not_bind_another() -> None:
    closed = agreement(rule({"basic": "black"}), agreement_id="a")
    opened = agreement(rule(place=Anywhere()), agreement_id="b")
    decision = decide([closed, opened], situation())
    assert isinstance(decision, Allowed)
    assert decision.agreement_id == "b"


def test_permissions_of_agreements_add_up_and_the_wider_leads() -> None:
    narrow = agreement(rule({"c": "white", "a": "gray"}, place=Anywhere()), agreement_id="a")
    wide = agreement(rule({"a": "white", "b": "white"}, place=Anywhere()), agreement_id="b")
    decision = decide([narrow, wide], situation())
    assert isinstance(decision, Allowed)
    assert decision.agreement_id == "b"
    assert decision.field_groups == {EXISTENCE, "a", "b", "c"}
    assert {g.group: g.agreement_id for g in decision.grounds}["c"] == "a"
    assert decision.gray_groups == frozenset()


def test_white_of_a_smaller_agreement_lifts_the_gray_of_the_wider() -> None:
    wide = agreement(rule({"a": "gray", "b": "white", "c": "white"}, place=Anywhere()))
    small = agreement(rule({"a": "white"}, place=Anywhere()), agreement_id=SECOND)
    decision = decide([wide, small], situation())
    assert isinstance(decision, Allowed)
    assert "a" in decision.field_groups


def test_what_two_agreements_open_is_cited_from_the_one_that_leads() -> None:
    wide = agreement(rule({"a": "white", "b": "white", "g": "gray"}, place=Anywhere()))
    small = agreement(rule({"a": "white", "g": "gray"}, place=Anywhere()), agreement_id=SECOND)
    decision = decide([small, wide], situation())
    assert isinstance(decision, Allowed)
    assert {ground.agreement_id for ground in decision.grounds} == {AGREEMENT}


def test_of_one_agreement_the_highest_version_counts() -> None:
    old = agreement(rule({"basic": "white", "party": "white"}), version=1)
    new = agreement(rule({"basic": "white"}), version=2)
    for order in ([old, new], [new, old]):
        decision = decide(order, situation())
        assert isinstance(decision, Allowed)
        assert decision.field_groups == {EXISTENCE, "basic"}
        assert decision.agreement_version == 2


def test_the_most_specific_rule_is_cited() -> None:
    rules = [
        rule(place=Anywhere(), clause="d"),
        rule(place=Districts(frozenset({"330502", "320509"})), clause="c2"),
        rule(place=Districts(frozenset({"330502"})), clause="c1"),
        rule(place=NearLine(1000), clause="b2"),
        rule(place=NearLine(500), clause="b1"),
        rule(place=InZone(), clause="a"),
    ]
    cited = []
    while rules:
        decision = decide([agreement(*rules)], situation())
        assert isinstance(decision, Allowed)
        cited.append(decision.clause)
        rules = [one for one in rules if one.clause != decision.clause]
    assert cited == ["a", "b1", "b2", "c1", "c2", "d"]


def test_every_decision_explains_itself_in_json() -> None:
    decisions = [decide(row[1], situation(**row[2])) for row in DENIALS]
    decisions += [decide([agreement(rule({"basic": lv}))], situation()) for lv in ("white", "gray")]
    codes = set()
    for decision in decisions:
        explanation = explain(decision)
        assert canonical(explanation.params)
        codes.add(explanation.code)
    elsewhere = {"no_share", "retention_over"}
    elsewhere |= {"onward_never", "onward_not_named", "onward_needs_consent"}
    assert codes | elsewhere == set(REASONS)


def test_a_denial_without_a_listed_reason_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="because"):
        Denied("because")


def test_an_infinite_width_is_refused() -> None:
    with pytest.raises(InvalidTerms):
        NearLine(float("nan"))


IDS = st.sampled_from(["a", "b", "c"])
AGREEMENTS = st.lists(
    st.builds(
        agreement,
        agreement_id=IDS,
        version=st.integers(1, 3),
        state=st.sampled_from(["in_force", "draft", "suspended", "expired"]),
        parties=st.sampled_from([frozenset({WU, JIANG}), frozenset({WU, QING})]),
        valid_from=st.sampled_from([NOON - DAY, NOON, NOON + DAY]),
        valid_to=st.sampled_from([None, NOON, NOON + DAY]),
        terms=TERMS,
    ),
    max_size=4,
    unique_by=lambda one: (one.agreement_id, one.version),
)
SITUATIONS = st.builds(
    situation,
    purpose=st.sampled_from(["a", "b"]),
    in_zone_of=st.frozensets(IDS),
    distance_to_line_m=st.none() | st.floats(0, 2000),
    classification=st.integers(0, 6),
)


def _may_open(one: AgreementState) -> bool:
    valid = one.valid_from <= NOON and (one.valid_to is None or one.valid_to > NOON)
    return one.state == "in_force" and valid and {WU, JIANG} <= one.parties


@given(AGREEMENTS, SITUATIONS)
def test_without_an_agreement_in_force_nothing_is_allowed(
    agreements: list[AgreementState], asked: Any
) -> None:
    closed = [one for one in agreements if not _may_open(one)]
    assert isinstance(decide(closed, asked), Denied)


@given(AGREEMENTS, SITUATIONS, st.randoms())
def test_the_order_of_agreements_does_not_matter(
    agreements: list[AgreementState], asked: Any, random: Any
) -> None:
    shuffled = random.sample(agreements, len(agreements))
    assert decide(shuffled, asked) == decide(agreements, asked)


@given(AGREEMENTS, SITUATIONS)
def test_every_open_group_is_white_in_a_matching_rule(
    agreements: list[AgreementState], asked: Any
) -> None:
    decision = decide(agreements, asked)
    if isinstance(decision, Allowed):
        named = {
            group
            for one in agreements
            if _may_open(one)
            for term in one.terms.rules
            if term.kind == asked.kind and asked.purpose in term.purposes
            for group, level in term.levels.items()
            if level is Level.WHITE
        }
        assert decision.field_groups - {EXISTENCE} <= named
        assert {g.group for g in decision.grounds} == decision.field_groups | decision.gray_groups
