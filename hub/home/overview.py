"""Everything on the overview of one person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.effect import in_force_of
from hub.db import utc_now
from hub.home.activity import latest
from hub.home.inbox import inbox
from hub.home.items import Badge, Item
from hub.home.story import steps
from hub.home.waiting import account_changes
from hub.locate.map_view import map_start
from hub.patrols.models import STATE_NAMES, Patrol, PatrolState
from hub.patrols.plan_list import Filters, own_patrols
from hub.stations.roster_views import on_duty
from hub.zones.services import binding_zones

AHEAD = timedelta(days=7)
TONES = {"in_progress": "ok", "approved": "info", "proposed": "warn"}
OPEN = (PatrolState.IN_PROGRESS, PatrolState.APPROVED, PatrolState.PROPOSED)


def overview(session: Session, actor: Actor) -> dict[str, Any]:
    """What the template `home/index.html` shows; administrators only get their own pages."""
    if not actor.may(Right.WORK_VIEW):
        return {"admin": admin_pages(session, actor)}
    todo = inbox(session, actor)
    patrols = _patrols(session, actor)
    zones = [z for z, _v, agreement in binding_zones(session) if _own(actor, agreement.party_ids)]
    return {
        "todo": todo,
        "patrols": [_patrol_item(patrol) for patrol in patrols],
        "duty": [one for one in on_duty(session, actor, utc_now()) if one["on_duty"]],
        "activity": latest(session, actor),
        "steps": steps(session, actor),
        "stats": [
            _stat(_("等您处理"), len(todo), "#home-todo", "warn" if todo else None),
            _stat(_("生效备忘录"), len(in_force_of(session, actor.bureau_id)), "/agreements"),
            _stat(_("生效区域"), len(zones), "/map"),
            _stat(_("七日内巡查"), len(patrols), "/patrols"),
        ],
        **map_start(session, actor),
    }


def _own(actor: Actor, party_ids: frozenset[str]) -> bool:
    return actor.bureau_id in party_ids


def _stat(label: str, value: int, url: str, tone: str | None = None) -> dict[str, Any]:
    return {"label": label, "value": value, "url": url, "tone": tone}


def _patrols(session: Session, actor: Actor) -> list[Patrol]:
    """Under way, and those of the next days; soonest first."""
    now = utc_now()
    wanted = Filters(states=OPEN, until=now + AHEAD)
    rows = cast("list[Patrol]", session.scalars(own_patrols(actor, wanted).limit(50)).all())
    current = [row for row in rows if row.ends_at > now or row.state == PatrolState.IN_PROGRESS]
    return sorted(current, key=lambda row: (row.state != PatrolState.IN_PROGRESS, row.starts_at))


def _patrol_item(patrol: Patrol) -> Item:
    state = PatrolState(patrol.state)
    badge = Badge(str(STATE_NAMES[state]), TONES[state])
    url = f"/patrols/{patrol.id}"
    return Item(patrol.title, patrol.number, url, "route", badge, due=patrol.starts_at)


def admin_pages(session: Session, actor: Actor) -> list[Item]:
    """The pages of the three administrators, each for one of them."""
    pages = list(account_changes(session, actor))
    if actor.may(Right.USER_MANAGE):
        pages.append(
            Item(
                _("人员"), _("新建账号、登录码、执法证；授权由安全管理员提出"), "/people", "people"
            )
        )
    if actor.may(Right.ROLE_GRANT):
        pages.append(
            Item(_("人员与角色"), _("角色和可阅密级、启用或停用账号"), "/people", "people")
        )
    if actor.may(Right.AUDIT_READ):
        pages.append(Item(_("审计"), _("查阅本单位的操作记录并验证完整性"), "/audit", "audit"))
    return pages
