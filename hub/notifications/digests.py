"""Digests: when a person is due one, and what it says. It names kinds, counts and numbers alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.clock import SHANGHAI
from hub.config import Settings
from hub.deadlines.models import Clock
from hub.notifications.access import shown
from hub.notifications.models import Digest, Mail, MailState, Notification, NotificationWish
from hub.notifications.topics import TOPIC_NAMES, Topic
from hub.realtime.renderers import RENDERERS
from hub.shares.models import AccessRequest
from hub.web.identity import settings
from sharing.models import new_id

# Local hour from which on the daily digest is sent.
DAILY_HOUR = 8
NUMBERS_NAMED = 10


def _unmailed(user_id: object) -> ColumnElement[bool]:
    return (
        (Notification.user_id == user_id)
        & Notification.mail_id.is_(None)
        & Notification.read_at.is_(None)
    )


def persons_due(session: Session, now: datetime) -> Sequence[str]:
    """Ids of persons whose digest is due; nobody while no mail server is set."""
    if not settings().smtp_url:
        return []
    waiting = (
        select(NotificationWish)
        .where(NotificationWish.mail.is_(True), NotificationWish.email.is_not(None))
        .where(
            select(Notification.id)
            .where(_unmailed(NotificationWish.user_id))
            .where(Notification.at >= NotificationWish.mail_since)
            .exists()
        )
        .order_by(NotificationWish.user_id)
    )
    return [row.user_id for row in session.scalars(waiting) if _is_due(session, row, now)]


def _is_due(session: Session, wish: NotificationWish, now: datetime) -> bool:
    """Whether the person's rhythm and quiet hours (Asia/Shanghai) allow a mail at the moment."""
    local = now.astimezone(SHANGHAI)
    if is_quiet(wish.quiet_from, wish.quiet_to, local.hour * 60 + local.minute):
        return False
    if wish.digest == Digest.AT_ONCE:
        return True
    last = session.scalar(
        select(Mail.made_at)
        .where(Mail.user_id == wish.user_id, Mail.about.is_(None))
        .order_by(Mail.made_at.desc())
    )
    if wish.digest == Digest.HOURLY:
        return last is None or now - last >= timedelta(hours=1)
    mailed_today = last is not None and last.astimezone(SHANGHAI).date() == local.date()
    return local.hour >= DAILY_HOUR and not mailed_today


def put_out(
    session: Session,
    wish: NotificationWish,
    subject: str,
    body: str,
    now: datetime,
    *,
    about: str | None = None,
    calendar: str | None = None,
) -> Mail:
    """Put a mail into the outbox, from which it is sent.

    Args:
        wish: of the person it goes to, with his address.
        about: what an invitation tells, so that the same is not told again.
        calendar: the iCalendar text that goes with it.
    """
    mail = Mail(
        id=new_id(),
        user_id=wish.user_id,
        to=wish.email,
        subject=subject,
        body=body,
        about=about,
        calendar=calendar,
        state=MailState.WAITING.value,
        made_at=now,
        next_at=now,
    )
    session.add(mail)
    session.flush()
    return mail


def is_quiet(begins: int | None, ends: int | None, minute: int) -> bool:
    """Whether a minute of the day lies in the quiet hours, which may span midnight."""
    if begins is None or ends is None or begins == ends:
        return False
    if begins < ends:
        return begins <= minute < ends
    return minute >= begins or minute < ends


def make_digest(session: Session, user_id: str, now: datetime) -> bool:
    """Put one mail about everything unread into the outbox, if it is still due.

    The mail and the mark on what it tells of are one transaction: a notification is in one digest.
    """
    wish = session.get(NotificationWish, user_id, with_for_update=True)
    user = session.get(User, user_id)
    if wish is None or user is None or not user.active or not (wish.mail and wish.email):
        return False
    rows = session.scalars(
        select(Notification)
        .where(_unmailed(user_id), Notification.at >= wish.mail_since)
        .order_by(Notification.id)
    ).all()
    reader = make_actor(user).reader
    told = shown(session, reader, rows)
    if not told or not _is_due(session, wish, now):
        return False
    options = settings()
    with force_locale(user.locale or options.locale):
        subject, body = _words(session, reader, told, options)
    mail = put_out(session, wish, subject, body, now)
    for row in rows:
        row.mail_id = mail.id
    return True


def _words(
    session: Session, reader: ReaderClass, rows: Sequence[Notification], options: Settings
) -> tuple[str, str]:
    by_topic: dict[str, list[Notification]] = defaultdict(list)
    for row in rows:
        by_topic[row.topic].append(row)
    lines = []
    for topic in Topic:
        if topic in by_topic:
            numbers = {number_of(session, reader, row.kind, row.record_id): None
                       for row in by_topic[topic]}  # fmt: skip
            named = [number for number in numbers if number][:NUMBERS_NAMED]
            count = _("%(topic)s：%(n)s条", topic=TOPIC_NAMES[topic], n=len(by_topic[topic]))
            numbers_told = _("（") + _("、").join(named) + _("）") if named else ""
            lines.append(f"- {count}{numbers_told}")
    subject = ngettext("联防：%(n)s条新通知", "联防：%(n)s条新通知", len(rows), n=len(rows))
    link = f"{options.mail_link}/notifications"
    closing = _("内容请登录后查看：%(link)s", link=link)
    settings_line = _("邮件的种类、频率和免打扰时段可在“通知设置”中更改。")
    return subject, "\n".join([*lines, "", closing, settings_line, ""])


def number_of(session: Session, reader: ReaderClass, kind: str, record_id: str) -> str | None:
    """The number of a record as far as the reader may see it at this moment; never its content."""
    if kind == "clock":
        clock = session.get(Clock, record_id)
        return number_of(session, reader, clock.kind, clock.subject_id) if clock else None
    if kind == "access_request":
        asked = session.get(AccessRequest, record_id)
        return number_of(session, reader, "share", asked.share_id) if asked else None
    render = RENDERERS.get(kind)
    view = render(session, reader, record_id) if render else None
    if view is None:
        return None
    # A letter is known by the number that stands on it.
    return view.get("document_number") or view.get("number") or view.get("record_number")
