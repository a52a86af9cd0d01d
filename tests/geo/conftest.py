"""Shapes small enough to check by hand, and the two real boundary sets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import settings

from geo.boundaries import BoundarySet, Jurisdiction, load
from geo.build_boundaries import main as build_main
from geo.crs import local_metric_crs, unproject
from tests.support.counting import COUNTS

# Two busy cores make single examples slow now and then; the number of examples is the bound.
settings.register_profile("geo", settings.get_profile("suite"), max_examples=50)
settings.load_profile("geo")

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "boundary" / "huzhou_neighbours_tianditu.geojson"
CENTRE = shapely.Point(120.0, 31.0)


@pytest.fixture(scope="module", autouse=True)
def counted_readers() -> Iterator[None]:
    """The process that reads a boundary file is counted for coverage where this one is."""
    with pytest.MonkeyPatch.context() as patch:
        if COUNTS in os.environ:
            patch.setenv("PYTHONPATH", str(ROOT / "tests/support/counted"))
        yield


@pytest.fixture(scope="session")
def amap_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("boundaries") / "deep" / "huzhou.geojson"
    assert build_main([str(path)]) == 0
    return path


@pytest.fixture(scope="session")
def amap(amap_path: Path) -> BoundarySet:
    return load(amap_path)


@pytest.fixture(scope="session")
def tianditu_path() -> Path:
    if not SHARED.exists():
        pytest.skip("the small boundary file is not beside the repository")
    return SHARED


@pytest.fixture(scope="session")
def km() -> Callable[..., Any]:
    """Bring a shape drawn in kilometres around 120° E, 31° N to longitude and latitude."""
    crs = local_metric_crs(CENTRE)
    return lambda shape: unproject(shapely.transform(shape, lambda xy: xy * 1000.0), crs)


@pytest.fixture(scope="session")
def unit(km: Callable[..., Any]) -> Callable[..., Jurisdiction]:
    """A jurisdiction from a shape in kilometres."""
    return lambda code, shape: Jurisdiction(code, f"县{code}", "市", "省", km(shape))


@pytest.fixture(scope="session")
def county_set() -> Callable[..., BoundarySet]:
    return lambda *units: BoundarySet(
        tuple(units), 5.0, "drawn by hand", "none", "EPSG:4326", "now"
    )


@pytest.fixture(scope="session")
def true_distance_m() -> Callable[..., float]:
    """Distance from a place to a line, by a way of its own: equidistant around the place."""

    def measure(line: Any, lon: float, lat: float) -> float:
        crs = pyproj.CRS.from_proj4(f"+proj=aeqd +lon_0={lon:.12f} +lat_0={lat:.12f} +ellps=WGS84")
        forward = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
        dense = shapely.get_coordinates(shapely.segmentize(line, 0.001))
        flat = np.column_stack(forward.transform(dense[:, 0], dense[:, 1]))
        return float(shapely.LineString(flat).distance(shapely.Point(0, 0)))

    return measure
