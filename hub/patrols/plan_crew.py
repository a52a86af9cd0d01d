"""Who and what takes part: each party names its own people and craft; hosts need two licensed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import BUSINESS_ROLES, Actor
from hub.accounts.models import User
from hub.bureaus.services import bureau
from hub.db import utc_now
from hub.errors import Conflict, field_error
from hub.patrols.clashes import Bookings, booking_clashes
from hub.patrols.models import Patrol, PatrolCraft, PatrolOfficer
from hub.stations.models import Craft
from hub.stations.services import craft_of_bureaus

# 行政处罚法 (2021) 第四十二条: at least two officers, each with the certificate.
LICENSED_PER_HOST = 2


def able_officers(session: Session, bureau_id: str) -> Sequence[User]:
    """People of a bureau who can be sent on a patrol: active, of a business role, by name."""
    rows = session.scalars(
        select(User).where(User.bureau_id == bureau_id, User.active).order_by(User.name, User.id)
    )
    return [user for user in rows if BUSINESS_ROLES & set(user.roles)]


def able_craft(session: Session, bureau_id: str) -> Sequence[Craft]:
    """Boats and vehicles that a bureau can send, by name."""
    return craft_of_bureaus(session, [bureau_id])


def choose_officers(session: Session, actor: Actor, ids: Iterable[str]) -> list[PatrolOfficer]:
    """Rows for people of the actor's bureau.

    Raises:
        Invalid: one of them is not there, not of this bureau, or cannot be sent.
    """
    able = {user.id: user for user in able_officers(session, actor.bureau_id)}
    now = utc_now()
    wanted = sorted(set(ids))
    if any(user_id not in able for user_id in wanted):
        raise field_error("officers", _l("只能指派本单位的在岗人员。"))
    return [
        PatrolOfficer(
            user_id=user_id,
            bureau_id=actor.bureau_id,
            name=able[user_id].name,
            license_no=able[user_id].license_no if able[user_id].licensed_at(now) else None,
        )
        for user_id in wanted
    ]


def choose_craft(session: Session, actor: Actor, ids: Iterable[str]) -> list[PatrolCraft]:
    """Rows for boats and vehicles of the actor's bureau.

    Raises:
        Invalid: one of them is not there, or not to be used by this bureau.
    """
    able = {craft.id: craft for craft in able_craft(session, actor.bureau_id)}
    wanted = sorted(set(ids))
    if any(craft_id not in able for craft_id in wanted):
        raise field_error("craft", _l("只能安排本单位可用的船艇车辆。"))
    return [
        PatrolCraft(craft_id=craft_id, bureau_id=actor.bureau_id, name=able[craft_id].name)
        for craft_id in wanted
    ]


def replace_own(
    session: Session,
    actor: Actor,
    patrol: Patrol,
    officers: list[PatrolOfficer] | None,
    craft: list[PatrolCraft] | None,
) -> None:
    """Put these in the place of the own bureau's people and craft; None leaves them."""
    if officers is not None:
        keep = [row for row in patrol.crew if row.bureau_id != actor.bureau_id]
        known = {row.user_id: row for row in patrol.crew}
        patrol.crew = keep + [_renewed(known.get(row.user_id), row) for row in officers]
    if craft is not None:
        booked = {row.craft_id: row for row in patrol.craft}
        others = [row for row in patrol.craft if row.bureau_id != actor.bureau_id]
        patrol.craft = others + [booked.get(row.craft_id, row) for row in craft]
    session.flush()


def _renewed(known: PatrolOfficer | None, row: PatrolOfficer) -> PatrolOfficer:
    if known is None:
        return row
    known.name, known.license_no = row.name, row.license_no
    return known


def requirements(
    session: Session, legs: Sequence[Mapping[str, Any]], crew: Sequence[PatrolOfficer]
) -> list[dict[str, Any]]:
    """What each host owes: a row per host with a leg, in the order of the route."""
    rows: dict[str, dict[str, Any]] = {}
    for number, leg in enumerate(legs, start=1):
        host = str(leg["host_bureau_id"])
        row = rows.setdefault(
            host, {"bureau_id": host, "legs": [], "length_m": 0.0, "needed": LICENSED_PER_HOST}
        )
        row["legs"].append(number)
        row["length_m"] = round(row["length_m"] + leg["length_m"], 1)
    for host, row in rows.items():
        row["bureau_name"] = bureau(session, host).name
        row["licensed"] = sum(1 for o in crew if o.bureau_id == host and o.license_no)
        row["met"] = row["licensed"] >= LICENSED_PER_HOST
        row["message"] = str(_words(row))
    return list(rows.values())


def _words(row: Mapping[str, Any]) -> Any:
    return _l(
        "第%(legs)s段由%(host)s主办，须有%(needed)s名以上持证执法人员，现有%(licensed)s名。",
        legs="、".join(map(str, row["legs"])),
        host=row["bureau_name"],
        needed=row["needed"],
        licensed=row["licensed"],
    )


def check_requirements(session: Session, patrol: Patrol) -> None:
    """Refuse while a host has too few licensed officers.

    Raises:
        Conflict: names each leg and its host.
    """
    rows = requirements(session, patrol.legs, patrol.crew)
    missing = [row for row in rows if not row["met"]]
    if missing:
        raise Conflict(
            "".join(row["message"] for row in missing),
            extra={"rule": "patrol.hosts", "requirements": rows},
        )


def check_licenses(session: Session, patrol: Patrol, at: datetime) -> None:
    """Refuse while somebody goes as a licensed officer who at that time no longer is one.

    Raises:
        Conflict: names each person whose certificate ran out, was taken back or changed since he
            was assigned.
    """
    lapsed = []
    for officer in patrol.crew:
        if officer.license_no is None:
            continue
        user = session.get(User, officer.user_id)
        if user is None or not user.licensed_at(at) or user.license_no != officer.license_no:
            lapsed.append(officer.name)
    if lapsed:
        raise Conflict(
            _l(
                "%(names)s的执法证已到期、注销或更换，请其单位重新指派人员，双方再批准。",
                names="、".join(lapsed),
            ),
            extra={"rule": "patrol.licenses", "people": lapsed},
        )


def options(
    session: Session,
    actor: Actor,
    starts_at: datetime | None,
    ends_at: datetime | None,
    patrol_id: str | None,
) -> dict[str, Any]:
    """What the actor's bureau can send, and what is booked elsewhere in a window if given."""
    officers = able_officers(session, actor.bureau_id)
    craft = able_craft(session, actor.bureau_id)
    busy: dict[str, str] = {}
    now = utc_now()
    if starts_at is not None and ends_at is not None:
        bookings = Bookings(
            actor.bureau_id, [u.id for u in officers], [c.id for c in craft], patrol_id
        )
        for clash in booking_clashes(session, bookings, starts_at, ends_at):
            busy.setdefault(clash.values["booked_id"], str(clash.message))
    return {
        "officers": [
            {
                "id": u.id,
                "name": u.name,
                "license_no": u.license_no if u.licensed_at(now) else None,
                "busy": busy.get(u.id),
            }
            for u in officers
        ],
        "craft": [
            {"id": c.id, "name": c.name, "kind": c.kind, "plate": c.plate, "busy": busy.get(c.id)}
            for c in craft
        ],
    }
