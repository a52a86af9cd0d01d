"""Devices' files are read whole or refused with the line that is wrong."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import wgs84_to_gcj02
from geo.errors import GeoError
from geo.track_files import fixes
from geo.track_files.reading import read_track_file
from geo.tracks import Fix
from tests.support.real_tracks import files

T0 = 1_767_225_600.0  # 2026-01-01T00:00:00Z
GPX = """<?xml version="1.0"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
<metadata><time>2020-01-01T00:00:00Z</time></metadata>
<trk><name> 早班 </name><trkseg>
<trkpt lat="30.9" lon="120.4"><ele>2</ele><time>2026-01-01T00:00:00Z</time></trkpt>
<trkpt lat="30.91" lon="120.41"><time>2026-01-01T08:00:10+08:00</time></trkpt>
</trkseg><trkseg></trkseg><trkseg>
<trkpt lat="30.92" lon="120.42"><time>2026-01-01T00:01:00.500</time></trkpt>
</trkseg></trk></gpx>"""
KML = """<?xml version="1.0"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
<Placemark><name>晚班</name><gx:Track>
<when>2026-01-01T00:00:00Z</when><when>2026-01-01T00:00:10Z</when>
<gx:coord>120.4 30.9 0</gx:coord><gx:coord>120.41 30.91 0</gx:coord>
</gx:Track></Placemark>
<Placemark><TimeStamp><when>2026-01-01T00:02:00Z</when></TimeStamp>
<Point><coordinates>120.5,30.95,0</coordinates></Point></Placemark>
<Placemark><Point><coordinates>120.5,30.95</coordinates></Point></Placemark>
</Document></kml>"""


def line(coordinates, kind="LineString", **properties):
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }
    return json.dumps(feature).encode()


def refused(data, code):
    with pytest.raises(GeoError) as caught:
        read_track_file(data if isinstance(data, bytes) else data.encode())
    assert caught.value.code == code
    return caught.value.params


def test_gpx_segments_are_read_with_their_name_and_times() -> None:
    first, second = read_track_file(GPX.encode())
    assert first.name == "早班"
    assert first.fixes == (Fix(T0, 120.4, 30.9), Fix(T0 + 10, 120.41, 30.91))
    assert second.fixes == (Fix(T0 + 60.5, 120.42, 30.92),)


def test_kml_tracks_and_timed_points_are_read() -> None:
    first, second = read_track_file(KML.encode())
    assert (first.name, len(first.fixes)) == ("晚班", 2)
    assert second.fixes == (Fix(T0 + 120, 120.5, 30.95),)


def test_geojson_lines_are_read_with_times_in_either_form() -> None:
    places = [[120.4, 30.9], [120.41, 30.91, 5]]
    for times in (["2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z"], [T0 * 1e3, T0 * 1e3 + 1e4]):
        (segment,) = read_track_file(line(places, coordTimes=times, name="a"))
        assert segment.fixes == (Fix(T0, 120.4, 30.9), Fix(T0 + 10, 120.41, 30.91))
    both = line([places, places], "MultiLineString", times=[times, times])
    whole = {"type": "FeatureCollection", "features": [json.loads(both), {"geometry": None}]}
    assert len(read_track_file(json.dumps(whole).encode())) == 2


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ('lat="30.91"', 'lat="999"', "track_value", "line 6"),
        ('lat="30.91"', 'lat="NaN"', "track_value", "line 6"),
        ('lon="120.42"', "", "track_value", "line 8"),
        ("2026-01-01T08:00:10+08:00", "yesterday", "track_value", "line 6"),
        ("<time>2026-01-01T00:01:00.500</time>", "", "track_no_time", "line 8"),
    ],
)
def test_a_wrong_point_of_gpx_names_its_line(old, new, code, at) -> None:
    assert refused(GPX.replace(old, new), code)["at"] == at


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("<gx:coord>120.41 30.91 0</gx:coord>", "", "track_counts", "line 6"),
        ("120.41 30.91 0", "120.41", "track_value", "line 5"),
        ("2026-01-01T00:02:00Z", "soon", "track_value", "line 7"),
    ],
)
def test_a_wrong_point_of_kml_names_its_line(old, new, code, at) -> None:
    assert refused(KML.replace(old, new), code)["at"] == at


def test_a_line_without_times_is_a_drawing() -> None:
    kml = (
        "<kml><Placemark>\n<LineString><coordinates>1,2 3,4</coordinates></LineString>"
        "</Placemark></kml>"
    )
    assert refused(kml, "track_no_time") == {"at": "line 2"}
    places = [[120.4, 30.9], [120.41, 30.91]]
    assert refused(line(places), "track_no_time") == {"at": "line 1 feature"}
    part = line([places, places], "MultiLineString", times=[[0, 1]])
    assert refused(part, "track_no_time") == {"at": "line 1 feature[1]"}
    assert refused(line(places, times=[1.0]), "track_counts")["times"] == 1


@pytest.mark.parametrize(
    ("position", "when"),
    [([None, 1], 0), ("x", 0), ([1], 0), ([True, 1], 0), ([1, 2], "never"), ([1, 2], True)],
)
def test_a_wrong_position_of_geojson_names_its_place(position, when) -> None:
    found = refused(line([[120, 30], position], times=[0, when]), "track_value")
    assert found["at"] == "line 1 feature.coordinates[1]"


@pytest.mark.parametrize(
    ("old", "new", "line_of_it"),
    [
        ("120.41", "999", 20),
        ("30.91", "null", 21),
        ('"2026-01-01T00:00:10Z"', '"soon"', 8),
        ('"2026-01-01T00:00:10Z"', "1e999", 8),
        ('"2026-01-01T00:00:10Z"', "9" * 400, 8),
    ],
)
def test_a_wrong_value_of_geojson_names_its_line(old, new, line_of_it) -> None:
    times = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z"]
    feature = json.loads(line([[120.4, 30.9], [120.41, 30.91]], coordTimes=times, name='a "]['))
    text = json.dumps({"features": [feature], "type": "FeatureCollection"}, indent=1)
    found = refused(text.replace(old, new).encode(), "track_value")
    assert found["at"] == f"line {line_of_it} features[0].coordinates[1]"
    # A byte order mark and Windows' ends of lines move nothing.
    windows = "\ufeff" + text.replace(old, new).replace("\n", "\r\n")
    assert refused(windows.encode(), "track_value")["at"] == found["at"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "track_format"),
        (b"PK\x03\x04", "track_format"),
        (b"<gpx>", "track_xml"),
        (b"<gpx></gpx>", "track_empty"),
        (b"{", "track_json"),
        (b'{"a": \xff}', "track_json"),
        (b'{"a": ' + b"[" * 200_000, "track_json"),
        (b'{"type": "Point", "coordinates": [' + b"9" * 5_000 + b", 1]}", "track_json"),
        (b'{"a": [' + b"{}," * 3_000_000 + b"{}]}", "too_many_fixes"),
        (b'{"type": "Point", "coordinates": [1, 2]}', "track_empty"),
        (b"<gpx>" + b"<a>" * 100, "track_xml"),
        (b"{" + b" " * fixes.MAX_BYTES, "too_large"),
        (line([[1, 2], [3, 4]], times=[1, 2]).replace(b"[1, 2]}", b"[1, 1e999]}"), "track_value"),
    ],
)
def test_what_is_no_track_is_refused_with_the_reason(data, code) -> None:
    refused(data, code)


def test_entities_and_document_types_are_refused_at_once() -> None:
    bomb = '<!DOCTYPE gpx [<!ENTITY a "aaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    began = time.monotonic()
    assert refused(bomb + "]><gpx>&j;</gpx>", "track_xml")["line"] == 1
    outside = '<!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx></gpx>'
    refused(outside, "track_xml")
    assert time.monotonic() - began < 5


def test_more_fixes_than_a_patrol_can_have_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(fixes, "MAX_FIXES", 2)
    assert refused(GPX, "too_many_fixes") == {"limit": 2}


def test_shifted_places_are_brought_back() -> None:
    lon, lat = wgs84_to_gcj02(120.4, 30.9)
    text = GPX.replace('lat="30.9" lon="120.4"', f'lat="{float(lat)!r}" lon="{float(lon)!r}"')
    fix = read_track_file(text.encode(), gcj02=True)[0].fixes[0]
    assert (fix.lon, fix.lat) == (pytest.approx(120.4, abs=1e-8), pytest.approx(30.9, abs=1e-8))


def test_long_text_is_cut_not_kept() -> None:
    text = GPX.replace(" 早班 ", "早班" * 60_000)
    assert len(read_track_file(text.encode())[0].name) < 60_000


@given(st.integers(0, len(GPX.encode()) - 8))
def test_a_file_cut_anywhere_is_refused(end) -> None:
    with pytest.raises(GeoError):
        read_track_file(GPX.encode()[:end])


def test_files_of_real_devices_are_read_or_refused_in_words() -> None:
    outcomes = {}
    for name, content in files():
        try:
            outcomes[name] = sum(len(s.fixes) for s in read_track_file(content))
        except GeoError as error:
            outcomes[name] = error.code
    assert outcomes["around-visnjan-with-car"] == 104
    assert outcomes["cerknicko-without-times"] == "track_no_time"
    assert sum(isinstance(found, int) for found in outcomes.values()) >= 15
