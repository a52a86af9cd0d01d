"""The shared workspace of joint handling (联合办案): only the handlers of both sides work in it.

Each item is its bureau's own. The other side's is shown as far as the terms go at this moment;
when the handling ends nothing more is written, and what stands stays readable to the handlers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import names_of
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Conflict, NotFound, field_error
from hub.files import services as files
from hub.requests.access import access_request
from hub.requests.guards import check_handler
from hub.requests.joint_models import JointItem, Sort
from hub.requests.machine import IN_PROGRESS
from hub.requests.models import Kind, Request
from hub.requests.steps import KIND

FILES = "joint_file"
MOST_ITEMS = 1000


def joint_handlers(session: Session, request_id: str) -> frozenset[str]:
    """Ids of all who handle a joint case, whatever side they are on."""
    row = session.get(Request, request_id)
    ids = row.handlers_by_bureau.values() if row is not None else ()
    return frozenset(one for some in ids for one in some)


def is_handler(row: Request, bureau_id: str, user_id: str) -> bool:
    """Whether a person handles a joint case for his bureau."""
    return user_id in row.handlers_by_bureau.get(bureau_id, ())


def has_workspace(row: Request) -> bool:
    """Whether there is one: joint handling that was taken on."""
    return row.kind == Kind.JOINT and len(row.handlers_by_bureau) > 1


def access_workspace(
    session: Session, actor: Actor, request_id: str, *, lock: bool = False
) -> Request:
    """A joint case that the actor handles.

    Raises:
        NotFound: not his bureau's, no joint case, or he is none of its handlers.
    """
    row = access_request(session, actor, request_id, lock=lock)
    if not has_workspace(row) or not is_handler(row, actor.bureau_id, actor.user_id):
        raise NotFound
    return row


def access_writing(session: Session, actor: Actor, request_id: str) -> Request:
    """The same, locked, while the handling is under way.

    Raises:
        NotFound: as `access_workspace`.
        Conflict: it has ended.
    """
    row = access_workspace(session, actor, request_id, lock=True)
    actor.require(Right.REQUEST_WORK)
    if row.state != IN_PROGRESS:
        raise Conflict(_l("联合办案已经结束，工作区只供查阅。"))
    check_handler(actor, row)
    return row


def items_of(session: Session, request_id: str) -> Sequence[JointItem]:
    """The items of a workspace, oldest first."""
    rows = select(JointItem).where(JointItem.request_id == request_id).order_by(JointItem.id)
    return session.scalars(rows).all()


def access_item(session: Session, row: Request, item_id: str) -> JointItem:
    """An item of a workspace, locked.

    Raises:
        NotFound: there is no such item in it.
    """
    item = session.get(JointItem, item_id, with_for_update=True, populate_existing=True)
    if item is None or item.request_id != row.id:
        raise NotFound
    return item


def add_note(session: Session, actor: Actor, row: Request, text: str) -> JointItem:
    """Add a note.

    Raises:
        Invalid: it is empty, or a state secret.
    """
    return _add(session, actor, row, Sort.NOTE, _checked(text))


def add_task(
    session: Session,
    actor: Actor,
    row: Request,
    text: str,
    assignee_id: str,
    due_at: datetime | None,
) -> JointItem:
    """Lay a task on a handler of either side.

    Raises:
        Invalid: no such handler, no text, or a date in the past.
    """
    by_bureau = row.handlers_by_bureau
    bureau_id = next((b for b, ids in by_bureau.items() if assignee_id in ids), None)
    if bureau_id is None:
        raise field_error("assignee_id", _l("请选择双方办案人员中的一人。"))
    if due_at is not None and due_at <= utc_now():
        raise field_error("due_at", _l("期限应晚于现在。"))
    item = _new(actor, row, Sort.TASK, _checked(text))
    item.assignee_bureau_id, item.assignee_id = bureau_id, assignee_id
    item.assignee_name = names_of(session, [assignee_id]).get(assignee_id, "")
    item.due_at = due_at
    return _enter(session, actor, row, item)


def add_file(
    session: Session, actor: Actor, row: Request, prepared: files.Prepared, text: str
) -> JointItem:
    """Add a prepared file; the same file twice is one item."""
    said = clean(text, lines=True)
    refuse_secrets("text", said)
    stored = files.store(session, actor, kind=FILES, record_id=row.id,
                         owner_bureau_id=actor.bureau_id, prepared=prepared)  # fmt: skip
    held = next((one for one in items_of(session, row.id) if one.file_id == stored.id), None)
    if held is not None and held.withdrawn_at is None:
        return held
    item = _new(actor, row, Sort.FILE, said)
    item.file_id = stored.id
    return _enter(session, actor, row, item)


def finish_task(session: Session, actor: Actor, row: Request, item: JointItem, text: str) -> None:
    """Say that a task is done; those on whose side it was laid say so.

    Raises:
        NotFound: it is no task of the actor's side.
        Conflict: it was done, or taken back.
    """
    if item.sort != Sort.TASK or item.assignee_bureau_id != actor.bureau_id:
        raise NotFound
    if item.done_at is not None or item.withdrawn_at is not None:
        raise Conflict(_l("此任务已经完成或撤回。"))
    said = clean(text, lines=True)
    refuse_secrets("text", said)
    item.done_at, item.done_by_name, item.done_text = utc_now(), actor.name, said or None
    _tell(session, actor, row, item, "task_done")


def withdraw_item(session: Session, actor: Actor, row: Request, item: JointItem) -> None:
    """Take an item of the own bureau back; the other side is left with a tombstone at once.

    Raises:
        NotFound: it is the other side's.
        Conflict: it was taken back already.
    """
    if item.bureau_id != actor.bureau_id:
        raise NotFound
    if item.withdrawn_at is not None:
        raise Conflict(_l("已经撤回。"))
    item.withdrawn_at, item.withdrawn_by_name = utc_now(), actor.name
    _tell(session, actor, row, item, "item_withdrawn")


def open_tasks(session: Session, actor: Actor, limit: int) -> list[tuple[JointItem, Request]]:
    """Tasks that wait for the actor himself, the most urgent first."""
    rows = session.execute(
        select(JointItem, Request)
        .join(Request, Request.id == JointItem.request_id)
        .where(
            JointItem.assignee_id == actor.user_id,
            JointItem.done_at.is_(None),
            JointItem.withdrawn_at.is_(None),
            Request.state == IN_PROGRESS,
            Request.classification <= actor.clearance,
        )
        .order_by(JointItem.due_at.is_(None), JointItem.due_at, JointItem.id)
        .limit(limit)
    )
    return [(item, row) for item, row in rows
            if is_handler(row, actor.bureau_id, actor.user_id)]  # fmt: skip


def _checked(text: str) -> str:
    said = clean(text, lines=True)
    refuse_secrets("text", said)
    if not said:
        raise field_error("text", _l("请填写内容。"))
    return said


def _add(session: Session, actor: Actor, row: Request, sort: Sort, text: str) -> JointItem:
    return _enter(session, actor, row, _new(actor, row, sort, text))


def _new(actor: Actor, row: Request, sort: Sort, text: str) -> JointItem:
    return JointItem(
        request_id=row.id, sort=sort.value, bureau_id=actor.bureau_id, user_id=actor.user_id,
        user_name=actor.name, at=utc_now(), text=text,
    )  # fmt: skip


def _enter(session: Session, actor: Actor, row: Request, item: JointItem) -> JointItem:
    if len(items_of(session, row.id)) >= MOST_ITEMS:
        raise Conflict(_l("工作区最多%(count)s项内容。", count=MOST_ITEMS))
    session.add(item)
    _tell(session, actor, row, item, "task" if item.sort == Sort.TASK else "contributed")
    return item


def _tell(session: Session, actor: Actor, row: Request, item: JointItem, verb: str) -> None:
    """Tell both sides that something is new; never what."""
    row.count()
    session.flush()
    told = row.parties()
    record_change(
        session, actor, kind=KIND, record_id=row.id, version=row.version, verb=verb,
        bureaus=told, detail={"number": row.number, "item": item.id, "sort": item.sort},
        versions=row.versions_for(told),
    )  # fmt: skip
