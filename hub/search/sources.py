"""Which kinds of records are searched, by which fields, and what a reader sees of them.

A kind names the view that its list and detail use; what the view leaves out is neither found nor
counted nor shown. Each searched field has the group that the redaction schema gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.action_items.access import may_see as sees_action_item
from hub.action_items.access import meeting_of
from hub.action_items.models import ActionItem
from hub.agreements.access import sees as sees_agreement
from hub.agreements.models import Agreement
from hub.bureaus.services import bureau
from hub.cases import views as case_views
from hub.cases.beside import beside
from hub.cases.link_views import Looking
from hub.cases.models import Case
from hub.cases.party_views import Audience
from hub.clock import SHANGHAI
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
from hub.search.finding_views import FINDING_GROUPS, finding_record, finding_views
from hub.search.inspection_views import inspection_record, inspection_views
from hub.search.meeting_views import (
    action_item_record,
    meeting_record,
    received_record,
    received_views,
)
from hub.shares.deciding import Judge
from hub.stations.access import sees as sees_station
from hub.stations.models import Station
from hub.zones.access import agreement_of
from hub.zones.models import Zone
from sharing.canonical import utc_text

# By which of its fields something listed in a record is found.
NAMING = ("name", "title", "text", "kind_name", "document_number", "description", "outcome_text")
Row = Any
View = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """One kind of record as the search knows it.

    `record` gives every field of a row, as its owner reads it; `views` what a reader sees of many.
    `groups` has the searched fields, each with its field group.
    """

    kind: str
    model: type[Any]
    groups: Mapping[str, str]
    record: Callable[[Session, Judge, Row], View]
    views: Callable[[Session, Actor, Judge, Collection[Row]], dict[str, View]]
    title: str = "title"
    moment: str = "created_at"
    stage: str | None = None
    category: str | None = None

    def texts(self, view: Mapping[str, Any]) -> dict[str, list[str]]:
        """The searched texts of a view by field group; fields that it does not show are absent."""
        found: dict[str, list[str]] = {}
        for name, group in self.groups.items():
            if view.get(name):
                found.setdefault(group, []).extend(texts_in(view[name]))
        return found

    def facets(self, view: Mapping[str, Any]) -> View:
        """What results are counted by, as far as the view shows it."""
        moment = view.get(self.moment)
        stage = view.get(self.stage or "")
        return {
            "kind": self.kind,
            "stage": f"{self.kind}.{stage}" if stage else None,
            "category": view.get(self.category or ""),
            "bureau": view.get("owner_bureau_id"),
            "year": year_of(moment) if moment else None,
            "district": view.get("adcode"),
        }


def texts_in(value: object) -> list[str]:
    """The texts of a field: a text, or the names of what is listed."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        # The code of a firm; what is left of a person's masked number is no word.
        keys = NAMING if value.get("masked") else (*NAMING, "code")
        return [str(value[key]) for key in keys if value.get(key)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts_in(one)]
    return []


def year_of(moment: str) -> int:
    """The calendar year in China of a moment (ISO 8601)."""
    return year_in_china(datetime.fromisoformat(moment))


def year_in_china(moment: datetime) -> int:
    """The calendar year in China of an aware moment."""
    return moment.astimezone(SHANGHAI).year


def _case_record(session: Session, judge: Judge, row: Case) -> View:
    near = beside(session, [row.id], judge.at)
    who = Looking(row.owner_bureau_id, row.classification)
    return case_views.record_of(row, judge, who, near, Audience.BUREAU)


def _case_views(
    session: Session, actor: Actor, judge: Judge, rows: Collection[Case]
) -> dict[str, View]:
    views = case_views.views_of(session, actor.reader, rows, judge, actor.user_id)
    return {view["id"]: view for view in views if view is not None}


def _petition_record(session: Session, judge: Judge, row: Petition) -> View:
    near = petition_views.beside(session, [row])
    return petition_views.record_of(row, judge, near, row.owner_bureau_id)


def _petition_views(
    session: Session, actor: Actor, judge: Judge, rows: Collection[Petition]
) -> dict[str, View]:
    views = petition_views.petition_views(session, actor.reader, list(rows), judge)
    return {view["id"]: view for view in views}


def _agreement_record(_session: Session, _judge: Judge, row: Agreement) -> View:
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


def _zone_record(session: Session, _judge: Judge, row: Zone) -> View:
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


def _patrol_record(session: Session, _judge: Judge, row: Patrol) -> View:
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


def _station_record(session: Session, _judge: Judge, row: Station) -> View:
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


def _seen(
    record: Callable[[Session, Judge, Row], View], sees: Callable[[Session, Actor, Row], bool]
) -> Callable[[Session, Actor, Judge, Collection[Row]], dict[str, View]]:
    """Views of a kind that is shown whole to whoever may see it."""

    def views(
        session: Session, actor: Actor, judge: Judge, rows: Collection[Row]
    ) -> dict[str, View]:
        return {row.id: record(session, judge, row) for row in rows if sees(session, actor, row)}

    return views


def _open(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "basics")


SOURCES = {
    source.kind: source
    for source in (
        Source(
            "case",
            Case,
            {name: case_views.OWN_GROUPS[name] for name in case_views.SEARCHED},
            _case_record,
            _case_views,
            moment="opened_at",
            stage="stage",
            category="category",
        ),
        Source(
            "finding",
            Finding,
            FINDING_GROUPS,
            finding_record,
            finding_views,
            title="text",
            moment="found_at",
            category="category",
        ),
        Source(
            "patrol",
            Patrol,
            _open("number", "title", "zone_name", "note", "crew"),
            _patrol_record,
            _seen(_patrol_record, lambda session, actor, row: may_see(session, actor.reader, row)),
            moment="starts_at",
            stage="state",
        ),
        Source(
            "agreement",
            Agreement,
            _open("number", "title", "title_en", "text"),
            _agreement_record,
            _seen(
                _agreement_record,
                lambda _session, actor, row: sees_agreement(actor.bureau_id, row),
            ),
        ),
        Source(
            "zone",
            Zone,
            _open("name", "number", "note"),
            _zone_record,
            _seen(
                _zone_record,
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
            _station_record,
            _seen(
                _station_record,
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
            meeting_record,
            _seen(meeting_record, lambda _session, actor, row: sees_meeting(actor.reader, row)),
            moment="starts_at",
            stage="state",
        ),
        Source(
            "action_item",
            ActionItem,
            _open("number", "title", "detail", "person_name", "notes"),
            action_item_record,
            _seen(
                action_item_record,
                lambda session, actor, row: sees_action_item(session, actor.reader, row),
            ),
            stage="state",
        ),
        Source(
            "petition",
            Petition,
            {name: petition_views.GROUPS[name] for name in petition_views.SEARCHED},
            _petition_record,
            _petition_views,
            moment="received_at",
            stage="state",
            category="category",
        ),
        Source(
            "received",
            ReceivedRecord,
            _open("number", "title", "owner_name", "content"),
            received_record,
            received_views,
            moment="received_at",
        ),
        Source(
            "inspection",
            InspectionRecord,
            {name: INSPECTION_GROUPS[name] for name in INSPECTION_SEARCHED},
            inspection_record,
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


def agreement_id_of(session: Session, kind: str, row: Row) -> str | None:
    """The agreement whose parties are told of a record; None: known to others otherwise, or not."""
    if kind == "agreement":
        return str(row.id)
    if kind == "petition":
        return row.agreement_id if row.shared_with else None
    if kind in ("zone", "patrol", "meeting"):
        return str(row.agreement_id)
    if kind == "action_item":
        return str(meeting_of(session, row).agreement_id)
    if kind in ("finding", "inspection"):
        return str(session.get_one(Patrol, row.patrol_id).agreement_id)
    return None
