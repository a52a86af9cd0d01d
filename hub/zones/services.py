"""Zones: propose a version, approve it with two keys, keep every version."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import shapely
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.access import access_agreement
from hub.agreements.models import Agreement, AgreementParty, AgreementState
from hub.agreements.services import effective_state, is_in_force
from hub.approvals import services as approvals
from hub.bureaus import services as bureaus
from hub.bureaus.models import Bureau
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Conflict, field_error
from hub.shares.services import share_all_in_zone
from hub.zones.access import access_zone, agreement_of
from hub.zones.binding import binding_zones, strip_shapes
from hub.zones.geometry import Drawn, Marked, draw
from hub.zones.models import Zone, ZoneState, ZoneStrip, ZoneVersion

__all__ = ["approve", "binding_zones", "propose", "revise", "strip_shapes", "zones_of"]

KIND = "zone"
OPEN_STATES = (AgreementState.PROPOSED, AgreementState.SIGNED, AgreementState.IN_FORCE)


def approved_content(zone: Zone, version: ZoneVersion) -> dict[str, Any]:
    """What an approval covers: the figures and a digest of each geometry."""
    return {
        "format": 1,
        "zone": zone.id,
        "name": zone.name,
        "agreement": zone.agreement_id,
        "version": version.number,
        "sides": [version.adcode_a, version.adcode_b],
        "part": version.part,
        "from_m": version.from_m,
        "to_m": version.to_m,
        "width_m": version.width_m,
        "cap": version.cap,
        "declared_length_m": version.declared_length_m,
        "line": hashlib.sha256(version.line).hexdigest(),
        "strips": {s.adcode: hashlib.sha256(s.shape).hexdigest() for s in version.strips},
    }


def _parties_on_sides(session: Session, agreement: Agreement, drawn: Drawn) -> dict[str, Bureau]:
    sides = {}
    for adcode in (drawn.adcode_a, drawn.adcode_b):
        bureau = bureaus.bureau_of_adcode(session, adcode)
        if bureau is None or bureau.id not in agreement.party_ids:
            raise field_error("agreement_id", _l("两侧的单位都应是该备忘录的签署方。"))
        sides[adcode] = bureau
    return sides


def _check_against_text(agreement: Agreement, marked: Marked) -> float | None:
    """The length that the agreement names, after checking the width that it allows."""
    line = agreement.current.text.get("line") or {}
    allowed = line.get("max_width_m")
    if allowed is not None and marked.width_m > float(allowed):
        raise field_error(
            "width_m", _l("备忘录约定的宽度不超过%(width)s米。", width=f"{float(allowed):g}")
        )
    declared = line.get("declared_length_m")
    return float(declared) if declared is not None else None


def _add_version(
    session: Session, actor: Actor, zone: Zone, agreement: Agreement, marked: Marked, note: str
) -> None:
    declared = _check_against_text(agreement, marked)
    drawn = draw(session, marked)
    sides = _parties_on_sides(session, agreement, drawn)
    corridor = drawn.corridor
    number = len(zone.versions) + 1
    version = ZoneVersion(
        zone_id=zone.id,
        number=number,
        agreement_version=agreement.current_version,
        adcode_a=drawn.adcode_a,
        adcode_b=drawn.adcode_b,
        part=marked.part,
        from_m=marked.from_m,
        to_m=marked.to_m,
        declared_length_m=declared,
        width_m=marked.width_m,
        cap=marked.cap,
        line=shapely.to_wkb(corridor.line),
        line_length_m=corridor.line_length_m,
        construction_error_m=corridor.construction_error_m,
        boundary_accuracy_m=corridor.boundary_accuracy_m,
        note=note,
        content_hash="",
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=utc_now(),
    )
    shapes = [
        (drawn.adcode_a, corridor.strip_a, corridor.area_a_m2),
        (drawn.adcode_b, corridor.strip_b, corridor.area_b_m2),
    ]
    version.strips = [_strip(adcode, sides[adcode], shape, area) for adcode, shape, area in shapes]
    version.content_hash = approvals.content_hash(approved_content(zone, version))
    zone.versions.append(version)
    zone.current_version = number
    zone.state = ZoneState.PROPOSED


def _strip(adcode: str, bureau: Bureau, shape: Any, area_m2: float) -> ZoneStrip:
    west, south, east, north = shape.bounds
    return ZoneStrip(
        adcode=adcode,
        bureau_id=bureau.id,
        shape=shapely.to_wkb(shape),
        area_m2=area_m2,
        west=west,
        south=south,
        east=east,
        north=north,
    )


def _tell(session: Session, actor: Actor, zone: Zone, verb: str, **detail: Any) -> None:
    zone.version += 1
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=zone.id,
        version=zone.version,
        verb=verb,
        bureaus=agreement_of(session, zone).party_ids,
        detail=detail,
    )


def _check_open(agreement: Agreement) -> None:
    if effective_state(agreement) not in OPEN_STATES:
        raise Conflict(_l("备忘录已中止、期满或终止，不能再划定区域。"))


def propose(
    session: Session,
    actor: Actor,
    *,
    name: str,
    agreement_id: str,
    marked: Marked,
    note: str = "",
) -> Zone:
    """Put a zone on the table of the agreement's parties.

    Raises:
        NotFound: the agreement is not the actor's bureau's.
        Forbidden: the actor is no planner.
        Conflict: the agreement is over.
        Invalid, GeoError: what was marked cannot be used.
    """
    actor.require(Right.ZONE_DRAW)
    agreement = access_agreement(session, actor, agreement_id)
    _check_open(agreement)
    zone = Zone(
        name=name,
        agreement_id=agreement.id,
        state=ZoneState.PROPOSED,
        proposed_by=actor.bureau_id,
        created_at=utc_now(),
        version=0,
    )
    zone.versions = []
    session.add(zone)
    session.flush()
    _add_version(session, actor, zone, agreement, marked, note)
    _tell(session, actor, zone, "created", zone_version=1)
    return zone


def revise(session: Session, actor: Actor, zone: Zone, marked: Marked, note: str = "") -> None:
    """Put a new version on the table; approvals of the version before are withdrawn.

    The version that binds now stays binding until every party approved the new one.
    """
    actor.require(Right.ZONE_DRAW)
    agreement = agreement_of(session, zone)
    _check_open(agreement)
    if zone.binding_version != zone.current_version:
        approvals.withdraw_all(session, KIND, zone.id)
    _add_version(session, actor, zone, agreement, marked, note)
    _tell(session, actor, zone, "updated", zone_version=zone.current_version)


def approve(
    session: Session, actor: Actor, zone_id: str, *, number: int, content_hash: str
) -> Zone:
    """Turn the own bureau's key on a version; with the last key it becomes binding.

    Raises:
        NotFound: not a party.
        Forbidden: the actor's role does not approve zones.
        Conflict: another version is on the table, the content changed, or approved already.
    """
    zone = access_zone(session, actor, zone_id, for_update=True)
    actor.require(Right.ZONE_APPROVE)
    agreement = agreement_of(session, zone)
    _check_open(agreement)
    if number != zone.current_version:
        raise Conflict(_l("现在待确认的是第%(n)s版。", n=zone.current_version))
    complete = approvals.approve(
        session,
        actor,
        kind=KIND,
        record_id=zone.id,
        version=number,
        expected_hash=zone.current.content_hash,
        given_hash=content_hash,
        parties=agreement.party_ids,
    )
    if complete:
        zone.binding_version = number
        zone.state = ZoneState.BINDING
    _tell(session, actor, zone, "approved", zone_version=number, complete=complete)
    if complete and is_in_force(agreement):
        share_all_in_zone(session, actor, zone)
    return zone


def zones_of(session: Session, actor: Actor) -> Sequence[Zone]:
    """Zones of the agreements of the actor's bureau, newest first."""
    actor.require(Right.WORK_VIEW)
    rows = select(Zone).where(Zone.agreement_id.in_(_agreements_of(actor)))
    return session.scalars(rows.order_by(Zone.id.desc())).all()


def zone_names(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Id and name of the same, without their shapes."""
    actor.require(Right.WORK_VIEW)
    rows = select(Zone.id, Zone.name).where(Zone.agreement_id.in_(_agreements_of(actor)))
    return [(row.id, row.name) for row in session.execute(rows.order_by(Zone.id.desc()))]


def _agreements_of(actor: Actor) -> Select[str]:
    return select(AgreementParty.agreement_id).where(AgreementParty.bureau_id == actor.bureau_id)
