"""Demo petitions of Changxing and Yixing: at each stage, two of them settled together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.db import utc_now
from hub.demo.cases import CHANGXING, YIXING, beside
from hub.petitions.acting import Given, do
from hub.petitions.models import Petition
from hub.petitions.services import change_petition, create_petition
from hub.zones.lines import line_between

SETTLEMENT = (
    "一、厂方在一个月内为发酵车间加装密闭收集和除臭设施。\n"
    "二、夜间十时至次日六时停止开放式投料。\n"
    "三、双方生态环境部门在完成后共同监测一次，结果告知信访人。"
)
REPLY = "经双方共同核查，您反映的夜间异味属实。厂方已停止夜间投料，除臭设施正在安装。"


class Demo:
    """Takes petitions as their people would."""

    def __init__(self, session: Session) -> None:
        self.session = session
        users = session.scalars(select(User).order_by(User.id))
        self.people: dict[str, Actor] = {row.username: make_actor(row) for row in users}
        self.line = line_between(session, CHANGXING, YIXING).parts[0]

    def taken(
        self, bureau: str, spot: tuple[float, str, float], days: float, **words: Any
    ) -> Petition:
        """Register one, at a share of the line's length and so many metres beside it."""
        share, side, metres = spot
        lon, lat = beside(self.session, self.line, share, side, metres)
        at = utc_now() - timedelta(days=days)
        fields = {"lon": lon, "lat": lat, "occurred_at": at - timedelta(hours=9), "received_at": at}
        return create_petition(self.session, self.people[f"{bureau}-mediator"], fields | words)

    def act(self, who: str, row: Petition, name: str, text: str = "", **given: Any) -> None:
        """Do an act."""
        do(self.session, self.people[who], row.id, name, Given(text, **given))


def add_petitions(session: Session) -> None:
    """Add the demo's petitions."""
    demo = Demo(session)
    _mediated(demo)
    _asked(demo)
    demo.taken("changxing", (0.7, CHANGXING, 900), 1, title="界河码头夜间装卸噪声（演示）",
               category="noise", channel="12345", place="界河码头",
               text="夜间一点后仍在装卸砂石，影响休息。",
               reporter={"name": "演示信访人甲", "contact": "13800000001"})  # fmt: skip
    demo.taken("yixing", (0.62, YIXING, 700), 2, title="村道运输车辆扬尘（演示）",
               category="dust", channel="visit", place="界河北侧村道",
               text="运泥车不盖篷布，道路积尘。")  # fmt: skip

    demo.taken("yixing", (0.5, YIXING, 390), 12, title="村边夜间酸臭味（演示）",
               category="odour", channel="phone", place="界河北侧村庄",
               text="夜里有酸臭味，像是发酵的味道。")  # fmt: skip


def _mediated(demo: Demo) -> None:
    row = demo.taken(
        "changxing", (0.5, YIXING, 350), 12, title="对岸发酵厂夜间异味（演示）",
        category="odour", channel="12369", place="界河南岸居民点",
        firm_name="演示·宜兴某生物厂", text="夜间有酸臭味从河对岸飘来，持续两周。",
        reporter={"name": "演示信访人乙", "contact": "13800000002", "address": "演示村8号"},
    )  # fmt: skip
    partner = demo.people["yixing-liaison"].bureau_id
    demo.act("changxing-mediator", row, "screen", "气味来自界线以北，需对方配合。")
    demo.act("changxing-official", row, "ask_joint", "请贵方共同核查。", partner_id=partner)
    demo.act("yixing-mediator", row, "join", "同意共调。")
    demo.act("changxing-mediator", row, "accept")
    demo.act("changxing-mediator", row, "investigate")
    demo.act("yixing-mediator", row, "visit", "夜间共同到厂，投料口未密闭，异味明显。")
    demo.act("changxing-mediator", row, "mediate")
    demo.act("changxing-mediator", row, "mediation", "厂方承认夜间开放式投料，同意整改。")
    change_petition(demo.session, demo.people["changxing-mediator"], row,
                    {"settlement": SETTLEMENT, "reply": REPLY})  # fmt: skip


def _asked(demo: Demo) -> None:
    row = demo.taken(
        "yixing", (0.4, CHANGXING, 260), 4, title="河面漂浮油花（演示）", category="water",
        channel="12345", place="界河闸口", text="早晨河面有彩色油花，疑似对岸船厂排出。",
        reporter={"name": "演示信访人丙", "contact": "13800000003"},
    )  # fmt: skip
    demo.act("yixing-mediator", row, "screen", "油花自对岸漂来。")
    partner = demo.people["changxing-liaison"].bureau_id
    demo.act("yixing-official", row, "ask_joint", "请贵方共同核查闸口上游。", partner_id=partner)
