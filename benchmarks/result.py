"""What a benchmark reports: a figure, the baseline's figure from the same run, their ratio."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One claim measured. `better` says whether a larger or a smaller figure is better."""

    claim: str
    figure: float
    unit: str
    baseline: str
    baseline_figure: float
    better: str = "larger"
    note: str = ""

    @property
    def ratio(self) -> str:
        """How many times better than the baseline (above 1: better); a dash: not to be told."""
        over, under = self.figure, self.baseline_figure
        if self.better != "larger":
            over, under = under, over
        return f"{over / under:.2f}" if under else "–"

    def line(self) -> str:
        """One row of the report."""
        return (
            f"{self.claim:<58} {self.figure:>12,.1f} {self.unit:<14} "
            f"{self.baseline}: {self.baseline_figure:,.1f}   ratio {self.ratio}"
            + (f"   ({self.note})" if self.note else "")
        )
