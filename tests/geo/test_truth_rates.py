"""Forged tracks are questioned, honest ones are not: on recorded tracks and forgeries of them."""

from __future__ import annotations

import pytest

from tests.conftest import missing
from tests.support.real_tracks import real_tracks
from tests.support.truth_rates import Rates, measured

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def rates() -> Rates:
    if len(real_tracks()) < 10:
        missing("recorded tracks: run `make test`, which brings them")
    return measured(seed=20_261_126)


def test_most_forgeries_of_each_kind_are_questioned(rates: Rates) -> None:
    few = {kind: row for kind, row in rates.forged.items() if row[0] < 0.7 * row[1]}
    assert not few
    assert Rates.share(rates.forged) >= 0.95


def test_honest_tracks_are_hardly_ever_questioned(rates: Rates) -> None:
    assert rates.honest["recorded"][0] == 0
    assert Rates.share(rates.honest) <= 0.05
