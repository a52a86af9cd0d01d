"""What is countersigned of a meeting, and its minutes (会议纪要) as a document.

The words below are the document's own, in the language of the authorities, whoever reads the page.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.action_items.models import ActionItem, ActionState
from hub.approvals import services as approvals
from hub.bureaus.services import bureau
from hub.clock import SHANGHAI
from hub.db import utc_now
from hub.documents.letter import Letter
from hub.documents.pdf import can_draw, pdf
from hub.documents.word import MEDIA_TYPE, word
from hub.files.images import Captured
from hub.files.services import Prepared
from hub.files.store import FileStore
from hub.meetings.decisions import ADOPTED, decisions_of
from hub.meetings.minutes import MINUTES, sections_of
from hub.meetings.models import Answer, Meeting, MeetingPerson
from sharing.canonical import utc_text

EXCUSED = (Answer.DECLINED, Answer.SUBSTITUTED)


def series_sign(session: Session, row: Meeting) -> str:
    """机关代字 of the minutes: the host's short name and the sign of minutes, e.g. 长兴环会纪."""
    return f"{bureau(session, row.host_bureau_id).short_name}环会纪"


def items_of(session: Session, meeting_id: str) -> list[ActionItem]:
    """What a meeting laid on whom, without what was taken back."""
    return list(
        session.scalars(
            select(ActionItem)
            .where(ActionItem.meeting_id == meeting_id, ActionItem.state != ActionState.DROPPED)
            .order_by(ActionItem.id)
        )
    )


def content_of(session: Session, row: Meeting) -> dict[str, Any]:
    """Everything that the parties countersign; its hash is what they turn their keys on."""
    return {
        "number": row.number,
        "document_number": row.document_number,
        "title": row.title,
        "place": row.place,
        "starts_at": utc_text(row.starts_at),
        "convened_at": utc_text(row.convened_at) if row.convened_at else None,
        "ended_at": utc_text(row.ended_at) if row.ended_at else None,
        "host": row.host_bureau_id,
        "chair": row.chair_bureau_id,
        "present": [
            {"bureau": one.bureau_id, "name": _who(one), "role": one.role}
            for one in row.people
            if one.present_at
        ],
        "sections": [[one.heading, one.text] for one in sections_of(session, [row.id])],
        "decisions": [one.text for one in decisions_of(session, [row.id]) if one.state == ADOPTED],
        "action_items": [
            {
                "number": one.number,
                "title": one.title,
                "detail": one.detail,
                "bureau": one.bureau_id,
                "person": one.person_name,
                "due_on": one.due_on.isoformat(),
            }
            for one in items_of(session, row.id)
        ],
    }


def hash_of(session: Session, row: Meeting) -> str:
    """SHA-256 (hex) of what is countersigned."""
    return approvals.content_hash(content_of(session, row))


def _who(person: MeetingPerson) -> str:
    return person.substitute_name or person.name


def chinese_day(at: datetime) -> str:
    """A moment's local day as documents write it: 2026年11月23日."""
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"


def minutes_letter(
    session: Session, row: Meeting, at: datetime | None = None, also: tuple[str, str] | None = None
) -> Letter:
    """The minutes in the form of GB/T 9704 (纪要格式).

    Args:
        also: bureau id and name of the official who signs with this very act.
    """
    parties = "—".join(bureau(session, one).short_name for one in _host_first(row))
    content_hash = hash_of(session, row)
    return Letter(
        authority=f"{parties}联席会议纪要",
        number=row.document_number or "",
        title=row.title,
        addressee="",
        paragraphs=(_opening(session, row),),
        parts=tuple(
            (f"{_NUMBERS[n]}、{one.heading}", _lines(one.text) or ("（无记录。）",))
            for n, one in enumerate(sections_of(session, [row.id]))
        ),
        lists=_lists(session, row),
        attendance=_attendance(session, row),
        signer="",
        date=chinese_day(at or utc_now()),
        endorsements=_endorsements(session, row, also),
        remark=f"会签内容 SHA-256：{content_hash}",
    )


_NUMBERS = [
    f"{tens}{unit}"
    for tens in ("", "十", "二十", "三十", "四十", "五十", "六十", "七十", "八十")
    for unit in ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
][1:]


def _host_first(row: Meeting) -> list[str]:
    return sorted(row.party_ids, key=lambda one: (one != row.host_bureau_id, one))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())


def _opening(session: Session, row: Meeting) -> str:
    chair = next((one for one in row.people if one.role == "chair"), None)
    begun = row.convened_at or row.starts_at
    host, chairs = (bureau(session, one).name for one in (row.host_bureau_id, row.chair_bureau_id))
    who = f"{chairs}{_who(chair)}" if chair else chairs
    place = f"在{row.place}" if row.place else ""
    opening = f"{chinese_day(begun)}，{host}{place}主办召开{row.title}，{who}主持会议。"
    return f"{opening}现将会议情况纪要如下。"


def _lists(session: Session, row: Meeting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    decisions = [one.text for one in decisions_of(session, [row.id]) if one.state == ADOPTED]
    if decisions:
        found.append(("会议议定以下事项：", tuple(decisions)))
    items = [
        f"{one.title.removesuffix('。')}（责任单位：{bureau(session, one.bureau_id).name}"
        f"{'，责任人：' + one.person_name if one.person_name else ''}，期限："
        f"{one.due_on.year}年{one.due_on.month}月{one.due_on.day}日，编号：{one.number}）"
        f"{'。' + one.detail if one.detail else ''}"
        for one in items_of(session, row.id)
    ]
    if items:
        found.append(("会议确定以下办理事项，由责任单位按期办结，经对方确认后销号：", tuple(items)))
    return tuple(found)


def _attendance(session: Session, row: Meeting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """出席, 列席, 请假, 缺席: by bureau and name; only who asked for it was on leave."""
    groups: dict[str, dict[str, list[str]]] = {"出席": {}, "列席": {}, "请假": {}, "缺席": {}}
    for one in row.people:
        where = one.organisation if one.role == "guest" else bureau(session, one.bureau_id).name
        name = "列席" if one.role == "guest" else "出席"
        if not one.present_at:
            if one.role == "guest":
                continue
            name = "请假" if one.answer in EXCUSED else "缺席"
        groups[name].setdefault(where or bureau(session, one.bureau_id).name, []).append(_who(one))
    return tuple(
        (name, tuple(f"{where}　{'、'.join(people)}" for where, people in by.items()))
        for name, by in groups.items()
        if by
    )


def _endorsements(session: Session, row: Meeting, also: tuple[str, str] | None) -> tuple[str, ...]:
    """会签: who signed for which bureau; when, the hub keeps."""
    given = approvals.standing(session, MINUTES, row.id, row.minutes_version)
    found = [f"{bureau(session, one.bureau_id).name}　{one.user_name}" for one in given]
    if also is not None and also[0] not in {one.bureau_id for one in given}:
        found.append(f"{bureau(session, also[0]).name}　{also[1]}")
    return tuple(found)


def make_files(store: FileStore, letter: Letter) -> list[Prepared]:
    """The minutes as Word and, where this machine has a Chinese font, as PDF; kept in the store."""
    made = [_keep(store, f"{letter.number}.docx", MEDIA_TYPE, word(letter))]
    if can_draw():
        made.append(_keep(store, f"{letter.number}.pdf", "application/pdf", pdf(letter)))
    return made


def _keep(store: FileStore, name: str, media_type: str, data: bytes) -> Prepared:
    store.folder.mkdir(parents=True, exist_ok=True)
    return Prepared(name, media_type, len(data), store.put(data), None, Captured())
