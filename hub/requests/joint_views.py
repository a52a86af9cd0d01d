"""What a handler sees of the shared workspace: own items whole, the other side's by the terms."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.directory import names_of
from hub.bureaus.services import bureau
from hub.changes import record_act
from hub.db import utc_now
from hub.files.models import StoredFile
from hub.files.views import file_view
from hub.requests.joint import FILES, access_workspace, items_of
from hub.requests.joint_models import JointItem, Sort
from hub.requests.machine import IN_PROGRESS
from hub.requests.models import Request
from hub.requests.permission import open_groups
from hub.requests.steps import KIND
from hub.shares.deciding import Judge
from sharing.canonical import utc_text

# What the terms must open for the other side's items of a sort.
GROUP = {Sort.NOTE: "substance", Sort.TASK: "substance", Sort.FILE: "files"}


def read_workspace(session: Session, actor: Actor, request_id: str) -> dict[str, Any]:
    """The workspace as one of its handlers sees it now; the other side's trail has the reading.

    Raises:
        NotFound: as `access_workspace`.
    """
    row = access_workspace(session, actor, request_id)
    view = workspace_view(session, actor, row)
    if any(not item["own"] and not item["hidden"] for item in view["items"]):
        others = [one for one in row.parties() if one != actor.bureau_id]
        record_act(session, actor, action="request.workspace_read", kind=KIND, record_id=row.id,
                   chains=others)  # fmt: skip
    return view


def workspace_view(session: Session, actor: Actor, row: Request) -> dict[str, Any]:
    """Items oldest first, the people, and whether there is still something to write."""
    named = row.handlers_by_bureau
    names = names_of(session, {one for ids in named.values() for one in ids})
    groups = open_groups(Judge(session), row)
    stored = _files(session, row)
    items = [_item(session, actor, item, groups, stored) for item in items_of(session, row.id)]
    return {
        "request_id": row.id,
        "version": row.version_for(actor.bureau_id),
        "open": row.state == IN_PROGRESS,
        "people": [
            {"id": one, "name": names.get(one, ""), "bureau_id": bureau_id,
             "bureau_name": bureau(session, bureau_id).name}
            for bureau_id, ids in named.items() for one in ids
        ],
        "items": items,
        "next": None,
    }  # fmt: skip


def _files(session: Session, row: Request) -> dict[str, StoredFile]:
    rows = select(StoredFile).where(StoredFile.kind == FILES, StoredFile.record_id == row.id)
    return {file.id: file for file in session.scalars(rows)}


def shows(item: JointItem, bureau_id: str, groups: frozenset[str]) -> bool:
    """Whether a bureau's handler is shown what an item says."""
    if item.bureau_id == bureau_id:
        return True
    return item.withdrawn_at is None and GROUP[Sort(item.sort)] in groups


def shows_workspace_file(session: Session, actor: Actor, file: StoredFile) -> bool:
    """Whether a person may open a file of a workspace, at this moment.

    Raises:
        NotFound: as `access_workspace`.
    """
    row = access_workspace(session, actor, file.record_id)
    groups = open_groups(Judge(session), row)
    held = [item for item in items_of(session, row.id) if item.file_id == file.id]
    return any(shows(item, actor.bureau_id, groups) for item in held)


def _item(
    session: Session,
    actor: Actor,
    item: JointItem,
    groups: frozenset[str],
    stored: dict[str, StoredFile],
) -> dict[str, Any]:
    shown = shows(item, actor.bureau_id, groups)
    file = stored.get(item.file_id or "")
    now = utc_now()
    undone = item.sort == Sort.TASK and item.done_at is None and item.withdrawn_at is None
    return {
        "id": item.id,
        "sort": item.sort,
        "bureau_id": item.bureau_id,
        "bureau_name": bureau(session, item.bureau_id).name,
        "own": item.bureau_id == actor.bureau_id,
        "who": item.user_name,
        "at": utc_text(item.at),
        "hidden": not shown,
        "text": item.text if shown else None,
        "file": file_view(file, actor.bureau_id) if shown and file is not None else None,
        "assignee_id": item.assignee_id,
        "assignee_name": item.assignee_name,
        "mine": item.assignee_id == actor.user_id and undone,
        "due_at": utc_text(item.due_at) if item.due_at else None,
        "overdue": undone and item.due_at is not None and item.due_at < now,
        "may_finish": undone and item.assignee_bureau_id == actor.bureau_id,
        "done_at": utc_text(item.done_at) if item.done_at else None,
        "done_by_name": item.done_by_name,
        "done_text": item.done_text if shown else None,
        "withdrawn_at": utc_text(item.withdrawn_at) if item.withdrawn_at else None,
        "withdrawn_by_name": item.withdrawn_by_name,
    }
