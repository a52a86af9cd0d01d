"""Giving a review, and when the other side reads it.

Each side writes without having read the other's: marks that answer marks say nothing of the patrol.
So both are opened together, once both are given. A side that never writes cannot keep the other's
closed for good: from OPEN_AFTER after the end on, what was given is open. What is open is no longer
changed: it has been read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Conflict, FieldError, Forbidden, Invalid, StaleVersion
from hub.patrols.models import Patrol, PatrolState
from hub.reviews.labels import KIND, POINTS, SCALES
from hub.reviews.models import PatrolReview

OPEN_AFTER = timedelta(days=14)


@dataclass(frozen=True)
class Words:
    """What a side says: marks by scale, and texts."""

    ratings: dict[str, int]
    went_well: str = ""
    to_improve: str = ""
    next_step: str = ""


def reviews_of(session: Session, patrol_id: str) -> Sequence[PatrolReview]:
    """All reviews of a patrol, whoever may read them."""
    return session.scalars(
        select(PatrolReview)
        .where(PatrolReview.patrol_id == patrol_id)
        .order_by(PatrolReview.bureau_id)
    ).all()


def opens_at(patrol: Patrol) -> datetime | None:
    """When what was given is open whether or not all have written; None: it has not ended."""
    return patrol.ended_at + OPEN_AFTER if patrol.ended_at else None


def is_open(session: Session, patrol: Patrol, now: datetime | None = None) -> bool:
    """Whether the sides read each other's reviews."""
    given = {one.bureau_id for one in reviews_of(session, patrol.id)}
    until = opens_at(patrol)
    return given >= patrol.party_ids or (until is not None and until <= (now or utc_now()))


def readable(session: Session, reader: ReaderClass, patrol: Patrol) -> list[PatrolReview]:
    """The reviews of a patrol that a reader's bureau reads now; the caller has checked access."""
    everything = is_open(session, patrol)
    rows = reviews_of(session, patrol.id)
    return [one for one in rows if everything or one.bureau_id == reader.bureau_id]


def may_write(actor: Actor, patrol: Patrol) -> bool:
    """Whether a person may speak for his side: of the crew, or who plans patrols."""
    crew = actor.user_id in {one.user_id for one in patrol.crew}
    own = actor.bureau_id in patrol.party_ids
    return own and (actor.may(Right.PATROL_PLAN) or (crew and actor.may(Right.PATROL_LOG)))


def own_review(session: Session, actor: Actor, patrol: Patrol) -> PatrolReview | None:
    """What the actor's side has given."""
    return next((o for o in reviews_of(session, patrol.id) if o.bureau_id == actor.bureau_id), None)


def can_change(session: Session, actor: Actor, patrol: Patrol) -> bool:
    """Whether the actor's side may still give or change its review."""
    ended = patrol.state == PatrolState.COMPLETED
    own = own_review(session, actor, patrol)
    return ended and may_write(actor, patrol) and (own is None or not is_open(session, patrol))


def give(
    session: Session, actor: Actor, patrol: Patrol, words: Words, version: int
) -> PatrolReview:
    """Give or change the review of the actor's side.

    Args:
        patrol: accessed by the caller, locked.
        version: of the review it is based on; 0: there was none.

    Raises:
        Forbidden: neither of the crew nor a planner.
        Conflict: the patrol has not ended, or the other side reads it already.
        StaleVersion: a colleague has saved meanwhile.
        Invalid: a scale is missing or out of 1 to 5, or a state secret.
    """
    if not may_write(actor, patrol):
        raise Forbidden(_l("复盘由参加巡查的人员或指挥员填写。"))
    if patrol.state != PatrolState.COMPLETED:
        raise Conflict(_l("巡查结束后才能复盘。"), extra={"rule": "review.ended"})
    row = own_review(session, actor, patrol)
    if row is not None and is_open(session, patrol):
        raise Conflict(_l("对方已可看到贵单位的复盘，不能再改。"), extra={"rule": "review.open"})
    current = row.version if row else 0
    if version != current:
        raise StaleVersion(
            _l("您依据的是第%(old)s版，现为第%(new)s版。", old=version, new=current),
            extra={"your_version": version, "current_version": current},
        )
    _check(words)
    if row is None:
        row = PatrolReview(patrol_id=patrol.id, bureau_id=actor.bureau_id, version=0)
        session.add(row)
    row.ratings = {name: words.ratings[name] for name in SCALES}
    for name in ("went_well", "to_improve", "next_step"):
        setattr(row, name, clean(getattr(words, name), lines=True))
    row.user_id, row.user_name, row.at = actor.user_id, actor.name, utc_now()
    row.version += 1
    session.flush()
    _tell(session, actor, patrol, row)
    return row


def _check(words: Words) -> None:
    wrong = [
        FieldError(f"ratings.{name}", _l("请给1至5分。"))
        for name in SCALES
        if words.ratings.get(name) not in POINTS
    ]
    if wrong:
        raise Invalid(errors=wrong)
    for name in ("went_well", "to_improve", "next_step"):
        refuse_secrets(name, getattr(words, name))


def _tell(session: Session, actor: Actor, patrol: Patrol, row: PatrolReview) -> None:
    """To the own side; with the last one that was waited for, both are told of both."""
    if not is_open(session, patrol):
        _one(session, actor, row, "given", {row.bureau_id})
        return
    for one in reviews_of(session, patrol.id):
        verb = "given" if one.id == row.id else "opened"
        _one(session, actor, one, verb, set(patrol.party_ids))


def _one(session: Session, actor: Actor, row: PatrolReview, verb: str, bureaus: set[str]) -> None:
    record_change(session, actor, kind=KIND, record_id=row.id, version=row.version, verb=verb,
                  bureaus=bureaus, detail={})  # fmt: skip
