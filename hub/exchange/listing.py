"""Lists of packages, out and in, and of the records that came by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.texts import clean
from hub.exchange import archive
from hub.exchange.models import ExchangePackage, ReceivedRecord
from hub.exchange.received import open_to, packages_of, received_view
from hub.exchange.views import package_view
from hub.meetings.access import visible_to
from hub.meetings.models import Meeting
from hub.web.lists import Listing, Order, between, containing, narrowed


@dataclass(frozen=True)
class PackageFilter:
    """Which packages are asked for; None means any, `until` is excluded."""

    # out or in
    direction: str | None = None
    # The partner's district code.
    partner: str | None = None
    state: str | None = None
    meeting: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    q: str | None = None
    # oldest first, not newest
    oldest: bool = False


def packages(session: Session, actor: Actor, wanted: PackageFilter) -> Listing[ExchangePackage]:
    """The packages of the actor's bureau that match, newest first.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    text = clean(wanted.q)
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (wanted.direction, ExchangePackage.direction == wanted.direction),
        (wanted.partner, ExchangePackage.partner_adcode == wanted.partner),
        (wanted.state, ExchangePackage.state == wanted.state),
        (wanted.meeting, ExchangePackage.meeting_id == wanted.meeting),
        (text, _says(actor, text)),
    ]
    own = select(ExchangePackage).where(
        ExchangePackage.bureau_id == actor.bureau_id,
        *between(ExchangePackage.created_at, wanted.since, wanted.until),
    )
    return Listing(
        narrowed(own, conditions),
        Order(ExchangePackage.id, ascending=wanted.oldest),
        lambda rows: [package_view(session, actor.reader, row) for row in rows],
    )


def _says(actor: Actor, text: str) -> ColumnElement[bool]:
    """What stands on a package, at which meeting it was, and numbers and titles of its records."""
    at = select(Meeting.id).where(
        visible_to(actor.reader), containing(text, Meeting.number, Meeting.title)
    )
    said = (ExchangePackage.number, ExchangePackage.partner_name, ExchangePackage.digest,
            ExchangePackage.root, ExchangePackage.approved_by_name)  # fmt: skip
    return (
        containing(text, *said) | ExchangePackage.meeting_id.in_(at) | archive.holding(actor, text)
    )


@dataclass(frozen=True)
class ReceivedFilter:
    """Which received records are asked for; None means any, `until` is excluded."""

    kind: str | None = None
    # The owner's district code.
    owner: str | None = None
    # Still with its content, or taken back by its owner.
    withdrawn: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    q: str | None = None
    oldest: bool = False


def received(session: Session, actor: Actor, wanted: ReceivedFilter) -> Listing[ReceivedRecord]:
    """What was received and may be read, what came last first.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    text = clean(wanted.q)
    gone = ReceivedRecord.ended_at.is_not(None)
    said = (ReceivedRecord.title, ReceivedRecord.words, ReceivedRecord.owner_name)
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (wanted.kind, ReceivedRecord.kind == wanted.kind),
        (wanted.owner, ReceivedRecord.owner_adcode == wanted.owner),
        (wanted.withdrawn is not None, gone if wanted.withdrawn else ~gone),
        (text, containing(text, *said)),
    ]
    mine = select(ReceivedRecord).where(
        open_to(actor), *between(ReceivedRecord.received_at, wanted.since, wanted.until)
    )

    def views(rows: Sequence[ReceivedRecord]) -> list[dict[str, Any]]:
        packages = packages_of(session, rows)
        return [received_view(row, packages) for row in rows]

    order = Order(ReceivedRecord.id, ReceivedRecord.received_at, ascending=wanted.oldest)
    return Listing(narrowed(mine, conditions), order, views)
