"""The one way from a petition to what a reader sees: list, detail, feed, export and page call it.

Who brought it is no field of any view.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.approvals import services as approvals
from hub.approvals.models import Approval
from hub.bureaus.models import Bureau
from hub.deadlines.services import clocks_of
from hub.deadlines.views import ClockView
from hub.petitions import reporters
from hub.petitions.labels import (
    ACTS,
    CATEGORIES,
    CHANNELS,
    JOINT_STATES,
    JOINT_TONES,
    STATES,
    TONES,
)
from hub.petitions.machine import PRIVATE, WORDLESS
from hub.petitions.models import JointState, Petition, PetitionState, PetitionStep
from hub.petitions.steps import KIND, content_hash, steps_of
from hub.shares.deciding import Judge, Subject
from sharing.canonical import utc_text
from sharing.redaction import redact
from sharing.terms import Allowed, Decision, Denied

PURPOSE = "joint_enforcement"
INTERNAL = "internal"
# Field -> group. Groups are what an agreement's terms speak of; `internal` is never shared.
GROUPS = {
    "id": "existence",
    "number": "existence",
    "version": "existence",
    "owner_bureau_id": "existence",
    "owner_name": "existence",
    "contact": "existence",
    "partner_bureau_id": "existence",
    "partner_name": "existence",
    "joint_state": "existence",
    "joint_state_name": "existence",
    "joint_tone": "existence",
    "joint_asked_at": "existence",
    "title": "basics",
    "category": "basics",
    "category_name": "basics",
    "state": "basics",
    "state_name": "basics",
    "tone": "basics",
    "classification": "basics",
    "occurred_at": "basics",
    "received_at": "basics",
    "closed_at": "basics",
    "adcode": "basics",
    "lon": "place",
    "lat": "place",
    "place": "place",
    "firm_name": "party",
    "firm_uscc": "party",
    "text": "substance",
    "steps": "progress",
    "clocks": "progress",
    "overdue": "progress",
    "settlement": "progress",
    "settlement_number": "progress",
    "reply": "progress",
    "reply_number": "progress",
    "answered_at": "progress",
    "approvals": "progress",
    "content_hash": "progress",
    "closed_hash": "progress",
    "channel": INTERNAL,
    "channel_name": INTERNAL,
    "handler_id": INTERNAL,
    "handler_name": INTERNAL,
    "created_by_name": INTERNAL,
    "created_at": INTERNAL,
    "has_reporter": INTERNAL,
}
# What the search finds a petition by, each field with the group it has above.
SEARCHED = ("number", "owner_name", "title", "place", "firm_name", "firm_uscc", "text", "steps",
            "settlement", "settlement_number", "reply", "reply_number")  # fmt: skip
_PLAIN = (
    "id", "number", "owner_bureau_id", "partner_bureau_id", "joint_state", "title",
    "category", "state", "classification", "adcode", "lon", "lat", "place", "firm_name",
    "firm_uscc", "text", "settlement", "settlement_number", "reply", "reply_number",
    "closed_hash", "channel", "handler_id", "handler_name", "created_by_name",
)  # fmt: skip
_TIMES = ("joint_asked_at", "occurred_at", "received_at", "closed_at", "answered_at", "created_at")


@dataclass(frozen=True)
class Beside:
    """What stands beside petitions in other tables, by petition id."""

    steps: dict[str, list[PetitionStep]] = field(default_factory=dict)
    clocks: dict[str, list[ClockView]] = field(default_factory=dict)
    approvals: dict[str, list[Approval]] = field(default_factory=dict)
    reported: frozenset[str] = frozenset()


def beside(session: Session, rows: Collection[Petition]) -> Beside:
    """Steps, clocks, standing keys, and whether somebody is named, for some petitions."""
    ids = [row.id for row in rows]
    steps: dict[str, list[PetitionStep]] = {}
    for step in steps_of(session, ids):
        steps.setdefault(step.petition_id, []).append(step)
    given = approvals.standing_of(session, KIND, {row.id: row.content_version for row in rows})
    return Beside(steps, clocks_of(session, KIND, ids), given, reporters.known(session, ids))


def subject_of(row: Petition) -> Subject:
    """What the sharing decision needs to know of a petition."""
    return Subject(KIND, row.id, row.owner_bureau_id, row.classification, row.lon, row.lat)


def petition_view(
    session: Session,
    reader: ReaderClass,
    row: Petition,
    *,
    judge: Judge | None = None,
    near: Beside | None = None,
) -> dict[str, Any] | None:
    """What a reader may see of a petition at this moment, or None when not even that it exists."""
    if Right.WORK_VIEW not in reader.rights or reader.clearance < row.classification:
        return None
    own = row.owner_bureau_id == reader.bureau_id
    if not own and row.shared_with != reader.bureau_id:
        return None
    judge = judge or Judge(session)
    decision: Decision | None = None
    if not own:
        decision = judge.decide(subject_of(row), reader.bureau_id, PURPOSE, row.joint_asked_at)
        if isinstance(decision, Denied):
            return None
    near = near or beside(session, [row])
    record = record_of(row, judge, near, reader.bureau_id)
    if decision is None:
        return record | {"own": True, "access": None}
    shown = redact(record, GROUPS, decision)
    return None if shown is None else shown | {"own": False, "access": _ground(decision)}


def _ground(decision: Any) -> dict[str, Any]:
    return {
        "level": "white" if isinstance(decision, Allowed) else "gray",
        "clause": decision.clause,
        "agreement_id": decision.agreement_id,
        "gray_groups": sorted(decision.gray_groups),
    }


def record_of(row: Petition, judge: Judge, near: Beside, reader_id: str) -> dict[str, Any]:
    """Every field of a petition, as `GROUPS` names them; steps as the reader's side reads them."""
    owner = judge.row(Bureau, row.owner_bureau_id)
    partner = judge.row(Bureau, row.partner_bureau_id) if row.partner_bureau_id else None
    steps, clocks = near.steps.get(row.id, []), near.clocks.get(row.id, [])
    own = reader_id == row.owner_bureau_id
    joint = row.joint_state
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        **{name: _time(row, name) for name in _TIMES},
        "version": row.version_for(reader_id),
        "owner_name": owner.name if owner else "",
        "contact": owner.duty_phone if owner else None,
        "partner_name": partner.name if partner else None,
        "joint_state_name": str(JOINT_STATES[joint]) if joint else None,
        "joint_tone": JOINT_TONES[joint] if joint else None,
        "category_name": str(CATEGORIES[row.category]),
        "state_name": state_name(row),
        "tone": TONES.get(row.state, "info"),
        "channel_name": str(CHANNELS[row.channel]),
        "has_reporter": row.id in near.reported,
        "steps": [_step(step, judge, own=own) for step in _shown(steps, row, own=own)],
        "clocks": [clock.to_dict(reader_id) for clock in clocks],
        "overdue": any(clock.overdue for clock in clocks),
        "approvals": [approvals.view(one) for one in near.approvals.get(row.id, [])],
        "content_hash": content_hash(row, steps)
        if row.joint_state == JointState.ACCEPTED and row.state == PetitionState.FOLLOWED_UP
        else None,
    }


def state_name(row: Petition) -> str:
    """The state in words: a joint one that the neighbour took on says so."""
    if row.state == PetitionState.JOINT and row.joint_state == JointState.ACCEPTED:
        return str(_("共调，待受理"))
    return str(STATES[row.state])


def _time(row: Petition, name: str) -> str | None:
    moment = getattr(row, name)
    return utc_text(moment) if moment else None


def _shown(steps: Sequence[PetitionStep], row: Petition, *, own: bool) -> list[PetitionStep]:
    """The steps that a side reads: of the owner's none of its own business, and none from before
    the neighbour was asked."""
    if own:
        return list(steps)
    since = row.joint_asked_at
    return [
        step for step in steps if step.act not in PRIVATE and since is not None and step.at >= since
    ]


def _step(step: PetitionStep, judge: Judge, *, own: bool) -> dict[str, Any]:
    at = judge.row(Bureau, step.bureau_id)
    return {
        "act": step.act,
        "label": str(ACTS[step.act]),
        "state": step.state,
        "bureau_id": step.bureau_id,
        "bureau_name": at.short_name if at else "",
        "who": step.user_name,
        "at": utc_text(step.at),
        "text": step.text if own or step.act not in WORDLESS else None,
    }


def petition_views(
    session: Session, reader: ReaderClass, rows: Sequence[Petition], judge: Judge | None = None
) -> list[dict[str, Any]]:
    """The views of many petitions of one moment, in order; those that are not his are left out."""
    judge = judge or Judge(session)
    near = beside(session, rows)
    views = (petition_view(session, reader, row, judge=judge, near=near) for row in rows)
    return [view for view in views if view is not None]


def render_petition(
    session: Session, reader: ReaderClass, petition_id: str
) -> dict[str, Any] | None:
    """The view that a change of a petition carries in the feed."""
    return render_petitions(session, [(reader, [petition_id])])[0].get(petition_id)


def render_petitions(
    session: Session, wanted: Sequence[tuple[ReaderClass, Collection[str]]]
) -> list[dict[str, dict[str, Any]]]:
    """The same for many readers, in their order, of the petitions they ask for, by id.

    Those that are not a reader's are left out. No more queries than for one reader.
    """
    asked = {one for _reader, ids in wanted for one in ids}
    rows = {row.id: row for row in session.scalars(select(Petition).where(Petition.id.in_(asked)))}
    judge, near = Judge(session), beside(session, rows.values())
    found: list[dict[str, dict[str, Any]]] = []
    for reader, ids in wanted:
        theirs = (rows[one] for one in ids if one in rows)
        views = (petition_view(session, reader, row, judge=judge, near=near) for row in theirs)
        found.append({view["id"]: view for view in views if view is not None})
    return found


def seen_petitions(session: Session, reader: ReaderClass, ids: Collection[str]) -> set[str]:
    """Those of some petitions that a reader sees something of."""
    rows = session.scalars(select(Petition).where(Petition.id.in_(ids))).all()
    return {view["id"] for view in petition_views(session, reader, rows)}
