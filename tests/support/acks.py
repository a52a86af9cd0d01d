"""Devices that say how far they have come with their bureau's feed."""

from __future__ import annotations

from typing import Any

from hub.accounts.access import SessionRules, make_actor
from hub.accounts.current import rights_stamp
from hub.accounts.models import User
from hub.realtime.acknowledge import Ack, acknowledge
from sharing import feed


def ack_of(session: Any, user_id: str, *, ahead: int = 0) -> Ack:
    """That a person's device has all of his feed, or `ahead` more than there is."""
    user = session.get(User, user_id)
    seq = feed.head(session, user.bureau_id) + ahead
    return Ack(make_actor(user, session_id=user_id), seq, rights_stamp(session))


def acknowledged(world: Any, *usernames: str) -> None:
    """All devices of these people have everything and say so together."""
    people = [world.as_(name).user_id for name in usernames]
    rules: SessionRules = world.app.extensions["hub.publisher"].rules
    with world.app.app_context(), world.unit_of_work() as session:
        acknowledge(session, [ack_of(session, one) for one in people], rules)
