"""Series of patrols: propose, change, agree with two keys, except a date, end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.approvals import services as approvals
from hub.calendar.recurrence import checked_rule
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_change
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, field_error
from hub.patrol_series import making
from hub.patrol_series.models import PatrolSeries, SeriesState
from hub.patrols.access import access_patrol
from hub.patrols.clashes import LONGEST
from hub.patrols.models import Patrol
from hub.patrols.plan import route_of
from hub.patrols.plan_crew import choose_craft, choose_officers
from sharing.canonical import utc_text

KIND = "patrol_series"
HORIZON = timedelta(days=3660)


def create(session: Session, actor: Actor, values: Mapping[str, Any]) -> PatrolSeries:
    """Propose a series whose template is a patrol of the actor's bureau: route, people, craft.

    Raises:
        NotFound: no such patrol.
        Forbidden: the actor is no planner.
        Invalid: the rule, or another field, is wrong.
    """
    actor.require(Right.PATROL_PLAN)
    patrol = access_patrol(session, actor, values["patrol_id"])
    row = PatrolSeries(
        agreement_id=patrol.agreement_id,
        parties=sorted(patrol.party_ids),
        proposing_bureau_id=actor.bureau_id,
        title=patrol.title,
        rule="",
        starts_at=patrol.starts_at,
        minutes=round((patrol.ends_at - patrol.starts_at).total_seconds() / 60),
        lead_days=14,
        state=SeriesState.PROPOSED,
        plan_version=1,
        content_hash="",
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=utc_now(),
        version=0,
    )
    _take_template(row, patrol)
    _fill(row, _given(values))
    session.add(row)
    session.flush()
    _seal(row)
    tell(session, actor, row, "created")
    return row


def _take_template(row: PatrolSeries, patrol: Patrol) -> None:
    row.zone_id, row.route = patrol.zone_id, patrol.route
    row.checklist = [item["text"] for item in patrol.checklist]
    row.note = patrol.note
    row.officers = _by_bureau((one.bureau_id, one.user_id) for one in patrol.crew)
    row.craft = _by_bureau((one.bureau_id, one.craft_id) for one in patrol.craft)


def _by_bureau(rows: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for bureau_id, one in sorted(rows):
        found.setdefault(bureau_id, []).append(one)
    return found


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _fill(row: PatrolSeries, given: Mapping[str, Any]) -> None:
    if "title" in given:
        row.title = clean(given["title"])
        refuse_secrets("title", row.title)
    for name in ("starts_at", "minutes", "lead_days", "note", "checklist"):
        if name in given:
            setattr(row, name, given[name])
    if timedelta(minutes=row.minutes) > LONGEST:
        raise field_error("minutes", _l("一次巡查不能超过24小时。"))
    if given.get("before_holidays"):
        row.rule = ""
    elif "rule" in given or (row.rule and "starts_at" in given):
        row.rule = checked_rule(given.get("rule") or row.rule, row.starts_at)


def content(row: PatrolSeries) -> dict[str, Any]:
    """What an approval covers."""
    return {
        "format": 1,
        "series": row.id,
        "title": row.title,
        "zone": row.zone_id,
        "parties": list(row.parties),
        "rule": row.rule,
        "starts_at": utc_text(row.starts_at),
        "minutes": row.minutes,
        "lead_days": row.lead_days,
        "route": [list(place) for place in route_of(row).coords],  # type: ignore[arg-type]
        "checklist": list(row.checklist),
        "note": row.note,
        "officers": {key: sorted(ids) for key, ids in sorted(row.officers.items())},
        "craft": {key: sorted(ids) for key, ids in sorted(row.craft.items())},
    }


def _seal(row: PatrolSeries) -> None:
    row.content_hash = approvals.content_hash(content(row) | {"plan_version": row.plan_version})


def change(
    session: Session, actor: Actor, row: PatrolSeries, values: Mapping[str, Any]
) -> PatrolSeries:
    """Change the rule or the template; approvals are withdrawn, no patrols come of it meanwhile.

    Args:
        row: locked by the caller, who also checked the version.

    Raises:
        Forbidden: not the proposing bureau's planner.
        Conflict: the series has ended.
        Invalid: a field is wrong.
    """
    _check_changing(actor, row)
    before = content(row)
    _put(session, actor, row, values)
    _edited(session, actor, row, before)
    return row


def changed_copy(
    session: Session, actor: Actor, row: PatrolSeries, values: Mapping[str, Any]
) -> PatrolSeries:
    """The series as `change` would make it, beside the one that is kept.

    Raises:
        Forbidden, Conflict, Invalid: as `change`.
    """
    _check_changing(actor, row)
    columns = PatrolSeries.__table__.columns.keys()
    copy = PatrolSeries(**{name: getattr(row, name) for name in columns})
    _put(session, actor, copy, values)
    return copy


def _check_changing(actor: Actor, row: PatrolSeries) -> None:
    actor.require(Right.PATROL_PLAN)
    if actor.bureau_id != row.proposing_bureau_id:
        raise Forbidden(_l("系列由提出单位修改；贵单位可以指派本方人员、跳过某一次或结束系列。"))
    check_running(row)


def _put(session: Session, actor: Actor, row: PatrolSeries, values: Mapping[str, Any]) -> None:
    given = _given(values)
    if "patrol_id" in given:
        _take_template(row, access_patrol(session, actor, given["patrol_id"]))
    _fill(row, given)


def set_crew(
    session: Session,
    actor: Actor,
    row: PatrolSeries,
    *,
    officers: Sequence[str],
    craft: Sequence[str],
) -> PatrolSeries:
    """Name the own bureau's people and craft for all that is to come; approvals are withdrawn.

    Raises:
        Forbidden, Conflict: as `change`, but by either party.
        Invalid: people or craft that are not his bureau's.
    """
    actor.require(Right.PATROL_PLAN)
    check_running(row)
    before = content(row)
    people = [one.user_id for one in choose_officers(session, actor, officers)]
    boats = [one.craft_id for one in choose_craft(session, actor, craft)]
    row.officers = row.officers | {actor.bureau_id: people}
    row.craft = row.craft | {actor.bureau_id: boats}
    _edited(session, actor, row, before)
    return row


def _edited(session: Session, actor: Actor, row: PatrolSeries, before: Mapping[str, Any]) -> None:
    if content(row) == before:
        return
    row.state = SeriesState.PROPOSED
    approvals.withdraw_all(session, KIND, row.id)
    row.plan_version += 1
    _seal(row)
    tell(session, actor, row, "updated")


def approve(
    session: Session, actor: Actor, row: PatrolSeries, *, plan_version: int, content_hash: str
) -> PatrolSeries:
    """Turn the own bureau's key; with the last one patrols come of it.

    What was proposed already and nobody touched follows the series as it is now agreed.

    Raises:
        Forbidden: the actor may not approve.
        Conflict: it has ended, or changed since it was read, or was approved already.
    """
    actor.require(Right.PATROL_APPROVE)
    check_running(row)
    if plan_version != row.plan_version:
        raise Conflict(_l("内容在您阅读之后有改动，请重新阅读后再确认。"))
    complete = approvals.approve(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        version=row.plan_version,
        expected_hash=row.content_hash,
        given_hash=content_hash,
        parties=row.parties,
    )
    if complete:
        row.state = SeriesState.AGREED
        making.renew_made(session, row, utc_now())
    tell(session, actor, row, "approved")
    return row


def end(session: Session, actor: Actor, row: PatrolSeries) -> PatrolSeries:
    """No further patrols come of it; its untouched proposals are called off. Either may.

    Raises:
        Forbidden: the actor is no planner.
        Conflict: it has ended.
    """
    actor.require(Right.PATROL_PLAN)
    check_running(row)
    row.state, row.ended_at = SeriesState.ENDED, utc_now()
    approvals.withdraw_all(session, KIND, row.id)
    making.renew_made(session, row, utc_now())
    tell(session, actor, row, "ended")
    return row


def check_running(row: PatrolSeries) -> None:
    """Refuse what needs a series that has not ended.

    Raises:
        Conflict: it has.
    """
    if row.state == SeriesState.ENDED:
        raise Conflict(_l("此系列已经结束。"), extra={"rule": "patrol_series.ended"})


def tell(session: Session, actor: Actor, row: PatrolSeries, verb: str) -> None:
    """Count the change and tell every party."""
    row.version += 1
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=row.id,
        version=row.version,
        verb=verb,
        bureaus=row.parties,
        detail={"title": row.title, "plan_version": row.plan_version},
    )
