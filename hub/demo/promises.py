"""What earlier demo meetings laid on either side, and what came of it: in time, late, not yet.

Laid and kept through the services, as people would, and dated back: nobody can give a task for a
day that has passed.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.action_items.clock import DUE, end_of_day
from hub.action_items.models import ActionItem, ActionNote
from hub.action_items.services import Given, attach, create, do
from hub.approvals.models import Approval
from hub.clock import SHANGHAI, local_day
from hub.db import utc_now
from hub.deadlines.models import Clock
from hub.demo.photos import draw_photo
from hub.files import services as files
from hub.files.store import FileStore
from hub.meetings.models import Meeting, MeetingStep

CLEAR = "#6f93a8"
LON, LAT = 119.93, 31.13


@dataclass(frozen=True)
class Promise:
    """A task of one side: due so many days after its meeting, done so many days after that."""

    title: str
    # The first part of the accounts' names of its bureau.
    side: str
    due: int
    # Negative: before its day; None: not yet.
    done: int | None


EARLIER: dict[str, tuple[int, tuple[Promise, ...]]] = {
    "长兴—宜兴第一次联席会议（演示）": (
        -190,
        (
            Promise("互换界河沿线企业名录（演示）", "changxing", 20, -3),
            Promise("开通两地值守电话（演示）", "yixing", 20, -6),
            Promise("提供界河断面在线监测数据（演示）", "yixing", 35, 9),
        ),
    ),
    "长兴—宜兴第二次联席会议（演示）": (
        -98,
        (
            Promise("排查南岸三家印染企业雨污分流（演示）", "yixing", 30, -2),
            Promise("复核北岸入河排污口台账（演示）", "changxing", 25, -4),
            Promise("统一两地采样记录表式（演示）", "changxing", 40, 6),
            Promise("设置界河禁排警示牌（演示）", "yixing", 92, None),
        ),
    ),
}


def lay(session: Session, actor: Actor, meeting: Meeting, promise: Promise, who: Actor) -> None:
    """A task for a person, as if it had been given on the meeting's own day."""
    values = {"title": promise.title, "bureau_id": who.bureau_id, "person_id": who.user_id,
              "due_on": local_day(utc_now())}  # fmt: skip
    row = create(session, actor, meeting, values)
    row.due_on = row.first_due_on = local_day(meeting.starts_at) + timedelta(days=promise.due)
    row.created_at = meeting.starts_at
    _date_back(session, row, None)


def keep(
    session: Session, store: FileStore, promise: Promise, owner: Actor, confirming: Actor
) -> None:
    """Report it with evidence, and the other side confirms."""
    row = session.scalars(select(ActionItem).where(ActionItem.title == promise.title)).one()
    if promise.done is None:
        return
    at = datetime.combine(row.due_on + timedelta(days=promise.done), time(15), SHANGHAI)
    picture = io.BytesIO(draw_photo(CLEAR, at, LON, LAT))
    attach(session, owner, row.id, files.prepare(store, "办结佐证.jpg", picture, 5_000_000))
    do(session, owner, row.id, "report", Given(text="已按要求办结，附照片。"))
    do(session, confirming, row.id, "confirm", Given())
    row.reported_at, row.closed_at = at, at + timedelta(days=1)
    _date_back(session, row, at)


def _date_back(session: Session, row: ActionItem, at: datetime | None) -> None:
    """Its notes and clocks; the bell rang when their time came."""
    moments = {"created": row.created_at, "confirm": row.closed_at}
    for note in session.scalars(select(ActionNote).where(ActionNote.action_item_id == row.id)):
        note.at = moments.get(note.act) or at or row.created_at
    for clock in session.scalars(select(Clock).where(Clock.subject_id == row.id)).unique():
        if at is not None:
            clock.ended_at = at
            continue
        length = clock.due_at - clock.starts_at
        due = clock.rule_code == DUE
        clock.starts_at = row.created_at if due else end_of_day(row)
        clock.due_at = end_of_day(row) if due else clock.starts_at + length
        clock.near_at = clock.due_at - timedelta(days=2)
        clock.near_told_at = clock.overdue_told_at = clock.due_at
    session.flush()


def held(meeting: Meeting) -> None:
    """A meeting that ended just now was held on its day: what is signed says so."""
    meeting.convened_at, meeting.ended_at = meeting.starts_at, meeting.ends_at


def settled(session: Session, meeting: Meeting) -> None:
    """It was called before its day and signed on the day after."""
    meeting.created_at = meeting.starts_at - timedelta(days=14)
    meeting.invited_at = meeting.starts_at - timedelta(days=10)
    meeting.sealed_at = meeting.ends_at + timedelta(days=1)
    moments = {"created": meeting.created_at, "fix_agenda": meeting.invited_at,
               "convene": meeting.starts_at, "end": meeting.ends_at}  # fmt: skip
    for step in session.scalars(select(MeetingStep).where(MeetingStep.meeting_id == meeting.id)):
        step.at = moments.get(step.act, meeting.sealed_at)
    for key in session.scalars(select(Approval).where(Approval.record_id == meeting.id)):
        key.at = meeting.sealed_at
    session.flush()
