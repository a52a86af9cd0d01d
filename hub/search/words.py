"""Names of kinds, facets and their values on screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.action_items.labels import STATES as ITEM_STATES
from hub.cases.labels import CATEGORIES as CASE_CATEGORIES
from hub.cases.labels import STAGES
from hub.inspections.models import STATES as RECORD_STATES
from hub.meetings.labels import STATES as MEETING_STATES
from hub.patrols.finding_views import CATEGORIES as FINDING_CATEGORIES
from hub.patrols.models import STATE_NAMES
from hub.petitions.labels import CATEGORIES as PETITION_CATEGORIES
from hub.petitions.labels import STATES as PETITION_STATES

Text = Any

KINDS: dict[str, Text] = {
    "case": _l("案件"),
    "finding": _l("发现问题"),
    "patrol": _l("联合巡查"),
    "agreement": _l("备忘录"),
    "zone": _l("区域"),
    "station": _l("联勤站"),
    "meeting": _l("联席会议"),
    "action_item": _l("办理事项"),
    "petition": _l("信访件"),
    "received": _l("收到的记录"),
    "inspection": _l("现场笔录"),
}
FACETS: dict[str, Text] = {
    "kind": _l("种类"),
    "bureau": _l("单位"),
    "stage": _l("阶段"),
    "category": _l("类别"),
    "year": _l("年度"),
    "district": _l("地区"),
}


def stage_name(kind: str, stage: str) -> str:
    """A stage of a case, or the state of another kind that has states, in words."""
    known: dict[str, Mapping[Any, Text]] = {
        "case": STAGES,
        "patrol": STATE_NAMES,
        "meeting": MEETING_STATES,
        "action_item": ITEM_STATES,
        "petition": PETITION_STATES,
        "inspection": RECORD_STATES,
    }
    return str(known[kind].get(stage, stage))


def value_name(facet: str, value: Any, names: Mapping[str, str]) -> str:
    """A facet's value in words; `names` has the bureaus by id and the districts by code."""
    if facet == "kind":
        return str(KINDS[value])
    if facet == "stage":
        kind, _dot, stage = str(value).partition(".")
        return str(_("：").join((str(KINDS[kind]), stage_name(kind, stage))))
    if facet == "category":
        return str(CASE_CATEGORIES.get(value) or FINDING_CATEGORIES.get(value)
                   or PETITION_CATEGORIES.get(value) or value)  # fmt: skip
    if facet == "year":
        return str(_("%(year)s年", year=value))
    return names.get(str(value), str(value))


def url_of(kind: str, view: Mapping[str, Any]) -> str:
    """Where a record is looked at."""
    folder = {"case": "cases", "patrol": "patrols", "agreement": "agreements", "zone": "zones",
              "station": "stations", "finding": "findings", "meeting": "meetings",
              "action_item": "action-items", "petition": "petitions",
              "received": "received", "inspection": "inspections"}[kind]  # fmt: skip
    return f"/{folder}/{view['id']}"
