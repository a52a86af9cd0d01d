"""Demo requests between Changxing and Yixing in several states; one on its way to the police."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.cases.models import Case
from hub.db import utc_now
from hub.demo.cases import YIXING, middle_of
from hub.documents.letter import Letter
from hub.files.store import FileStore
from hub.requests import joint
from hub.requests.acting import Given, do
from hub.requests.letters import letter_of, make_files
from hub.requests.models import Request
from hub.requests.replies import answers_with_letter, reply_letter
from hub.requests.services import create_request

Step = tuple[str, str, dict[str, Any]]
BEGIN: tuple[Step, ...] = (("changxing-official", "approve", {}), ("changxing-liaison", "send", {}))


class Demo:
    """Writes requests as their people would."""

    def __init__(self, session: Session, store: FileStore) -> None:
        self.session, self.store = session, store
        users = session.scalars(select(User).order_by(User.id))
        self.people: dict[str, Actor] = {row.username: make_actor(row) for row in users}

    def add(self, username: str, values: dict[str, Any], steps: tuple[Step, ...] = ()) -> Request:
        """Draft a request and take it through some steps."""
        row = create_request(self.session, self.people[username], values)
        for who, act, given in steps:
            plain = Given(**given)
            letter = self._letter(self.people[who], row, act, plain)
            drawn = make_files(self.store, letter) if letter else ()
            number = letter.number if letter else None
            full = replace(plain, letters=drawn, letter_number=number)
            do(self.session, self.people[who], row.id, act, full)
        return row

    def _letter(self, actor: Actor, row: Request, act: str, given: Given) -> Letter | None:
        if act == "send":
            return letter_of(self.session, row)
        if answers_with_letter(row, act):
            return reply_letter(self.session, actor, row, act, given)
        return None


def add_requests(session: Session, store: FileStore) -> None:
    """Add the demo's requests."""
    demo = Demo(session, store)
    yixing = demo.people["yixing-liaison"].bureau_id
    changxing = demo.people["changxing-liaison"].bureau_id
    case = session.scalars(
        select(Case).where(Case.owner_bureau_id == changxing).order_by(Case.id).limit(1)
    ).one()
    asked = {
        "kind": "assistance",
        "receiver_bureau_id": yixing,
        "case_id": case.id,
        "legal_basis": "《中华人民共和国行政处罚法》第二十六条",
        "contact_name": "丁晓燕",
        "contact_phone": "0572-0003369",
        "due_at": utc_now() + timedelta(days=7),
    }
    _assistance(demo, asked)
    _joint(demo, asked)
    theirs = asked | {
        "receiver_bureau_id": changxing,
        "case_id": None,
        "title": "协助核实运泥车辆去向（演示）",
        "body": "我局接到罐车夜间倾倒泥浆的线索，车辆疑似驶入贵辖区。",
        "questions": ["该车当晚是否经过界河桥卡口"],
        "contact_name": "徐晓燕",
        "contact_phone": "0512-0004369",
    }
    demo.add("yixing-officer1", theirs, (("yixing-official", "approve", {}),
                                         ("yixing-liaison", "send", {})))  # fmt: skip
    lon, lat = middle_of(session, YIXING)
    demo.add(
        "changxing-officer1",
        {
            "kind": "referral",
            "receiver_bureau_id": yixing,
            "title": "镇区露天焚烧线索（演示）",
            "body": "巡查返程途中看到露天焚烧，地点在贵辖区。",
            "lead": {"category": "air", "lon": lon, "lat": lat, "place": "镇区空地",
                     "description": "约十平方米垃圾露天焚烧，有明显黑烟。"},
        },
        (*BEGIN, ("yixing-liaison", "accept", {})),
    )  # fmt: skip
    demo.add(
        "changxing-officer2",
        {
            "kind": "police",
            "case_id": case.id,
            "title": "涉嫌篡改监测数据案（演示）",
            "addressee": "长兴县公安局",
            "body": "调查中发现在线监测设备参数被改动。",
            "team": case.handlers,
        },
    )


def _joint(demo: Demo, asked: dict[str, Any]) -> None:
    """A case that both sides handle, with a note, a task and its answer."""
    ours, theirs = demo.people["changxing-officer1"], demo.people["yixing-officer1"]
    body = {
        "kind": "joint_handling",
        "title": "联合查办界河偷排（演示）",
        "body": "排口与印染车间分处两岸，需要同步取样。",
        "team": [ours.user_id],
    }
    accept = ("yixing-liaison", "accept", {"handlers": [theirs.user_id]})
    row = demo.add("changxing-officer1", asked | body, (*BEGIN, accept))
    joint.add_note(demo.session, ours, row, "南岸雨水口已取样两份，水温偏高。")
    due = utc_now() + timedelta(days=2)
    joint.add_task(demo.session, ours, row, "北岸车间排口同步取样", theirs.user_id, due)
    joint.add_note(demo.session, theirs, row, "车间当日有两台染缸运行，台账已调取。")


def _assistance(demo: Demo, asked: dict[str, Any]) -> None:
    answered = {
        "title": "协助核实界河废水来源（演示）",
        "body": "界河南岸雨水口有带色废水流出，需要核实上游企业当日排水情况。",
        "questions": ["上游企业当日是否排水", "有无在线监测记录"],
        "wanted": ["当日在线监测日报"],
    }
    reply = {"answers": ["经核查，当日未排水。", "有，日均值未超标。"], "text": "已现场核查。"}
    demo.add("changxing-officer1", asked | answered, (
        *BEGIN,
        ("yixing-liaison", "acknowledge", {}),
        ("yixing-liaison", "accept", {}),
        ("yixing-officer1", "message", {"text": "定于明日上午到现场核查。"}),
        ("yixing-liaison", "reply", reply),
    ))  # fmt: skip
    draft = {"title": "协助调取运输车辆轨迹（演示）", "questions": ["车辆当日行驶轨迹"]}
    demo.add("changxing-officer1", asked | draft)
