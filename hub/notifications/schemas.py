"""Input and output of the notifications API."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hub.accounts.schemas import Strict

TopicName = Literal[
    "agreement",
    "patrol",
    "share",
    "access",
    "case",
    "request",
    "petition",
    "meeting",
    "package",
    "deadline",
    "emergency",
]
Hours = Annotated[int, Field(ge=1, le=168)]
HHMM = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class NotificationFilterQuery(BaseModel):
    """Filters of the list."""

    topic: TopicName | None = None
    unread: bool = False


class AllReadIn(Strict):
    """Which are meant; without a topic all."""

    topic: TopicName | None = None


class WishIn(Strict):
    """What a person wishes; quiet hours are local time (Asia/Shanghai) and may span midnight."""

    topics: list[TopicName] = Field(max_length=20)
    email: str | None = Field(default=None, max_length=254)
    mail: bool = False
    digest: Literal["at_once", "hourly", "daily"] = "hourly"
    quiet_from: str | None = Field(default=None, pattern=HHMM)
    quiet_to: str | None = Field(default=None, pattern=HHMM)
    # Hours before a patrol at which you are reminded; left out: as it was; empty: never.
    patrol_hours: list[Hours] | None = Field(default=None, max_length=10)


class NotificationOut(BaseModel):
    """A notification as its person may read it now."""

    id: str
    topic: str
    topic_name: str
    kind: str
    record_id: str
    verb: str
    text: str
    url: str | None
    at: dt.datetime
    read: bool


class NotificationsOut(BaseModel):
    """A page of notifications, newest first."""

    items: list[NotificationOut]
    next: str | None


class CountOut(BaseModel):
    """How many are unread, counted up to 100."""

    unread: int


class WishOut(BaseModel):
    """A person's wishes."""

    topics: list[str]
    email: str | None
    mail: bool
    digest: str
    quiet_from: str | None
    quiet_to: str | None
    patrol_hours: list[int]
    version: int
