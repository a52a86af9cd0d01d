"""Canonical JSON: one value, one text."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.canonical import canonical, canonical_text, utc_text
from sharing.errors import NaiveDatetime, NotCanonical
from sharing.models import Rung

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, None, "联防"]}, '{"a":[true,null,"联防"],"b":1}'),
        ((1, 2.5), "[1,2.5]"),
        ({"at": datetime(2026, 1, 2, 3, 4, 5, 6, UTC)}, '{"at":"2026-01-02T03:04:05.000006Z"}'),
        ({"on": date(2026, 1, 2)}, '{"on":"2026-01-02"}'),
        (Rung.OPENED, '"opened"'),
    ],
)
def test_values_have_one_text(value: object, expected: str) -> None:
    assert canonical_text(value) == expected
    assert canonical(value) == expected.encode()


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), {1: "a"}, {"a": {1, 2}}, b"x", object(), "\ud800"]
)
def test_values_without_a_canonical_form_are_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_a_time_is_written_in_utc() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert utc_text(datetime(2026, 1, 1, 8, tzinfo=shanghai)) == "2026-01-01T00:00:00.000000Z"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(NaiveDatetime):
        canonical({"at": datetime(2026, 1, 1)})  # noqa: DTZ001 - the point of the test


@given(JSON_VALUES)
def test_what_was_written_reads_back_and_writes_alike(value: object) -> None:
    text = canonical_text(value)
    assert json.loads(text) == value
    assert canonical_text(json.loads(text)) == text
