"""What the letters that answer a request say, by kind and act, in the authorities' own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.directory import names_of
from hub.cases.texts import clean
from hub.requests.models import Kind, Request

if TYPE_CHECKING:
    from hub.requests.acting import Given

# The words below are the letters' own, in the language of the authorities, whoever reads the page.
# ruff: noqa: E501
PROSECUTOR = "人民检察院"
TO_SUPERIOR = ("dispute", "report_superior")
_GROUNDS = {
    "not_in_powers": "不属于本单位职权范围",
    "unlawful": "提供协助不合法",
    "blocks_own_duty": "将严重妨碍本单位履行职责",
}

Words = Callable[[Session, Actor, Request, "Given"], list[str]]


@dataclass(frozen=True)
class Answering:
    """How the letter of an act reads: its sign in the number, its title, its own paragraphs."""

    sign: str
    title: str
    words: Words
    # Whether the writer's files that go out with the act are its attachments.
    with_files: bool = False
    closing: str = "特此函告。"


def _reply(_session: Session, _actor: Actor, row: Request, given: Given) -> list[str]:
    answers = [clean(text, lines=True) for text in given.answers or ()]
    pairs = enumerate(zip(row.questions, answers, strict=False), 1)
    return [f"{n}. 关于“{question}”：{answer}" for n, (question, answer) in pairs]


def _decline(_session: Session, _actor: Actor, _row: Request, given: Given) -> list[str]:
    ground = _GROUNDS.get(given.code or "", "")
    return [f"经研究，我单位不予受理，理由：{ground}。"]


def _receipt(_session: Session, _actor: Actor, _row: Request, _given: Given) -> list[str]:
    return ["经审查，我单位决定受理，将依法办理并及时反馈结果。"]


def _taken(session: Session, actor: Actor, row: Request, given: Given) -> list[str]:
    return [*_receipt(session, actor, row, given), "自受理之日起，案件由我单位承办，原案号不变。"]


def _joined(session: Session, _actor: Actor, _row: Request, given: Given) -> list[str]:
    ids = list(dict.fromkeys(given.handlers or ()))
    names = names_of(session, set(ids))
    people = "、".join(names[one] for one in ids if one in names)
    return ["经研究，同意联合办理此案。", f"我单位指定办案人员：{people}。"]


def _returned(_session: Session, _actor: Actor, _row: Request, _given: Given) -> list[str]:
    return ["经进一步审查，现将案件及全部材料退回贵单位。"]


def _disputed(_session: Session, _actor: Actor, _row: Request, _given: Given) -> list[str]:
    return [
        "双方对此案管辖存在争议，经协商未能达成一致。依据《中华人民共和国行政处罚法》第二十五条，现报请指定管辖。"
    ]


def _review(_session: Session, _actor: Actor, _row: Request, _given: Given) -> list[str]:
    return [
        "对不予立案的决定，我单位认为应当立案。依据《行政执法机关移送涉嫌犯罪案件的规定》（国务院令第310号）第九条，提请复议。"
    ]


def _supervision(_session: Session, _actor: Actor, _row: Request, _given: Given) -> list[str]:
    return [
        "公安机关对我单位移送的涉嫌犯罪案件决定不予立案。依据《行政执法机关移送涉嫌犯罪案件的规定》（国务院令第310号）第九条，建议依法进行立案监督。"
    ]


def _reported(_session: Session, _actor: Actor, _row: Request, _given: Given) -> list[str]:
    return ["对方逾期未予答复，经提请其分管领导督办，期限届满仍未答复。现报请督办。"]


_DECLINED = Answering("复", "关于不予受理《{}》的复函", _decline)
_LATE = Answering("督", "关于《{}》逾期未复报请督办的请示", _reported, closing="妥否，请批示。")
ANSWERS: Mapping[tuple[Kind, str], Answering] = {
    (Kind.ASSISTANCE, "reply"): Answering("复", "关于《{}》的复函", _reply, with_files=True),
    (Kind.ASSISTANCE, "decline"): _DECLINED,
    (Kind.REFERRAL, "accept"): Answering("回", "《{}》回执", _receipt),
    (Kind.REFERRAL, "decline"): _DECLINED,
    (Kind.REFERRAL, "report"): Answering(
        "复", "关于《{}》办理情况的反馈函", lambda *_given: [], with_files=True
    ),
    (Kind.TRANSFER, "accept"): Answering("回", "《{}》回执", _taken),
    (Kind.TRANSFER, "decline"): _DECLINED,
    (Kind.TRANSFER, "return"): Answering("退", "关于退回《{}》所移送案件的函", _returned, with_files=True),
    (Kind.TRANSFER, "dispute"): Answering("请", "关于《{}》管辖争议报请指定管辖的请示", _disputed, closing="妥否，请批示。"),
    (Kind.JOINT, "accept"): Answering("复", "关于《{}》的复函", _joined),
    (Kind.JOINT, "decline"): _DECLINED,
    **{(kind, "report_superior"): _LATE for kind in (Kind.ASSISTANCE, Kind.REFERRAL, Kind.TRANSFER, Kind.JOINT)},
    (Kind.POLICE, "ask_review"): Answering("刑复", "关于《{}》提请复议的函", _review, closing="请予复议，并将结果书面通知我单位。"),
    (Kind.POLICE, "ask_supervision"): Answering("刑监", "关于《{}》立案监督的建议书", _supervision, closing="请予审查，并将结果书面通知我单位。"),
}  # fmt: skip


def opening(row: Request, act: str, named: str, *, theirs: bool) -> str:
    """The first sentence: which letter is answered, by its title and number."""
    letter = f"《{named}》（{row.document_number}）"
    told = "报告" if act in TO_SUPERIOR else "函告"
    if not theirs:
        return f"我单位发出{letter}，现就有关情况{told}如下："
    if act in TO_SUPERIOR:
        return f"我单位收到{letter}，现就有关情况报告如下："
    return f"贵单位{letter}收悉。现函复如下："


def series(short_name: str, answering: Answering) -> str:
    """机关代字 of an answering letter, e.g. 宜兴环复."""
    return f"{short_name}环{answering.sign}"


def contact_line(name: str, phone: str | None) -> str:
    """Whom to ask about a letter."""
    return "联系人：" + " ".join(filter(None, [name, phone]))
