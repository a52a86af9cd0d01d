"""The tracks of a patrol as files for other programs; each can be brought in again."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import gpxpy.gpx
from shapely.geometry import MultiLineString, mapping
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.patrols.models import Patrol
from hub.patrols.results import UnitTrack, moment_of, track_features, visible_tracks
from sharing.canonical import utc_text

_KML = "http://www.opengis.net/kml/2.2"
_GX = "http://www.google.com/kml/ext/2.2"


def track_gpx(session: Session, reader: ReaderClass, patrol: Patrol) -> str:
    """The visible tracks as GPX 1.1, one track per unit, a segment per observed stretch."""
    document = gpxpy.gpx.GPX()
    document.creator = "Lianfang"
    document.name = _title(patrol)
    for unit in visible_tracks(session, reader, patrol)[1]:
        track = gpxpy.gpx.GPXTrack(name=unit.name)
        document.tracks.append(track)
        for stretch in unit.stretches:
            points = [
                gpxpy.gpx.GPXTrackPoint(latitude=fix.lat, longitude=fix.lon, time=moment_of(fix))
                for fix in stretch
            ]
            track.segments.append(gpxpy.gpx.GPXTrackSegment(points))
    return str(document.to_xml(version="1.1"))


def track_kml(session: Session, reader: ReaderClass, patrol: Patrol) -> bytes:
    """The visible tracks as KML 2.3 gx:Track, one placemark per unit and observed stretch."""
    ElementTree.register_namespace("", _KML)
    ElementTree.register_namespace("gx", _GX)
    root = ElementTree.Element(f"{{{_KML}}}kml")
    document = ElementTree.SubElement(root, f"{{{_KML}}}Document")
    ElementTree.SubElement(document, f"{{{_KML}}}name").text = _title(patrol)
    for unit in visible_tracks(session, reader, patrol)[1]:
        _add_placemarks(document, unit)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _add_placemarks(document: ElementTree.Element, unit: UnitTrack) -> None:
    for stretch in unit.stretches:
        placemark = ElementTree.SubElement(document, f"{{{_KML}}}Placemark")
        ElementTree.SubElement(placemark, f"{{{_KML}}}name").text = unit.name
        track = ElementTree.SubElement(placemark, f"{{{_GX}}}Track")
        for fix in stretch:
            ElementTree.SubElement(track, f"{{{_KML}}}when").text = utc_text(moment_of(fix))
        for fix in stretch:
            ElementTree.SubElement(track, f"{{{_GX}}}coord").text = f"{fix.lon!r} {fix.lat!r} 0"


def track_geojson(session: Session, reader: ReaderClass, patrol: Patrol) -> dict[str, Any]:
    """The visible tracks with every fix and its time (`coordTimes`), a feature per unit."""
    found = track_features(session, reader, patrol)
    units = {unit.unit_id: unit for unit in visible_tracks(session, reader, patrol)[1]}
    for feature in found["features"]:
        stretches = [part for part in units[feature["id"]].stretches if len(part) > 1]
        lines = [[(fix.lon, fix.lat) for fix in stretch] for stretch in stretches]
        feature["geometry"] = mapping(MultiLineString(lines)) if lines else None
        feature["properties"]["coordTimes"] = [
            [utc_text(moment_of(fix)) for fix in stretch] for stretch in stretches
        ]
    return found


def _title(patrol: Patrol) -> str:
    return f"{patrol.number} {patrol.title}"
