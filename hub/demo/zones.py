"""Demo zone of the older agreement: Changxing–Yixing, approved by both."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.crs import geodesic_length_m
from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.agreements.models import Agreement
from hub.zones import services
from hub.zones.geometry import Marked
from hub.zones.lines import line_between
from hub.zones.models import Zone

CHANGXING, YIXING = "330522", "320282"


def add_zones(session: Session) -> Zone:
    """Cut six kilometres in the middle of the longest part of the line, 1 km on each side."""
    people = {row.username: row for row in session.scalars(select(User))}
    agreement = session.scalars(
        select(Agreement).where(Agreement.title_en.startswith("Changxing"))
    ).one()
    length = geodesic_length_m(line_between(session, CHANGXING, YIXING).parts[0])
    middle = length / 2
    zone = services.propose(
        session,
        make_actor(people["changxing-planner"]),
        name="长兴—宜兴交叉联合执法区域（演示）",
        agreement_id=agreement.id,
        marked=Marked(CHANGXING, YIXING, 0, middle - 3000, middle + 3000, 1000.0, "flat"),
        note="演示区域",
    )
    for username in ("changxing-planner", "yixing-planner"):
        services.approve(
            session,
            make_actor(people[username]),
            zone.id,
            number=zone.current_version,
            content_hash=zone.current.content_hash,
        )
    return zone
