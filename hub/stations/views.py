"""What a reader is shown of a station."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.bureaus.models import Bureau
from hub.stations.access import sees
from hub.stations.models import Craft, Station


def craft_view(craft: Craft) -> dict[str, Any]:
    """A boat or vehicle."""
    return {
        "id": craft.id,
        "station_id": craft.station_id,
        "bureau_id": craft.bureau_id,
        "name": craft.name,
        "kind": craft.kind,
        "plate": craft.plate,
        "active": craft.active,
    }


def station_view(session: Session, station: Station, reader_bureau_id: str) -> dict[str, Any]:
    """A station that the reader may see; `own` says whether his bureau keeps the record."""
    owner = session.get_one(Bureau, station.owner_bureau_id)
    own = owner.id == reader_bureau_id
    return {
        "id": station.id,
        "version": station.version,
        "name": station.name,
        "name_en": station.name_en,
        "bureau_id": owner.id,
        "bureau_name": owner.name,
        "bureau_short_name": owner.short_name,
        "adcode": owner.adcode,
        "own": own,
        "lon": station.lon,
        "lat": station.lat,
        "phone": station.phone,
        "duty": station.duty,
        "active": station.active,
        # What is out of service concerns its own bureau alone.
        "craft": [craft_view(craft) for craft in station.craft if craft.active or own],
    }


def render_station(session: Session, reader: ReaderClass, station_id: str) -> dict[str, Any] | None:
    """The view for a class of readers; None when it is not theirs."""
    if Right.WORK_VIEW not in reader.rights:
        return None
    station = session.get(Station, station_id)
    if station is None or not sees(session, reader.bureau_id, station):
        return None
    return station_view(session, station, reader.bureau_id)


def station_feature(view: dict[str, Any]) -> dict[str, Any]:
    """A station's view as a GeoJSON Feature."""
    shown = ("name", "name_en", "bureau_id", "bureau_name", "adcode", "phone", "duty", "active")
    return {
        "type": "Feature",
        "id": view["id"],
        "properties": {"id": view["id"]} | {name: view[name] for name in shown},
        "geometry": {"type": "Point", "coordinates": [view["lon"], view["lat"]]},
    }


# Of the list as a file: keys and headings.
STATION_COLUMNS = {
    "name": _l("站点"),
    "bureau_name": _l("单位"),
    "lon": _l("经度"),
    "lat": _l("纬度"),
    "phone": _l("电话"),
    "duty": _l("值守"),
    "craft": _l("船艇车辆"),
    "active": _l("状态"),
}


def station_rows(
    _session: Session, _actor: Actor, views: Iterable[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Stations' views as rows of that file, with the names of their craft in service."""
    for view in views:
        craft = "、".join(craft["name"] for craft in view["craft"] if craft["active"])
        state = _("在用") if view["active"] else _("停用")
        yield view | {"craft": craft, "active": state}
