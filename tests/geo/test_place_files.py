"""Waypoints of a GPX file: as they stand there, and no more of them than may be."""

from __future__ import annotations

import pytest

from geo.errors import GeoError
from geo.track_files import fixes, places


def gpx(body):
    return f'<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">{body}</gpx>'.encode()


def test_waypoints_and_the_first_route_are_read_in_order():
    body = '<wpt lon="120.1" lat="30.9"><name>排口</name></wpt><wpt lon="x" lat="30.8"/>'
    body += '<rte><rtept lon="120.2" lat="30.7"/></rte><rte><rtept lon="1" lat="2"/></rte>'
    found = places.read_places(gpx(body))
    assert [(one.lon, one.texts.get("name")) for one in found.waypoints] == [
        ("120.1", "排口"),
        ("x", None),
    ]
    assert found.route == [(120.2, 30.7)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (gpx('<wpt lon="1" lat="2"/>' * (places.MAX_PLACES + 1)), "too_many_fixes"),
        (b"<gpx>" + b" " * fixes.MAX_BYTES, "too_large"),
    ],
    ids=["places", "bytes"],
)
def test_more_than_may_be_is_refused(data, code):
    with pytest.raises(GeoError) as refused:
        places.read_places(data)
    assert refused.value.code == code
