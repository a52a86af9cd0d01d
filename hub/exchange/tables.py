"""The records of a package for people: one table per kind, one map layer. Never read back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas
import orjson

from hub.web.exports import csv_text
from sharing.package_records import PackedRecord
from sharing.trees import chunks

SHOWN = ("kind", "id", "version", "number", "title", "text", "stage", "state", "category")


def table(records: Sequence[PackedRecord]) -> bytes:
    """The views of one kind as CSV; lists and objects as JSON. Withdrawn ones have empty cells."""
    views = [dict(record.view or {"id": record.id}) for record in records]
    names = list(dict.fromkeys(name for view in views for name in view))
    return csv_text([(name, name) for name in names], map(_flat, views)).encode()


def _flat(view: dict[str, Any]) -> dict[str, Any]:
    return {
        name: orjson.dumps(value).decode() if isinstance(value, list | dict) else value
        for name, value in view.items()
    }


def layer(records: Sequence[PackedRecord]) -> Iterator[bytes]:
    """The records whose place is open, as points (EPSG:4326) of a GeoPackage, in pieces."""
    placed = [record for record in records if _placed(record)]
    rows = [
        {name: ({"kind": r.kind} | dict(r.view or {})).get(name) for name in SHOWN} for r in placed
    ]
    points = geopandas.points_from_xy(
        [(r.view or {})["lon"] for r in placed], [(r.view or {})["lat"] for r in placed]
    )
    frame = geopandas.GeoDataFrame(rows, columns=list(SHOWN), geometry=points, crs=4326)
    for name in SHOWN:
        frame[name] = frame[name].map(lambda value: None if value is None else str(value))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.gpkg"
        frame.to_file(path, driver="GPKG", layer="records")
        with path.open("rb") as stream:
            yield from chunks(stream)


def has_places(records: Sequence[PackedRecord]) -> bool:
    """Whether there is anything to put on a map."""
    return any(map(_placed, records))


def _placed(record: PackedRecord) -> bool:
    view = record.view or {}
    return isinstance(view.get("lon"), float) and isinstance(view.get("lat"), float)
