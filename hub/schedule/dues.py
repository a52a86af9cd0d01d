"""What is due in a stretch of time: findings to put right, action items, letters to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.action_items.clock import ESCALATION
from hub.action_items.clock import KIND as ACTION_ITEM
from hub.bureaus.services import bureau
from hub.db import utc_now
from hub.deadlines.listing import ClockFilter, clocks
from hub.deadlines.models import Clock
from hub.deadlines.views import clock_view
from hub.home.subjects import describe_all
from hub.patrols.finding_views import KIND as FINDING
from hub.patrols.sides import side_of
from hub.realtime.seen import seen
from hub.requests.clock import KIND as REQUEST
from sharing.canonical import utc_text

KINDS = (FINDING, ACTION_ITEM, REQUEST)


def dues(
    session: Session,
    actor: Actor,
    since: datetime,
    until: datetime,
    *,
    most: int,
    person_id: str | None = None,
    partner_id: str | None = None,
) -> list[dict[str, Any]]:
    """Open terms that end in a stretch of time and whose record the actor sees, soonest first.

    Args:
        person_id: of those laid on one person.
        partner_id: of those that concern this bureau too.
    """
    wanted = ClockFilter(kinds=KINDS, due_from=since, due_before=until, person_id=person_id)
    rows = clocks(session, actor, wanted, most, sees=seen)
    return _entries(session, actor, [row for row in rows if _wanted(row, partner_id)])


def _wanted(row: Clock, partner_id: str | None) -> bool:
    # The escalation of an action item ends with the same day: one line is enough.
    concerned = partner_id is None or partner_id in {row.bureau_id, *row.told}
    return row.rule_code != ESCALATION and concerned


def _entries(session: Session, actor: Actor, rows: Sequence[Clock]) -> list[dict[str, Any]]:
    found = []
    subjects = describe_all(session, actor.reader, ((row.kind, row.subject_id) for row in rows))
    for row in rows:
        named = subjects[row.kind, row.subject_id]
        if named.url is None:
            continue
        view = clock_view(row, utc_now())
        found.append(
            {
                "kind": "due",
                "id": row.id,
                "url": named.url,
                "version": 1,
                "number": None,
                "of": row.kind,
                "of_name": named.kind_name,
                "title": _("%(kind)s %(name)s", kind=named.kind_name, name=named.title),
                "rule_name": view.rule_name,
                "state": view.state,
                "state_name": view.remaining,
                "overdue": view.overdue,
                "starts_at": utc_text(row.due_at),
                "ends_at": utc_text(row.due_at),
                "side": side_of(actor.bureau_id, row.bureau_id),
                "bureau_name": bureau(session, row.bureau_id).short_name,
                "person_id": row.person_id if row.bureau_id == actor.bureau_id else None,
            }
        )
    return found
