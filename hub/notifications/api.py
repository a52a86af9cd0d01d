"""A person's notifications and wishes over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.notifications import schemas, services
from hub.notifications.access import require_bell
from hub.notifications.models import Digest, Notification
from hub.notifications.topics import Topic
from hub.notifications.views import COLUMNS, Wanted, notifications, view
from hub.web.doors import check_version, reading, required_version, writing
from hub.web.list_doors import list_doors
from hub.web.lists import Listing

bp = APIBlueprint("notifications_api", __name__, url_prefix="/api/v1", tag="notifications")


def _listed(
    session: Session, actor: Actor, query: schemas.NotificationFilterQuery
) -> Listing[Notification]:
    require_bell(actor)
    topic = Topic(query.topic) if query.topic else None
    return notifications(session, actor, Wanted(topic, query.unread))


list_doors(
    bp,
    "/notifications",
    query=schemas.NotificationFilterQuery,
    out=schemas.NotificationsOut,
    listed=_listed,
    columns=COLUMNS,
    summary="Your notifications, newest first",
)


@bp.get("/notifications/count")
@bp.output(schemas.CountOut)
@bp.doc(summary="How many of your notifications are unread")
@reading
def count(session: Session, actor: Actor) -> dict[str, Any]:
    """The number on the bell."""
    return {"unread": services.unread(session, actor)}


@bp.post("/notifications/<notification_id>/read")
@bp.output(schemas.NotificationOut)
@bp.doc(summary="Note that you read one")
@writing
def read(session: Session, actor: Actor, notification_id: str) -> dict[str, Any]:
    """Mark one read."""
    row = services.mark_read(session, actor, notification_id)
    return view(session, actor.reader, row)


@bp.post("/notifications/read-all")
@bp.input(schemas.AllReadIn, arg_name="body")
@bp.output(schemas.CountOut)
@bp.doc(summary="Note that you read all (of a topic); answers how many are still unread")
@writing
def read_all(session: Session, actor: Actor, body: schemas.AllReadIn) -> dict[str, Any]:
    """Mark all read."""
    services.mark_all_read(session, actor, Topic(body.topic) if body.topic else None)
    session.flush()
    return {"unread": services.unread(session, actor)}


@bp.get("/notifications/settings")
@bp.output(schemas.WishOut)
@bp.doc(summary="What you wish to be told of, and how")
@reading
def wishes(session: Session, actor: Actor) -> dict[str, Any]:
    """The actor's own wishes."""
    return services.wish_view(services.wish_of(session, actor.user_id))


@bp.put("/notifications/settings")
@bp.input(schemas.WishIn, arg_name="body")
@bp.output(schemas.WishOut)
@bp.doc(summary="Change what you wish to be told of, and how")
@writing
def set_wishes(session: Session, actor: Actor, body: schemas.WishIn) -> dict[str, Any]:
    """Change the actor's own wishes."""
    held = services.wish_of(session, actor.user_id)
    check_version(required_version(), held.version, services.wish_view(held))
    wish = services.set_wish(
        session,
        actor,
        muted=set(Topic) - {Topic(topic) for topic in body.topics},
        email=body.email,
        mail=body.mail,
        digest=Digest(body.digest),
        quiet_from=services.minutes_of(body.quiet_from),
        quiet_to=services.minutes_of(body.quiet_to),
        patrol_hours=body.patrol_hours,
    )
    return services.wish_view(wish)
