"""Demo of the schedule: an agreed series, one that waits for the other side, and absences."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.availability.models import Reason
from hub.availability.services import enter
from hub.db import utc_now
from hub.demo.agreements import local_midnight
from hub.patrol_series import making
from hub.patrol_series import services as series
from hub.patrols.models import Patrol, PatrolState
from hub.patrols.plan_crew import able_craft

# Account -> reason, first day from today, how many days.
AWAY = {
    "yixing-officer2": (Reason.LEAVE, 2, 3),
    "changxing-officer2": (Reason.TRAINING, 3, 1),
}


def add_schedule(session: Session) -> None:
    """Yixing and Changxing go out every second week; each quarter is Changxing's proposal."""
    people = {row.username: make_actor(row) for row in session.scalars(select(User))}
    _series(session, people)
    for username, (reason, first, days) in AWAY.items():
        starts = local_midnight(utc_now()) + timedelta(days=first)
        enter(
            session,
            people[username],
            subject="officer",
            subject_id=people[username].user_id,
            starts_at=starts,
            ends_at=starts + timedelta(days=days),
            reason=reason,
        )
    _in_repair(session, people["changxing-planner"])


def _series(session: Session, people: dict[str, Actor]) -> None:
    yixing, changxing = people["yixing-planner"], people["changxing-planner"]
    query = select(Patrol).where(
        Patrol.proposing_bureau_id == yixing.bureau_id, Patrol.state == PatrolState.PROPOSED
    )
    template = session.scalars(query).first()
    if template is None:
        raise LookupError("the demo's planned patrol comes first")
    day = local_midnight(utc_now()) + timedelta(days=9, hours=9)
    common = {"patrol_id": template.id, "minutes": 150, "lead_days": 21}
    # The titles are data of the demo, not screen text.
    agreed = {"title": "界河两岸例行巡查（演示）", "rule": "FREQ=WEEKLY;INTERVAL=2"}
    row = series.create(session, yixing, {**common, **agreed, "starts_at": day})
    for actor in (yixing, changxing):
        series.approve(
            session, actor, row, plan_version=row.plan_version, content_hash=row.content_hash
        )
    now = utc_now()
    for item in making.due(session, now):
        making.make_due(session, item, now)
    waiting = {"title": "每季度夜查（演示）", "rule": "FREQ=MONTHLY;INTERVAL=3"}
    starts = day + timedelta(days=30, hours=11)
    series.create(session, changxing, {**common, **waiting, "starts_at": starts})


def _in_repair(session: Session, actor: Actor) -> None:
    craft = able_craft(session, actor.bureau_id)
    if not craft:
        return
    starts = local_midnight(utc_now()) + timedelta(days=5, hours=8)
    enter(
        session,
        actor,
        subject="craft",
        subject_id=craft[0].id,
        starts_at=starts,
        ends_at=starts + timedelta(hours=10),
        reason=Reason.MAINTENANCE,
        note="主机保养（演示）",
    )
