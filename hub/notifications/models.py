"""Notifications of persons, what they wish, and mail on its way."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Moment, PrimaryId
from sharing.models import UtcDateTime


class Digest(StrEnum):
    """How often mail is sent."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"


class MailState(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class Notification(Base):
    """That something concerns a person. It holds no content: that is made when it is read."""

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_user", "user_id", "id"),
        Index("ix_notification_unread", "user_id", "read_at"),
        Index("ix_notification_unmailed", "mail_id", "user_id"),
    )

    id: Mapped[PrimaryId]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    topic: Mapped[str] = mapped_column(String(20))
    # What changed, as in the feed.
    kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[str] = mapped_column(String(60))
    verb: Mapped[str] = mapped_column(String(40))
    at: Mapped[Moment]
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The digest that told of it; null: none did.
    mail_id: Mapped[str | None] = mapped_column(ForeignKey("mail.id"))


class NotificationWish(Base):
    """What a person wishes to be told of, and how; without a row everything, without mail."""

    __tablename__ = "notification_wish"

    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    # Topics that he does not wish to hear of.
    muted: Mapped[list[str]] = mapped_column(JSON)
    email: Mapped[str | None] = mapped_column(String(254))
    mail: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[str] = mapped_column(String(10), default=Digest.HOURLY.value)
    # Minutes after local midnight (Asia/Shanghai) between which no mail is sent; null: none.
    quiet_from: Mapped[int | None]
    quiet_to: Mapped[int | None]
    # From when on notifications are mailed: when mail was last switched on.
    mail_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Hours before a patrol at which he is reminded of it; null: as everybody (24 and 2).
    patrol_hours: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int] = mapped_column(default=1)


class Mail(Base):
    """One digest or invitation for one person, until the mail server has taken it."""

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_due", "state", "next_at"),
        Index("ix_mail_about", "about", "user_id"),
    )

    id: Mapped[PrimaryId]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[Moment]
    next_at: Mapped[Moment]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of an invitation: the meeting, its SEQUENCE and the method; null: a digest.
    about: Mapped[str | None] = mapped_column(String(120))
    # The iCalendar object that goes with it.
    calendar: Mapped[str | None] = mapped_column(Text)
    # What the server said at the last failure.
    error: Mapped[str | None] = mapped_column(String(300))
