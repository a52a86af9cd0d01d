"""The letter of a request: its words, and making its files before it is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.bureaus.models import Bureau
from hub.bureaus.services import bureau
from hub.cases.models import Case
from hub.clock import SHANGHAI
from hub.db import utc_now
from hub.documents.letter import Letter
from hub.documents.pdf import can_draw, pdf
from hub.documents.word import MEDIA_TYPE, word
from hub.files.images import Captured
from hub.files.services import LETTER, Prepared, files_of
from hub.files.store import FileStore
from hub.requests.models import Kind, Request

__all__ = ["LETTER", "letter_of", "letter_series", "make_files"]

# The words below are the letter's own, in the language of the authorities, whoever reads the page.
# ruff: noqa: E501
_SIGNS = {
    Kind.ASSISTANCE: "协",
    Kind.REFERRAL: "线",
    Kind.TRANSFER: "移",
    Kind.JOINT: "联",
    Kind.POLICE: "刑移",
}
_TITLES = {
    Kind.ASSISTANCE: "关于{}的协查函",
    Kind.REFERRAL: "关于{}的线索移交函",
    Kind.TRANSFER: "关于{}的案件移送函",
    Kind.JOINT: "关于{}的联合办案商请函",
    Kind.POLICE: "涉嫌环境犯罪案件移送书（{}）",
}
_ASKS = {
    Kind.ASSISTANCE: "请贵单位予以协助，并于期限内函复。",
    Kind.REFERRAL: "上述线索发生在贵单位辖区，现移交贵单位依法处理，并请反馈办理结果。",
    Kind.TRANSFER: "经审查，该案由贵单位管辖，现将案件移送贵单位，请予受理。",
    Kind.JOINT: "为查明案情，商请贵单位联合办理，请指定办案人员。",
    Kind.POLICE: "该案涉嫌犯罪，现依照《行政执法机关移送涉嫌犯罪案件的规定》（国务院令第310号）移送，请依法审查，并将立案或者不予立案的决定书面通知我单位。",
}


def letter_series(sender: Bureau, row: Request) -> str:
    """机关代字: the bureau's short name and the kind's sign, e.g. 长兴环协."""
    return f"{sender.short_name}环{_SIGNS[Kind(row.kind)]}"


def letter_title(row: Request) -> str:
    """The title of a request's own letter, e.g. 关于…的协查函."""
    return _TITLES[Kind(row.kind)].format(row.title)


def chinese_date(at: datetime) -> str:
    """A moment's local day as letters write it: 2026年11月23日."""
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"


def letter_of(session: Session, row: Request, at: datetime | None = None) -> Letter:
    """What the letter of an approved request says; dated on the day of sending."""
    sender = bureau(session, row.sender_bureau_id)
    addressee = row.addressee or bureau(session, row.receiver_bureau_id or "").name
    case = session.get(Case, row.case_id) if row.case_id else None
    paragraphs = [text for text in row.body.split("\n") if text.strip()]
    if case is not None:
        paragraphs.append(f"案号：{case.number}。")
    if row.legal_basis:
        paragraphs.append(f"法律依据：{row.legal_basis}")
    paragraphs += _lead(row)
    paragraphs.append(_ASKS[Kind(row.kind)])
    if row.due_at is not None:
        paragraphs.append(f"请于{chinese_date(row.due_at)}前函复。")
    contact = " ".join(filter(None, [row.contact_name, row.contact_phone]))
    return Letter(
        authority=sender.name,
        number=row.document_number or "",
        title=letter_title(row),
        addressee=addressee,
        paragraphs=tuple(paragraphs),
        lists=_lists(row),
        attachments=_attachments(session, row),
        signer=sender.name,
        date=chinese_date(at or utc_now()),
        contact=f"联系人：{contact}" if contact else "",
    )


def _lists(row: Request) -> tuple[tuple[str, tuple[str, ...]], ...]:
    parts = []
    if row.questions:
        parts.append(("请协助查明下列问题：", tuple(row.questions)))
    if row.wanted:
        parts.append(("请提供下列材料：", tuple(row.wanted)))
    return tuple(parts)


def _lead(row: Request) -> list[str]:
    lead = row.details.get("lead") or {}
    names = {
        "description": "情况",
        "place": "地点",
        "party_name": "当事人",
        "pollutant": "污染物",
    }
    found = [f"{label}：{lead[name]}" for name, label in names.items() if lead.get(name)]
    if lead:
        found.append(f"坐标（WGS 84）：东经{lead['lon']:.6f}度，北纬{lead['lat']:.6f}度。")
    return found


def _attachments(session: Session, row: Request) -> tuple[str, ...]:
    names = {file.id: file.name for file in files_of(session, "request", row.id)}
    if row.kind != Kind.POLICE:
        return tuple(names.values())
    checklist = row.details.get("checklist") or {}
    absent = row.details.get("absent") or {}
    found = [
        f"{_ITEMS[item]}（{names[file]}）" for item, file in checklist.items() if file in names
    ]
    return (
        *found,
        *(f"{_ITEMS[item]}：无（{why}）" for item, why in absent.items()),
    )


_ITEMS = {
    "report": "调查报告",
    "goods": "涉案物品清单",
    "opinion": "检验报告或鉴定意见",
    "other": "其他材料",
}


def make_files(store: FileStore, letter: Letter) -> list[Prepared]:
    """The letter as Word and, where this machine has a Chinese font, as PDF; kept in the store."""
    made = [_keep(store, f"{letter.number}.docx", MEDIA_TYPE, word(letter))]
    if can_draw():
        made.append(_keep(store, f"{letter.number}.pdf", "application/pdf", pdf(letter)))
    return made


def _keep(store: FileStore, name: str, media_type: str, data: bytes) -> Prepared:
    store.folder.mkdir(parents=True, exist_ok=True)
    return Prepared(name, media_type, len(data), store.put(data), None, Captured())
