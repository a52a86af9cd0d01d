"""Entering a step of a petition and telling the bureaus that know of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.approvals import services as approvals
from hub.changes import record_change, view_changed
from hub.db import utc_now
from hub.petitions.machine import PRIVATE, TOGETHER
from hub.petitions.models import Petition, PetitionStep
from sharing.canonical import utc_text

KIND = "petition"


def enter(
    session: Session,
    actor: Actor,
    row: Petition,
    act: str,
    text: str | None = None,
    *,
    also: Iterable[str] = (),
    hidden: bool = False,
) -> PetitionStep:
    """Enter an act that has been applied, and tell of it.

    Args:
        also: bureaus that are told though they do not know of it any more.
        hidden: as `tell`.
    """
    step = PetitionStep(
        petition_id=row.id,
        act=act,
        state=row.state,
        bureau_id=actor.bureau_id,
        user_id=actor.user_id,
        user_name=actor.name,
        at=utc_now(),
        text=text or None,
    )
    session.add(step)
    session.flush()
    tell(session, actor, row, act, also=also, hidden=hidden)
    return step


def tell(
    session: Session,
    actor: Actor,
    row: Petition,
    verb: str,
    *,
    also: Iterable[str] = (),
    hidden: bool = False,
) -> None:
    """Tell of a change of a petition; its version goes on. What is the owner's own business goes
    to the neighbour as an update of what he sees, without the verb.

    Args:
        hidden: nothing was changed that any agreement could open; the neighbour is not told.
    """
    row.count(row.owner_bureau_id if hidden else None)
    session.flush()
    told = frozenset({row.owner_bureau_id}) if hidden else row.told | frozenset(also)
    if verb in PRIVATE and len(told) > 1:
        view_changed(
            session,
            kind=KIND,
            record_id=row.id,
            version=row.shared_version,
            bureaus=told - {row.owner_bureau_id},
        )
        told = frozenset({row.owner_bureau_id})
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        version=row.version,
        verb=verb,
        bureaus=told,
        detail={"number": row.number},
        versions=row.versions_for(told),
    )


def steps_of(session: Session, petition_ids: Collection[str]) -> Sequence[PetitionStep]:
    """The steps of some petitions, oldest first."""
    return session.scalars(
        select(PetitionStep)
        .where(PetitionStep.petition_id.in_(petition_ids))
        .order_by(PetitionStep.id)
    ).all()


def content_hash(row: Petition, steps: Iterable[PetitionStep]) -> str:
    """SHA-256 (hex) of what both officials approve when a joint petition is closed."""
    together = [
        [step.act, step.bureau_id, utc_text(step.at), step.text or ""]
        for step in steps
        if step.act in TOGETHER
    ]
    return approvals.content_hash(
        {
            "number": row.number,
            "parties": sorted(row.told),
            "settlement": [row.settlement_number, row.settlement],
            "reply": [row.reply_number, row.reply],
            "steps": together,
        }
    )


def withdraw_approvals(session: Session, row: Petition) -> None:
    """What is approved has changed: keys that were turned on it fall."""
    row.content_version += 1
    approvals.withdraw_all(session, KIND, row.id)
