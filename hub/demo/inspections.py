"""Demo of what comes after a patrol: a sealed record of an inspection, and both sides' reviews."""

from __future__ import annotations

import io
import math
import random
from datetime import timedelta

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.files import services as files
from hub.files.store import FileStore
from hub.inspections import opening, services, signing
from hub.inspections.content import Answer, Content, Party
from hub.inspections.models import InspectionRecord
from hub.inspections.papers import content_of, hash_of
from hub.inspections.sealing import seal
from hub.inspections.sheet import make_files, record_of
from hub.patrols.models import Finding, Patrol, PatrolState
from hub.reviews.services import Words, give
from hub.web.identity import settings


def add_inspections(session: Session, store: FileStore) -> None:
    """Changxing inspected the outfall on its side and sealed the record."""
    finding = session.scalars(select(Finding).where(Finding.category == "outfall")).first()
    if finding is None:
        return
    actor = make_actor(session.get_one(User, finding.recorded_by))
    occasion = opening.Occasion(finding.patrol_id, finding_id=finding.id)
    row = opening.open_record(session, actor, occasion)
    row.created_at = finding.found_at + timedelta(minutes=4)
    services.save(session, actor, row, _content(row, finding))
    for number, signer in enumerate(signing.signers_of(session, row)):
        if signer.required:
            picture = io.BytesIO(draw_signature(signer.name))
            prepared = files.prepare(store, "签名.png", picture, 5_000_000)
            given = signing.Given(signer.key, hash_of(session, row), prepared)
            signed = signing.sign(session, actor, row, given)
            signed.at = finding.found_at + timedelta(minutes=31 + number)
    session.flush()
    made = make_files(store, record_of(session, row, store))
    seal(session, actor, row, made, settings().secret_key)


def _content(row: InspectionRecord, finding: Finding) -> Content:
    party = Party(
        name="演示·长兴某水产养殖场",
        legal_representative="施某",
        address="长兴县洪桥镇界河西岸（演示）",
        person="郑某",
        relation="现场负责人",
        phone="0572-0000000",
    )
    words = [Answer(question="这个排口通到哪里？什么时候开始排水？",
                    answer="通养殖尾水池，清塘时排，今天早上开的闸。")]  # fmt: skip
    return content_of(row).model_copy(
        update={
            "place": "长兴县洪桥镇界河西岸未挂牌排口",
            "ends_at": finding.found_at + timedelta(minutes=30),
            "weather": "多云，东南风2级",
            "party": party,
            "identity_shown": True,
            "rights_told": True,
            "avoidance": "no",
            "answers": words,
            "measures": "责令立即关闸停排，三日内补报排口登记。",
        }
    )


def draw_signature(name: str) -> bytes:
    """Strokes of a pen that nobody could read, another for each name, as PNG."""
    chance = random.Random(f"demo {name}")  # noqa: S311 - the same demo every time
    image = Image.new("RGB", (720, 280), "white")
    pen = ImageDraw.Draw(image)
    for stroke in range(len(name) + 2):
        left, turn = 60 + stroke * 130, chance.uniform(1.4, 3.0)
        high, phase = chance.uniform(35, 80), chance.uniform(0, 6)
        places = [
            (left + step * 4 + 18 * math.sin(step / 5 + phase),
             140 + high * math.sin(step / 30 * turn * math.pi + phase))
            for step in range(34)
        ]  # fmt: skip
        pen.line(places, fill=(20, 20, 60), width=7, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


REVIEWS = {
    "changxing-officer1": Words(
        {"preparation": 4, "cooperation": 5, "communications": 3, "results": 4, "safety": 5},
        "两船同时出发，各查本侧，会合准时。",
        "河湾一段对讲机听不清。",
        "两地对讲机统一频道，下次出航前试音。",
    ),
    "yixing-officer1": Words(
        {"preparation": 4, "cooperation": 5, "communications": 3, "results": 5, "safety": 4},
        "发现当场分清属地，交接清楚。",
        "雨水口清单应事先交换。",
        "每月底互换雨水口清单。",
    ),
}


def add_reviews(session: Session) -> None:
    """Both sides reviewed the patrol that ended."""
    patrol = session.scalars(select(Patrol).where(Patrol.state == PatrolState.COMPLETED)).first()
    people = {row.username: row for row in session.scalars(select(User))}
    for username, words in REVIEWS.items():
        actor: Actor = make_actor(people[username])
        if patrol is not None:
            give(session, actor, patrol, words, 0)
