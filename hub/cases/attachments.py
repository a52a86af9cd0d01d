"""The files of a case, as its views name them and as its officers add to them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.access import own_case
from hub.cases.lookups import KIND
from hub.files import services as files
from hub.files.models import StoredFile
from hub.shares.services import after_update


def access_attaching(session: Session, actor: Actor, case_id: str) -> None:
    """Refuse early, before a file is decoded.

    Raises:
        NotFound: not an own case.
        Forbidden: the actor is no officer.
    """
    actor.require(Right.CASE_EDIT)
    own_case(session, actor, case_id)


def attach(session: Session, actor: Actor, case_id: str, prepared: files.Prepared) -> StoredFile:
    """Add a prepared file to an own case; partners see it if their terms open files.

    Raises:
        Conflict: it is there under another name.
    """
    actor.require(Right.CASE_EDIT)
    case = own_case(session, actor, case_id, lock=True)
    if known := files.held(session, KIND, case.id, prepared):
        return known
    row = files.store(
        session,
        actor,
        kind=KIND,
        record_id=case.id,
        owner_bureau_id=case.owner_bureau_id,
        prepared=prepared,
    )
    case.version += 1
    session.flush()
    after_update(session, actor, case)
    return row
