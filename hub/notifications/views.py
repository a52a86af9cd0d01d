"""A notification in words, with the rights of the moment at which it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass
from hub.deadlines.models import Clock
from hub.deadlines.views import in_locale
from hub.home.activity import SENTENCES, verb_of
from hub.home.spoken import spoken
from hub.home.subjects import Named, describe
from hub.notifications.access import shown
from hub.notifications.models import Notification
from hub.notifications.topics import TOPIC_NAMES, Topic
from hub.web.lists import Listing, Order, narrowed
from sharing.canonical import utc_text


@dataclass(frozen=True)
class Wanted:
    """Which notifications to list."""

    topic: Topic | None = None
    unread: bool = False


def notifications(session: Session, actor: Actor, wanted: Wanted) -> Listing[Notification]:
    """The actor's notifications, newest first; none of a record that he does not see by now."""
    topic = Notification.topic == (wanted.topic and wanted.topic.value)
    conditions = [(wanted.topic, topic), (wanted.unread, Notification.read_at.is_(None))]
    mine = select(Notification).where(Notification.user_id == actor.user_id)
    return Listing(
        narrowed(mine, conditions),
        Order(Notification.id),
        lambda rows: (
            view(session, actor.reader, row) for row in shown(session, actor.reader, rows)
        ),
    )


def view(session: Session, reader: ReaderClass, row: Notification) -> dict[str, Any]:
    """A notification as its person may read it now."""
    rule, named = _subject(session, reader, row)
    verb = str(verb_of(row.kind, row.verb))
    gone = named.url is None
    what = named.title if gone else _("%(kind)s %(name)s", kind=named.kind_name, name=named.title)
    text = f"{named.kind_name}：{what}" if gone else _("%(what)s：%(verb)s", what=what, verb=verb)
    if row.kind in SENTENCES and not gone:
        text = named.title
    if rule is not None:
        text = _("期限“%(rule)s”%(verb)s：%(what)s", rule=rule, verb=verb, what=what)
    return {
        "id": row.id,
        "topic": row.topic,
        "topic_name": str(TOPIC_NAMES[Topic(row.topic)]),
        "kind": row.kind,
        "record_id": row.record_id,
        "verb": row.verb,
        "text": str(text),
        "url": named.url,
        "at": utc_text(row.at),
        "read": row.read_at is not None,
    }


def _subject(session: Session, reader: ReaderClass, row: Notification) -> tuple[str | None, Named]:
    """The record that is meant; of a deadline its rule's name and the record it runs for."""
    if row.kind == "clock":
        clock = session.get(Clock, row.record_id)
        if clock is not None:
            name = in_locale(clock.rule.name, clock.rule.name_en)
            return name, describe(session, reader, clock.kind, clock.subject_id)
    # What people wrote of a record stands on its page, not in every notice of it.
    return None, spoken(session, reader, row.kind, row.record_id, text=False)


# Of the list as a file: keys and headings.
COLUMNS = {"at": _l("时间"), "topic_name": _l("类别"), "text": _l("内容"), "read": _l("已读")}
