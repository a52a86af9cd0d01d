"""Pages of notifications: the list, and what a person wishes."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from hub.access import Right
from hub.db import read_only
from hub.notifications import services
from hub.notifications.access import require_bell
from hub.notifications.models import Digest
from hub.notifications.topics import ALWAYS, TOPIC_NAMES, Topic
from hub.notifications.views import Wanted, notifications
from hub.web.identity import current_actor, settings

bp = Blueprint("notifications", __name__)
PER_PAGE = 50
DIGESTS = {
    Digest.AT_ONCE: _l("立即"),
    Digest.HOURLY: _l("每小时汇总"),
    Digest.DAILY: _l("每天8点以后汇总"),
}


def _query(wanted: Wanted) -> dict[str, str]:
    """What the list is narrowed to, as it stands in an address."""
    given = {"topic": wanted.topic and wanted.topic.value, "unread": wanted.unread and "1"}
    return {name: value for name, value in given.items() if value}


@bp.get("/notifications")
def index() -> str:
    """The person's notifications, newest first."""
    actor = current_actor()
    require_bell(actor)
    topic = request.args.get("topic")
    wanted = Wanted(
        Topic(topic) if topic in list(Topic) else None, request.args.get("unread") == "1"
    )
    with read_only() as session:
        found = notifications(session, actor, wanted).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
        unread = services.unread(session, actor)
    return render_template(
        "notifications/list.html",
        found=found,
        wanted=wanted,
        unread=unread,
        query=_query(wanted),
        topics=[(one.value, str(name)) for one, name in TOPIC_NAMES.items()],
    )


@bp.get("/notifications/settings")
def wishes() -> str:
    """What the person wishes to be told of, and how."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        wish = services.wish_view(services.wish_of(session, actor.user_id))
    return render_template(
        "notifications/settings.html",
        wish=wish,
        topics=[(one.value, str(name)) for one, name in TOPIC_NAMES.items() if one not in ALWAYS],
        digests=[(one.value, str(name)) for one, name in DIGESTS.items()],
        mail_possible=bool(settings().smtp_url),
    )
