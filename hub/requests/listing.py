"""Lists of requests: in, out, mine to act on, overdue; and what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.texts import clean
from hub.db import utc_now
from hub.deadlines.models import Clock, ClockState
from hub.requests.access import visible_to
from hub.requests.escalation import owed
from hub.requests.machine import ENDED, MACHINES, Side
from hub.requests.models import Request, RequestStep
from hub.requests.steps import KIND
from hub.requests.views import request_views
from hub.web.lists import Listing, Order, containing, narrowed

NEWEST = Order(Request.id)
# More are not listed on the page of a case or finding.
BESIDE = 50


@dataclass(frozen=True)
class RequestFilter:
    """Which requests are asked for; None means any."""

    # in or out
    direction: str | None = None
    kind: str | None = None
    state: str | None = None
    # what the actor himself can do next
    waiting: bool = False
    overdue: bool = False
    open_only: bool = False
    bureau: str | None = None
    case: str | None = None
    finding: str | None = None
    q: str | None = None


def requests(session: Session, actor: Actor, wanted: RequestFilter) -> Listing[Request]:
    """The requests that the actor may see, newest first."""

    def views(rows: Sequence[Request]) -> list[dict[str, Any]]:
        seen = request_views(session, actor.reader, rows)
        return [view for view in seen if _names_what_was_asked(view, wanted)]

    return Listing(requests_query(actor, wanted), NEWEST, views)


def _names_what_was_asked(view: dict[str, Any], wanted: RequestFilter) -> bool:
    """A filter tells nothing about the case or finding that the reader is not shown."""
    named = {view[name]["id"] for name in ("case", "result_case") if view[name] is not None}
    return (wanted.case is None or wanted.case in named) and (
        wanted.finding is None or view["finding_id"] == wanted.finding
    )


def requests_query(actor: Actor, wanted: RequestFilter) -> Select[Request]:
    """The requests that match, newest first.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    statement = select(Request).where(visible_to(actor.reader)).order_by(Request.id.desc())
    text = clean(wanted.q)
    sides = {
        "out": Request.sender_bureau_id == actor.bureau_id,
        "in": Request.receiver_bureau_id == actor.bureau_id,
    }
    other = or_(Request.sender_bureau_id == wanted.bureau,
                Request.receiver_bureau_id == wanted.bureau)  # fmt: skip
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (wanted.direction, sides.get(wanted.direction or "", false())),
        (wanted.kind, Request.kind == wanted.kind),
        (wanted.state, Request.state == wanted.state),
        (wanted.waiting, waits_for(actor)),
        (wanted.overdue, overdue_at(utc_now())),
        (wanted.open_only, Request.state.not_in(ENDED)),
        (wanted.bureau, other),
        (wanted.case, or_(Request.case_id == wanted.case, Request.result_case_id == wanted.case)),
        (wanted.finding, Request.finding_id == wanted.finding),
        (text, _says(text)),
    ]
    return narrowed(statement, conditions)


def _says(text: str) -> ColumnElement[bool]:
    """That a request, or the number of an answer to it, has the text."""
    columns = (Request.number, Request.document_number, Request.title, Request.body)
    answered = exists().where(
        RequestStep.request_id == Request.id, containing(text, RequestStep.document_number)
    )
    return containing(text, *columns) | answered


def of_case(session: Session, actor: Actor, case_id: str) -> list[dict[str, Any]]:
    """The requests about a case that the actor was shown, or from which it came."""
    return _beside(session, actor, RequestFilter(case=case_id))


def of_finding(session: Session, actor: Actor, finding_id: str) -> list[dict[str, Any]]:
    """The requests that a finding led to that the actor was shown."""
    return _beside(session, actor, RequestFilter(finding=finding_id))


def _beside(session: Session, actor: Actor, wanted: RequestFilter) -> list[dict[str, Any]]:
    rows = session.scalars(requests_query(actor, wanted).limit(BESIDE)).all()
    return request_views(session, actor.reader, rows)


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Requests in whose state it is the turn of the actor's side, and he has the right."""
    parts = []
    for kind, machine in MACHINES.items():
        for side in (Side.SENDER, Side.RECEIVER):
            states = [
                state
                for state, (whose, right) in machine.turns.items()
                if whose is side and actor.may(right)
            ]
            column = Request.sender_bureau_id if side is Side.SENDER else Request.receiver_bureau_id
            parts.append(
                and_(Request.kind == kind, column == actor.bureau_id, Request.state.in_(states))
            )
    return or_(*parts)


def overdue_at(at: datetime) -> ColumnElement[bool]:
    """Requests whose answer is late at a moment, by the date asked for or by a rule's clock."""
    late = Request.due_at.is_not(None) & (Request.due_at < at)
    clock = select(Clock.subject_id).where(
        Clock.kind == KIND, Clock.state == ClockState.RUNNING, Clock.due_at < at
    )
    return or_(late & owed(), Request.id.in_(clock))


def waiting(session: Session, actor: Actor, limit: int = 20) -> list[dict[str, Any]]:
    """What waits for the actor's own hand, oldest first."""
    statement = requests_query(actor, RequestFilter(waiting=True))
    rows = session.scalars(statement.order_by(None).order_by(Request.id).limit(limit)).all()
    return request_views(session, actor.reader, rows)


def late_elsewhere(session: Session, actor: Actor, limit: int = 20) -> list[dict[str, Any]]:
    """Requests of the own bureau that the other side has not answered in time."""
    if not actor.may(Right.REQUEST_WORK):
        return []
    statement = requests_query(actor, RequestFilter(direction="out", overdue=True))
    rows = session.scalars(statement.where(~waits_for(actor)).limit(limit)).all()
    return request_views(session, actor.reader, rows)
