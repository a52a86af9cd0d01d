"""The layers and where their features come from: the services and views of every other door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from flask_babel import lazy_gettext as _l
from shapely.geometry import mapping
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus import services as bureaus
from hub.cases import services as cases
from hub.cases.listing import CaseFilter, case_list
from hub.errors import NotFound
from hub.patrols.access import access_patrol
from hub.patrols.finding_list import findings_before
from hub.patrols.finding_views import view_for
from hub.patrols.findings import access_finding
from hub.patrols.plan_list import patrols_before
from hub.patrols.results import track_features
from hub.petitions import services as petitions
from hub.petitions.listing import petitions_before
from hub.petitions.views import petition_view
from hub.stations.access import access_station
from hub.stations.listing import all_stations
from hub.stations.views import station_feature, station_view
from hub.zones import services as zones
from hub.zones.access import access_zone
from hub.zones.views import zone_features, zone_view

Feature = dict[str, Any]
Source = Callable[[Session, Actor, str | None], Iterable[Feature]]


@dataclass(frozen=True)
class Layer:
    """A collection of the standard.

    Attributes:
        features: all that the actor may see, in descending order of ids; given an id it may leave
            out what does not come after that one.
        one: a single feature by id; raises NotFound.
        times: the properties with the first and last moment of a feature.
    """

    name: str
    title: Any
    description: Any
    features: Source
    one: Callable[[Session, Actor, str], Feature]
    times: tuple[str, str] | None = None


def _feature(key: str, geometry: Any, properties: dict[str, Any]) -> Feature:
    return {"type": "Feature", "id": key, "geometry": geometry, "properties": properties}


def _flat(view: dict[str, Any], *without: str) -> dict[str, Any]:
    """A view's plain values: GIS tables have no nested ones."""
    return {k: v for k, v in view.items() if not isinstance(v, dict | list) and k not in without}


# --- jurisdictions: known to everybody who is signed in


def _jurisdiction(session: Session, view: dict[str, Any]) -> Feature:
    row = bureaus.jurisdiction(session, view["adcode"])
    return _feature(row.adcode, mapping(shapely.from_wkb(row.shape)), _flat(view))


def _jurisdictions(session: Session, _actor: Actor, _before: str | None) -> Iterator[Feature]:
    for view in reversed(bureaus.jurisdiction_views(session)):
        yield _jurisdiction(session, view)


def _one_jurisdiction(session: Session, _actor: Actor, key: str) -> Feature:
    views = bureaus.jurisdiction_views(session)
    found = next((view for view in views if view["adcode"] == key), None)
    if found is None:
        raise NotFound
    return _jurisdiction(session, found)


# --- zones: a feature for each side, and the line between them


def _zone_parts(session: Session, zone: Any) -> tuple[list[Feature], Feature]:
    view = zone_view(session, zone)
    own = {
        "zone_id": zone.id,
        "state": view["state"],
        "agreement_number": view["agreement_number"],
        "error_m": view["current"]["error_m"],
        "width_m": view["current"]["width_m"],
    }
    *strips, line = zone_features(view)["features"]
    sides = [
        _feature(f"{zone.id}:{part['properties']['adcode']}", part["geometry"],
                 _flat(part["properties"]) | own)
        for part in strips
    ]  # fmt: skip
    return sides, _feature(zone.id, line["geometry"], _flat(line["properties"]) | own)


def _strips(session: Session, actor: Actor, _before: str | None) -> list[Feature]:
    parts = [s for z in zones.zones_of(session, actor) for s in _zone_parts(session, z)[0]]
    return sorted(parts, key=lambda part: str(part["id"]), reverse=True)


def _one_strip(session: Session, actor: Actor, key: str) -> Feature:
    sides = _zone_parts(session, access_zone(session, actor, key.partition(":")[0]))[0]
    return _found(sides, key)


def _lines(session: Session, actor: Actor, _before: str | None) -> list[Feature]:
    lines = [_zone_parts(session, zone)[1] for zone in zones.zones_of(session, actor)]
    return sorted(lines, key=lambda line: str(line["id"]), reverse=True)


def _one_line(session: Session, actor: Actor, key: str) -> Feature:
    return _zone_parts(session, access_zone(session, actor, key))[1]


def _found(features: Iterable[Feature], key: str) -> Feature:
    found = next((feature for feature in features if feature["id"] == key), None)
    if found is None:
        raise NotFound
    return found


# --- stations


def _stations(session: Session, actor: Actor, before: str | None) -> Iterator[Feature]:
    for row in all_stations(session, actor, before):
        yield station_feature(station_view(session, row, actor.bureau_id))


def _one_station(session: Session, actor: Actor, key: str) -> Feature:
    row = access_station(session, actor, key)
    return station_feature(station_view(session, row, actor.bureau_id))


# --- tracks of patrols: a feature for each unit


def _tracks_of(session: Session, actor: Actor, patrol: Any) -> list[Feature]:
    own = {"patrol_id": patrol.id, "patrol_number": patrol.number, "patrol_title": patrol.title}
    units = track_features(session, actor.reader, patrol)["features"]
    made = [
        _feature(
            f"{patrol.id}:{unit['id']}", unit["geometry"], own | _flat(unit["properties"], "side")
        )
        for unit in units
    ]
    return sorted(made, key=lambda track: str(track["id"]), reverse=True)


def _tracks(session: Session, actor: Actor, before: str | None) -> Iterator[Feature]:
    first = before.partition(":")[0] if before else None
    for patrol in patrols_before(session, actor, first):
        yield from _tracks_of(session, actor, patrol)


def _one_track(session: Session, actor: Actor, key: str) -> Feature:
    patrol = access_patrol(session, actor, key.partition(":")[0])
    return _found(_tracks_of(session, actor, patrol), key)


# --- findings, cases and petitions: what the agreements open, as everywhere


def _placed(view: dict[str, Any]) -> Feature:
    """A view with its place; without geometry where the place does not show."""
    shows = view.get("lon") is not None and view.get("lat") is not None
    point = {"type": "Point", "coordinates": [view["lon"], view["lat"]]} if shows else None
    return _feature(view["id"], point, _flat(view))


def _findings(session: Session, actor: Actor, before: str | None) -> Iterator[Feature]:
    return map(_placed, findings_before(session, actor, before))


def _one_finding(session: Session, actor: Actor, key: str) -> Feature:
    view = view_for(session, actor.reader, access_finding(session, actor, key))
    if view is None:
        raise NotFound
    return _placed(view)


def _cases(session: Session, actor: Actor, before: str | None) -> Iterator[Feature]:
    return map(_placed, case_list(session, actor, CaseFilter()).all(session, None, before=before))


def _one_case(session: Session, actor: Actor, key: str) -> Feature:
    # Opening a partner's case is a receipt and an entry in the audit trail, by this door too.
    return _placed(cases.open_case(session, actor, key))


def _petitions(session: Session, actor: Actor, before: str | None) -> Iterator[Feature]:
    return map(_placed, petitions_before(session, actor, before))


def _one_petition(session: Session, actor: Actor, key: str) -> Feature:
    # A neighbour's reading is entered, as by every other door.
    view = petition_view(session, actor.reader, petitions.read_petition(session, actor, key))
    if view is None:
        raise NotFound
    return _placed(view)


LAYERS = {
    layer.name: layer
    for layer in (
        Layer("jurisdictions", _l("行政区划"), _l("各行政区划的范围，附来源与精度。"),
              _jurisdictions, _one_jurisdiction),
        Layer("zones", _l("交叉联合执法区域"), _l("每侧一个面，附依据、宽度与误差。"),
              _strips, _one_strip),
        Layer("boundary-lines", _l("分界线"), _l("各区域所依据的分界线段。"), _lines, _one_line),
        Layer("stations", _l("联勤警务站"), _l("本单位及伙伴单位的站点。"),
              _stations, _one_station),
        Layer("patrol-tracks", _l("巡查航迹"), _l("每个单元一条航迹，附里程与时长。"),
              _tracks, _one_track, ("first_at", "last_at")),
        Layer("findings", _l("发现问题"), _l("本单位参加的巡查所发现的问题。"),
              _findings, _one_finding, ("found_at", "found_at")),
        Layer("cases", _l("案件"), _l("本单位的案件，及伙伴单位依条款共享的内容。"),
              _cases, _one_case, ("opened_at", "opened_at")),
        Layer("petitions", _l("信访件"), _l("本单位的信访件，及邻方商请共调的；不含信访人。"),
              _petitions, _one_petition, ("occurred_at", "occurred_at")),
    )
}  # fmt: skip


def layer_named(name: str, actor: Actor) -> Layer:
    """A layer by name, for people who see work.

    Raises:
        Forbidden: an administrator, who sees no content.
        NotFound: no such layer.
    """
    actor.require(Right.WORK_VIEW)
    if name not in LAYERS:
        raise NotFound
    return LAYERS[name]
