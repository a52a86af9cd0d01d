"""The agenda: points written by people, or taken over from what the hub found; their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.action_items.services import person_of
from hub.cases.texts import clean, refuse_secrets
from hub.db import utc_now
from hub.errors import Conflict, NotFound, field_error
from hub.files import services as files
from hub.files.models import StoredFile
from hub.meetings.access import access_meeting
from hub.meetings.machine import AGENDA_OPEN
from hub.meetings.minutes_models import MinutesSection
from hub.meetings.models import AgendaItem, Meeting
from hub.meetings.proposals import find_proposal
from hub.meetings.services import count_on
from hub.meetings.steps import tell

# Kind under which the material of an item is kept.
MATERIAL = "agenda_item"
MOST = 60


def open_agenda(session: Session, actor: Actor, meeting_id: str, *, lock: bool = True) -> Meeting:
    """A meeting whose agenda the actor may change now.

    Raises:
        NotFound: not his.
        Forbidden: his role does not work on meetings.
        Conflict: it has ended.
    """
    row = access_meeting(session, actor, meeting_id, lock=lock)
    actor.require(Right.MEETING_WORK)
    if row.state not in AGENDA_OPEN:
        raise Conflict(_l("会议已经结束，议程不能再改。"))
    return row


def item_of(row: Meeting, item_id: str) -> AgendaItem:
    """A point of a meeting's agenda.

    Raises:
        NotFound: it has none such.
    """
    found = next((one for one in row.agenda if one.id == item_id), None)
    if found is None:
        raise NotFound
    return found


def add_item(session: Session, actor: Actor, meeting_id: str, values: Mapping[str, Any]) -> Meeting:
    """Put a point of one's own at the end of the agenda.

    Raises:
        NotFound, Forbidden, Conflict: as `open_agenda`; the agenda is full.
        Invalid: no title, or the owner does not take part.
    """
    row = open_agenda(session, actor, meeting_id)
    item = _new(actor, row)
    _fill(session, row, item, values)
    if not item.title:
        raise field_error("title", _l("请填写议题。"))
    return _entered(session, actor, row, item)


def take_over(
    session: Session, actor: Actor, meeting_id: str, source: tuple[str, str, str]
) -> Meeting:
    """Put on the agenda what the hub found: (code, kind, id), as the actor sees it proposed.

    Nothing of the record is copied: every reader's title is made from what he may see of it.

    Raises:
        NotFound: as `open_agenda`; or the hub does not propose it to this reader now.
        Conflict: it is on the agenda already.
    """
    row = open_agenda(session, actor, meeting_id)
    if any((one.source_code, one.source_kind, one.source_id) == source for one in row.agenda):
        raise Conflict(_l("此事项已列入议程。"))
    found = find_proposal(session, actor, row, source)
    if found is None:
        raise NotFound
    item = _new(actor, row)
    item.source_code, item.source_kind, item.source_id = source
    item.bureau_id = found.bureau_id
    return _entered(session, actor, row, item)


def _new(actor: Actor, row: Meeting) -> AgendaItem:
    if len(row.agenda) >= MOST:
        raise Conflict(_l("议程最多%(limit)s项。", limit=MOST))
    return AgendaItem(
        meeting_id=row.id,
        position=max((one.position for one in row.agenda), default=0) + 1,
        title="",
        note="",
        minutes=10,
        bureau_id=actor.bureau_id,
        person_name="",
        created_by_name=actor.name,
        created_at=utc_now(),
    )


def _entered(session: Session, actor: Actor, row: Meeting, item: AgendaItem) -> Meeting:
    row.agenda.append(item)
    count_on(row)
    session.flush()
    tell(session, actor, row, "agenda")
    return row


def change_item(
    session: Session, actor: Actor, meeting_id: str, item_id: str, values: Mapping[str, Any]
) -> Meeting:
    """Change a point: its words, owner, time allotted.

    Raises:
        NotFound, Forbidden, Conflict, Invalid: as `add_item`.
    """
    row = open_agenda(session, actor, meeting_id)
    item = item_of(row, item_id)
    _fill(session, row, item, values)
    if not item.title and item.source_code is None:
        raise field_error("title", _l("请填写议题。"))
    count_on(row)
    tell(session, actor, row, "agenda")
    return row


def _fill(session: Session, row: Meeting, item: AgendaItem, values: Mapping[str, Any]) -> None:
    for name in ("title", "note"):
        if values.get(name) is not None:
            text = clean(values[name], lines=name == "note")
            refuse_secrets(name, text)
            setattr(item, name, text)
    if values.get("minutes") is not None:
        item.minutes = values["minutes"]
    if values.get("bureau_id") and values["bureau_id"] != item.bureau_id:
        if values["bureau_id"] not in row.party_ids:
            raise field_error("bureau_id", _l("请选择参会单位。"))
        item.bureau_id = values["bureau_id"]
        item.person_id, item.person_name = None, ""
    if "person_id" in values:
        item.person_id, item.person_name = person_of(session, item.bureau_id, values["person_id"])


def remove_item(session: Session, actor: Actor, meeting_id: str, item_id: str) -> Meeting:
    """Take a point off the agenda; the hub may propose it again.

    Raises:
        NotFound, Forbidden: as `open_agenda`.
        Conflict: it has material, or minutes were written on it.
    """
    row = open_agenda(session, actor, meeting_id)
    item = item_of(row, item_id)
    written = select(MinutesSection.id).where(MinutesSection.agenda_item_id == item.id).limit(1)
    if files.files_of(session, MATERIAL, item.id) or session.scalar(written):
        raise Conflict(_l("此议题已有材料或纪要，不能移除。"))
    row.agenda.remove(item)
    count_on(row)
    session.flush()
    tell(session, actor, row, "agenda")
    return row


def put_in_order(
    session: Session, actor: Actor, meeting_id: str, item_ids: Sequence[str]
) -> Meeting:
    """Give the points another order.

    Raises:
        NotFound, Forbidden, Conflict: as `open_agenda`.
        Invalid: not exactly the points that are on the agenda now.
    """
    row = open_agenda(session, actor, meeting_id)
    if sorted(item_ids) != sorted(one.id for one in row.agenda):
        raise field_error("ids", _l("议程已有变化，请按现在的议题重新排序。"))
    place = {item_id: number for number, item_id in enumerate(item_ids, 1)}
    for item in row.agenda:
        item.position = place[item.id]
    row.agenda.sort(key=lambda item: item.position)
    tell(session, actor, row, "agenda")
    return row


def attach(
    session: Session, actor: Actor, meeting_id: str, item_id: str, prepared: files.Prepared
) -> StoredFile:
    """Add prepared material to a point.

    Raises:
        NotFound, Forbidden, Conflict: as `open_agenda`; or it holds as many files as it may.
    """
    row = open_agenda(session, actor, meeting_id)
    item = item_of(row, item_id)
    stored = files.store(
        session,
        actor,
        kind=MATERIAL,
        record_id=item.id,
        owner_bureau_id=actor.bureau_id,
        prepared=prepared,
    )
    tell(session, actor, row, "material")
    return stored
