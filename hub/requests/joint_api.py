"""The shared workspace of joint handling over JSON; for the handlers of both sides alone."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import read_only
from hub.files import services as files
from hub.files.api import prepared_file
from hub.requests import joint
from hub.requests.joint_schemas import DoneIn, ItemIn, WorkspaceOut
from hub.requests.joint_views import read_workspace, workspace_view
from hub.web.doors import witnessed, writing
from hub.web.identity import current_actor
from hub.web.list_doors import NoQuery, file_doors

bp = APIBlueprint("joint_api", __name__, url_prefix="/api/v1", tag="requests")
COLUMNS = {
    "at": _l("时间"),
    "bureau_name": _l("单位"),
    "who": _l("记录人"),
    "sort": _l("类型"),
    "text": _l("内容"),
    "file_name": _l("文件"),
    "assignee_name": _l("承办人"),
    "due_at": _l("期限"),
    "done_at": _l("完成时间"),
    "done_text": _l("完成情况"),
}


@bp.get("/requests/<request_id>/workspace")
@bp.output(WorkspaceOut)
@bp.doc(summary="Notes, files and tasks of joint handling, as far as the terms go now (handlers)")
@witnessed
def workspace(session: Session, actor: Actor, request_id: str) -> dict[str, Any]:
    """What both sides contributed."""
    return read_workspace(session, actor, request_id)


def _rows(session: Session, actor: Actor, _query: NoQuery, request_id: str) -> list[dict[str, Any]]:
    """What is shown, line by line."""
    shown = [item for item in read_workspace(session, actor, request_id)["items"]
             if not item["hidden"]]  # fmt: skip
    return [item | {"file_name": (item["file"] or {}).get("name")} for item in shown]


file_doors(
    bp,
    "/requests/<request_id>/workspace",
    query=NoQuery,
    rows=_rows,
    columns=COLUMNS,
    door=witnessed,
)


@bp.post("/requests/<request_id>/workspace/items")
@bp.input(ItemIn, arg_name="body")
@bp.output(WorkspaceOut, status_code=201)
@bp.doc(summary="Add a note, or a task for a handler of either side")
@writing
def add_item(
    session: Session, actor: Actor, request_id: str, body: ItemIn
) -> tuple[dict[str, Any], int]:
    """A contribution of the caller's bureau."""
    row = joint.access_writing(session, actor, request_id)
    if body.sort == "task":
        joint.add_task(session, actor, row, body.text, body.assignee_id or "", body.due_at)
    else:
        joint.add_note(session, actor, row, body.text)
    return workspace_view(session, actor, row), 201


@bp.post("/requests/<request_id>/workspace/files")
@bp.output(WorkspaceOut, status_code=201)
@bp.doc(summary="Add a photo or PDF (multipart, fields `file` and `text`)")
def add_file(request_id: str) -> Response:
    """Decoded before the transaction, which stays short."""
    actor = current_actor()
    with read_only() as session:
        joint.access_workspace(session, actor, request_id)
    answer: Response = _enter(request_id, prepared_file(), request.form.get("text") or "")
    return answer


@writing
def _enter(
    session: Session, actor: Actor, request_id: str, prepared: files.Prepared, text: str
) -> tuple[dict[str, Any], int]:
    row = joint.access_writing(session, actor, request_id)
    joint.add_file(session, actor, row, prepared, text)
    return workspace_view(session, actor, row), 201


@bp.post("/requests/<request_id>/workspace/items/<item_id>/done")
@bp.input(DoneIn, arg_name="body")
@bp.output(WorkspaceOut)
@bp.doc(summary="Say that a task is done (the side on which it was laid)")
@writing
def finish(
    session: Session, actor: Actor, request_id: str, item_id: str, body: DoneIn
) -> dict[str, Any]:
    """A task is done."""
    row = joint.access_writing(session, actor, request_id)
    item = joint.access_item(session, row, item_id)
    joint.finish_task(session, actor, row, item, body.text)
    return workspace_view(session, actor, row)


@bp.post("/requests/<request_id>/workspace/items/<item_id>/withdraw")
@bp.output(WorkspaceOut)
@bp.doc(summary="Take an item of the own bureau back; the other side is left with a tombstone")
@writing
def withdraw(session: Session, actor: Actor, request_id: str, item_id: str) -> dict[str, Any]:
    """An item goes back to its bureau."""
    row = joint.access_writing(session, actor, request_id)
    item = joint.access_item(session, row, item_id)
    joint.withdraw_item(session, actor, row, item)
    return workspace_view(session, actor, row)
