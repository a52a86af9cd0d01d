"""A whole meeting as a reader sees it: the brief, and people, agenda, minutes, decisions, items."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.action_items.views import action_item_views
from hub.approvals import services as approvals
from hub.bureaus.services import bureau
from hub.files.models import StoredFile
from hub.files.services import MINUTES as SEALED
from hub.files.services import NOTICE, files_of
from hub.files.views import file_view
from hub.meetings.acting import possible_acts
from hub.meetings.agenda import MATERIAL
from hub.meetings.briefs import meeting_brief
from hub.meetings.decisions import decisions_of
from hub.meetings.labels import (
    ACTS,
    ANSWER_TONES,
    ANSWERS,
    CODES,
    DECISION_TONES,
    DECISIONS,
    ROLES,
    STATES,
)
from hub.meetings.machine import (
    AGENDA_OPEN,
    FACTS_OPEN,
    MINUTES_OPEN,
    PEOPLE_OPEN,
    PRESENCE_OPEN,
    ROOM_OPEN,
)
from hub.meetings.minutes import MINUTES, section_view, sections_of
from hub.meetings.minutes_models import Decision
from hub.meetings.models import AgendaItem, Meeting, MeetingPerson, MeetingStep
from hub.meetings.notice import outdated
from hub.meetings.people import present_by_party
from hub.meetings.protocol import hash_of, items_of
from hub.meetings.steps import steps_of
from hub.meetings.titles import subject_of, title_for
from sharing.canonical import utc_text


def meeting_view(session: Session, actor: Actor, row: Meeting) -> dict[str, Any] | None:
    """All that a reader may see of a meeting at this moment, or None when not that it exists."""
    view = meeting_brief(session, actor.reader, row)
    if view is None:
        return None
    reader = actor.reader
    material = _material(session, reader, row)
    present = present_by_party(row)
    return view | {
        "people": [_person(session, actor, one) for one in row.people],
        "present": [
            {"bureau_id": one, "count": present[one], "enough": present[one] >= row.quorum}
            for one in sorted(row.party_ids)
        ],
        "agenda": [_item(session, reader, one, material[one.id]) for one in row.agenda],
        "sections": [
            section_view(session, one, reader.bureau_id) for one in sections_of(session, [row.id])
        ],
        "decisions": [_decision(session, reader, one) for one in decisions_of(session, [row.id])],
        "action_items": action_item_views(session, reader, items_of(session, row.id)),
        "content_hash": hash_of(session, row) if row.ended_at else None,
        "signatures": [
            approvals.view(one) | {"bureau_name": bureau(session, one.bureau_id).short_name}
            for one in approvals.standing(session, MINUTES, row.id, row.minutes_version)
        ],
        "documents": [
            file_view(one, reader.bureau_id) for one in files_of(session, SEALED, row.id)
        ],
        "notices": [
            file_view(one, reader.bureau_id) for one in reversed(files_of(session, NOTICE, row.id))
        ],
        "notice_outdated": view["hosts"] and outdated(session, row),
        "steps": [_step(session, reader, one) for one in steps_of(session, [row.id])],
        "acts": [
            {"act": name, "label": str(ACTS[name]), "words": act.words, "danger": act.danger}
            for name, act in possible_acts(reader, row)
        ],
        "may": _may(actor, row),
    }


def _may(actor: Actor, row: Meeting) -> dict[str, bool]:
    """What this person can change now."""
    works = actor.may(Right.MEETING_WORK)
    return {
        "facts": works and row.state in FACTS_OPEN and row.host_bureau_id == actor.bureau_id,
        "people": works and row.state in PEOPLE_OPEN,
        "answer": row.state in PEOPLE_OPEN,
        "presence": works and row.state in PRESENCE_OPEN,
        "agenda": works and row.state in AGENDA_OPEN,
        "minutes": works and row.state in MINUTES_OPEN,
        "approve": actor.may(Right.MEETING_SIGN) and row.state in MINUTES_OPEN,
        "room": row.state in ROOM_OPEN,
    }


def _person(session: Session, actor: Actor, one: MeetingPerson) -> dict[str, Any]:
    own = one.bureau_id == actor.bureau_id
    return {
        "id": one.id,
        "bureau_id": one.bureau_id,
        "bureau_name": bureau(session, one.bureau_id).short_name,
        "own": own,
        "me": one.user_id == actor.user_id,
        "account": one.user_id is not None,
        "user_id": one.user_id,
        "name": one.name,
        "organisation": one.organisation,
        "role": one.role,
        "role_name": str(ROLES[one.role]),
        "answer": one.answer,
        "answer_name": str(ANSWERS[one.answer]),
        "answer_tone": ANSWER_TONES[one.answer],
        # Why somebody cannot come is his own bureau's business.
        "answer_note": one.answer_note if own else "",
        "answered_at": utc_text(one.answered_at) if one.answered_at else None,
        "substitute_name": one.substitute_name,
        "present_at": utc_text(one.present_at) if one.present_at else None,
    }


def _material(
    session: Session, reader: ReaderClass, row: Meeting
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = session.scalars(
        select(StoredFile)
        .where(
            StoredFile.kind == MATERIAL, StoredFile.record_id.in_([one.id for one in row.agenda])
        )
        .order_by(StoredFile.id)
    )
    for file in rows:
        found[file.record_id].append(
            file_view(file, reader.bureau_id) | {"bureau_id": file.owner_bureau_id}
        )
    return found


def _item(
    session: Session, reader: ReaderClass, one: AgendaItem, material: list[dict[str, Any]]
) -> dict[str, Any]:
    named = subject_of(session, reader, one)
    visible = named is not None and named.url is not None
    return {
        "id": one.id,
        "title": title_for(session, reader, one),
        "note": one.note,
        "minutes": one.minutes,
        "bureau_id": one.bureau_id,
        "bureau_name": bureau(session, one.bureau_id).short_name,
        "own": one.bureau_id == reader.bureau_id,
        "person_id": one.person_id,
        "person_name": one.person_name,
        "code": one.source_code,
        "code_name": str(CODES[one.source_code]) if one.source_code else None,
        # The record only to who may see it: of others not even its id.
        "kind": one.source_kind if visible else None,
        "record_id": one.source_id if visible else None,
        "url": named.url if named is not None else None,
        "hidden": named is not None and not visible,
        "files": material,
        "created_by_name": one.created_by_name,
    }


def _decision(session: Session, reader: ReaderClass, one: Decision) -> dict[str, Any]:
    given = approvals.standing(session, "decision", one.id, one.version)
    return {
        "id": one.id,
        "position": one.position,
        "text": one.text,
        "state": one.state,
        "state_name": str(DECISIONS[one.state]),
        "tone": DECISION_TONES[one.state],
        "version": one.version,
        "content_hash": one.content_hash,
        "approved": [
            approvals.view(row) | {"bureau_name": bureau(session, row.bureau_id).short_name}
            for row in given
        ],
        "approved_by_us": any(row.bureau_id == reader.bureau_id for row in given),
        "proposed_by_name": one.proposed_by_name,
        "proposed_by_bureau": bureau(session, one.proposed_by_bureau).short_name,
        "adopted_at": utc_text(one.adopted_at) if one.adopted_at else None,
    }


def _step(session: Session, reader: ReaderClass, one: MeetingStep) -> dict[str, Any]:
    return {
        "act": one.act,
        "label": str(ACTS[one.act]),
        "state": one.state,
        "state_name": str(STATES[one.state]),
        "bureau_name": bureau(session, one.bureau_id).short_name,
        "own": one.bureau_id == reader.bureau_id,
        "who": one.user_name,
        "at": utc_text(one.at),
        "text": one.text,
    }
