"""The notice of a meeting (会议通知): the host's letter that goes out with the invitation.

The words below are the document's own, in the language of the authorities, whoever reads the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements.models import Agreement
from hub.approvals.services import content_hash
from hub.bureaus.services import bureau
from hub.clock import SHANGHAI
from hub.db import utc_now
from hub.documents.letter import Letter
from hub.errors import Conflict
from hub.files import services as files
from hub.meetings.models import AgendaItem, Meeting, MeetingState
from hub.meetings.protocol import chinese_day
from hub.meetings.titles import common_title
from hub.numbering.services import coming_number, next_number

# Acts that a notice goes out with.
ACTS = ("fix_agenda", "notify")
_DAYS = "一二三四五六日"
_ROLES = {"chair": "（主持）", "recorder": "（记录）"}
Part = tuple[str, tuple[str, ...]]


class NoticeOutdated(Conflict):
    """The notice was drawn for a number or a meeting that is not the one of this moment."""

    code = "letter-outdated"

    def __init__(self) -> None:
        super().__init__(_l("会议刚有变化，通知需要重新生成，请再试一次。"))


def _sign(session: Session, row: Meeting) -> str:
    """机关代字 of notices: the host's short name and the sign of notices, e.g. 长兴环会通."""
    return f"{bureau(session, row.host_bureau_id).short_name}环会通"


def notice_letter(
    session: Session, actor: Actor, row: Meeting, at: datetime | None = None
) -> Letter:
    """The notice of a meeting as it stands, with the number that it will get.

    Args:
        at: the day that it bears; None: today.
    """
    now = utc_now()
    host = bureau(session, row.host_bureau_id)
    agreement = session.get_one(Agreement, row.agreement_id)
    contact = " ".join(filter(None, [actor.name, host.duty_phone]))
    lead = f"根据《{agreement.title}》（{agreement.number}），定于{chinese_day(row.starts_at)}召开"
    return Letter(
        authority=host.name,
        number=coming_number(session, _sign(session, row), now, width=1),
        title=f"关于召开{row.title}的通知",
        addressee="、".join(_addressees(session, row)),
        paragraphs=(f"{lead}{row.title}。现将有关事项通知如下。",),
        parts=_numbered([*_arrangements(session, row), _people(session, row), _asks(row)]),
        signer=host.name,
        date=chinese_day(at or now),
        contact=f"联系人：{contact}",
    )


def _addressees(session: Session, row: Meeting) -> list[str]:
    """The other parties, and where the guests come from, each once."""
    parties = sorted(row.party_ids - {row.host_bureau_id})
    guests = [one.organisation for one in row.people if one.role == "guest" and one.organisation]
    return list(dict.fromkeys([*(bureau(session, one).name for one in parties), *guests]))


def _numbered(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Parts with their numbers (GB/T 9704, 7.3.3: 一、)."""
    return tuple(
        (f"{number}、{heading}", lines)
        for number, (heading, lines) in zip("一二三四五", parts, strict=True)
    )


def _arrangements(session: Session, row: Meeting) -> list[Part]:
    points = tuple(
        f"{number}. {_point(session, row, item)}" for number, item in enumerate(row.agenda, 1)
    )
    return [
        ("会议时间", (_span(row.starts_at, row.ends_at),)),
        ("会议地点", (f"{row.place}。" if row.place else "另行通知。",)),
        ("会议议程", points),
    ]


def _span(start: datetime, end: datetime) -> str:
    """E.g. 2026年12月3日（星期四）9:00至11:30。"""
    first, last = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    day = "" if first.date() == last.date() else _day(last)
    return f"{_day(first)}{first.hour}:{first:%M}至{day}{last.hour}:{last:%M}。"


def _day(at: datetime) -> str:
    return f"{chinese_day(at)}（星期{_DAYS[at.weekday()]}）"


def _point(session: Session, row: Meeting, item: AgendaItem) -> str:
    who = "".join([bureau(session, item.bureau_id).name, item.person_name])
    return f"{common_title(session, row, item)}（{who}，{item.minutes}分钟）"


def _people(session: Session, row: Meeting) -> Part:
    """Who is asked to come, by bureau, the host first; guests by where they come from."""
    groups: dict[str, list[str]] = {}
    for one in sorted(row.people, key=lambda one: one.bureau_id != row.host_bureau_id):
        guest = one.role == "guest"
        where = (one.organisation if guest else "") or bureau(session, one.bureau_id).name
        name = f"{one.substitute_name or one.name}{_ROLES.get(one.role, '')}"
        groups.setdefault(f"{where}（列席）" if guest else where, []).append(name)
    lines = [f"{where}：{'、'.join(names)}。" for where, names in groups.items()]
    return "参加人员", (*lines, f"每方到会人员不少于{row.quorum}人。")


def _asks(row: Meeting) -> Part:
    lines = [f"请携带：{line}" for line in row.bring.split("\n") if line.strip()]
    lines += [line for line in row.note.split("\n") if line.strip()]
    lines.append("请参加人员于会前答复是否参加；不能参加的，请委派他人代替。")
    if row.notice_number:
        lines.append(f"本通知印发后，原通知（{row.notice_number}）不再执行。")
    return "有关要求", tuple(lines)


def _content(session: Session, row: Meeting) -> str:
    """SHA-256 (hex) of what a new notice is written for; who comes changes from day to day."""
    told = {heading: list(lines) for heading, lines in _arrangements(session, row)}
    return content_hash({"title": row.title, "bring": row.bring, "note": row.note} | told)


def outdated(session: Session, row: Meeting) -> bool:
    """Whether the arrangements are others than the last notice says."""
    sent = row.notice_number is not None and row.state == MeetingState.AGENDA_FIXED
    return sent and row.notice_hash != _content(session, row)


def must_be_outdated(session: Session, row: Meeting) -> None:
    """Refuse another notice of the same.

    Raises:
        Conflict: nothing has changed since the last one.
    """
    if row.notice_number is not None and not outdated(session, row):
        raise Conflict(_l("通知印发后安排没有改动，不必重发。"), extra={"rule": "meeting.notice"})


def issue(
    session: Session,
    actor: Actor,
    row: Meeting,
    documents: Sequence[files.Prepared],
    drawn: tuple[str, int] | None,
) -> None:
    """Give the drawn notice its number and keep it.

    Args:
        drawn: the number and the meeting's version that it was drawn for.

    Raises:
        NoticeOutdated: another notice took the number, or the meeting changed meanwhile.
    """
    version = row.version
    number = next_number(session, _sign(session, row), utc_now(), width=1)
    if not documents or drawn != (number, version):
        raise NoticeOutdated
    for prepared in documents:
        files.store(
            session,
            actor,
            kind=files.NOTICE,
            record_id=row.id,
            owner_bureau_id=row.host_bureau_id,
            prepared=prepared,
        )
    row.notice_number, row.notice_hash = number, _content(session, row)
