"""Names and certificates of people, for features that mention or assign them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Right, Role, rights_of
from hub.accounts.models import User
from hub.db import utc_now


@dataclass(frozen=True)
class Colleague:
    """A person as colleagues of his bureau know him."""

    user_id: str
    name: str
    licensed: bool


def colleagues(session: Session, bureau_id: str, right: Right) -> list[Colleague]:
    """Active people of a bureau whose roles grant a right, by name."""
    now = utc_now()
    rows = session.scalars(
        select(User).where(User.bureau_id == bureau_id, User.active.is_(True)).order_by(User.name)
    )
    return [
        Colleague(user.id, user.name, user.licensed_at(now))
        for user in rows
        if right in rights_of(Role(value) for value in user.roles)
    ]


@dataclass(frozen=True)
class Reader:
    """A person who would read a record: name and roles."""

    name: str
    roles: tuple[Role, ...]


def readers(session: Session, bureau_id: str, right: Right, clearance: int) -> list[Reader]:
    """Active people of a bureau who have a right and at least a clearance (1-4), by name."""
    rows = session.scalars(
        select(User)
        .where(User.bureau_id == bureau_id, User.active.is_(True), User.clearance >= clearance)
        .order_by(User.name)
    )
    people = [Reader(user.name, tuple(Role(value) for value in user.roles)) for user in rows]
    return [person for person in people if right in rights_of(person.roles)]


def names_of(session: Session, user_ids: Collection[str]) -> dict[str, str]:
    """Names by id; unknown ids are left out."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}
