"""The one way from a record of an inspection to what a reader sees of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.bureaus.services import bureau
from hub.db import utc_now
from hub.files import services as files
from hub.files.models import StoredFile
from hub.files.views import file_view
from hub.inspections import papers
from hub.inspections.access import decision_for, may_read
from hub.inspections.content import missing
from hub.inspections.labels import DOCUMENT, PARTY_KINDS, ROLES, SignerRole
from hub.inspections.models import STATES, InspectionRecord, InspectionState
from hub.inspections.signing import key_of, signers_of, standing
from hub.patrols.models import Finding, Patrol
from hub.patrols.openness import Course
from hub.patrols.sides import side_of
from sharing.canonical import utc_text
from sharing.redaction import redact

# Field -> group, as the agreement's terms speak of what a joint patrol found. Who was inspected,
# what was asked, ordered and signed are in groups that terms about findings do not speak of: they
# stay with the bureau that leads, and travel with the case once one is opened and shared.
GROUPS = {
    "id": "existence",
    "version": "existence",
    "number": "existence",
    "bureau_id": "existence",
    "bureau_name": "existence",
    "side": "existence",
    "patrol_id": "existence",
    "patrol_number": "existence",
    "patrol_title": "existence",
    "finding_id": "existence",
    "finding_number": "existence",
    "state": "existence",
    "state_name": "existence",
    "supplements_id": "existence",
    "supplements_number": "existence",
    "supplemented_by": "existence",
    "sealed_at": "existence",
    "sealed_hash": "existence",
    "cause": "basics",
    "starts_at": "basics",
    "ends_at": "basics",
    "weather": "basics",
    "officers": "basics",
    "guests": "basics",
    "items": "basics",
    "created_by_name": "basics",
    "created_at": "basics",
    "sealed_by_name": "basics",
    "place": "place",
    "lon": "place",
    "lat": "place",
    "adcode": "place",
    "photos": "files",
    "party": "party",
    "answers": "substance",
    "samples": "substance",
    "measures": "measures",
    "told": "measures",
    "closing": "measures",
    "void_reason": "measures",
    "content_hash": "measures",
    "signatures": "measures",
    "documents": "measures",
    "has_case": "measures",
}
# What the full-text search looks through; each in its group above.
SEARCHED = (
    "number",
    "patrol_title",
    "finding_number",
    "cause",
    "place",
    "officers",
    "guests",
    "items",
    "party",
    "answers",
    "samples",
    "measures",
)


def record_for_owner(session: Session, row: InspectionRecord) -> dict[str, Any]:
    """A record as its own bureau reads it, whoever asks: for the search index alone."""
    return _record(session, row, row.bureau_id)


def view_for(
    session: Session, reader: ReaderClass, row: InspectionRecord, course: Course | None = None
) -> dict[str, Any] | None:
    """What a reader may see of a record at this moment; None when not even that it exists."""
    if not may_read(session, reader, row, course):
        return None
    record = _record(session, row, reader.bureau_id)
    if row.bureau_id == reader.bureau_id:
        return record
    return redact(record, GROUPS, decision_for(session, reader, row, course))


def render_inspection(session: Session, reader: ReaderClass, row_id: str) -> dict[str, Any] | None:
    """The view that a change of a record carries in the feed."""
    row = session.get(InspectionRecord, row_id)
    return None if row is None else view_for(session, reader, row)


def shows_file(session: Session, reader: ReaderClass, row_id: str, kind: str) -> bool:
    """Whether a reader may open files of a record: photos as far as the terms go, pictures of
    signatures and the documents in its own bureau alone."""
    row = session.get(InspectionRecord, row_id)
    view = view_for(session, reader, row) if row is not None else None
    if row is None or view is None:
        return False
    return row.bureau_id == reader.bureau_id or (kind == "inspection" and "photos" in view)


def detail_view(session: Session, actor: Actor, row: InspectionRecord) -> dict[str, Any] | None:
    """The view, for its own bureau with what is typed, what is missing and what may be done."""
    view = view_for(session, actor.reader, row)
    if view is None or row.bureau_id != actor.bureau_id:
        return view
    content = papers.content_of(row)
    draft = row.state == InspectionState.DRAFT and actor.may(Right.CASE_EDIT)
    signed = bool(standing(session, row))
    wrong = [one.to_dict() for one in missing(content, utc_now())]
    waits = [one for one in view["signatures"] if one["required"] and not one["at"]]
    return view | {
        "content": content.model_dump(mode="json"),
        "missing": wrong,
        "actions": {
            "edit": draft and not signed,
            "sign": draft and not wrong,
            "withdraw": draft and signed,
            "seal": draft and not wrong and not waits,
            "void": draft,
            "supplement": row.state == InspectionState.SEALED and actor.may(Right.CASE_EDIT),
            "attach": _attachable(session, actor, row),
        },
    }


def _attachable(session: Session, actor: Actor, row: InspectionRecord) -> bool:
    finding = session.get(Finding, row.finding_id) if row.finding_id else None
    sealed = row.state == InspectionState.SEALED and actor.may(Right.CASE_EDIT)
    return sealed and finding is not None and finding.case_id is not None


def _record(session: Session, row: InspectionRecord, reader_bureau_id: str) -> dict[str, Any]:
    content = papers.content_of(row)
    patrol = session.get_one(Patrol, row.patrol_id)
    finding = session.get(Finding, row.finding_id) if row.finding_id else None
    photos = papers.photos_of(session, row)
    return {
        "id": row.id,
        "version": row.version,
        "number": row.number,
        "bureau_id": row.bureau_id,
        "bureau_name": bureau(session, row.bureau_id).short_name,
        "side": side_of(reader_bureau_id, row.bureau_id),
        "patrol_id": patrol.id,
        "patrol_number": patrol.number,
        "patrol_title": patrol.title,
        "finding_id": row.finding_id,
        "finding_number": finding.number if finding else None,
        "state": row.state,
        "state_name": str(STATES[InspectionState(row.state)]),
        **_supplements(session, row),
        "sealed_at": utc_text(row.sealed_at) if row.sealed_at else None,
        "sealed_hash": row.sealed_hash,
        "sealed_by_name": row.sealed_by_name,
        "cause": content.cause,
        "starts_at": utc_text(content.starts_at) if content.starts_at else None,
        "ends_at": utc_text(content.ends_at) if content.ends_at else None,
        "weather": content.weather,
        "officers": papers.officers_of(session, row),
        "guests": papers.guests_of(session, row),
        "items": [one.model_dump() for one in content.items],
        "created_by_name": row.created_by_name,
        "created_at": utc_text(row.created_at),
        "place": content.place,
        "lon": row.lon,
        "lat": row.lat,
        "adcode": row.adcode,
        "photos": [file_view(file, reader_bureau_id) for file in photos],
        "party": content.party.model_dump() | {"kind_name": str(PARTY_KINDS[content.party.kind])},
        "answers": [one.model_dump() for one in content.answers],
        "samples": [one.model_dump() for one in content.samples],
        "measures": content.measures,
        "told": {
            "identity_shown": content.identity_shown,
            "rights_told": content.rights_told,
            "avoidance": content.avoidance,
            "avoidance_note": content.avoidance_note,
        },
        "closing": {"statement": content.statement} | content.refusal.model_dump(),
        "void_reason": row.void_reason,
        "content_hash": papers.hash_of(session, row),
        "signatures": _signatures(session, row),
        "documents": [
            file_view(file, reader_bureau_id) for file in files.files_of(session, DOCUMENT, row.id)
        ],
        "has_case": finding is not None and finding.case_id is not None,
    }


def _supplements(session: Session, row: InspectionRecord) -> dict[str, Any]:
    first = session.get(InspectionRecord, row.supplements_id) if row.supplements_id else None
    later = session.execute(
        select(InspectionRecord.id, InspectionRecord.number)
        .where(
            InspectionRecord.supplements_id == row.id,
            InspectionRecord.state == InspectionState.SEALED,
        )
        .order_by(InspectionRecord.id)
    )
    return {
        "supplements_id": row.supplements_id,
        "supplements_number": first.number if first else None,
        "supplemented_by": [{"id": one.id, "number": one.number} for one in later],
    }


def _signatures(session: Session, row: InspectionRecord) -> list[dict[str, Any]]:
    """One line for each who signs or may, with the signature that stands."""
    given = {key_of(one): one for one in standing(session, row)}
    found = []
    for signer in signers_of(session, row):
        one = given.get(signer.key)
        picture = session.get(StoredFile, one.file_id) if one else None
        found.append(
            {
                "signer": signer.key,
                "role": signer.role.value,
                "role_name": str(ROLES[SignerRole(signer.role)]),
                "name": signer.name,
                "required": signer.required,
                "at": utc_text(one.at) if one else None,
                "taken_by_name": one.taken_by_name if one else None,
                "content_hash": one.content_hash if one else None,
                "picture_url": f"/api/v1/files/{picture.id}" if picture else None,
                "sha256": picture.sha256 if picture else None,
            }
        )
    return found
