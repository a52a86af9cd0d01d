"""From an id to a file: through the record it belongs to, at each request."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.action_items.access import access_action_item
from hub.action_items.clock import KIND as ACTION_ITEM
from hub.cases.access import case_to_read
from hub.cases.views import case_view
from hub.emergency.services import note_reading
from hub.errors import NotFound
from hub.files.models import StoredFile
from hub.files.services import LETTER, MINUTES, NOTICE
from hub.inspections.labels import DOCUMENT as INSPECTION_DOCUMENT
from hub.inspections.labels import PHOTO as INSPECTION_PHOTO
from hub.inspections.labels import SIGNATURE as INSPECTION_SIGNATURE
from hub.inspections.views import shows_file as shows_inspection_file
from hub.meetings.access import access_meeting
from hub.meetings.agenda import MATERIAL
from hub.meetings.models import AgendaItem
from hub.patrols.finding_closure_views import AFTER
from hub.patrols.finding_views import KIND as FINDING
from hub.patrols.finding_views import shows_files
from hub.patrols.models import Finding
from hub.requests.access import access_request
from hub.requests.joint import FILES as WORKSPACE
from hub.requests.joint_views import shows_workspace_file
from hub.requests.views import KIND as REQUEST
from hub.requests.views import shows_file

PATROL_KINDS = (FINDING, AFTER, INSPECTION_PHOTO, INSPECTION_SIGNATURE, INSPECTION_DOCUMENT)


def access_file(
    session: Session, actor: Actor, file_id: str, *, enters: bool = False
) -> StoredFile:
    """A file whose record the actor may see, its files included.

    Args:
        enters: the door runs in a unit of work, so that a reading under emergency access can be
            entered; without it there is none.

    Raises:
        NotFound: absent, or the record is not his to see.
    """
    row = session.get(StoredFile, file_id)
    if row is None:
        raise NotFound
    if row.kind in PATROL_KINDS:
        _check_patrol_file(session, actor, row)
    elif row.kind == WORKSPACE:
        if not shows_workspace_file(session, actor, row):
            raise NotFound
    elif row.kind in (REQUEST, LETTER):
        _check_request_file(session, actor, row)
    elif row.kind in (MINUTES, NOTICE):
        access_meeting(session, actor, row.record_id)
    elif row.kind == MATERIAL:
        item = session.get(AgendaItem, row.record_id)
        access_meeting(session, actor, item.meeting_id if item is not None else "")
    elif row.kind == ACTION_ITEM:
        access_action_item(session, actor, row.record_id)
    else:
        _check_case_file(session, actor, row, enters=enters)
    return row


def _check_patrol_file(session: Session, actor: Actor, row: StoredFile) -> None:
    """Of findings and of records of inspections: as far as the agreement opens files."""
    if row.kind in (FINDING, AFTER):
        finding = session.get(Finding, row.record_id)
        if finding is None or not shows_files(session, actor.reader, finding, row.kind):
            raise NotFound
    elif not shows_inspection_file(session, actor.reader, row.record_id, row.kind):
        raise NotFound


def _check_case_file(session: Session, actor: Actor, row: StoredFile, *, enters: bool) -> None:
    """A case may be shared without its files: the reader's own view of it says which are his."""
    case, use = case_to_read(session, actor, row.record_id)
    if use is not None and enters:
        # Every file of an own case is its bureau's; each opening is entered under the use.
        note_reading(session, actor, use, row.id)
        return
    view = case_view(session, actor.reader, case, user_id=actor.user_id) or {}
    if row.id not in {file["id"] for file in view.get("files") or ()}:
        raise NotFound


def _check_request_file(session: Session, actor: Actor, row: StoredFile) -> None:
    """What the other side has attached and not sent yet is its own."""
    if not shows_file(session, access_request(session, actor, row.record_id), actor.reader, row):
        raise NotFound
