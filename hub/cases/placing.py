"""Whose case it is: by the place of the violation (行政处罚法 第二十二条)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from geo.limits import parse_position
from hub.bureaus.models import Bureau
from hub.bureaus.services import bureau_of_adcode
from hub.errors import Conflict, field_error
from hub.locate.services import place_of


def adcode_for(session: Session, owner: Bureau, lon: float, lat: float) -> str:
    """The jurisdiction under which the owner may keep a case at a place (EPSG:4326).

    Too close to the line to call is enough: the owner then keeps it under its own code.

    Raises:
        Conflict: it lies in another bureau's jurisdiction, which is named.
        Invalid: it lies in no jurisdiction of this hub.
    """
    parse_position(lon, lat)
    place = place_of(session, lon, lat)
    if owner.adcode == place.adcode or owner.adcode in place.candidates:
        return owner.adcode
    host = bureau_of_adcode(session, place.adcode) if place.adcode else None
    if host is None:
        raise field_error("lon", _l("此地点不在本单位辖区内。"))
    raise Conflict(
        _l("此地点属%(bureau)s管辖，应由其立案；可移送线索。", bureau=host.name),
        extra={"rule": "xcf.22", "host_bureau_id": host.id, "host_bureau_name": host.name},
    )
