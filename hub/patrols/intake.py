"""Where positions come in: what many units report within a few milliseconds, in one transaction.

Rights are those of that transaction, one report's refusal is its own, and nobody is answered
before what he sent is durable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.access import SessionRules
from hub.accounts.current import actors_held, door_of
from hub.accounts.models import IdempotencyKey
from hub.accounts.once import Once, answered, keep_answers
from hub.db import Database, utc_now
from hub.errors import HubError, Unauthenticated
from hub.patrols.schemas import PositionReport
from hub.patrols.tracks import Checked, Crews, Stored, check_report, crews_of, store_reports
from hub.together import Together


@dataclass(frozen=True)
class Sent:
    """A report and who sends it.

    Args:
        recheck: the person was last looked at when his socket opened, so he is looked at again.
        stamp: the stamp of rights at which he was looked at; while it stands his rights do.
        until: when his session or token ends by the clock; None: no end is set.
        once: the request's idempotency key, if it has one.
    """

    actor: Actor
    report: PositionReport
    recheck: bool = False
    stamp: int | None = None
    until: datetime | None = None
    once: Once | None = None


Answer = Stored | HubError
Intake = Together[Sent, Stored]


def open_intake(database: Database, rules: SessionRules) -> Intake:
    """The intake of one process."""

    def store(sent: Sequence[Sent]) -> Sequence[Answer]:
        with database.unit_of_work() as session:
            return store_together(session, sent, rules)

    return Together(store)


def store_together(session: Session, sent: Sequence[Sent], rules: SessionRules) -> list[Answer]:
    """Store many reports; the answers are in their order."""
    now = utc_now()
    actors = actors_held(session, [one for one in sent if one.recheck], rules, now)
    known = answered(session, [one.once for one in sent if one.once is not None])
    crews = crews_of(session, [(one.actor, one.report.patrol_id) for one in sent])
    looked = [_look(session, one, actors, known, crews, now) for one in sent]
    checked = [one for one in looked if isinstance(one, Checked)]
    stored = iter(store_reports(session, checked, now))
    answers = [next(stored) if isinstance(one, Checked) else one for one in looked]
    keep_answers(
        session,
        [
            (one.once, json.dumps(body_of(answer)))
            for one, answer in zip(sent, answers, strict=True)
            if one.once is not None and isinstance(answer, Stored) and not answer.replayed
        ],
    )
    return answers


def _look(
    session: Session,
    one: Sent,
    actors: Mapping[str, Actor],
    known: Mapping[tuple[str, str], IdempotencyKey],
    crews: Crews,
    now: datetime,
) -> Checked | Answer:
    """The report if it may be stored, the answer it was given before, or what is wrong with it."""
    try:
        kept = known.get((one.once.user_id, one.once.key)) if one.once is not None else None
        if kept is not None and one.once is not None:
            return _again(one.once.same(kept))
        actor = actors.get(door_of(one.actor)) if one.recheck else one.actor
        if actor is None:
            raise Unauthenticated
        return check_report(session, actor, one.report, now, crews)
    except HubError as error:
        return error


def body_of(stored: Stored) -> dict[str, object]:
    """The answer over HTTP."""
    return {"stored": stored.new, "flagged": stored.flagged}


def _again(kept: IdempotencyKey) -> Stored:
    body = json.loads(kept.facts)
    return Stored(body["stored"], body["flagged"], replayed=True)
