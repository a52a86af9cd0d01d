from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import crs
from geo.errors import GeoError

lons = st.floats(73.5, 135.0)
lats = st.floats(18.0, 53.5)


@pytest.mark.parametrize(
    ("lon", "epsg"), [(74.0, 4534), (118.5, 4549), (120.4, 4549), (121.49, 4549), (134.7, 4554)]
)
def test_the_gauss_kruger_zone_fits_the_longitude(lon: float, epsg: int) -> None:
    zone = crs.gauss_kruger_crs(lon)
    assert zone.to_epsg() == epsg
    west, _, east, _ = zone.area_of_use.bounds
    assert west - 0.1 <= lon <= east + 0.1


@pytest.mark.parametrize("lon", [0.0, 140.0, float("nan")])
def test_no_gauss_kruger_zone_outside_china(lon: float) -> None:
    with pytest.raises(GeoError):
        crs.gauss_kruger_crs(lon)


@given(lons, lats, st.floats(-0.01, 0.01), st.floats(-0.01, 0.01))
def test_local_metres_are_geodesic_metres(lon: float, lat: float, dx: float, dy: float) -> None:
    line = shapely.LineString([(lon, lat), (lon + dx, lat + dy + 0.001)])
    flat = crs.project(line, crs.local_metric_crs(line))
    assert flat.length == pytest.approx(crs.geodesic_length_m(line), rel=1e-6, abs=1e-6)
    back = crs.unproject(flat, crs.local_metric_crs(line))
    assert np.allclose(shapely.get_coordinates(back), shapely.get_coordinates(line), atol=1e-10)


def test_scale_error_is_shared_between_the_middle_and_the_ends() -> None:
    wide = shapely.box(118.0, 30.0, 121.0, 31.0)
    places = np.array([118.0, 119.5, 121.0]), np.full(3, 30.5)
    factors = pyproj.Proj(crs.local_metric_crs(wide)).get_factors(*places)
    assert np.abs(factors.meridional_scale - 1.0).max() < 1.5e-4


def test_coordinates_come_in_the_order_of_axes_of_the_authority() -> None:
    place = shapely.Point(120.4, 30.9)
    swapped = crs.in_axis_order(place, pyproj.CRS.from_epsg(4326))
    assert (swapped.x, swapped.y) == pytest.approx((30.9, 120.4))
    north_east = crs.in_axis_order(place, pyproj.CRS.from_epsg(4549))
    east_north = crs.project(place, pyproj.CRS.from_epsg(4549))
    assert (north_east.y, north_east.x) == pytest.approx((east_north.x, east_north.y), abs=1e-6)


def test_empty_geometry_has_no_metric_crs_and_no_size() -> None:
    with pytest.raises(GeoError):
        crs.local_metric_crs(shapely.Point())
    assert crs.geodesic_length_m(shapely.LineString()) == 0.0
    assert crs.geodesic_area_m2(shapely.Polygon()) == 0.0
    assert crs.project(shapely.Polygon(), crs.gauss_kruger_crs(120)).is_empty
    assert crs.segment_lengths_m(np.zeros((1, 2))).shape == (0,)


def test_areas_do_not_depend_on_ring_directions_and_leave_holes_out() -> None:
    outer, hole = shapely.box(120, 30, 121, 31), shapely.box(120.2, 30.2, 120.3, 30.3)
    ring = shapely.Polygon(outer.exterior, [hole.exterior])
    both = shapely.MultiPolygon([ring, shapely.box(122, 30, 123, 31)])
    expected = 2 * crs.geodesic_area_m2(outer) - crs.geodesic_area_m2(hole)
    assert crs.geodesic_area_m2(both) == pytest.approx(expected)
    assert crs.geodesic_area_m2(ring.reverse()) == pytest.approx(crs.geodesic_area_m2(ring))


def test_distance_of_a_degree_of_latitude() -> None:
    assert crs.geodesic_distance_m(120, 30, 120, 31) == pytest.approx(110_857, abs=5)


def test_gcj02_is_some_five_hundred_metres_off_at_huzhou() -> None:
    lon, lat = crs.wgs84_to_gcj02(120.4, 30.9)
    assert 400 < crs.geodesic_distance_m(120.4, 30.9, float(lon), float(lat)) < 600
    # The value that other implementations of the published formula give.
    assert (float(lon), float(lat)) == pytest.approx((120.40444, 30.89776), abs=5e-4)


@given(lons, lats)
def test_gcj02_comes_back_to_the_same_place(lon: float, lat: float) -> None:
    back = crs.gcj02_to_wgs84(*crs.wgs84_to_gcj02([lon], [lat]))
    assert crs.geodesic_distance_m(lon, lat, float(back[0][0]), float(back[1][0])) < 0.001
