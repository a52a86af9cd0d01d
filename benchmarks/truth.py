"""How many forged tracks a judgement questions, and how many honest ones (rates, no times)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.truth_rates import Rates, measured


def run() -> Iterator[str]:
    """One line per kind of track, five rounds of chance."""
    rates = measured(seed=1, rounds=5)
    for title, rows in (("forged", rates.forged), ("honest", rates.honest)):
        yield f"{title}: {Rates.share(rows):.1%} questioned"
        for kind, (hit, of) in rows.items():
            yield f"  {kind:<16} {hit:>3} of {of}"
