"""What of a finding's corrections is shown: each change by the field group of what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.errors import Text
from hub.patrols.finding_forms import BASICS, PARTY, field_of, in_words

# The field of a finding's view -> the group whose changes it tells. Why a firm was corrected may
# name it, so that a reason is read with the firm.
CORRECTIONS = {
    "corrections": BASICS,
    "place_corrections": "place",
    "firm_corrections": PARTY,
}
_FIELD_OF = {group: name for name, group in CORRECTIONS.items()}
LABELS: Mapping[str, Text] = {
    "category": _l("类别"),
    "text": _l("情况"),
    "found_at": _l("发现时间"),
    "place": _l("坐标"),
}


def corrections_record(
    corrections: list[dict[str, Any]], categories: Mapping[str, Text]
) -> dict[str, list[dict[str, Any]]]:
    """The fields of CORRECTIONS: {at, by_name, reason, changes: [{name, label, before, after}]}.

    Args:
        categories: names of categories by code.
    """
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in CORRECTIONS}
    for entry in corrections:
        told: dict[str, list[dict[str, Any]]] = {}
        for change in entry["changes"]:
            group, view = _change(change, entry["categories"], categories)
            told.setdefault(group, []).append(view)
        for group, changes in told.items():
            reason = "" if PARTY in told and group != PARTY else entry["reason"]
            found[_FIELD_OF[group]].append(
                {"at": entry["at"], "by_name": entry["by_name"], "reason": reason}
                | {"changes": changes}
            )
    return found


def _change(
    change: Mapping[str, Any], between: list[str], categories: Mapping[str, Text]
) -> tuple[str, dict[str, Any]]:
    """The group of a change, and the change in words."""
    name, values = change["name"], [change["before"], change["after"]]
    if name in LABELS:
        words = [_plain(name, value, categories) for value in values]
        view = {"name": name, "label": str(LABELS[name])}
        return "place" if name == "place" else BASICS, view | _pair(words)
    fact = name.removeprefix("details.")
    fields = [field_of(category, fact) for category in between]
    known = next(one for one in fields if one is not None)
    words = [
        None if value is None else in_words(one or known, value)
        for one, value in zip(fields, values, strict=True)
    ]
    return known.group, {"name": name, "label": str(known.label)} | _pair(words)


def _pair(words: list[Any]) -> dict[str, Any]:
    return {"before": words[0], "after": words[1]}


def _plain(name: str, value: Any, categories: Mapping[str, Text]) -> Any:
    if name == "category":
        return str(categories[value])
    if name == "place":
        lon, lat, accuracy_m = value
        return f"{lon:.6f}, {lat:.6f}" + (f" ±{accuracy_m:.0f} m" if accuracy_m else "")
    return value


def history(view: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The corrections that a view shows as one list, oldest first; parts of one belong together."""
    found: dict[str, dict[str, Any]] = {}
    for name in CORRECTIONS:
        for part in view.get(name) or ():
            one = found.setdefault(part["at"], part | {"changes": []})
            one["reason"] = one["reason"] or part["reason"]
            one["changes"] = [*one["changes"], *part["changes"]]
    return [found[at] for at in sorted(found)]
