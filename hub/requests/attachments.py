"""Files of a request: each side adds its own; the other gets them with what is sent next."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.errors import Conflict, field_error
from hub.files import services as files
from hub.files.models import StoredFile
from hub.requests.access import access_request
from hub.requests.labels import CHECKLIST
from hub.requests.machine import ENDED, IN_PROGRESS
from hub.requests.models import Kind, Request
from hub.requests.steps import ATTACHED, KIND, enter


def access_attaching(
    session: Session, actor: Actor, request_id: str, *, lock: bool = False
) -> Request:
    """A request to which the actor may add files now.

    Raises:
        NotFound: not his bureau's.
        Forbidden: his role does not work on requests.
        Conflict: it has ended, or it is a joint case, whose files go into its workspace.
    """
    row = access_request(session, actor, request_id, lock=lock)
    actor.require(Right.REQUEST_WORK)
    if row.state in ENDED:
        raise Conflict(_l("函件已经办结，不能再添加附件。"))
    if row.kind == Kind.JOINT and row.state == IN_PROGRESS:
        raise Conflict(_l("请在联合办案工作区添加文件。"))
    return row


def attach(
    session: Session, actor: Actor, request_id: str, prepared: files.Prepared, item: str | None
) -> StoredFile:
    """Add a prepared file; `item` names the document of the police's checklist that it is.

    Raises:
        Conflict: it is there under another name.
    """
    row = access_attaching(session, actor, request_id, lock=True)
    if item is not None and (row.kind != Kind.POLICE or item not in CHECKLIST):
        raise field_error("item", _l("没有此项移送材料。"))
    known = files.held(session, KIND, row.id, prepared)
    stored = known or files.store(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        owner_bureau_id=actor.bureau_id,
        prepared=prepared,
    )
    if item is not None:
        checklist = dict(row.details.get("checklist") or {}) | {item: stored.id}
        row.details = row.details | {"checklist": checklist}
    if known is None:
        enter(session, actor, row, ATTACHED, file_id=stored.id)
    return stored
