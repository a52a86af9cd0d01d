"""What became of the demo's findings: one a firm has to put right and is late with, one closed."""

from __future__ import annotations

import io
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.bureaus.services import bureau_of_adcode
from hub.clock import local_day
from hub.db import utc_now
from hub.deadlines.services import Subject, open_clock
from hub.demo.photos import draw_photo
from hub.files import services as files
from hub.files.store import FileStore
from hub.patrols import finding_closure as closure
from hub.patrols.finding_closure_models import UNTAKEN
from hub.patrols.finding_views import KIND
from hub.patrols.models import Finding

CLEAR = "#6f93a8"


def add_closures(session: Session, store: FileStore) -> None:
    """Of what no case was opened for: litter was cleared away, the rest is a firm's task."""
    query = select(Finding).where(Finding.state.in_(UNTAKEN)).order_by(Finding.id)
    for finding in session.scalars(query).all():
        if finding.category == "litter":
            _close(session, store, finding)
        else:
            _task(session, finding)


def _task(session: Session, finding: Finding) -> None:
    """Given for today and then dated back: nobody can give a task for a day that has passed."""
    actor = _officer_of(session, finding)
    text = "查清雨水口来水，停止外排，完成雨污分流改造。"
    task = closure.Task("演示·宜兴某印染厂", text, local_day(utc_now()))
    closure.give_task(session, actor, finding, task)
    back = timedelta(days=1)
    finding.due_on = task.due_on - back
    clock = open_clock(session, Subject(KIND, finding.id), closure.RULE)
    if clock is not None:
        clock.starts_at -= back * 3
        clock.due_at, clock.near_at = clock.due_at - back, clock.near_at - back
        # Whoever opens the demo finds it overdue; the bell rang when that came.
        clock.near_told_at = clock.overdue_told_at = clock.due_at


def _close(session: Session, store: FileStore, finding: Finding) -> None:
    actor = _officer_of(session, finding)
    at = finding.found_at + timedelta(days=2)
    picture = io.BytesIO(draw_photo(CLEAR, at, finding.lon, finding.lat))
    prepared = files.prepare(store, "清理后.jpg", picture, 5_000_000)
    closure.attach_after(session, actor, finding, prepared)
    closure.close(session, actor, finding, "漂浮物已全部打捞清运，河面整洁。", "")


def _officer_of(session: Session, finding: Finding) -> Actor:
    """An officer of the bureau on whose side it lies."""
    host = bureau_of_adcode(session, finding.adcode or "")
    query = select(User).where(User.bureau_id == (host.id if host else finding.bureau_id))
    officers = session.scalars(query.where(User.username.endswith("-officer1")))
    return make_actor(officers.one())
