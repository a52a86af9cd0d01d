"""Acknowledging the feed: how far readers were told, which shares and requests it delivered.

One change reaches all pages in one moment, and each says so: what comes within a few milliseconds
is one transaction (`hub/together.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.access import SessionRules
from hub.accounts.current import actors_held, door_of
from hub.changes import record_change
from hub.db import Database, utc_now
from hub.errors import HubError, Invalid, Unauthenticated
from hub.requests.steps import bureaus_waited_for, deliver_up_to
from hub.together import Together
from sharing import feed, shares
from sharing.errors import FeedPositionRefused


@dataclass(frozen=True)
class Ack:
    """A device of the actor's has everything up to `seq`.

    Args:
        stamp: the stamp of rights at which the person was last read; while it stands his do.
        until: when his session or token ends by the clock; None: no end is set.
    """

    actor: Actor
    seq: int
    stamp: int | None = None
    until: datetime | None = None


Acks = Together[Ack, int]
Answer = int | HubError


def open_acks(database: Database, rules: SessionRules) -> Acks:
    """Where the acknowledgements of one process come together."""

    def store(acks: Sequence[Ack]) -> Sequence[Answer]:
        with database.unit_of_work() as session:
            return acknowledge(session, acks, rules)

    return Together(store)


def acknowledge(session: Session, acks: Sequence[Ack], rules: SessionRules) -> list[Answer]:
    """Note how far devices are; each is answered the number on record, or why it was refused.

    Shares that reached a bureau for the first time with it become `delivered`, which the owner
    hears as a change of the shared record; so do requests. Of several devices of a bureau the one
    that is furthest stands in the receipt. Persons count with the rights of this transaction.
    """
    now = utc_now()
    actors = actors_held(session, acks, rules, now)
    looked = [_look(ack, actors.get(door_of(ack.actor))) for ack in acks]
    counted = [one for one in looked if isinstance(one, Ack)]
    positions = [feed.Position(a.actor.bureau_id, a.actor.user_id, a.seq) for a in counted]
    noted = feed.acknowledge_all(session, positions, now)
    stood = [a for a, answer in zip(counted, noted, strict=True) if isinstance(answer, int)]
    _deliver_shares(session, stood, now)
    _deliver_requests(session, stood)
    stands = iter(noted)
    return [_answer(next(stands)) if isinstance(one, Ack) else one for one in looked]


def _look(ack: Ack, actor: Actor | None) -> Ack | HubError:
    """The acknowledgement by the person as he is now, or what is wrong with it."""
    try:
        if actor is None:
            raise Unauthenticated
        actor.require(Right.FEED_READ)
        return Ack(actor, ack.seq)
    except HubError as error:
        return error


def _answer(noted: int | FeedPositionRefused) -> Answer:
    return Invalid(str(noted)) if isinstance(noted, FeedPositionRefused) else noted


def _furthest(acks: Iterable[Ack], of: Callable[[Actor], Hashable]) -> list[Ack]:
    """The first of those that are furthest, for each kind of actor."""
    found: dict[Hashable, Ack] = {}
    for ack in acks:
        held = found.get(of(ack.actor))
        if held is None or held.seq < ack.seq:
            found[of(ack.actor)] = ack
    return list(found.values())


def _deliver_shares(session: Session, acks: Sequence[Ack], now: datetime) -> None:
    by_bureau = {ack.actor.bureau_id: ack for ack in _furthest(acks, lambda who: who.bureau_id)}
    reached = [
        shares.Reached(bureau_id, ack.seq, ack.actor.user_id, ack.actor.name)
        for bureau_id, ack in by_bureau.items()
    ]
    for share in shares.delivered_up_to(session, reached, now):
        record_change(
            session,
            by_bureau[share.partner_bureau_id].actor,
            kind="share",
            record_id=share.id,
            version=share.version,
            verb="delivered",
            bureaus=[share.owner_bureau_id, share.partner_bureau_id],
        )


def _deliver_requests(session: Session, acks: Sequence[Ack]) -> None:
    """Each up to its device's number and its person's clearance."""
    waiting = bureaus_waited_for(session, {ack.actor.bureau_id for ack in acks})
    concerned = [ack for ack in acks if ack.actor.bureau_id in waiting]
    for ack in _furthest(concerned, lambda who: (who.bureau_id, who.clearance)):
        deliver_up_to(session, ack.actor, ack.seq)
