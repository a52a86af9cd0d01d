"""The only way from an id to a petition."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.db import row_of
from hub.errors import NotFound
from hub.petitions.models import JointState, Petition
from hub.petitions.views import petition_view

TOGETHER = (JointState.ASKED.value, JointState.ACCEPTED.value)


def near(reader: ReaderClass) -> ColumnElement[bool]:
    """Own petitions and those that the neighbours share, within the clearance, as a condition.

    Of the neighbours' the view decides anew what the terms show at this moment.
    """
    theirs = (Petition.partner_bureau_id == reader.bureau_id) & Petition.joint_state.in_(TOGETHER)
    own = Petition.owner_bureau_id == reader.bureau_id
    return or_(own, theirs) & (Petition.classification <= reader.clearance)


def access_petition(
    session: Session, actor: Actor, petition_id: str, *, lock: bool = False
) -> Petition:
    """A petition of which the actor sees something now; locked when it is to be changed.

    Raises:
        NotFound: absent, above his clearance, not shared with his bureau, or no longer.
        Forbidden: the actor does not work with records (the administrators).
    """
    actor.require(Right.WORK_VIEW)
    row = row_of(session, Petition, petition_id, for_update=lock)
    if row is None or petition_view(session, actor.reader, row) is None:
        raise NotFound
    return row


def own_petition(
    session: Session, actor: Actor, petition_id: str, *, lock: bool = False
) -> Petition:
    """A petition of the actor's own bureau; NotFound otherwise, as `access_petition`."""
    row = access_petition(session, actor, petition_id, lock=lock)
    if row.owner_bureau_id != actor.bureau_id:
        raise NotFound
    return row
