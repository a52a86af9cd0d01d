"""What speaks against a plan: time, agreement, place, people and craft booked twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import shapely
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.routes import SLIVER_M, RouteCut
from hub.accounts.models import User
from hub.db import utc_now
from hub.errors import Conflict, Text
from hub.patrols.busy import Busy, busy_between
from hub.patrols.models import Patrol
from hub.patrols.plan_ground import Ground
from hub.stations.models import Craft
from sharing.canonical import utc_text

LONGEST = timedelta(hours=24)
# Who fills in a form for "now" sends it a little later.
LATE = timedelta(minutes=10)


@dataclass(frozen=True)
class Clash:
    """One reason against a plan: a code, words for people, values for programs."""

    kind: str
    message: Text
    values: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values in the reader's language."""
        return {"kind": self.kind, "message": str(self.message), **self.values}


@dataclass(frozen=True)
class Bookings:
    """Who and what a plan books, for whom, and for which patrol (None: a new one)."""

    reader_bureau_id: str
    officers: Iterable[str]
    craft: Iterable[str]
    patrol_id: str | None = None


def refuse(clashes: Sequence[Clash]) -> None:
    """Refuse a plan against which anything speaks.

    Raises:
        Conflict: carries every clash, so that all can be put right at once.
    """
    if clashes:
        words = str(_("；")).join(str(clash.message).rstrip("。.") for clash in clashes)
        listed = [clash.to_dict() for clash in clashes]
        raise Conflict(words + str(_("。")), extra={"clashes": listed})


def time_clashes(starts_at: datetime, ends_at: datetime, *, fresh: bool) -> list[Clash]:
    """What is wrong with a window of time.

    Args:
        fresh: the time is being set now, so it must not have begun; else it must not be over.
    """
    now = utc_now()
    found = []
    if ends_at <= starts_at:
        found.append(Clash("time_order", _l("结束时间早于或等于开始时间。")))
    elif ends_at - starts_at > LONGEST:
        found.append(Clash("too_long", _l("一次巡查不能超过24小时。")))
    if ends_at <= now or (fresh and starts_at < now - LATE):
        found.append(Clash("past", _l("时间已过。")))
    return found


def agreement_clashes(ground: Ground, starts_at: datetime, ends_at: datetime) -> list[Clash]:
    """Whether the agreement is in force during the whole window."""
    agreement = ground.agreement
    current = agreement.version_at(starts_at)
    values = {
        "agreement_id": agreement.id,
        "valid_from": utc_text(current.valid_from),
        "valid_to": utc_text(current.valid_to),
    }
    if ground.in_force(starts_at) and ends_at <= current.valid_to:
        return []
    if ground.in_force(starts_at):
        return [
            Clash(
                "agreement_ends",
                _l(
                    "%(number)s于%(end)s到期，早于巡查结束。",
                    number=agreement.number,
                    end=local(current.valid_to),
                ),
                values,
            )
        ]
    words = _l("%(number)s在巡查时段内未生效。", number=agreement.number)
    if not current.valid_from <= starts_at < current.valid_to:
        words = _l(
            "%(number)s在巡查时段内未生效，其有效期为%(begin)s至%(end)s。",
            number=agreement.number,
            begin=local(current.valid_from),
            end=local(current.valid_to),
        )
    return [Clash("agreement_not_in_force", words, values)]


def pinned_clashes(ground: Ground, patrol: Patrol) -> list[Clash]:
    """Whether what the plan was made on still stands: zone version and agreement version."""
    found = []
    if ground.zone.binding_version != patrol.zone_version:
        words = _l(
            "方案依据区域第%(old)s版，该版已不再有效；请按现行版本修改方案。",
            old=patrol.zone_version,
        )
        found.append(Clash("zone_version", words, {"binding": ground.zone.binding_version}))
    if ground.agreement.version_at(patrol.starts_at).number != patrol.agreement_version:
        words = _l("方案依据的机制备忘录已有新版本；请据新版本修改方案。")
        found.append(Clash("agreement_version", words))
    return found


def place_clashes(cut: RouteCut) -> list[Clash]:
    """Whether the route stays in the zone; names the part outside."""
    outside = cut.outside
    if cut.outside_m < SLIVER_M:
        return []
    parts = [part for part in cut.sections if part.side is None]
    stretches = "、".join(f"{p.from_m / 1000:.2f}–{p.to_m / 1000:.2f} km" for p in parts)
    words = _l(
        "路线有%(metres)s米在区域之外（第%(stretches)s处）。",
        metres=round(cut.outside_m),
        stretches=stretches,
    )
    geometry = shapely.geometry.mapping(outside)
    values = {"outside_m": round(cut.outside_m, 1), "geometry": geometry}
    return [Clash("outside_zone", words, values)]


def lock_bookings(session: Session, officers: Iterable[str], craft: Iterable[str]) -> None:
    """Hold the booked people and craft until the transaction ends, in sorted order.

    Two plans that book the same person then check one after the other: the second sees the first.
    `FOR NO KEY UPDATE`, so that signing in (a new row that points at the person) does not wait.
    SQLite has one writer at a time anyway.
    """
    for column, ids in ((User.id, officers), (Craft.id, craft)):
        wanted = sorted(set(ids))
        if wanted:
            statement = select(column).where(column.in_(wanted)).order_by(column)
            session.execute(statement.with_for_update(key_share=True)).all()


def booking_clashes(
    session: Session, bookings: Bookings, starts_at: datetime, ends_at: datetime
) -> list[Clash]:
    """Who and what is booked elsewhere or absent at that time.

    The reader's own are named with the other patrol; of the partner's he learns no more than that
    they are not available, whatever the reason and however many there are.
    """
    officers, craft = set(bookings.officers), set(bookings.craft)
    busy = busy_between(session, officers, craft, starts_at, ends_at)
    return clashes_of(busy, bookings, starts_at, ends_at)


def clashes_of(
    busy: Iterable[Busy], bookings: Bookings, starts_at: datetime, ends_at: datetime
) -> list[Clash]:
    """The same of what was read already, for more people and a longer time perhaps."""
    wanted = {"officer": set(bookings.officers), "craft": set(bookings.craft)}
    found: dict[Any, Clash] = {}
    for one in busy:
        other = None if one.patrol is None else one.patrol.id
        same = other is not None and other == bookings.patrol_id
        if same or one.booked_id not in wanted[one.subject]:
            continue
        if one.during(starts_at, ends_at):
            clash = _busy(one, bookings.reader_bureau_id)
            found.setdefault((clash.kind, *clash.values.items()), clash)
    return list(found.values())


def _busy(one: Busy, reader_bureau_id: str) -> Clash:
    kind = f"{one.subject}_busy"
    values = {"booked_id": one.booked_id, "name": one.name}
    window = {"start": local(one.starts_at), "end": local(one.ends_at)}
    if one.bureau_id == reader_bureau_id and one.patrol is None:
        words = _l("%(name)s已登记不可用（%(start)s至%(end)s）。", name=one.name, **window)
        return Clash(kind, words, values | window)
    other = one.patrol
    if (
        other is None
        or one.bureau_id != reader_bureau_id
        or reader_bureau_id not in other.party_ids
    ):
        return Clash(kind, _l("%(name)s在该时段不可用。", name=one.name), values)
    words = _l(
        "%(name)s已编入%(number)s（%(start)s至%(end)s）。",
        name=one.name,
        number=other.number,
        **window,
    )
    return Clash(kind, words, values | {"patrol_id": other.id, "number": other.number})


def local(moment: datetime) -> str:
    """A moment by the bureaus' clock, for sentences."""
    return str(format_datetime(moment, "yyyy-MM-dd HH:mm"))
