"""The only way from an id to a request: its sender, and its receiver once it was sent."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.errors import NotFound
from hub.requests.models import Request


def may_see(reader: ReaderClass, row: Request) -> bool:
    """Whether a reader's bureau takes part, and his clearance suffices."""
    if Right.WORK_VIEW not in reader.rights or reader.clearance < row.classification:
        return False
    return reader.bureau_id in row.parties()


def visible_to(reader: ReaderClass) -> ColumnElement[bool]:
    """The same as a condition of a query."""
    received = (Request.receiver_bureau_id == reader.bureau_id) & Request.sent_at.is_not(None)
    own = Request.sender_bureau_id == reader.bureau_id
    return or_(own, received) & (Request.classification <= reader.clearance)


def access_request(
    session: Session, actor: Actor, request_id: str, *, lock: bool = False
) -> Request:
    """A request in which the actor's bureau takes part; locked when it is to be changed.

    Raises:
        NotFound: absent, between others, not sent yet, or above his clearance.
        Forbidden: the actor does not work with records (the administrators).
    """
    actor.require(Right.WORK_VIEW)
    row = session.get(Request, request_id, with_for_update=lock or None, populate_existing=lock)
    if row is None or not may_see(actor.reader, row):
        raise NotFound
    return row
