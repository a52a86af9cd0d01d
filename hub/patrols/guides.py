"""A bureau's guide lines: brought in as GeoJSON, listed, removed; its own alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from flask_babel import lazy_gettext as _l
from shapely.geometry import LineString, MultiLineString
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.crs import segment_lengths_m
from geo.errors import GeoError
from geo.limits import check_crs, parse_geometry
from hub.access import Actor, ReaderClass, Right
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import NotFound, field_error
from hub.patrols.guide_models import GUIDE_NAMES, GuideKind, GuideLayer
from sharing.canonical import utc_text

KIND = "guide_layer"
MAX_FEATURES = 5_000
MAX_VERTICES = 60_000
_TYPES = frozenset({"LineString", "MultiLineString", "Polygon", "MultiPolygon"})


def add_layer(
    session: Session, actor: Actor, *, name: str, kind: GuideKind, collection: dict[str, Any]
) -> GuideLayer:
    """Keep the lines of a GeoJSON FeatureCollection (lon lat, WGS 84); of areas their outlines.

    Raises:
        Forbidden: the actor is no planner.
        Invalid: no name, no lines, too many, or a feature that cannot be read; it is named.
    """
    actor.require(Right.PATROL_PLAN)
    words = clean(name)
    if not words:
        raise field_error("name", _l("请填写名称。"))
    refuse_secrets("name", words)
    lines = _lines(collection)
    layer = GuideLayer(
        bureau_id=actor.bureau_id,
        name=words,
        kind=kind,
        lines=shapely.to_wkb(MultiLineString(lines)),
        line_count=len(lines),
        length_m=round(sum(_length_m(line) for line in lines), 1),
        added_by_name=actor.name,
        added_at=utc_now(),
        version=1,
    )
    session.add(layer)
    session.flush()
    _tell(session, actor, layer, "created")
    return layer


def _lines(collection: dict[str, Any]) -> list[LineString]:
    features = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise field_error("collection", _l("须是GeoJSON的FeatureCollection。"))
    if not 0 < len(features) <= MAX_FEATURES:
        message = _l(
            "要素须有1至%(limit)s个，现有%(count)s个。", limit=MAX_FEATURES, count=len(features)
        )
        raise field_error("collection", message)
    check_crs(collection)
    found: list[LineString] = []
    left = MAX_VERTICES
    for number, feature in enumerate(features, start=1):
        try:
            shape = parse_geometry(feature, types=_TYPES, max_vertices=max(left, 1))
        except GeoError as error:
            message = _l("第%(n)s个要素：%(why)s", n=number, why=error)
            raise field_error("collection", message) from error
        lines = shapely.boundary(shape) if "Polygon" in shape.geom_type else shape
        left -= int(shapely.get_num_coordinates(lines))
        found += [LineString(part.coords) for part in shapely.get_parts(lines)]
    return found


def _length_m(line: LineString) -> float:
    return float(np.sum(segment_lengths_m(shapely.get_coordinates(line))))


def layers_of(session: Session, actor: Actor) -> Sequence[GuideLayer]:
    """The layers of the actor's bureau by name.

    Raises:
        Forbidden: the actor's role sees no work.
    """
    actor.require(Right.WORK_VIEW)
    return session.scalars(
        select(GuideLayer)
        .where(GuideLayer.bureau_id == actor.bureau_id)
        .order_by(GuideLayer.name, GuideLayer.id)
    ).all()


def access_layer(session: Session, actor: Actor, layer_id: str) -> GuideLayer:
    """A layer of the actor's bureau.

    Raises:
        NotFound: absent, or another bureau's.
    """
    layer = session.get(GuideLayer, layer_id)
    if layer is None or layer.bureau_id != actor.bureau_id or not actor.may(Right.WORK_VIEW):
        raise NotFound
    return layer


def remove_layer(session: Session, actor: Actor, layer: GuideLayer) -> None:
    """Take a layer away; routes that were drawn along it stay.

    Raises:
        Forbidden: the actor is no planner.
    """
    actor.require(Right.PATROL_PLAN)
    layer.version += 1
    _tell(session, actor, layer, "deleted")
    session.delete(layer)


def _tell(session: Session, actor: Actor, layer: GuideLayer, verb: str) -> None:
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=layer.id,
        version=layer.version,
        verb=verb,
        bureaus=frozenset({layer.bureau_id}),
        detail={"name": layer.name, "lines": layer.line_count},
    )


def layer_view(layer: GuideLayer) -> dict[str, Any]:
    """A layer without its lines."""
    return {
        "id": layer.id,
        "version": layer.version,
        "name": layer.name,
        "kind": layer.kind,
        "kind_name": str(GUIDE_NAMES[GuideKind(layer.kind)]),
        "line_count": layer.line_count,
        "length_m": layer.length_m,
        "added_by_name": layer.added_by_name,
        "added_at": utc_text(layer.added_at),
    }


def render_layer(session: Session, reader: ReaderClass, layer_id: str) -> dict[str, Any] | None:
    """The view that a change carries in the feed: for its own bureau alone."""
    layer = session.get(GuideLayer, layer_id)
    mine = layer is not None and layer.bureau_id == reader.bureau_id
    if layer is None or not mine or Right.WORK_VIEW not in reader.rights:
        return None
    return layer_view(layer)
