"""What a party is shown of a zone."""

from __future__ import annotations

from typing import Any

import shapely
from shapely.geometry import mapping
from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.agreements.access import sees
from hub.agreements.effect import is_in_force
from hub.approvals import services as approvals
from hub.bureaus.models import Bureau
from hub.zones.access import agreement_of
from hub.zones.models import Zone, ZoneVersion
from sharing.canonical import utc_text


def version_view(session: Session, version: ZoneVersion) -> dict[str, Any]:
    """One version with its figures and geometry."""
    return {
        "number": version.number,
        "agreement_version": version.agreement_version,
        "adcode_a": version.adcode_a,
        "adcode_b": version.adcode_b,
        "part": version.part,
        "from_m": version.from_m,
        "to_m": version.to_m,
        "width_m": version.width_m,
        "cap": version.cap,
        "declared_length_m": version.declared_length_m,
        "line_length_m": version.line_length_m,
        "construction_error_m": version.construction_error_m,
        "boundary_accuracy_m": version.boundary_accuracy_m,
        "error_m": version.construction_error_m + version.boundary_accuracy_m,
        "note": version.note,
        "content_hash": version.content_hash,
        "created_by_name": version.created_by_name,
        "created_at": utc_text(version.created_at),
        "line": mapping(shapely.from_wkb(version.line)),
        "strips": [
            {
                "adcode": strip.adcode,
                "bureau_id": strip.bureau_id,
                "bureau_name": session.get_one(Bureau, strip.bureau_id).short_name,
                "area_m2": strip.area_m2,
                "geometry": mapping(shapely.from_wkb(strip.shape)),
            }
            for strip in version.strips
        ],
    }


def _approvals(session: Session, zone: Zone, parties: list[str]) -> list[dict[str, Any]]:
    given = {
        approval.bureau_id: approval
        for approval in approvals.standing(session, "zone", zone.id, zone.current_version)
    }
    return [
        {
            "bureau_id": bureau_id,
            "bureau_name": session.get_one(Bureau, bureau_id).name,
            "short_name": session.get_one(Bureau, bureau_id).short_name,
            "approved": bureau_id in given,
            "approved_by": given[bureau_id].user_name if bureau_id in given else None,
            "approved_at": utc_text(given[bureau_id].at) if bureau_id in given else None,
        }
        for bureau_id in parties
    ]


def zone_view(session: Session, zone: Zone) -> dict[str, Any]:
    """A zone with the version on the table, the version that binds, and the keys."""
    agreement = agreement_of(session, zone)
    binding = zone.binding
    return {
        "id": zone.id,
        "version": zone.version,
        "name": zone.name,
        "state": zone.state,
        "agreement_id": zone.agreement_id,
        "agreement_number": agreement.number,
        "agreement_title": agreement.title,
        "agreement_in_force": is_in_force(agreement),
        "proposed_by": zone.proposed_by,
        "created_at": utc_text(zone.created_at),
        "current_version": zone.current_version,
        "binding_version": zone.binding_version,
        "current": version_view(session, zone.current),
        "binding": version_view(session, binding) if binding is not None else None,
        "approvals": _approvals(session, zone, sorted(agreement.party_ids)),
    }


def render_zone(session: Session, reader: ReaderClass, zone_id: str) -> dict[str, Any] | None:
    """The view for a class of readers; None when it is not theirs."""
    if Right.WORK_VIEW not in reader.rights:
        return None
    zone = session.get(Zone, zone_id)
    if zone is None or not sees(reader.bureau_id, agreement_of(session, zone)):
        return None
    return zone_view(session, zone)


def zone_features(view: dict[str, Any]) -> dict[str, Any]:
    """The version on the table as GeoJSON (RFC 7946)."""
    version = view["current"]
    features = [
        {
            "type": "Feature",
            "id": strip["adcode"],
            "properties": {
                "zone": view["name"],
                "adcode": strip["adcode"],
                "bureau": strip["bureau_name"],
                "area_m2": strip["area_m2"],
                "width_m": version["width_m"],
                "error_m": version["error_m"],
            },
            "geometry": strip["geometry"],
        }
        for strip in version["strips"]
    ]
    line = {
        "type": "Feature",
        "id": "line",
        "properties": {"zone": view["name"], "length_m": version["line_length_m"]},
        "geometry": version["line"],
    }
    return {"type": "FeatureCollection", "features": [*features, line]}
