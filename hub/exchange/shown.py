"""A packed or received record as people read it: names, words and places instead of codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.bureaus.services import jurisdictions
from hub.cases.labels import CATEGORIES, CLASSIFICATIONS, STAGES
from hub.errors import Text
from hub.exchange.labels import names_of
from hub.patrols.finding_closure_models import STATES as FINDING_STATES
from hub.patrols.finding_views import CATEGORIES as FINDING_CATEGORIES
from hub.patrols.models import STATE_NAMES
from hub.petitions.labels import CATEGORIES as PETITION_CATEGORIES
from hub.petitions.labels import JOINT_STATES
from hub.petitions.labels import STATES as PETITION_STATES
from hub.web.names import named

# kind -> field -> code -> words
WORDS: dict[str, dict[str, Mapping[Any, Text]]] = {
    "case": {"category": CATEGORIES, "stage": STAGES, "classification": CLASSIFICATIONS},
    "finding": {"category": FINDING_CATEGORIES, "state": FINDING_STATES},
    "patrol": {"state": STATE_NAMES},
    "petition": {
        "category": PETITION_CATEGORIES,
        "state": PETITION_STATES,
        "joint_state": JOINT_STATES,
        "classification": CLASSIFICATIONS,
    },
}
# Beside the code stands the word that the owner's hub had for it, in its language.
_TOLD_BY = {name: f"{name}_name" for name in ("category", "state", "joint_state")}
# What is read of the items of a list, in this order.
_ITEM = ("label", "kind_name", "number", "name", "bureau_name", "title", "text", "description",
         "firm")  # fmt: skip
_ELSEWHERE = frozenset({"files", "route", "lat", "lon"})


def districts(session: Session) -> dict[str, str]:
    """Names of districts by code."""
    return {row.adcode: row.name for row in jurisdictions(session)}


def fields(
    kind: str, view: Mapping[str, Any] | None, places: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What a record says, in the order and the language of its reader.

    Each: `label`; and `value` (a text), `lines` (of a list) or `moment` (RFC 3339). Who wrote the
    record is not believed to have written it well: what is no text, number or list is left out.
    """
    if view is None:
        return []
    found = [_field(kind, name, text, view, places) for name, text in names_of(kind).items()]
    shown = [one for one in found if one is not None]
    if isinstance(view.get("lat"), float) and isinstance(view.get("lon"), float):
        shown.append({"label": _("位置"), "value": f"{view['lon']:.6f}, {view['lat']:.6f}"})
    return shown


def _field(
    kind: str, name: str, label: Text, view: Mapping[str, Any], places: Mapping[str, str]
) -> dict[str, Any] | None:
    value = view.get(name)
    words = WORDS.get(kind, {}).get(name)
    code = value if isinstance(value, str | int) else None
    if name in _ELSEWHERE or value in (None, "", []) or isinstance(value, bool):
        return None
    if words is not None and code in words:
        return {"label": str(label), "value": str(words[code])}
    if any(name == told and _known(kind, of, view) for of, told in _TOLD_BY.items()):
        return None
    if isinstance(value, list):
        lines = [line for line in map(_line, value) if line]
        return {"label": str(label), "lines": lines} if lines else None
    if not isinstance(value, str | int | float):
        return None
    if name.endswith("_at"):
        return {"label": str(label), "moment": str(value)}
    text = places.get(str(value), str(value)) if name == "adcode" else str(value)
    return {"label": str(label), "value": named(text)}


def _known(kind: str, name: str, view: Mapping[str, Any]) -> bool:
    code = view.get(name)
    return isinstance(code, str) and code in WORDS.get(kind, {}).get(name, {})


def _line(item: object) -> str:
    if isinstance(item, str):
        return item
    if not isinstance(item, dict):
        return ""
    return " · ".join(named(item[k]) for k in _ITEM if isinstance(item.get(k), str) and item[k])
