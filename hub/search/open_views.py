"""What is searched of agreements, zones, patrols and stations: shown whole to whoever sees them."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements.models import Agreement
from hub.bureaus.services import bureau
from hub.patrols.models import Patrol
from hub.search.source import Row, View
from hub.shares.deciding import Judge
from hub.stations.models import Station
from hub.zones.access import agreement_of
from hub.zones.models import Zone
from sharing.canonical import utc_text


def agreement_record(_session: Session, _judge: Judge, row: Agreement) -> View:
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "title_en": row.title_en,
        "state": row.state,
        "owner_bureau_id": row.proposed_by,
        "created_at": utc_text(row.created_at),
        "text": [
            str(clause.get(language) or "")
            for clause in row.current.text.get("clauses") or []
            if isinstance(clause, dict)
            for language in ("zh", "en")
        ],
    }


def zone_record(session: Session, _judge: Judge, row: Zone) -> View:
    agreement = agreement_of(session, row)
    return {
        "id": row.id,
        "name": row.name,
        "number": agreement.number,
        "state": row.state,
        "owner_bureau_id": row.proposed_by,
        "created_at": utc_text(row.created_at),
        "note": row.current.note,
    }


def patrol_record(session: Session, _judge: Judge, row: Patrol) -> View:
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "state": row.state,
        "owner_bureau_id": row.proposing_bureau_id,
        "starts_at": utc_text(row.starts_at),
        "zone_name": session.get_one(Zone, row.zone_id).name,
        "note": row.note,
        "crew": [{"name": officer.name} for officer in row.crew],
    }


def station_record(session: Session, _judge: Judge, row: Station) -> View:
    owner = bureau(session, row.owner_bureau_id)
    return {
        "id": row.id,
        "name": row.name,
        "name_en": row.name_en,
        "owner_bureau_id": row.owner_bureau_id,
        "owner_name": owner.name,
        "adcode": owner.adcode,
        "duty": row.duty,
        "phone": row.phone,
        "craft": [{"name": craft.name} for craft in row.craft if craft.active],
    }


def seen_by(
    record: Callable[[Session, Judge, Row], View], sees: Callable[[Session, Actor, Row], bool]
) -> Callable[[Session, Actor, Judge, Collection[Row]], dict[str, View]]:
    """Views of a kind that is shown whole to whoever may see it."""

    def views(
        session: Session, actor: Actor, judge: Judge, rows: Collection[Row]
    ) -> dict[str, View]:
        return {row.id: record(session, judge, row) for row in rows if sees(session, actor, row)}

    return views
