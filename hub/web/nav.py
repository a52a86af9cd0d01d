"""What every page knows: navigation, the person, the language, the nonce."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request
from flask_babel import get_locale, lazy_pgettext
from flask_babel import lazy_gettext as _l

from hub.access import ROLE_NAMES, Actor, Right
from hub.calendar.services import EndsSoon, warning
from hub.config import Settings
from hub.db import read_only
from hub.files.faults import broken
from hub.notifications import services as notifications
from hub.notifications.access import has_bell
from hub.web.security import csp_nonce
from sharing import feed

ITEMS = [
    ("/", _l("总览"), "home", Right.WORK_VIEW),
    ("/map", _l("地图"), "map", Right.WORK_VIEW),
    ("/patrols", _l("巡查"), "route", Right.WORK_VIEW),
    ("/cases", lazy_pgettext("导航", "案件"), "case", Right.WORK_VIEW),
    ("/requests", _l("协查移送"), "request", Right.WORK_VIEW),
    ("/meetings", _l("联席会议"), "meeting", Right.WORK_VIEW),
    ("/findings", _l("发现"), "flag", Right.WORK_VIEW),
    ("/petitions", lazy_pgettext("导航", "信访"), "petition", Right.WORK_VIEW),
    ("/matches", _l("匹配"), "link", Right.WORK_VIEW),
    ("/schedule", _l("日程"), "calendar", Right.WORK_VIEW),
    ("/inspections", _l("笔录"), "document", Right.WORK_VIEW),
    ("/agreements", _l("协作机制"), "agreement", Right.WORK_VIEW),
    ("/packages", _l("数据交换"), "package", Right.WORK_VIEW),
    ("/stations", lazy_pgettext("导航", "联勤站"), "station", Right.WORK_VIEW),
    ("/deadlines", lazy_pgettext("导航", "期限"), "clock", Right.WORK_VIEW),
    ("/reports", _l("统计"), "report", Right.WORK_VIEW),
    ("/people", _l("人员"), "people", Right.USER_MANAGE),
    ("/people", _l("人员"), "people", Right.ROLE_GRANT),
    ("/calendar", _l("工作日历"), "calendar", Right.CALENDAR_EDIT),
    ("/keys", lazy_pgettext("导航", "密钥"), "key", Right.KEY_MANAGE),
    ("/emergencies", _l("紧急查阅"), "lock", Right.KEY_MANAGE),
    ("/store", _l("文件核验"), "checks", Right.STORE_READ),
    ("/audit", _l("审计"), "audit", Right.AUDIT_READ),
]


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation."""

    url: str
    label: str
    icon: str
    active: bool


def navigation(actor: Actor | None) -> list[NavItem]:
    """The entries that the person's roles can use."""
    if actor is None:
        return []
    return [
        NavItem(url, str(label), icon, _is_active(url))
        for url, label, icon, right in ITEMS
        if actor.may(right)
    ]


def _is_active(url: str) -> bool:
    return request.path == url or (url != "/" and request.path.startswith(url + "/"))


def _feed_seq(actor: Actor | None) -> int | None:
    """Where the page's own feed begins: what comes later reaches it as changes.

    Read before the page reads its records, so a change in between is told twice rather than never.
    """
    if actor is None or not actor.may(Right.FEED_READ):
        return None
    with read_only() as session:
        return feed.head(session, actor.bureau_id)


def _unread(actor: Actor | None) -> int | None:
    """The number on the bell; None for those who have none."""
    if actor is None or not has_bell(actor):
        return None
    with read_only() as session:
        return notifications.unread(session, actor)


def _calendar_warning(actor: Actor | None) -> EndsSoon | None:
    """For those who enter the calendar, and those who answer for deadlines: it ends soon."""
    if actor is None or not (actor.may(Right.CALENDAR_EDIT) or actor.may(Right.RULE_EDIT)):
        return None
    with read_only() as session:
        return warning(session)


def _broken_files(actor: Actor | None) -> int:
    """How many files of the bureau are missing or altered, for whom that is told."""
    if actor is None or not actor.may(Right.STORE_READ):
        return 0
    with read_only() as session:
        return broken(session, actor.bureau_id)


def install(app: Flask, settings: Settings) -> None:
    """Give templates what base.html needs."""

    @app.context_processor
    def page_context() -> dict[str, object]:
        actor: Actor | None = g.get("actor")
        locale = str(get_locale() or settings.locale)
        return {
            "actor": actor,
            "feed_seq": _feed_seq(actor),
            "role_names": [str(ROLE_NAMES[role]) for role in sorted(actor.roles)] if actor else [],
            "nav": navigation(actor),
            "csp_nonce": csp_nonce(),
            "locale": "en" if locale.startswith("en") else "zh",
            "locale_tag": "en" if locale.startswith("en") else "zh-CN",
            "demo_mode": settings.demo,
            "may_search": actor is not None and actor.may(Right.WORK_VIEW),
            "basemap_url": settings.basemap_url,
            "calendar_warning": _calendar_warning(actor),
            "broken_files": _broken_files(actor),
            "unread": _unread(actor),
        }
