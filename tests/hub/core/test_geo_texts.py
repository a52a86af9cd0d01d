"""Every refusal of geometry has its sentence, with the same parameters."""

from __future__ import annotations

import re

import pytest

from geo.errors import CODES, GeoError
from geo.track_files.reading import read_track_file
from hub.web.geo_texts import TEXTS, geo_text


def test_every_code_has_a_text_and_no_text_is_left_over(world):
    assert set(TEXTS) == set(CODES)


def test_texts_use_only_parameters_that_the_error_carries(world):
    with world.app.app_context():
        for code, text in TEXTS.items():
            used = set(re.findall(r"%\((\w+)\)s", str(text)))
            assert used <= set(re.findall(r"\{(\w+)\}", CODES[code])), code


POINT = b'<gpx><trk><trkseg>\n<trkpt lat="30.9" lon="%s"><time>2026-01-01T00:00:00Z</time>'
TRACK = b"""{"type": "FeatureCollection", "features": [{"type": "Feature", "properties":
    {"coordTimes": ["soon"]}, "geometry": {"type": "LineString", "coordinates": [[120, 30]]}}]}"""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (POINT % b"x", "文件第2行：x不是有效的经度。"),
        (POINT % b"120.4", "文件第2行有误：文件没有写完"),
        (TRACK, "第1个要素，第1个位置：soon不是有效的时间。"),
        (TRACK[:-2], "文件第2行有误：此处缺少逗号"),
        (b"\xff\xd8\xff\xe0 JFIF", "该文件以“ff d8 ff e0”开头。"),
    ],
)
def test_a_track_file_that_is_wrong_is_told_where_and_why(world, data, said):
    with world.app.app_context(), pytest.raises(GeoError) as refused:
        read_track_file(data)
    with world.app.app_context():
        assert said in geo_text(refused.value)
