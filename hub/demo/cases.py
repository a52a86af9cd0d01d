"""Demo cases: shared ones with receipts between Changxing and Yixing; unshared ones of the story.

Wuxing's and Wujiang's lie on both sides of their line and away from it: what lies in the zone is
shared when the newcomer has signed the memorandum and both have approved the zone.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.bureaus.services import jurisdiction
from hub.cases import links, measures, notes, parties, services
from hub.cases.guards import Step
from hub.cases.link_models import LinkKind
from hub.cases.models import Case, CaseStage, Outcome
from hub.cases.note_models import NoteKind
from hub.db import utc_now
from hub.locate.services import place_of
from hub.patrols.models import Finding
from hub.shares import services as sharing_services
from hub.shares.lookups import shares_by_record
from hub.zones.lines import line_between
from sharing.models import Rung

Place = tuple[float, float]
METRES_PER_DEGREE = 111_320.0
WUXING, WUJIANG = "330502", "320509"
CHANGXING, YIXING = "330522", "320282"
# Days between the steps of a case of the demo, beginning with its opening.
WAY = {
    "filed": 1, "investigating": 1, "investigated": 10, "review": 2, "notified": 2, "decided": 9,
    "served": 2, "executing": 5, "closed": 4,
}  # fmt: skip


def add_cases(session: Session) -> None:
    """Add the cases of the demo's bureaus."""
    people = {
        row.username: make_actor(row) for row in session.scalars(select(User).order_by(User.id))
    }
    _add_older(session, people)
    _add_story(session, people)
    session.flush()


def _open(
    session: Session,
    people: dict[str, Actor],
    bureau: str,
    spot: Place,
    days_ago: int,
    stage: str = "lead",
    **values: Any,
) -> Case:
    first, second = people[f"{bureau}-officer1"], people[f"{bureau}-officer2"]
    fields = {"handlers": [first.user_id, second.user_id], "lon": spot[0], "lat": spot[1]}
    opened = utc_now() - timedelta(days=days_ago)
    case = services.create_case(session, first, fields | values, opened_at=opened)
    _walk(session, (first, second, people[f"{bureau}-official"]), case, opened, stage)
    return case


def _walk(
    session: Session, team: tuple[Actor, Actor, Actor], case: Case, opened: datetime, stage: str
) -> None:
    """Take a case to a stage, at times that it could have had, by those who may."""
    first, _second, head = team
    at = opened
    for step, days in WAY.items():
        if case.stage == stage or stage not in WAY:
            return
        at = min(at + timedelta(days=days), utc_now())
        decided = step == "decided"
        asked = Step(
            CaseStage(step),
            at,
            reason="演示补录",
            document_number="演示罚〔2026〕1号" if decided else "",
            outcome=Outcome.PENALISE if decided else None,
            reviewer_id=head.user_id,
            hearing_waived=decided,
        )
        services.take_step(session, first, case, asked)


def _add_older(session: Session, people: dict[str, Actor]) -> None:
    line = line_between(session, CHANGXING, YIXING).parts[0]
    answered = _open(
        session, people, "changxing", beside(session, line, 0.5, CHANGXING, 450), 26,
        "investigating", title="界河南岸企业经雨水口排放印染废水（演示）", category="water",
        party_name="演示·长兴某印染厂", party_uscc="91330522MA2B3C4D57",
        pollutant="化学需氧量、色度", place="界河南岸雨水排放口",
        description="联合巡查时发现雨水口有带色废水流出，下游属宜兴一侧。",
    )  # fmt: skip
    _add_people(session, people["changxing-officer1"], answered, "演示法人甲", "演示证人乙")
    _write(session, people["changxing-officer1"], answered, {
        NoteKind.OPINION: "已封存雨水口，留样三份；厂方可能另有暗管，下次夜查不提前通知。",
        NoteKind.MEMO: "街道已协助调取近三个月用水台账。",
        NoteKind.PROGRESS: "雨水口已封堵，厂方自行清理界河河段，正在核算排放量。",
    })  # fmt: skip
    _hold(session, people["changxing-officer1"], answered, "seizure", 10,
          document_number="演示查扣〔2026〕3号", legal_ref="《行政强制法》第二十五条",
          description="潜水泵一台、软管约四十米")  # fmt: skip
    _hold(session, people["changxing-officer1"], answered, "order_correct", 9, days=15,
          document_number="演示责改〔2026〕11号", description="停止排放，拆除暗管")  # fmt: skip
    _climb(session, people["yixing-liaison"], answered, reached=True)
    mud = _open(
        session, people, "changxing", beside(session, line, 0.52, CHANGXING, 500), 3,
        title="夜间向河道倾倒建筑泥浆的线索（演示）", category="solid_waste",
        pollutant="泥浆", place="界河支浜桥下", description="值守人员看到罐车倾倒，车牌待查。",
    )  # fmt: skip
    _open(
        session, people, "changxing", middle_of(session, CHANGXING), 40, "closed",
        title="矿山堆场扬尘未采取覆盖措施（演示）", category="air", pollutant="颗粒物",
        party_name="演示·长兴某建材厂", place="矿山堆场", description="已覆盖并缴纳罚款。",
    )  # fmt: skip
    links.draw_link(session, people["changxing-officer1"], mud.id, answered.id, LinkKind.RELATED)
    theirs = _open(
        session, people, "yixing", beside(session, line, 0.49, YIXING, 450), 8, "filed",
        title="鱼塘尾水未经处理直排界河（演示）", category="water", pollutant="总磷、氨氮",
        party_name="演示·宜兴某养殖场", place="界河北岸三号塘口",
        description="排水时水体明显发绿。",
    )  # fmt: skip
    _climb(session, people["changxing-liaison"], theirs, reached=False)
    _from_finding(session, people["changxing-officer1"])


def _write(session: Session, officer: Actor, case: Case, texts: dict[NoteKind, str]) -> None:
    for kind, text in texts.items():
        notes.add_note(session, officer, case.id, text, kind)


def _hold(
    session: Session, officer: Actor, case: Case, kind: str, days_ago: int, **values: Any
) -> None:
    """A measure that was taken some days ago."""
    taken = {"kind": kind, "starts_at": utc_now() - timedelta(days=days_ago)}
    measures.take_measure(session, officer, case, taken | values)


def _add_people(session: Session, officer: Actor, case: Case, head: str, witness: str) -> None:
    """A firm's head and a witness: shown in full to handlers, masked or not at all to others."""
    roles = ((head, "legal_rep", "000-0001"), (witness, "witness", "000-0002"))
    for name, role, phone in roles:
        values = {"form": "person", "role": role, "name": name, "phone": phone}
        parties.add_party(session, officer, case, values)


def _climb(session: Session, liaison: Actor, case: Case, *, reached: bool) -> None:
    """Let the partner's liaison receive and open a case; with `reached` also accept and act."""
    for share in shares_by_record(session, "case", case.id):
        if share.partner_bureau_id != liaison.bureau_id:
            continue
        rungs = [Rung.DELIVERED, Rung.OPENED, Rung.ACCEPTED, Rung.ACTED]
        for rung in rungs if reached else rungs[:2]:
            reason = "已在下游断面加密监测。" if rung is Rung.ACTED else None
            sharing_services.add_rung(session, liaison, share, rung, reason)


def _from_finding(session: Session, officer: Actor) -> None:
    finding = session.scalars(
        select(Finding).where(Finding.case_id.is_(None), Finding.adcode == CHANGXING).limit(1)
    ).one_or_none()
    if finding is not None:
        services.case_from_finding(session, officer, finding, {})


def _add_story(session: Session, people: dict[str, Actor]) -> None:
    parts = line_between(session, WUXING, WUJIANG).parts
    line = max(parts, key=lambda part: part.length)
    story = _open(
        session, people, "wuxing", beside(session, line, 0.5, WUXING, 450), 12, "investigating",
        title="界河西岸纺织厂夜间偷排废水（演示）", category="water",
        party_name="演示·吴兴某纺织厂", party_uscc="91330502MA2B4E6F72",
        pollutant="化学需氧量、悬浮物", place="界河西岸泵站旁",
        description="群众反映夜间河水变色，现场发现暗管一处。",
    )  # fmt: skip
    _add_people(session, people["wuxing-officer1"], story, "演示法人丙", "演示证人丁")
    _hold(session, people["wuxing-officer1"], story, "preservation", 2,
          document_number="演示保存〔2026〕5号", description="残液样品两份、生产记录")  # fmt: skip
    _write(session, people["wuxing-officer1"], story, {
        NoteKind.OPINION: "举报人愿意配合，但要求保密。",
        NoteKind.PROGRESS: "暗管已封堵，样品已送检。",
    })  # fmt: skip
    _open(
        session, people, "wuxing", middle_of(session, WUXING), 20, "notified",
        title="家具厂喷漆废气未收集直排（演示）", category="air", pollutant="挥发性有机物",
        party_name="演示·吴兴某家具厂", place="工业园区二号厂房", description="活性炭箱未运行。",
    )  # fmt: skip
    _open(
        session, people, "wujiang", beside(session, line, 0.52, WUJIANG, 450), 5,
        title="界河东岸堆放不明污泥的线索（演示）", category="solid_waste", pollutant="污泥",
        place="界河东岸空地", description="堆放约二十立方，未见防渗措施。",
    )  # fmt: skip
    fined = _open(
        session, people, "wujiang", middle_of(session, WUJIANG), 33, "executing",
        title="印染企业超标排放总锑（演示）", category="water", pollutant="总锑",
        party_name="演示·吴江某印染企业", party_uscc="91320509MA1XYT2K3C",
        place="企业总排口", description="在线监测小时均值超标。",
    )  # fmt: skip
    _hold(session, people["wujiang-officer1"], fined, "fine", 6, amount=186000,
          document_number="演示罚〔2026〕1号", legal_ref="《行政处罚法》第六十七条")  # fmt: skip


def beside(
    session: Session, line: shapely.LineString, fraction: float, adcode: str, metres: float
) -> Place:
    """A place (EPSG:4326) about so many metres from a point of a line, on one side of it."""
    near = line.interpolate(fraction, normalized=True)
    for step in range(16):
        angle = step * math.pi / 8
        lat = near.y + metres * math.sin(angle) / METRES_PER_DEGREE
        lon = near.x + metres * math.cos(angle) / (
            METRES_PER_DEGREE * math.cos(math.radians(near.y))
        )
        place = place_of(session, lon, lat)
        if place.adcode == adcode and (place.distance_to_line_m or 0) > metres / 2:
            return lon, lat
    return middle_of(session, adcode)


def middle_of(session: Session, adcode: str) -> Place:
    """A place (EPSG:4326) well inside a jurisdiction."""
    point = shapely.from_wkb(jurisdiction(session, adcode).shape).representative_point()
    return point.x, point.y
