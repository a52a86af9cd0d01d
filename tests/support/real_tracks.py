"""Tracks that real receivers recorded, from source packages that set-up brings; none is in here."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import gpxpy

from geo.tracks import Fix, clean

FOLDER = Path(__file__).resolve().parent.parent.parent / ".make" / "real-tracks"
WORLD = (-180.0, -90.0, 180.0, 90.0)
# Variants of one recording count once.
VARIANTS = ("no-creator", "elevations", "without-times")
LEAST_FIXES, LEAST_SECONDS = 30, 120.0


def files() -> Iterator[tuple[str, bytes]]:
    """Name and content of every GPX file in the packages."""
    for package in sorted(FOLDER.glob("*.tar.gz")):
        with tarfile.open(package) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.name.endswith(".gpx") else None
                if content is not None:
                    yield Path(member.name).stem, content.read()


@cache
def real_tracks() -> dict[str, tuple[Fix, ...]]:
    """Recorded segments with times, cleaned; on foot, by car and by boat, some thinned by the
    service that they were published on."""
    found: dict[str, tuple[Fix, ...]] = {}
    for name, content in files():
        if any(word in name for word in VARIANTS):
            continue
        for number, fixes in enumerate(_segments(content)):
            track = clean(fixes, area_of_interest=WORLD).fixes
            long = len(track) >= LEAST_FIXES and track[-1].t - track[0].t >= LEAST_SECONDS
            if long:
                found[f"{name}-{number}"] = track
    return found


def _segments(content: bytes) -> Iterator[list[Fix]]:
    try:
        document = gpxpy.parse(content.decode("utf-8-sig"))
    except (gpxpy.gpx.GPXException, UnicodeError, ValueError):
        return  # the packages carry broken files on purpose
    for track in document.tracks:
        for segment in track.segments:
            yield [
                Fix(p.time.timestamp(), p.longitude, p.latitude)
                for p in segment.points
                if p.time is not None
            ]
