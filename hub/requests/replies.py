"""Letters that answer a request: 复函, 回执, and those that a dispute or a refusal asks for.

Each is numbered in the series of the bureau that writes it, drawn before the transaction and kept
in it, sealed like the letter that it answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.directory import names_of
from hub.bureaus.services import bureau
from hub.cases.texts import clean
from hub.db import utc_now
from hub.documents.letter import Letter
from hub.errors import Conflict
from hub.files import services as files
from hub.numbering.services import coming_number, next_number
from hub.requests.handover import superior_of
from hub.requests.letters import LETTER, chinese_date, letter_title
from hub.requests.models import Kind, Request

if TYPE_CHECKING:
    from hub.requests.acting import Given

# The words below are the letters' own, in the language of the authorities, whoever reads the page.
# ruff: noqa: E501
PROSECUTOR = "人民检察院"  # data, not screen text
_GROUNDS = {
    "not_in_powers": "不属于本单位职权范围",
    "unlawful": "提供协助不合法",
    "blocks_own_duty": "将严重妨碍本单位履行职责",
}

Words = Callable[[Session, Actor, Request, "Given"], list[str]]


class LetterOutdated(Conflict):
    """The letter was drawn for a number or a state that is not the one of this moment."""

    code = "letter-outdated"

    def __init__(self) -> None:
        super().__init__(_l("函件刚有变化，文书需要重新生成，请再试一次。"))


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
    return [
        f"经研究，我单位不予受理，理由：{ground}。依据《中华人民共和国行政处罚法》第二十六条等规定，特此函告。"
    ]


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


_DECLINED = Answering("复", "关于不予受理《{}》的复函", _decline)
_ANSWERS: Mapping[tuple[Kind, str], Answering] = {
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
    (Kind.POLICE, "ask_review"): Answering("刑复", "关于《{}》提请复议的函", _review, closing="请予复议，并将结果书面通知我单位。"),
    (Kind.POLICE, "ask_supervision"): Answering("刑监", "关于《{}》立案监督的建议书", _supervision, closing="请予审查，并将结果书面通知我单位。"),
}  # fmt: skip


def answers_with_letter(row: Request, act: str) -> bool:
    """Whether an act goes out as a letter of its own."""
    return (Kind(row.kind), act) in _ANSWERS


def reply_letter(session: Session, actor: Actor, row: Request, act: str, given: Given) -> Letter:
    """The letter of an act that is about to be done, with the number that it will get."""
    answering = _ANSWERS[Kind(row.kind), act]
    writer = bureau(session, actor.bureau_id)
    now = utc_now()
    contact = " ".join(filter(None, [actor.name, writer.duty_phone]))
    words = answering.words(session, actor, row, given)
    said = [line for line in clean(given.text, lines=True).split("\n") if line.strip()]
    named = letter_title(row)
    theirs = actor.bureau_id != row.sender_bureau_id
    return Letter(
        authority=writer.name,
        number=coming_number(session, _series(writer.short_name, answering), now, width=1),
        title=answering.title.format(named),
        addressee=_addressee(session, row, act, theirs=theirs),
        paragraphs=(
            _opening(row, act, named, theirs=theirs),
            *words,
            *said,
            answering.closing,
        ),
        attachments=_attached(session, actor, row) if answering.with_files else (),
        signer=writer.name,
        date=chinese_date(now),
        contact=f"联系人：{contact}",
    )


def _opening(row: Request, act: str, named: str, *, theirs: bool) -> str:
    letter = f"《{named}》（{row.document_number}）"
    if not theirs:
        return f"我单位发出{letter}，现就有关情况函告如下："
    if act == "dispute":
        return f"我单位收到{letter}，现就有关情况报告如下："
    return f"贵单位{letter}收悉。现函复如下："


def _series(short_name: str, answering: Answering) -> str:
    return f"{short_name}环{answering.sign}"


def _addressee(session: Session, row: Request, act: str, *, theirs: bool) -> str:
    sender = bureau(session, row.sender_bureau_id)
    if act == "ask_supervision":
        return PROSECUTOR
    if row.receiver_bureau_id is None:
        return row.addressee
    receiver = bureau(session, row.receiver_bureau_id)
    if act == "dispute":
        return superior_of(session, sender, receiver)
    return sender.name if theirs else receiver.name


def _attached(session: Session, actor: Actor, row: Request) -> tuple[str, ...]:
    """Names of the writer's files that go out for the first time with this act."""
    theirs = actor.bureau_id != row.sender_bureau_id
    until = row.receiver_files_until if theirs else row.sender_files_until
    own = [
        f
        for f in files.files_of(session, "request", row.id)
        if f.owner_bureau_id == actor.bureau_id
    ]
    return tuple(file.name for file in own if until is None or file.at > until)


def keep(session: Session, actor: Actor, row: Request, act: str, given: Given) -> str | None:
    """Give the drawn letter of an act its number and keep it; None when the act has no letter.

    Raises:
        LetterOutdated: another letter took the number meanwhile; draw it again.
    """
    if not given.letters or not answers_with_letter(row, act):
        return None
    answering = _ANSWERS[Kind(row.kind), act]
    series = _series(bureau(session, actor.bureau_id).short_name, answering)
    number = next_number(session, series, utc_now(), width=1)
    if given.letter_number != number:
        raise LetterOutdated
    keep_files(session, actor, row, given.letters)
    return number


def keep_files(
    session: Session, actor: Actor, row: Request, letters: Sequence[files.Prepared]
) -> None:
    """Enter the files of a letter, as the bureau's that wrote it."""
    for letter in letters:
        files.store(session, actor, kind=LETTER, record_id=row.id,
                    owner_bureau_id=actor.bureau_id, prepared=letter)  # fmt: skip
