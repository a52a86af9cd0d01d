"""Calendar feeds: own secret addresses over JSON, and the door that calendar programs open."""

from __future__ import annotations

import hashlib
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts import feeds
from hub.accounts.feeds import FeedScope
from hub.db import read_only, unit_of_work, utc_now
from hub.errors import Forbidden, NotFound
from hub.schedule.ical import calendar_of
from hub.web.doors import reading, witnessed, writing
from hub.web.identity import settings

bp = APIBlueprint("calendar_feeds", __name__, tag="schedule")


@bp.get("/api/v1/calendar-feeds")
@bp.doc(summary="Your calendar feeds, without their secret addresses")
@reading
def own_feeds(session: Session, actor: Actor) -> dict[str, Any]:
    """One row per scope."""
    return {"items": feeds.list_feeds(session, actor)}


# Not `writing`: that door keeps its answers, and this one holds a secret. Asked twice, the second
# address is in the place of the first, so that nothing is made twice.
@bp.put("/api/v1/calendar-feeds/<scope>")
@bp.doc(summary="A new secret address (person, bureau) in the place of the old; shown once")
@witnessed
def renew(session: Session, actor: Actor, scope: str) -> dict[str, Any]:
    """Make or renew an address."""
    if actor.read_only:
        raise Forbidden(_l("此令牌只有读取权限。"))
    row, raw = feeds.renew_feed(session, actor, _scope(scope))
    return feeds.feed_view(FeedScope(row.scope), row) | {"url": f"{_base()}/calendars/{raw}.ics"}


@bp.delete("/api/v1/calendar-feeds/<scope>")
@bp.doc(summary="End an own secret address")
@writing
def revoke(session: Session, actor: Actor, scope: str) -> dict[str, Any]:
    """Whoever has it reads nothing more."""
    feeds.revoke_feed(session, actor, _scope(scope))
    return feeds.feed_view(_scope(scope), None)


def _scope(text: str) -> FeedScope:
    if text not in set(FeedScope):
        raise NotFound
    return FeedScope(text)


def _base() -> str:
    return request.host_url.rstrip("/")


@bp.get("/calendars/<token>.ics")
@bp.doc(hide=True)
def calendar(token: str) -> Response:
    """The calendar behind a secret address, with the rights of its person at this moment."""
    with read_only() as session:
        row, actor = feeds.open_feed(session, token)
        with force_locale(row.user.locale or settings().locale):
            body = calendar_of(session, actor, _base(), own=row.scope == FeedScope.PERSON.value)
        feed_id, last = row.id, row.last_used_at
    now = utc_now()
    if last is None or now - last > feeds.SEEN_EVERY:
        with unit_of_work() as session:
            feeds.note_read(session, feed_id, now)
    response = Response(body, mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    return response
