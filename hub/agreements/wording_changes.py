"""What differs between the words and parameters of two texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hub.agreements.change_rows import change_row
from hub.agreements.differences import Effect
from hub.agreements.labels import ACTS, PARAMETERS
from hub.agreements.naming import Names, is_english
from hub.agreements.said import gettext as _

# Of these a larger number lets the parties do more; of the others neither way is wider.
MORE_IS_WIDER = {("line", "max_width_m"), ("powers", "inspection_cap")}
MORE_IS_NARROWER = {("acts", "host_officers"), ("acts", "notice_hours")}


def text_changes(
    names: Names, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Parameters, passages, clauses and contacts that differ."""
    for path, label in PARAMETERS.items():
        part, key = path
        was, now = ((side.get(part) or {}).get(key) for side in (old, new))
        if was != now:
            yield change_row(
                _effect(path, was, now),
                _("%(label)s由%(a)s改为%(b)s。", label=label, a=_value(was), b=_value(now)),
            )
    for part, label in (("preamble", _("前言")), ("purpose", _("目的"))):
        if _words(old.get(part)) != _words(new.get(part)):
            yield change_row(Effect.CHANGED, _("%(label)s有改动。", label=label))
    yield from _clauses(old, new)
    yield from _contacts(names, old, new)


def _effect(path: tuple[str, str], was: Any, now: Any) -> Effect:
    if path in MORE_IS_WIDER | MORE_IS_NARROWER and None not in (was, now):
        more = now > was
        return Effect.WIDENED if more is (path in MORE_IS_WIDER) else Effect.NARROWED
    if path == ("powers", "evidence_recognition"):
        return Effect.WIDENED if now else Effect.NARROWED
    return Effect.CHANGED


def _value(value: Any) -> str:
    if value is None:
        return _("未约定")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, str):
        return str(ACTS.get(value, value))
    return f"{value:g}"


def _words(passage: Any) -> tuple[str, str]:
    if not isinstance(passage, Mapping):
        return (str(passage or ""), "")
    return (passage.get("zh") or "", passage.get("en") or "")


def _by(key: Callable[[Any], Any], rows: Any) -> dict[Any, Any]:
    return {key(row): row for row in rows or []}


def _clauses(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    was, now = (_by(lambda c: c["number"], side.get("clauses")) for side in (old, new))
    for number in dict.fromkeys([*now, *was]):
        if number not in was:
            added = _("新增%(number)s：%(text)s", number=number, text=_said(now[number]))
            yield change_row(Effect.ADDED, added)
        elif number not in now:
            removed = _("删去%(number)s：%(text)s", number=number, text=_said(was[number]))
            yield change_row(Effect.REMOVED, removed)
        elif _words(was[number]) != _words(now[number]):
            changed = _("%(number)s改为：%(text)s", number=number, text=_said(now[number]))
            yield change_row(Effect.CHANGED, changed)


def _said(clause: Mapping[str, Any]) -> str:
    zh, en = _words(clause)
    return (en or zh) if is_english() else zh


def _contacts(
    names: Names, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    def key(contact: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(contact.get(part) or "" for part in ("bureau_id", "name", "post", "phone"))

    was, now = (_by(key, side.get("contacts")) for side in (old, new))
    for one in dict.fromkeys([*now, *was]):
        if one in was and one in now:
            continue
        words = {
            "bureau": names.bureau(one[0]),
            "contact": " ".join(part for part in one[1:] if part),
        }
        if one in now:
            yield change_row(Effect.ADDED, _("新增联系人：%(bureau)s %(contact)s", **words))
        else:
            yield change_row(Effect.REMOVED, _("删去联系人：%(bureau)s %(contact)s", **words))
