"""Demo meetings of Changxing and Yixing: three held with their minutes sealed, one prepared."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.action_items.services import create as lay
from hub.agreements.effect import in_force_between
from hub.clock import SHANGHAI, local_day
from hub.db import utc_now
from hub.demo import promises
from hub.files.store import FileStore
from hub.meetings import agenda, decisions, minutes, notice, people, protocol, series
from hub.meetings.acting import Given, do
from hub.meetings.models import Meeting
from hub.meetings.services import create_meeting

TEXTS = {
    "界河断面水质和雨水口排查": "双方通报了界河断面水质：近三个月化学需氧量均值较上年同期下降。\n"
    "宜兴方介绍了南岸雨水口排查情况。",
    "夜间联合巡查安排": "双方同意把夜间巡查从每月一次增加到每月两次，由属地一方牵头。",
}


class Demo:
    """Holds meetings as their people would."""

    def __init__(self, session: Session, store: FileStore) -> None:
        self.session, self.store = session, store
        users = session.scalars(select(User).order_by(User.id))
        self.people: dict[str, Actor] = {row.username: make_actor(row) for row in users}

    def act(self, username: str, row: Meeting, name: str, **given: Any) -> None:
        """Do an act of a meeting."""
        do(self.session, self.people[username], row.id, name, Given(**given))

    def invite(self, username: str, row: Meeting) -> None:
        """Fix the agenda; the notice bears a day of the week before the meeting."""
        day = row.starts_at - timedelta(days=7)
        letter = notice.notice_letter(self.session, self.people[username], row, day)
        made = protocol.make_files(self.store, letter)
        self.act(username, row, "fix_agenda", documents=made, made_of=row.version,
                 number=letter.number)  # fmt: skip

    def sign(self, username: str, row: Meeting) -> None:
        """Countersign; the documents are drawn for the last key."""
        actor = self.people[username]
        read = protocol.hash_of(self.session, row)
        letter = protocol.minutes_letter(self.session, row, also=(actor.bureau_id, actor.name))
        made = protocol.make_files(self.store, letter)
        self.act(username, row, "countersign", content_hash=read, documents=made,
                 made_of=row.minutes_version)  # fmt: skip

    def present(self, row: Meeting) -> None:
        """Everybody who is invited answers and signs in."""
        for one in list(row.people):
            actor = next(a for a in self.people.values() if a.user_id == one.user_id)
            values = {"answer": "accepted", "present": True}
            people.change_person(self.session, actor, row.id, one.id, values)


def _at(days: int, hour: int) -> datetime:
    """An hour of a local day so many days from now."""
    day = utc_now().astimezone(SHANGHAI) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def add_meetings(session: Session, store: FileStore) -> None:
    """Add the demo's series and meetings."""
    demo = Demo(session, store)
    host, guest = demo.people["changxing-liaison"], demo.people["yixing-liaison"]
    agreement = in_force_between(session, host.bureau_id, guest.bureau_id)[0]
    _earlier(demo, agreement.id)
    _held(demo, agreement.id)
    plan = series.create_series(
        session,
        host,
        {
            "agreement_id": agreement.id,
            "title": "长兴—宜兴季度联席会议（演示）",
            "rule": "FREQ=MONTHLY;INTERVAL=3",
            "starts_at": _at(14, 9),
            "minutes": 150,
            "rotation": [guest.bureau_id, host.bureau_id],
            "chair_shift": 0,
            "places": {
                host.bureau_id: "长兴县生态环境监测中心二楼会议室",
                guest.bureau_id: "宜兴市生态环境局三楼会议室",
            },
        },
    )
    row = series.next_meeting(session, guest, plan.id)
    agenda.add_item(session, guest, row.id, {"title": "通报上季度联合巡查情况", "minutes": 15})


def _held(demo: Demo, agreement_id: str) -> None:
    """The last one: what it laid down is under way."""
    row = _convened(demo, agreement_id, "长兴—宜兴第三次联席会议（演示）", _at(-3, 9), TEXTS)
    session, host = demo.session, demo.people["changxing-liaison"]
    decision = decisions.propose(
        session, host, row.id, "自下月起夜间联合巡查每月两次，由属地一方牵头，双方各派两人。"
    )
    for username in ("changxing-official", "yixing-official"):
        decisions.approve(
            session, demo.people[username], row.id, decision.id, decision.content_hash
        )
    today = local_day(utc_now())
    for title, who, days in (
        ("封堵界河南岸两处混接雨水口（演示）", "yixing-officer1", 12),
        ("提供上半年危废转移去向清单（演示）", "changxing-officer1", 5),
    ):
        person = demo.people[who]
        lay(session, host, row, {"title": title, "bureau_id": person.bureau_id,
                                 "person_id": person.user_id,
                                 "due_on": today + timedelta(days=days)})  # fmt: skip
    demo.act("changxing-official", row, "end")
    demo.sign("changxing-official", row)
    demo.sign("yixing-official", row)


def _earlier(demo: Demo, agreement_id: str) -> None:
    """Those of half a year and of a quarter ago, and what came of what they laid down."""
    session, host = demo.session, demo.people["changxing-liaison"]
    for title, (days, tasks) in promises.EARLIER.items():
        texts = {"上次以来的工作": "双方通报了界河沿线工作情况。"}
        row = _convened(demo, agreement_id, title, _at(days, 9), texts)
        for task in tasks:
            promises.lay(session, host, row, task, demo.people[f"{task.side}-officer1"])
        demo.act("changxing-official", row, "end")
        promises.held(row)
        demo.sign("changxing-official", row)
        demo.sign("yixing-official", row)
        for task in tasks:
            other = {"changxing": "yixing", "yixing": "changxing"}[task.side]
            owner = demo.people[f"{task.side}-officer1"]
            promises.keep(session, demo.store, task, owner, demo.people[f"{other}-liaison"])
        promises.settled(session, row)


def _convened(
    demo: Demo, agreement_id: str, title: str, starts_at: datetime, texts: dict[str, str]
) -> Meeting:
    """A meeting that sits, its points talked about and written down."""
    session, host = demo.session, demo.people["changxing-liaison"]
    values = {
        "agreement_id": agreement_id,
        "title": title,
        "place": "长兴县生态环境监测中心",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
    }
    row = create_meeting(session, host, values)
    for point in texts:
        agenda.add_item(session, host, row.id, {"title": point, "minutes": 30})
    demo.invite("changxing-liaison", row)
    demo.present(row)
    demo.act("changxing-official", row, "convene")
    for section, text in zip(minutes.sections_of(session, [row.id]), texts.values(), strict=True):
        minutes.write_section(
            session, host, row.id, section.id, based_on=section.version, heading=None, text=text
        )
    return row
