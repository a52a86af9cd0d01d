"""What a change of a series would do, before it is saved. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.approvals import services as approvals
from hub.bureaus.services import bureau
from hub.clock import local_day
from hub.db import utc_now
from hub.errors import Text
from hub.patrol_series import services
from hub.patrol_series.dates import originals
from hub.patrol_series.making import untouched
from hub.patrol_series.models import PatrolSeries
from hub.patrol_series.views import rule_name
from hub.patrols.clashes import local
from hub.patrols.models import BOOKED, Patrol
from hub.patrols.sides import side_of
from sharing.canonical import utc_text

NAMES: dict[str, Text] = {
    "title": _l("名称"),
    "rule": _l("规则"),
    "starts_at": _l("第一次"),
    "minutes": _l("时长"),
    "lead_days": _l("提前几天提出"),
    "checklist": _l("检查事项"),
    "note": _l("说明"),
    "zone": _l("区域"),
    "route": _l("路线"),
    "officers": _l("人员"),
    "craft": _l("船艇车辆"),
}
HORIZON = timedelta(days=366)
SHOWN = 6


def preview_change(
    session: Session, actor: Actor, row: PatrolSeries, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields that change, whose agreement is withdrawn, the next dates, and what becomes of
    the patrols that were proposed already.

    Raises:
        Forbidden, Conflict, Invalid: as the change itself.
    """
    wanted = services.changed_copy(session, actor, row, values)
    before, after = services.content(row), services.content(wanted)
    names = [name for name in NAMES if before[name] != after[name]]
    given = approvals.standing(session, services.KIND, row.id, row.plan_version)
    now = utc_now()
    return {
        "changes": [
            {
                "name": name,
                "label": str(NAMES[name]),
                "before": _words(row, name),
                "after": _words(wanted, name),
            }
            for name in names
        ],
        "withdrawn": [
            {
                "bureau_id": one.bureau_id,
                "name": bureau(session, one.bureau_id).short_name,
                "side": side_of(actor.bureau_id, one.bureau_id),
            }
            for one in given
            if names
        ],
        "dates": [
            {"starts_at": utc_text(day), "new": day not in _dates(session, row, now)}
            for day in _dates(session, wanted, now)[:SHOWN]
        ],
        "patrols": [_becomes(session, one, wanted, now) for one in _made(session, row, now)]
        if names
        else [],
    }


def _dates(session: Session, row: PatrolSeries, now: datetime) -> list[datetime]:
    return originals(session, row, now, now + HORIZON)


@dataclass(frozen=True)
class _Made:
    """A patrol that came of the series, the date it came of, and whether nobody touched it."""

    patrol: Patrol
    original: datetime
    untouched: bool


def _made(session: Session, row: PatrolSeries, now: datetime) -> list[_Made]:
    found = []
    for one in row.occurrences:
        patrol = session.get(Patrol, one.patrol_id) if one.patrol_id else None
        if patrol is not None and patrol.state in BOOKED and patrol.starts_at > now:
            follows = untouched(session, one, now, lock=False) is not None
            found.append(_Made(patrol, one.original, follows))
    return found


def _becomes(session: Session, one: _Made, wanted: PatrolSeries, now: datetime) -> dict[str, Any]:
    """As `making.renew_made` will do once all have agreed again: by the local day of its date."""
    by_day = {local_day(day): day for day in _dates(session, wanted, now)}
    moment = by_day.get(local_day(one.original))
    becomes, text = "stays", _("已有人改动或确认，保持原样")
    if one.untouched and moment is None:
        becomes, text = "called_off", _("新规则没有这一天，将取消")
    elif one.untouched and moment == one.original:
        becomes, text = "renewed", _("随新内容更新")
    elif one.untouched and moment is not None:
        becomes, text = "renewed", _("将按新规则改为%(when)s", when=local(moment))
    return {
        "id": one.patrol.id,
        "number": one.patrol.number,
        "starts_at": utc_text(one.patrol.starts_at),
        "becomes": becomes,
        "text": text,
    }


def _words(row: PatrolSeries, name: str) -> str:
    if name == "rule":
        return " · ".join(dict.fromkeys([rule_name(row), row.rule])).rstrip(" ·")
    if name == "starts_at":
        return local(row.starts_at)
    if name == "minutes":
        return str(_("%(n)s分钟", n=row.minutes))
    if name == "lead_days":
        return str(row.lead_days)
    if name == "checklist":
        return "；".join(row.checklist) or "—"
    if name in ("officers", "craft"):
        count = sum(len(ids) for ids in getattr(row, name).values())
        return str(ngettext("%(num)s项", "%(num)s项", count))
    if name in ("title", "note"):
        return str(getattr(row, name)) or "—"
    return str(_("取自另一次巡查"))
