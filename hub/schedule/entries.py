"""What stands on the calendar of a bureau: patrols, dates of series, meetings and what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.approvals.models import Approval
from hub.bureaus.services import bureau
from hub.errors import field_error
from hub.meetings.briefs import meeting_brief
from hub.meetings.listing import MeetingFilter, meetings_query
from hub.patrols.access import may_see
from hub.patrols.models import (
    STATE_NAMES,
    Patrol,
    PatrolCraft,
    PatrolOfficer,
    PatrolParty,
    PatrolState,
    TimeProposal,
)
from hub.patrols.plan import KIND
from hub.patrols.plan_list import Filters, own_patrols
from hub.patrols.sides import sides_of
from hub.patrols.views import actions, overdue, proposal_view
from hub.schedule.clash_index import clash_index
from hub.schedule.dues import dues
from hub.schedule.planned import planned
from hub.zones.models import Zone
from sharing.canonical import utc_text

# A calendar asks for a month or a year; more is an export.
LONGEST = timedelta(days=400)
MOST = 2000


@dataclass(frozen=True)
class Wanted:
    """Which part of the schedule: moments from and (excluded) to, and what it is narrowed to."""

    since: datetime
    until: datetime
    states: Sequence[PatrolState] = ()
    zone_id: str | None = None
    partner_id: str | None = None
    officer_id: str | None = None
    craft_id: str | None = None
    meetings: bool = True
    dues: bool = True

    def __post_init__(self) -> None:
        if self.until <= self.since:
            raise field_error("to", _l("结束时间早于或等于开始时间。"))
        if self.until - self.since > LONGEST:
            raise field_error("to", _l("一次最多查看%(days)s天。", days=LONGEST.days))

    @property
    def narrowed(self) -> bool:
        """Whether something is asked for that meetings do not have."""
        return bool(self.officer_id or self.of_patrols)

    @property
    def of_patrols(self) -> bool:
        """Whether something is asked for that patrols alone have."""
        return bool(self.states or self.zone_id or self.craft_id)


def schedule(session: Session, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """Patrols, dates of series that are none yet, meetings and what is due that the actor sees in a
    stretch of time, soonest first.

    Raises:
        Forbidden: the actor does not work with records.
        Invalid: too much at once.
    """
    actor.require(Right.WORK_VIEW)
    patrols = patrols_between(session, actor, wanted)
    entries = patrol_entries(session, actor, patrols)
    if wanted.meetings and not wanted.narrowed:
        entries += _meetings(session, actor, wanted)
    if not wanted.states:
        entries += planned(
            session,
            actor,
            wanted.since,
            wanted.until,
            zone_id=wanted.zone_id,
            partner_id=wanted.partner_id,
            officer_id=wanted.officer_id,
            craft_id=wanted.craft_id,
        )
    if wanted.dues and not wanted.of_patrols:
        entries += dues(
            session,
            actor,
            wanted.since,
            wanted.until,
            most=MOST,
            person_id=wanted.officer_id,
            partner_id=wanted.partner_id,
        )
    return {"items": sorted(entries, key=lambda one: (one["starts_at"], one["id"]))}


def patrols_between(session: Session, actor: Actor, wanted: Wanted) -> list[Patrol]:
    """The patrols of a stretch of time that the actor may see.

    Raises:
        Invalid: more than `MOST`.
    """
    filters = Filters(wanted.states, wanted.since, wanted.until, wanted.zone_id)
    statement = own_patrols(actor, filters)
    for column, asked in (
        (PatrolParty.bureau_id, wanted.partner_id),
        (PatrolOfficer.user_id, wanted.officer_id),
        (PatrolCraft.craft_id, wanted.craft_id),
    ):
        if asked is not None:
            model: Any = column.class_
            statement = statement.where(
                Patrol.id.in_(select(model.patrol_id).where(column == asked))
            )
    rows = session.scalars(statement.limit(MOST + 1)).all()
    if len(rows) > MOST:
        raise field_error("to", _l("超过%(n)s项，请缩短时间范围。", n=MOST))
    return [row for row in rows if may_see(session, actor.reader, row)]


def patrol_entries(
    session: Session, actor: Actor, patrols: Sequence[Patrol]
) -> list[dict[str, Any]]:
    """Patrols as the calendar shows them: what, when, who, what speaks against it, what one may."""
    ids = [patrol.id for patrol in patrols]
    clashes = clash_index(session, actor.bureau_id, patrols)
    proposals = _open_proposals(session, ids)
    keys = _keys(session, ids)
    return [
        _entry(session, actor, patrol)
        | {
            "clashes": [str(clash.message) for clash in clashes.get(patrol.id, ())],
            "approved_by": sorted(keys[patrol.id, patrol.plan_version]),
            "open_proposals": [
                proposal_view(session, row, sides_of(patrol, actor.bureau_id))
                for row in proposals[patrol.id]
            ],
        }
        for patrol in patrols
    ]


def _entry(session: Session, actor: Actor, patrol: Patrol) -> dict[str, Any]:
    sides = sides_of(patrol, actor.bureau_id)
    may = actions(actor, patrol)
    return {
        "kind": KIND,
        "id": patrol.id,
        "url": f"/patrols/{patrol.id}",
        "version": patrol.version,
        "number": patrol.number,
        "title": patrol.title,
        "state": patrol.state,
        "state_name": str(STATE_NAMES[PatrolState(patrol.state)]),
        "overdue": overdue(patrol),
        "starts_at": utc_text(patrol.starts_at),
        "ends_at": utc_text(patrol.ends_at),
        "zone_id": patrol.zone_id,
        "zone_name": session.get_one(Zone, patrol.zone_id).name,
        "proposing_side": sides[patrol.proposing_bureau_id],
        "parties": [
            {"bureau_id": one, "name": bureau(session, one).short_name, "side": sides[one]}
            for one in sorted(patrol.party_ids, key=lambda one: (sides[one], one))
        ],
        "crew": [
            {"id": row.user_id, "name": row.name, "side": sides.get(row.bureau_id, "b")}
            for row in patrol.crew
        ],
        "craft": [
            {"id": row.craft_id, "name": row.name, "side": sides.get(row.bureau_id, "b")}
            for row in patrol.craft
        ],
        "may": {name: may[name] for name in ("edit", "propose_time", "approve", "crew")},
    }


def _open_proposals(session: Session, ids: Sequence[str]) -> dict[str, list[TimeProposal]]:
    found: dict[str, list[TimeProposal]] = defaultdict(list)
    statement = (
        select(TimeProposal)
        .where(TimeProposal.patrol_id.in_(ids), TimeProposal.state == "open")
        .order_by(TimeProposal.at)
    )
    for row in session.scalars(statement):
        found[row.patrol_id].append(row)
    return found


def _keys(session: Session, ids: Sequence[str]) -> dict[tuple[str, int], set[str]]:
    """Ids of the bureaus whose key is turned, by patrol and plan version."""
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    statement = select(Approval).where(
        Approval.kind == KIND, Approval.record_id.in_(ids), Approval.withdrawn_at.is_(None)
    )
    for row in session.scalars(statement):
        found[row.record_id, row.version].add(row.bureau_id)
    return found


def _meetings(session: Session, actor: Actor, wanted: Wanted) -> list[dict[str, Any]]:
    asked = MeetingFilter(bureau=wanted.partner_id, since=wanted.since, until=wanted.until)
    rows = session.scalars(meetings_query(actor, asked).limit(MOST))
    briefs = [meeting_brief(session, actor.reader, row) for row in rows]
    kept = ("id", "version", "number", "title", "state", "state_name", "starts_at", "ends_at")
    return [
        {name: brief[name] for name in kept}
        | {"kind": "meeting", "url": f"/meetings/{brief['id']}", "place": brief["place"]}
        for brief in briefs
        if brief is not None
    ]
