"""Bureaus and jurisdictions: who borders whom, and the outlines in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.boundaries import BoundarySet
from geo.boundaries import Jurisdiction as Outline
from hub.access import Actor
from hub.bureaus.models import Bureau, Jurisdiction
from hub.changes import SYSTEM, record_act
from hub.db import hold, utc_now
from hub.errors import NotFound
from sharing.canonical import utc_text


@dataclass(frozen=True)
class ImportResult:
    """How many outlines an import added and replaced."""

    added: int
    replaced: int


def import_boundaries(session: Session, actor: Actor, boundaries: BoundarySet) -> ImportResult:
    """Put outlines into use, replacing those with the same code; others stay."""
    known = {row.adcode: row for row in session.scalars(select(Jurisdiction))}
    added = 0
    for outline in boundaries.jurisdictions:
        row = known.get(outline.adcode)
        if row is None:
            row = Jurisdiction(adcode=outline.adcode)
            session.add(row)
            added += 1
        _fill(row, outline, boundaries)
    session.flush()
    record_act(
        session,
        actor,
        action="boundaries.imported",
        kind="jurisdiction",
        record_id="all",
        detail={"source": boundaries.source, "units": len(boundaries.jurisdictions)},
    )
    return ImportResult(added, len(boundaries.jurisdictions) - added)


def _fill(row: Jurisdiction, outline: Outline, boundaries: BoundarySet) -> None:
    row.name = outline.name
    row.parent_name = outline.parent_name
    row.province = outline.province
    row.shape = shapely.to_wkb(outline.polygon)
    row.accuracy_m = boundaries.accuracy_m
    row.source = boundaries.source
    row.west, row.south, row.east, row.north = outline.polygon.bounds
    row.imported_at = utc_now()


def outline_of(row: Jurisdiction) -> Outline:
    """A stored jurisdiction as geo works with it."""
    return Outline(
        adcode=row.adcode,
        name=row.name,
        parent_name=row.parent_name,
        province=row.province,
        polygon=shapely.from_wkb(row.shape),
    )


def adcodes_by_bureau(session: Session) -> dict[str, str]:
    """The code of each bureau's ground, by the bureau's id."""
    return {row.id: row.adcode for row in session.execute(select(Bureau.id, Bureau.adcode))}


def names_by_bureau(session: Session) -> dict[str, str]:
    """The name of each bureau, by its id."""
    return {row.id: row.name for row in session.execute(select(Bureau.id, Bureau.name))}


def jurisdictions(session: Session) -> Sequence[Jurisdiction]:
    """All outlines in use, by code."""
    return session.scalars(select(Jurisdiction).order_by(Jurisdiction.adcode)).all()


def jurisdiction_names(session: Session) -> dict[str, str]:
    """Names of all known jurisdictions by code (their outlines stay unread)."""
    rows = session.execute(select(Jurisdiction.adcode, Jurisdiction.name))
    return {row.adcode: row.name for row in rows}


def jurisdiction(session: Session, adcode: str) -> Jurisdiction:
    """One outline.

    Raises:
        NotFound: no such code in use.
    """
    row = session.get(Jurisdiction, adcode)
    if row is None:
        raise NotFound
    return row


def bureaus(session: Session) -> Sequence[Bureau]:
    """All bureaus of the hub; that a bureau exists is public knowledge."""
    return session.scalars(select(Bureau).order_by(Bureau.adcode)).all()


def bureau(session: Session, bureau_id: str) -> Bureau:
    """One bureau.

    Raises:
        NotFound: no such id.
    """
    row = session.get(Bureau, bureau_id)
    if row is None:
        raise NotFound
    return hold(session, row)


def on_behalf_of(session: Session, bureau_id: str) -> Actor:
    """The system acting for a bureau: what terms, rules and clocks make happen by themselves."""
    row = bureau(session, bureau_id)
    return Actor(
        user_id=SYSTEM.user_id,
        name=SYSTEM.name,
        bureau_id=row.id,
        bureau_name=row.name,
        roles=frozenset(),
        clearance=0,
        rights=frozenset(),
    )


def bureau_of_adcode(session: Session, adcode: str) -> Bureau | None:
    """The bureau with powers in a jurisdiction, if it takes part in the hub."""
    return session.scalar(select(Bureau).where(Bureau.adcode == adcode))


def bureau_view(row: Bureau) -> dict[str, Any]:
    """A bureau for screens and programs."""
    return {
        "id": row.id,
        "code": row.code,
        "name": row.name,
        "name_en": row.name_en,
        "short_name": row.short_name,
        "short_name_en": row.short_name_en,
        "adcode": row.adcode,
        "province": row.province,
        "duty_phone": row.duty_phone,
        "version": row.version,
    }


def jurisdiction_views(session: Session) -> list[dict[str, Any]]:
    """All jurisdictions in use, with the bureau that has powers there, without their outlines."""
    parties = {row.adcode: row for row in bureaus(session)}
    return [_jurisdiction_view(row, parties.get(row.adcode)) for row in jurisdictions(session)]


def _jurisdiction_view(row: Jurisdiction, party: Bureau | None) -> dict[str, Any]:
    return {
        "adcode": row.adcode,
        "name": row.name,
        "parent_name": row.parent_name,
        "province": row.province,
        "accuracy_m": row.accuracy_m,
        "source": row.source,
        "bbox": [row.west, row.south, row.east, row.north],
        "imported_at": utc_text(row.imported_at),
        "bureau": None
        if party is None
        else {"id": party.id, "name": party.name, "short_name": party.short_name},
    }
