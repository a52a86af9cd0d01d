"""What stands in a record of an inspection: its form, and what the law asks of it.

行政处罚法 (2021) 第四十二条 (two officers with certificates), 第五十五条 (certificates shown, the
party may refuse those who do not show them; a record is made of the inspection), 第四十三条
(avoidance); 生态环境行政处罚办法 (2023) on what a record says and on who refuses to sign.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from flask_babel import lazy_gettext as _l
from pydantic import AwareDatetime, Field

from hub.accounts.schemas import Strict
from hub.cases.texts import clean
from hub.errors import FieldError, Invalid, Text
from hub.inspections.words import AGREED

LONG, SHORT = 4000, 200
OFFICERS_AT_LEAST = 2


class Party(Strict):
    """Who is inspected, and the person met there."""

    kind: Literal["firm", "person", "unknown"] = "firm"
    name: str = Field(default="", max_length=SHORT)
    uscc: str = Field(default="", max_length=40)
    legal_representative: str = Field(default="", max_length=SHORT)
    address: str = Field(default="", max_length=SHORT)
    person: str = Field(default="", max_length=SHORT)
    # What the person met is to the party: e.g. 环保负责人, 门卫.
    relation: str = Field(default="", max_length=SHORT)
    phone: str = Field(default="", max_length=40)
    id_kind: str = Field(default="", max_length=40)
    id_number: str = Field(default="", max_length=40)


class Item(Strict):
    """One thing that was seen, with its photos."""

    text: str = Field(default="", max_length=LONG)
    photos: list[str] = Field(default=[], max_length=50)


class Answer(Strict):
    """A question and what was answered."""

    question: str = Field(default="", max_length=LONG)
    answer: str = Field(default="", max_length=LONG)


class Sample(Strict):
    """A sample taken on the spot."""

    code: str = Field(default="", max_length=SHORT)
    what: str = Field(default="", max_length=SHORT)
    amount: str = Field(default="", max_length=SHORT)
    place: str = Field(default="", max_length=SHORT)


class Refusal(Strict):
    """The party does not sign: why, and who or what stands for it."""

    refused: bool = False
    reason: str = Field(default="", max_length=500)
    witness_name: str = Field(default="", max_length=SHORT)
    witness_unit: str = Field(default="", max_length=SHORT)
    on_video: bool = False


class Content(Strict):
    """All that is typed; a draft may lack anything of it."""

    cause: str = Field(default="", max_length=500)
    place: str = Field(default="", max_length=SHORT)
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    weather: str = Field(default="", max_length=SHORT)
    party: Party = Party()
    # Accounts of the officers of the bureau that leads; names and certificates are the hub's.
    officers: list[str] = Field(default=[], max_length=10)
    recorder: str = Field(default="", max_length=36)
    guests: list[str] = Field(default=[], max_length=10)
    identity_shown: bool = False
    rights_told: bool = False
    avoidance: Literal["", "no", "yes"] = ""
    avoidance_note: str = Field(default="", max_length=500)
    items: list[Item] = Field(default=[], max_length=50)
    answers: list[Answer] = Field(default=[], max_length=50)
    measures: str = Field(default="", max_length=LONG)
    samples: list[Sample] = Field(default=[], max_length=50)
    statement: str = Field(default=AGREED, max_length=500)
    refusal: Refusal = Refusal()


def texts_of(content: Content) -> list[tuple[str, str]]:
    """Every text with the name of its field, for those who look through them."""
    return list(_texts("", content.model_dump(mode="json")))


def _texts(name: str, value: Any) -> Any:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(f"{name}.{key}" if name else key, one)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _texts(f"{name}.{number}", one)


def cleaned(value: Any) -> Any:
    """The same with every text in NFC, without control characters and outer spaces."""
    if isinstance(value, str):
        return clean(value, lines=True)
    if isinstance(value, dict):
        return {key: cleaned(one) for key, one in value.items()}
    return [cleaned(one) for one in value] if isinstance(value, list) else value


def without_empty(content: Content) -> Content:
    """Without lines that say nothing: an empty row of a form is no item of the record."""
    return content.model_copy(
        update={
            "items": [one for one in content.items if one.text or one.photos],
            "answers": [one for one in content.answers if one.question or one.answer],
            "samples": [one for one in content.samples if one.code or one.what],
        }
    )


def missing(content: Content, now: datetime) -> list[FieldError]:
    """What is still missing or wrong before anybody may sign, field by field."""
    found = [*_header(content, now), *_party(content.party), *_people(content), *_told(content)]
    return [FieldError(field, message) for field, message in [*found, *_seen(content)]]


def check_complete(content: Content, now: datetime) -> None:
    """Refuse signatures under a record that is not complete.

    Raises:
        Invalid: names every field.
    """
    errors = missing(content, now)
    if errors:
        raise Invalid(_l("笔录还不完整，补齐后才能签名。"), errors=errors)


Wrong = list[tuple[str, Text]]


def _header(content: Content, now: datetime) -> Wrong:
    found: Wrong = []
    if not content.cause:
        found.append(("cause", _l("请写明检查事由。")))
    if not content.place:
        found.append(("place", _l("请写明检查地点。")))
    if content.starts_at is None:
        found.append(("starts_at", _l("请填写检查开始时间。")))
    if content.ends_at is None:
        found.append(("ends_at", _l("请填写检查结束时间。")))
    elif content.starts_at is not None and content.ends_at <= content.starts_at:
        found.append(("ends_at", _l("结束时间应晚于开始时间。")))
    elif content.ends_at > now:
        found.append(("ends_at", _l("结束时间还没有到；检查结束后再签名。")))
    return found


def _party(party: Party) -> Wrong:
    found: Wrong = []
    if party.kind == "unknown":
        return found
    if not party.name:
        found.append(("party.name", _l("请填写被检查单位（人）；查不到的，选“现场无法确定”。")))
    if not party.person:
        found.append(("party.person", _l("请填写现场人员姓名。")))
    if not party.relation:
        found.append(("party.relation", _l("请填写现场人员与被检查单位的关系。")))
    return found


def _people(content: Content) -> Wrong:
    found: Wrong = []
    if len(set(content.officers)) < OFFICERS_AT_LEAST:
        found.append(
            (
                "officers",
                _l("检查人员不得少于两名（行政处罚法第四十二条），须为主办单位的持证执法人员。"),
            )
        )
    if content.recorder not in content.officers:
        found.append(("recorder", _l("请在检查人员中选定记录人。")))
    return found


def _told(content: Content) -> Wrong:
    found: Wrong = []
    if not content.identity_shown:
        found.append(
            ("identity_shown", _l("须先出示执法证件并记明；未出示的，当事人有权拒绝检查。"))
        )
    if content.party.kind == "unknown":
        return found
    if not content.rights_told:
        found.append(("rights_told", _l("须告知当事人陈述、申辩和申请回避的权利。")))
    if not content.avoidance:
        found.append(("avoidance", _l("请记明当事人是否申请回避。")))
    if content.avoidance == "yes" and not content.avoidance_note:
        found.append(("avoidance_note", _l("申请回避的，请写明理由和处理决定。")))
    return [*found, *_confirmed(content)]


def _confirmed(content: Content) -> Wrong:
    found: Wrong = []
    if not content.refusal.refused and not content.statement:
        found.append(("statement", _l("请填写被检查人的核对意见。")))
    refusal = content.refusal
    if refusal.refused and not refusal.reason:
        found.append(("refusal.reason", _l("拒绝签名的，请写明原因。")))
    if refusal.refused and not (refusal.witness_name or refusal.on_video):
        found.append(
            ("refusal.witness_name", _l("拒绝签名的，请由见证人签名，或者全程录音录像并注明。"))
        )
    return found


def _seen(content: Content) -> Wrong:
    found: Wrong = []
    if not content.items:
        found.append(("items", _l("请至少写一项现场检查情况。")))
    for number, one in enumerate(content.items):
        if not one.text:
            found.append((f"items.{number}.text", _l("有照片的一项也要写明情况。")))
    for number, answer in enumerate(content.answers):
        if not (answer.question and answer.answer):
            found.append((f"answers.{number}.answer", _l("问和答都要填写。")))
    return found
