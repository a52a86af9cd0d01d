"""The public face of boundary data: sets of jurisdictions, their shared lines, checks, import."""

from __future__ import annotations

from geo.boundary_changes import Change, Comparison, Repair, compare, repair
from geo.boundary_check import CheckReport, Problem, apart, check
from geo.boundary_import import read_official
from geo.boundary_set import BoundarySet, Jurisdiction, load, save
from geo.shared_lines import SharedLine, shared_line

__all__ = [
    "BoundarySet",
    "Change",
    "CheckReport",
    "Comparison",
    "Jurisdiction",
    "Problem",
    "Repair",
    "SharedLine",
    "apart",
    "check",
    "compare",
    "load",
    "read_official",
    "repair",
    "save",
    "shared_line",
]
