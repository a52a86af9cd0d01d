"""Terms as values and their wire format."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.errors import InvalidTerms, SharingError, UnknownFormat
from sharing.terms import (
    Anywhere,
    Districts,
    InZone,
    Level,
    NearLine,
    Onward,
    OnwardKind,
    TermRule,
    Terms,
)
from tests.sharing.factories import rule

PLACES = st.one_of(
    st.just(Anywhere()),
    st.just(InZone()),
    st.floats(0.5, 50_000).map(NearLine),
    st.frozensets(st.sampled_from(["330502", "320509", "330500"]), min_size=1).map(Districts),
)
NAMES = st.sampled_from(["a", "b", "c", "d"])
ONWARD = st.one_of(
    st.sampled_from([OnwardKind.NEVER, OnwardKind.CONSENT, OnwardKind.ANYONE]).map(Onward),
    st.lists(NAMES, min_size=1).map(lambda named: Onward(OnwardKind.PARTIES, tuple(named))),
)
RULES = st.builds(
    TermRule,
    clause=NAMES,
    kind=st.sampled_from(["case", "patrol"]),
    place=PLACES,
    purposes=st.frozensets(NAMES, min_size=1),
    levels=st.dictionaries(NAMES, st.sampled_from(Level), min_size=1),
    retention_days=st.none() | st.integers(1, 4000),
    onward=st.none() | ONWARD,
)
TERMS = st.builds(
    Terms,
    rules=st.lists(RULES, max_size=4).map(tuple),
    retention_days=st.none() | st.integers(1, 4000),
    onward_sharing=st.booleans(),
    clauses_text=st.dictionaries(NAMES, st.dictionaries(st.sampled_from(["zh", "en"]), NAMES)),
    max_classification=st.integers(0, 4),
    answer_hours=st.none() | st.integers(1, 8784),
)
WIRE: dict[str, Any] = {
    "format": 1,
    "rules": [
        {
            "clause": "3.1",
            "kind": "case",
            "place": {"type": "near_line", "metres": 1000},
            "purposes": ["enforcement"],
            "levels": {"basic": "white"},
        }
    ],
}


@given(TERMS)
def test_terms_survive_the_wire(terms: Terms) -> None:
    assert Terms.from_dict(terms.to_dict()) == terms


def test_what_terms_leave_out_opens_nothing() -> None:
    assert Terms.from_dict({"format": 1, "rules": []}) == Terms()
    assert not Terms().onward_sharing
    terms = Terms.from_dict(WIRE)
    assert (terms.retention_days, terms.onward_sharing, terms.max_classification) == (
        None,
        False,
        3,
    )
    assert terms.rules[0].place == NearLine(1000)


BROKEN = [
    (("format",), 2, UnknownFormat),
    (("format",), None, UnknownFormat),
    (("surprise",), 1, UnknownFormat),
    (("rules", 0, "surprise"), 1, UnknownFormat),
    (("rules", 0, "place"), {"type": "moon"}, UnknownFormat),
    (("rules", 0, "place"), "anywhere", UnknownFormat),
    (("rules", 0, "place"), {"type": "anywhere", "but": "here"}, UnknownFormat),
    (("rules", 0, "place"), {"type": "in_zone", "but": "here"}, UnknownFormat),
    (("rules", 0, "place"), {"type": "near_line", "metres": 5, "but": 1}, UnknownFormat),
    (("rules", 0, "place"), {"type": "near_line", "metres": "5"}, UnknownFormat),
    (("rules", 0, "place"), {"type": "near_line", "metres": 0}, InvalidTerms),
    (("rules", 0, "place"), {"type": "near_line", "metres": float("inf")}, InvalidTerms),
    (("rules", 0, "place"), {"type": "districts", "adcodes": []}, InvalidTerms),
    (("rules", 0, "place"), {"type": "districts", "adcodes": ["33"]}, InvalidTerms),
    (("rules", 0, "place"), {"type": "districts", "adcodes": ["330502"], "x": 1}, UnknownFormat),
    (("rules", 0, "levels"), {"basic": "blue"}, InvalidTerms),
    (("rules", 0, "levels"), {}, InvalidTerms),
    (("rules", 0, "levels"), [], InvalidTerms),
    (("rules", 0, "purposes"), [], InvalidTerms),
    (("rules", 0, "purposes"), "enforcement", InvalidTerms),
    (("rules", 0, "purposes"), [1], InvalidTerms),
    (("rules", 0, "clause"), "", InvalidTerms),
    (("rules", 0, "kind"), 3, InvalidTerms),
    (("rules",), {}, InvalidTerms),
    (("retention_days",), 0, InvalidTerms),
    (("retention_days",), True, InvalidTerms),
    (("answer_hours",), 0, InvalidTerms),
    (("answer_hours",), "72", InvalidTerms),
    (("retention_days",), "90", InvalidTerms),
    (("retention_days",), 40_000, InvalidTerms),
    (("rules", 0, "retention_days"), 0, InvalidTerms),
    (("rules", 0, "retention_days"), "30", InvalidTerms),
    (("rules", 0, "onward"), "never", UnknownFormat),
    (("rules", 0, "onward"), {"rule": "perhaps"}, UnknownFormat),
    (("rules", 0, "onward"), {"rule": "never", "bureaus": ["b"]}, UnknownFormat),
    (("rules", 0, "onward"), {"rule": "parties", "bureaus": []}, InvalidTerms),
    (("rules", 0, "onward"), {"rule": "parties", "bureaus": [1]}, InvalidTerms),
    (("rules", 0, "onward"), {"rule": "parties"}, UnknownFormat),
    (("onward_sharing",), 1, InvalidTerms),
    (("max_classification",), 5, InvalidTerms),
    (("max_classification",), -1, InvalidTerms),
]


@pytest.mark.parametrize(("path", "value", "error"), BROKEN)
def test_terms_that_are_not_understood_are_refused(
    path: tuple[Any, ...], value: object, error: type[SharingError]
) -> None:
    wire = copy.deepcopy(WIRE)
    target: Any = wire
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(error):
        Terms.from_dict(wire)


def test_what_a_rule_does_not_state_is_not_on_the_wire() -> None:
    """So that terms signed before the keys existed keep their bytes, and with them their hash."""
    assert set(rule().to_dict()) == {"clause", "kind", "place", "purposes", "levels"}


def test_bureaus_are_named_for_a_rule_of_named_bureaus_alone() -> None:
    with pytest.raises(InvalidTerms):
        Onward(OnwardKind.NEVER, ("b",))


def test_a_rule_without_all_its_keys_is_refused() -> None:
    wire = copy.deepcopy(WIRE)
    del wire["rules"][0]["purposes"]
    with pytest.raises(UnknownFormat, match="purposes"):
        Terms.from_dict(wire)


@pytest.mark.parametrize("group", ["reporter", "internal"])
@pytest.mark.parametrize("level", ["white", "gray"])
def test_what_is_never_shared_cannot_be_agreed(group: str, level: str) -> None:
    with pytest.raises(InvalidTerms, match=group):
        rule({group: level})


def test_terms_cannot_be_changed_after_they_were_made() -> None:
    levels = {"basic": Level.WHITE}
    made = TermRule("3.1", "case", InZone(), frozenset({"enforcement"}), levels)
    levels["party"] = Level.WHITE
    assert dict(made.levels) == {"basic": Level.WHITE}
    with pytest.raises(TypeError):
        made.levels["party"] = Level.WHITE  # type: ignore[index]
    assert hash(made) == hash(rule())
