"""Invitations to joint meetings by mail: an iCalendar request, its updates, its withdrawal.

Each invited person who wishes mail gets one mail for each state of a meeting that the invited must
hear of (RFC 5546: REQUEST with the meeting's SEQUENCE, CANCEL when it is called off or he is taken
off the list). The mail names number, time and place; title, agenda and people stay in the hub.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.clock import SHANGHAI
from hub.config import Settings
from hub.meetings import ical
from hub.meetings.access import may_see
from hub.meetings.models import Answer, Meeting, MeetingState
from hub.meetings.steps import KIND
from hub.notifications.digests import is_quiet, put_out
from hub.notifications.models import Mail, Notification, NotificationWish
from hub.notifications.topics import Topic
from hub.web.identity import settings

MOST = 200
INVITED = (MeetingState.AGENDA_FIXED.value, MeetingState.CONVENED.value)
REQUEST, CANCEL = "REQUEST", "CANCEL"
# Of what is done in a meeting, what an invitation tells.
TOLD = ("fix_agenda", "updated", "cancel")


@dataclass(frozen=True)
class _Letter:
    """What a person is to be mailed of a meeting at the moment."""

    method: str
    about: str
    first: bool


def invitations_due(session: Session, now: datetime) -> Sequence[str]:
    """`meeting/person` for each mail that is to be made; none while no mail server is set."""
    if not settings().smtp_url:
        return []
    return list(_due(session, now))[:MOST]


def _due(session: Session, now: datetime) -> Iterator[str]:
    rows = session.scalars(
        select(Meeting)
        .where(
            Meeting.invited_at.is_not(None),
            Meeting.ends_at > now,
            or_(Meeting.state.in_(INVITED), Meeting.state == MeetingState.CANCELLED),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    for row in rows:
        for user_id in sorted(_invited(row) | _mailed(session, row)):
            if _letter(session, row, user_id, now) is not None:
                yield f"{row.id}/{user_id}"


def _invited(row: Meeting) -> set[str]:
    """Who is expected: those who have not declined, and who comes in somebody's stead."""
    found = set()
    for person in row.people:
        if person.answer == Answer.SUBSTITUTED and person.substitute_id:
            found.add(person.substitute_id)
        elif person.user_id and person.answer != Answer.DECLINED:
            found.add(person.user_id)
    return found


def _about(row: Meeting) -> str:
    return f"meeting:{row.id}:"


def _number(about: str) -> int:
    """Which state of the invitation a mail told of."""
    return int(about.rsplit(":", 2)[1])


def _mailed(session: Session, row: Meeting) -> set[str]:
    return set(session.scalars(select(Mail.user_id).where(Mail.about.startswith(_about(row)))))


def _letter(session: Session, row: Meeting, user_id: str, now: datetime) -> _Letter | None:
    """What is to be mailed to a person, if anything is and he wishes mail at this hour."""
    wish = session.get(NotificationWish, user_id)
    user = session.get(User, user_id)
    if wish is None or user is None or not user.active or not (wish.mail and wish.email):
        return None
    if Topic.MEETING.value in wish.muted or not may_see(make_actor(user).reader, row):
        return None
    local = now.astimezone(SHANGHAI)
    if is_quiet(wish.quiet_from, wish.quiet_to, local.hour * 60 + local.minute):
        return None
    mailed = session.execute(
        select(Mail.about, Mail.id).where(
            Mail.user_id == user_id, Mail.about.startswith(_about(row))
        )
    ).all()
    # By its number first: ids go by the clock, which may have been set back in between.
    last = max(mailed, key=lambda mail: (_number(mail.about), mail.id)).about if mailed else None
    expected = row.state in INVITED and user_id in _invited(row)
    method = REQUEST if expected else CANCEL
    told_off = last is None or last.endswith(CANCEL)
    if method == CANCEL and told_off:
        return None  # nobody is uninvited who was never mailed, nor twice
    about = f"{_about(row)}{row.sequence}:{method}"
    return None if about == last else _Letter(method, about, first=told_off)


def make_invitation(session: Session, item: str, now: datetime) -> bool:
    """Put one invitation, update or withdrawal into the outbox, if it is still due."""
    meeting_id, _slash, user_id = item.partition("/")
    # One at a time, so that nobody gets the same twice.
    wish = session.get(NotificationWish, user_id, with_for_update=True)
    row = session.get(Meeting, meeting_id)
    letter = _letter(session, row, user_id, now) if row is not None else None
    if wish is None or row is None or letter is None or not wish.email:
        return False
    user, options = session.get_one(User, user_id), settings()
    link = f"{options.mail_link}/meetings/{row.id}"
    with force_locale(user.locale or options.locale):
        subject, body = _words(row, letter, link)
        summary = _("联席会议 %(number)s", number=row.number)
        calendar = ical.mailed(session, row, letter.method, summary, link,
                               (wish.email, user.name), _sender(options))  # fmt: skip
    mail = put_out(session, wish, subject, body, now, about=letter.about, calendar=calendar)
    _tell_once(session, mail, row.id)
    return True


def _tell_once(session: Session, mail: Mail, meeting_id: str) -> None:
    """What the invitation told, no digest tells again."""
    session.execute(
        update(Notification)
        .where(
            Notification.user_id == mail.user_id,
            Notification.kind == KIND,
            Notification.record_id == meeting_id,
            Notification.verb.in_(TOLD),
            Notification.mail_id.is_(None),
        )
        .values(mail_id=mail.id)
    )


def _sender(options: Settings) -> str:
    """The bare address that mail comes from."""
    return options.mail_from.rpartition("<")[2].rstrip(">").strip()


def _from_to(row: Meeting) -> str:
    """2026-11-30 09:00–11:00, with the day of its end if that is another one."""
    begins, ends = row.starts_at.astimezone(SHANGHAI), row.ends_at.astimezone(SHANGHAI)
    until = f"{ends:%H:%M}" if ends.date() == begins.date() else f"{ends:%Y-%m-%d %H:%M}"
    return f"{begins:%Y-%m-%d %H:%M}–{until}"


def _words(row: Meeting, letter: _Letter, link: str) -> tuple[str, str]:
    if letter.method == CANCEL:
        subject = _("联防：联席会议 %(number)s 不再请您参加", number=row.number)
        if row.state == MeetingState.CANCELLED:
            subject = _("联防：联席会议 %(number)s 已取消", number=row.number)
    elif letter.first:
        subject = _("联防：请参加联席会议 %(number)s", number=row.number)
    else:
        subject = _("联防：联席会议 %(number)s 安排有变", number=row.number)
    lines = [
        _("时间：%(at)s（北京时间）", at=_from_to(row)),
        *([_("地点：%(place)s", place=row.place)] if row.place else []),
        "",
        _("议程和材料请登录后查看，并在那里答复：%(link)s", link=link),
        _("邮件的种类、频率和免打扰时段可在“通知设置”中更改。"),
        "",
    ]
    return subject, "\n".join(lines)
