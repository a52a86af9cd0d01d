"""Which kinds of records are searched, by which fields, and what a reader sees of them.

A kind names the view that its list and detail use; what the view leaves out is neither found nor
counted nor shown. Each searched field has the group that the redaction schema gives it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.action_items.access import may_see as sees_action_item
from hub.action_items.access import meeting_of
from hub.action_items.models import ActionItem
from hub.agreements.access import sees as sees_agreement
from hub.agreements.models import Agreement
from hub.cases import views as case_views
from hub.cases.models import Case
from hub.exchange.models import ReceivedRecord
from hub.inspections.models import InspectionRecord
from hub.inspections.views import GROUPS as INSPECTION_GROUPS
from hub.inspections.views import SEARCHED as INSPECTION_SEARCHED
from hub.meetings.access import may_see as sees_meeting
from hub.meetings.models import Meeting
from hub.patrols.access import may_see
from hub.patrols.models import Finding, Patrol
from hub.petitions import views as petition_views
from hub.petitions.models import Petition
from hub.search.finding_views import FINDING_GROUPS, finding_entries, finding_views
from hub.search.inspection_views import inspection_record, inspection_views
from hub.search.meeting_views import (
    action_item_record,
    meeting_record,
    received_record,
    received_views,
)
from hub.search.open_views import (
    agreement_record,
    patrol_record,
    seen_by,
    station_record,
    zone_record,
)
from hub.search.shared_views import (
    case_entries,
    cases_seen,
    petition_entries,
    petitions_seen,
)
from hub.search.source import Row, Source, each
from hub.shares.deciding import Judge
from hub.stations.access import sees as sees_station
from hub.stations.models import Station
from hub.zones.access import agreement_of
from hub.zones.models import Zone


def _open(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "basics")


SOURCES = {
    source.kind: source
    for source in (
        Source(
            "case",
            Case,
            {name: case_views.OWN_GROUPS[name] for name in case_views.SEARCHED},
            case_entries,
            cases_seen,
            moment="opened_at",
            stage="stage",
            category="category",
        ),
        Source(
            "finding",
            Finding,
            FINDING_GROUPS,
            finding_entries,
            finding_views,
            title="text",
            moment="found_at",
            category="category",
        ),
        Source(
            "patrol",
            Patrol,
            _open("number", "title", "zone_name", "note", "crew"),
            each(patrol_record),
            seen_by(patrol_record, lambda session, actor, row: may_see(session, actor.reader, row)),
            moment="starts_at",
            stage="state",
        ),
        Source(
            "agreement",
            Agreement,
            _open("number", "title", "title_en", "text"),
            each(agreement_record),
            seen_by(
                agreement_record,
                lambda _session, actor, row: sees_agreement(actor.bureau_id, row),
            ),
        ),
        Source(
            "zone",
            Zone,
            _open("name", "number", "note"),
            each(zone_record),
            seen_by(
                zone_record,
                lambda session, actor, row: sees_agreement(
                    actor.bureau_id, agreement_of(session, row)
                ),
            ),
            title="name",
        ),
        Source(
            "station",
            Station,
            _open("name", "name_en", "owner_name", "duty", "phone", "craft"),
            each(station_record),
            seen_by(
                station_record,
                lambda session, actor, row: sees_station(session, actor.bureau_id, row),
            ),
            title="name",
        ),
        Source(
            "meeting",
            Meeting,
            _open(
                "number",
                "document_number",
                "title",
                "place",
                "note",
                "people",
                "agenda",
                "minutes",
                "decisions",
            ),
            each(meeting_record),
            seen_by(meeting_record, lambda _session, actor, row: sees_meeting(actor.reader, row)),
            moment="starts_at",
            stage="state",
        ),
        Source(
            "action_item",
            ActionItem,
            _open("number", "title", "detail", "person_name", "notes"),
            each(action_item_record),
            seen_by(
                action_item_record,
                lambda session, actor, row: sees_action_item(session, actor.reader, row),
            ),
            stage="state",
        ),
        Source(
            "petition",
            Petition,
            {name: petition_views.GROUPS[name] for name in petition_views.SEARCHED},
            petition_entries,
            petitions_seen,
            moment="received_at",
            stage="state",
            category="category",
        ),
        Source(
            "received",
            ReceivedRecord,
            _open("number", "title", "owner_name", "content"),
            each(received_record),
            received_views,
            moment="received_at",
        ),
        Source(
            "inspection",
            InspectionRecord,
            {name: INSPECTION_GROUPS[name] for name in INSPECTION_SEARCHED},
            each(inspection_record),
            inspection_views,
            title="cause",
            stage="state",
        ),
    )
}


def rows_of(session: Session, kind: str, ids: Collection[str]) -> list[Row]:
    """The records of some ids, in no order."""
    model = SOURCES[kind].model
    return list(session.scalars(select(model).where(model.id.in_(ids))))


def agreement_id_of(judge: Judge, kind: str, row: Row) -> str | None:
    """The agreement whose parties are told of a record; None: known to others otherwise, or not."""
    if kind == "agreement":
        return str(row.id)
    if kind == "petition":
        return row.agreement_id if row.shared_with else None
    if kind in ("zone", "patrol", "meeting"):
        return str(row.agreement_id)
    if kind == "action_item":
        return str(meeting_of(judge.session, row).agreement_id)
    if kind in ("finding", "inspection"):
        patrol = judge.row(Patrol, row.patrol_id)
        return None if patrol is None else str(patrol.agreement_id)
    return None
