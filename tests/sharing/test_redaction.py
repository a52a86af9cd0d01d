"""Redaction: what each reader may see of a record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.errors import UnclassifiedField
from sharing.redaction import field_explanations, redact, redact_for_owner
from sharing.terms import Allowed, Decision, Denied, Gray, Ground, Level

GROUPS = {
    "id": "existence",
    "kind": "existence",
    "contact": "existence",
    "stage": "basic",
    "party_name": "party",
    "opinion": "internal",
    "notes": "investigation",
}
RECORD: dict[str, object] = {name: f"<{name}>" for name in GROUPS}
EXISTENCE_ONLY = {"id": "<id>", "kind": "<kind>", "contact": "<contact>"}
BASIC = Allowed("3.1", "a", 1, frozenset({"existence", "basic"}), frozenset({"party"}))


def test_allowed_groups_appear_and_others_are_absent() -> None:
    assert redact(RECORD, GROUPS, BASIC) == EXISTENCE_ONLY | {"stage": "<stage>"}


def test_gray_shows_existence_only() -> None:
    assert redact(RECORD, GROUPS, Gray("3.1", "a", 1, frozenset({"basic"}))) == EXISTENCE_ONLY


def test_denied_shows_not_even_existence() -> None:
    assert redact(RECORD, GROUPS, Denied("no_agreement")) is None


@pytest.mark.parametrize("decision", [BASIC, Gray("3.1", "a", 1), Denied("no_agreement")])
def test_a_field_without_a_group_stops_the_record(decision: Decision) -> None:
    with pytest.raises(UnclassifiedField, match="surprise"):
        redact(RECORD | {"surprise": 1}, GROUPS, decision)


def test_what_is_never_shared_stays_even_when_a_decision_names_it() -> None:
    careless = Allowed("3.1", "a", 1, frozenset({"basic", "internal", "reporter"}))
    assert redact(RECORD, GROUPS, careless) == {"stage": "<stage>"}


DECISIONS = st.one_of(
    st.builds(
        Allowed,
        clause=st.just("3.1"),
        agreement_id=st.just("a"),
        agreement_version=st.just(1),
        field_groups=st.frozensets(st.sampled_from(sorted(set(GROUPS.values())))),
        gray_groups=st.frozensets(st.sampled_from(sorted(set(GROUPS.values())))),
    ),
    st.builds(Gray, st.just("3.1"), st.just("a"), st.just(1)),
    st.just(Denied("no_agreement")),
)


@given(DECISIONS, st.sets(st.sampled_from(sorted(GROUPS))))
def test_no_field_of_a_closed_group_ever_comes_out(decision: Decision, names: set[str]) -> None:
    record = {name: RECORD[name] for name in names}
    shown = redact(record, GROUPS, decision) or {}
    opened = decision.field_groups if isinstance(decision, Allowed) else {"existence"}
    assert all(GROUPS[name] in opened for name in shown)
    assert all(shown[name] == record[name] for name in shown)


@given(DECISIONS)
def test_the_view_as_the_other_side_agrees_with_redaction(decision: Decision) -> None:
    explained = field_explanations(GROUPS, decision)
    assert [one.field for one in explained] == list(GROUPS)
    white = {one.field for one in explained if one.level is Level.WHITE}
    assert white == set(redact(RECORD, GROUPS, decision) or {})


def test_the_view_as_the_other_side_names_each_clause() -> None:
    decision = Allowed(
        "3.1",
        "a",
        1,
        frozenset({"existence", "basic"}),
        frozenset({"party"}),
        (Ground("basic", Level.WHITE, "3.2", "a", 1), Ground("party", Level.GRAY, "3.3", "a", 1)),
    )
    explained = {e.field: (e.level, e.clause) for e in field_explanations(GROUPS, decision)}
    assert explained["id"] == (Level.WHITE, "3.1")
    assert explained["stage"] == (Level.WHITE, "3.2")
    assert explained["party_name"] == (Level.GRAY, "3.3")
    assert explained["opinion"] == (Level.BLACK, None)


@pytest.mark.parametrize(
    ("clearance", "classification", "seen"),
    [(2, 2, True), (3, 2, True), (1, 2, False), (4, 4, True), (9, 5, False)],
)
def test_owners_see_what_they_are_cleared_for(
    clearance: int, classification: int, seen: bool
) -> None:
    view = redact_for_owner(
        RECORD,
        GROUPS,
        clearance=clearance,
        classification=classification,
        is_handler=True,
        hidden_unless_handler=frozenset({"investigation"}),
    )
    assert view == (RECORD if seen else None)


def test_investigation_details_are_for_handlers() -> None:
    view = redact_for_owner(
        RECORD,
        GROUPS,
        clearance=3,
        classification=2,
        is_handler=False,
        hidden_unless_handler=frozenset({"investigation"}),
    )
    assert view is not None
    assert set(RECORD) - set(view) == {"notes"}


def test_the_owners_view_also_stops_at_a_field_without_a_group() -> None:
    with pytest.raises(UnclassifiedField):
        redact_for_owner(
            {"surprise": 1},
            GROUPS,
            clearance=3,
            classification=0,
            is_handler=True,
            hidden_unless_handler=frozenset(),
        )
