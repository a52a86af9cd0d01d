"""What a party is shown of a patrol: the same view in list, detail and feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.routes import RouteCut
from hub.access import Actor, ReaderClass, Right
from hub.agreements.models import Agreement
from hub.approvals import services as approvals
from hub.approvals.models import Approval
from hub.bureaus.services import bureau
from hub.db import utc_now
from hub.patrols.access import may_see
from hub.patrols.beside import Beside, beside
from hub.patrols.conduct import START_SLACK
from hub.patrols.estimates import Course, estimate
from hub.patrols.models import STATE_NAMES, Patrol, PatrolEvent, PatrolState, TimeProposal
from hub.patrols.openness import Course as Openness
from hub.patrols.pace import Pace
from hub.patrols.plan import KIND, route_of
from hub.patrols.plan_crew import requirements
from hub.patrols.sides import sides_of
from hub.patrols.tracks import takes_log
from hub.patrols.waypoint_views import waypoint_views
from hub.zones.models import Zone
from sharing.canonical import utc_text

# What is told of a party's track goes with that track.
OF_TRACK = ("track_imported",)


def render_patrol(session: Session, reader: ReaderClass, patrol_id: str) -> dict[str, Any] | None:
    """The view for readers of a class, or None when it is not theirs to see."""
    patrol = session.get(Patrol, patrol_id)
    if patrol is None or not may_see(session, reader, patrol):
        return None
    return patrol_view(session, patrol, reader)


def patrol_view(
    session: Session, patrol: Patrol, reader: ReaderClass, known: Beside | None = None
) -> dict[str, Any]:
    """A patrol as its parties see it: all the same, but for `side`, "a" being the reader's own, and
    what findings it aims at tell him.

    Args:
        known: what `beside` read for a page that this one is on.
    """
    known = known or beside(session, [patrol])
    sides = sides_of(patrol, reader.bureau_id)
    zone = session.get_one(Zone, patrol.zone_id)
    agreement = session.get_one(Agreement, patrol.agreement_id)
    proposer = bureau(session, patrol.proposing_bureau_id)
    return {
        "id": patrol.id,
        "version": patrol.version,
        "number": patrol.number,
        "title": patrol.title,
        "state": patrol.state,
        "state_name": str(STATE_NAMES[PatrolState(patrol.state)]),
        "overdue": overdue(patrol),
        "agreement_id": agreement.id,
        "agreement_number": agreement.number,
        "agreement_title": agreement.title,
        "agreement_version": patrol.agreement_version,
        "zone_id": zone.id,
        "zone_name": zone.name,
        "zone_version": patrol.zone_version,
        "proposing_bureau_id": proposer.id,
        "proposing_bureau_name": proposer.name,
        "proposed_by_name": patrol.proposed_by_name,
        "parties": _parties(session, patrol, sides),
        "starts_at": utc_text(patrol.starts_at),
        "ends_at": utc_text(patrol.ends_at),
        "started_at": _text(patrol.started_at),
        "ended_at": _text(patrol.ended_at),
        "cancel_reason": patrol.cancel_reason,
        "route": shapely.geometry.mapping(route_of(patrol)),
        "route_length_m": patrol.route_length_m,
        "legs": leg_views(session, patrol.legs, patrol.party_ids, sides),
        "crew": _crew(session, patrol, sides),
        "craft": [
            {
                "craft_id": row.craft_id,
                "name": row.name,
                "stands_for": row.stands_for_name,
                "bureau_id": row.bureau_id,
                "bureau_name": bureau(session, row.bureau_id).short_name,
                "side": sides.get(row.bureau_id),
            }
            for row in patrol.craft
        ],
        "requirements": requirements(session, patrol.legs, patrol.crew),
        "checklist": patrol.checklist,
        "note": patrol.note,
        "waypoints": waypoint_views(session, patrol, reader),
        "pace": Pace.from_json(patrol.pace).view(),
        "plan_version": patrol.plan_version,
        "content_hash": patrol.content_hash,
        "approvals": _keys(session, patrol, sides, known.keys.get(patrol.id, [])),
        "open_proposals": [
            proposal_view(session, row, sides) for row in known.proposals.get(patrol.id, [])
        ],
        "created_at": utc_text(patrol.created_at),
    }


def detail_view(session: Session, actor: Actor, patrol: Patrol) -> dict[str, Any]:
    """The view with its history, and what this person may do now."""
    sides = sides_of(patrol, actor.bureau_id)
    openness = Openness(session)
    events = session.scalars(
        select(PatrolEvent)
        .where(PatrolEvent.patrol_id == patrol.id)
        .order_by(PatrolEvent.at, PatrolEvent.id)
    )
    return patrol_view(session, patrol, actor.reader) | {
        "actions": actions(actor, patrol),
        "estimate": estimate_of(patrol),
        "time_proposals": [
            proposal_view(session, row, sides) for row in _proposals(session, patrol)
        ],
        "approval_history": [
            approvals.view(row) | {"bureau_name": bureau(session, row.bureau_id).short_name}
            for row in approvals.history(session, KIND, patrol.id)
        ],
        "events": [
            _event(session, row, sides)
            for row in events
            if row.verb not in OF_TRACK
            or openness.shows_track(patrol, row.bureau_id, actor.bureau_id)
        ],
    }


def actions(actor: Actor, patrol: Patrol) -> dict[str, bool]:
    """What the state and the person's rights let him try; the service decides."""
    plans = actor.may(Right.PATROL_PLAN)
    in_crew = actor.user_id in {officer.user_id for officer in patrol.crew}
    now = utc_now()
    window = patrol.starts_at - START_SLACK <= now <= patrol.ends_at + START_SLACK
    return {
        "edit": plans and patrol.may("edit") and actor.bureau_id == patrol.proposing_bureau_id,
        "crew": plans and patrol.may("edit"),
        "substitute": actor.may(Right.PATROL_APPROVE) and patrol.state == PatrolState.APPROVED,
        "propose_time": plans and patrol.may("edit"),
        "approve": actor.may(Right.PATROL_APPROVE) and patrol.may("approve"),
        "cancel": plans and patrol.may("cancel"),
        "start": actor.may(Right.PATROL_LOG) and in_crew and patrol.may("start") and window,
        "end": patrol.may("end") and (in_crew or plans),
        "import_track": actor.may(Right.PATROL_LOG) and in_crew and takes_log(patrol, now),
    }


def estimate_of(patrol: Patrol) -> dict[str, Any]:
    """How long the plan takes, see `estimates`."""
    course = Course(
        route_of(patrol), patrol.route_length_m, patrol.legs, (patrol.starts_at, patrol.ends_at)
    )
    return estimate(course, patrol.waypoints, Pace.from_json(patrol.pace))


def overdue(patrol: Patrol) -> bool:
    """Whether its window and the time to start after it went by without a start."""
    waiting = patrol.state in (PatrolState.PROPOSED, PatrolState.APPROVED)
    return waiting and patrol.ends_at + START_SLACK < utc_now()


def leg_views(
    session: Session,
    legs: Sequence[Mapping[str, Any]],
    party_ids: Iterable[str],
    sides: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Legs with the names of who leads and who assists, and their line as GeoJSON."""
    parties = sorted(party_ids)
    return [
        {
            "number": number,
            "adcode": leg["adcode"],
            "name": leg["name"],
            "host_bureau_id": leg["host_bureau_id"],
            "host_bureau_name": bureau(session, leg["host_bureau_id"]).name,
            "side": sides.get(leg["host_bureau_id"]),
            "assisting": [bureau(session, b).name for b in parties if b != leg["host_bureau_id"]],
            "from_m": leg["from_m"],
            "to_m": leg["to_m"],
            "length_m": leg["length_m"],
            "uncertain_m": leg["uncertain_m"],
            "certain": leg["uncertain_m"] == 0,
            "geometry": {"type": "LineString", "coordinates": leg["line"]},
        }
        for number, leg in enumerate(legs, start=1)
    ]


def cut_view(cut: RouteCut | None) -> dict[str, Any]:
    """Length of a route and where its side is not certain."""
    if cut is None:
        return {"route_length_m": 0.0, "outside_m": 0.0, "uncertain": None}
    return {
        "route_length_m": round(cut.length_m, 1),
        "outside_m": round(cut.outside_m, 1),
        "uncertain": shapely.geometry.mapping(cut.uncertain),
    }


def proposal_view(session: Session, row: TimeProposal, sides: Mapping[str, str]) -> dict[str, Any]:
    """A proposed time and its answer."""
    return {
        "id": row.id,
        "bureau_id": row.bureau_id,
        "bureau_name": bureau(session, row.bureau_id).short_name,
        "side": sides.get(row.bureau_id),
        "user_name": row.user_name,
        "starts_at": utc_text(row.starts_at),
        "ends_at": utc_text(row.ends_at),
        "message": row.message,
        "state": row.state,
        "at": utc_text(row.at),
        "answered_at": _text(row.answered_at),
        "answered_by_name": row.answered_by_name,
    }


def _proposals(session: Session, patrol: Patrol) -> list[TimeProposal]:
    statement = select(TimeProposal).where(TimeProposal.patrol_id == patrol.id)
    return list(session.scalars(statement.order_by(TimeProposal.at)))


def _parties(session: Session, patrol: Patrol, sides: Mapping[str, str]) -> list[dict[str, Any]]:
    rows = [bureau(session, bureau_id) for bureau_id in patrol.party_ids]
    return [
        {
            "bureau_id": row.id,
            "bureau_name": row.name,
            "short_name": row.short_name,
            "adcode": row.adcode,
            "side": sides.get(row.id),
            "duty_phone": row.duty_phone,
        }
        for row in sorted(rows, key=lambda row: row.adcode)
    ]


def _crew(session: Session, patrol: Patrol, sides: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "user_id": row.user_id,
            "name": row.name,
            "license_no": row.license_no,
            "stands_for": row.stands_for_name,
            "bureau_id": row.bureau_id,
            "bureau_name": bureau(session, row.bureau_id).short_name,
            "side": sides.get(row.bureau_id),
            # 协助人员 are fixed beforehand: on which legs this person leads and where he assists.
            "leads": [n for n, leg in _numbered(patrol) if leg["host_bureau_id"] == row.bureau_id],
            "assists": [
                n for n, leg in _numbered(patrol) if leg["host_bureau_id"] != row.bureau_id
            ],
        }
        for row in sorted(patrol.crew, key=lambda o: (sides.get(o.bureau_id, ""), o.name))
    ]


def _numbered(patrol: Patrol) -> list[tuple[int, dict[str, Any]]]:
    return list(enumerate(patrol.legs, start=1))


def _keys(
    session: Session, patrol: Patrol, sides: Mapping[str, str], standing: Sequence[Approval]
) -> list[dict[str, Any]]:
    """One row per party: its key on the plan version on the table, if it was turned."""
    given = {a.bureau_id: a for a in standing}
    rows = []
    for party in _parties(session, patrol, sides):
        key = given.get(party["bureau_id"])
        rows.append(
            {
                "bureau_id": party["bureau_id"],
                "bureau_name": party["short_name"],
                "side": party["side"],
                "approved": key is not None,
                "user_name": key.user_name if key else None,
                "at": utc_text(key.at) if key else None,
            }
        )
    return rows


def _event(session: Session, row: PatrolEvent, sides: Mapping[str, str]) -> dict[str, Any]:
    withdrawn = row.detail.get("withdrawn", [])
    return {
        "at": utc_text(row.at),
        "verb": row.verb,
        "bureau_id": row.bureau_id,
        "bureau_name": bureau(session, row.bureau_id).short_name,
        "side": sides.get(row.bureau_id),
        "user_name": row.user_name,
        "plan_version": row.plan_version,
        "detail": row.detail
        | {"withdrawn_names": [bureau(session, b).short_name for b in withdrawn]},
    }


def _text(moment: Any) -> str | None:
    return utc_text(moment) if moment is not None else None
