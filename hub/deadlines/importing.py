"""Bringing rules of deadlines in from a sheet: each row that differs is a new version of its rule.

A row is a rule by its code; the version that it names is the one that its writer read, so a sheet
older than the rule is refused there. New codes are the program's and are not made by a sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from pydantic import ValidationError
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.deadlines.models import DeadlineRule
from hub.deadlines.rules import newest, revise
from hub.deadlines.schemas import RuleIn
from hub.deadlines.views import MARK_NAMES, UNIT_NAMES
from hub.errors import Conflict, FieldError, Invalid, Text, field_error
from hub.field_texts import field_text
from hub.web.sheet_import import Report, Row, changes_of, code_of, each_row, headings_of

COLUMNS: dict[str, Text] = {
    "code": _l("编号"),
    "version": _l("版本"),
    "name": _l("期限"),
    "name_en": _l("期限（英文）"),
    "trigger": _l("起算"),
    "trigger_en": _l("起算（英文）"),
    "amount": _l("时长"),
    "unit_name": _l("单位（时长）"),
    "max_extension": _l("可延长"),
    "collective_above": _l("超过此数须集体讨论"),
    "warn_percent": _l("剩余多少时提醒（%）"),
    "legal_ref": _l("依据"),
    "source": _l("来源"),
    "mark_name": _l("核实"),
    "valid_from": _l("生效"),
    "valid_to": _l("失效"),
    "note": _l("说明"),
}
# Columns whose cells are words for a code -> the fact and its words.
WORDS: dict[str, tuple[str, Mapping[Any, Text]]] = {
    "unit_name": ("unit", UNIT_NAMES),
    "mark_name": ("mark", MARK_NAMES),
}
COLUMN_OF = {fact: column for column, (fact, _words) in WORDS.items()}
# What an empty cell says: there is none.
OPTIONAL = ("max_extension", "collective_above", "valid_to")
DAYS = ("valid_from", "valid_to")
FACTS = tuple(name for name in RuleIn.model_fields if name != "apply_to_running")


def bring_in(session: Session, actor: Actor, sheet: Sequence[Mapping[str, str]]) -> Report:
    """Revise the rules whose rows differ; the caller undoes all of it if a row is refused.

    Clocks under way keep the version by which they began, as with a revision by hand.

    Raises:
        Forbidden: the actor is no official.
        Invalid: the sheet does not say which rules it is about.
    """
    actor.require(Right.RULE_EDIT)
    columns, ignored = headings_of(list(sheet[0]) if sheet else [], COLUMNS)
    if "code" not in columns.values():
        raise field_error("file", _l("表格应有“编号”一列。"))
    rules = {row.code: row for row in newest(session)}
    seen: set[str] = set()

    def take(row: Row, cells: dict[str, str]) -> None:
        row.number = row.title = cells["code"]
        current = rules.get(cells["code"])
        if current is None:
            raise field_error("code", _l("没有编号为“%(text)s”的规则。", text=cells["code"][:40]))
        if current.code in seen:
            raise Conflict(_l("同一规则在表格中出现了两次。"))
        seen.add(current.code)
        _take(session, actor, row, current, cells)

    return each_row(session, sheet, columns, ignored, take)


def _take(
    session: Session, actor: Actor, row: Row, current: DeadlineRule, cells: Mapping[str, str]
) -> None:
    row.title, row.record_id = current.name, current.code
    held = {name: getattr(current, name) for name in FACTS}
    facts = _checked(held | _given(cells))
    changed = [name for name in FACTS if facts[name] != held[name]]
    if not changed:
        row.state = "same"
        return
    based_on = cells.get("version", "") or str(current.number)
    if not (based_on.isascii() and based_on.isdigit()):
        raise field_error("version", _l("应为整数。"))
    revise(session, actor, current.code, based_on=int(based_on), facts=facts)
    row.state = "changed"
    old, new = ({COLUMN_OF.get(n, n): str(of[n] or "") for n in changed} for of in (held, facts))
    row.changes = changes_of(old, new, COLUMNS)


def _given(cells: Mapping[str, str]) -> dict[str, Any]:
    """The facts that a row gives, as texts; an empty cell of an optional one: there is none."""
    given: dict[str, Any] = {}
    for name, text in cells.items():
        if name in WORDS:
            fact, words = WORDS[name]
            given[fact] = str(code_of(name, text, words))
        elif name in DAYS and text:
            given[name] = text.replace("/", "-")[:10]
        elif name in FACTS:
            given[name] = None if name in OPTIONAL and not text else text
    return given


def _checked(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as the API takes them, with the same limits.

    Raises:
        Invalid: names every column that is wrong.
    """
    try:
        found = RuleIn.model_validate(facts).model_dump(include=set(FACTS))
    except ValidationError as error:
        raise Invalid(
            errors=[
                FieldError(COLUMN_OF.get(name, name), field_text(one["msg"]))
                for one in error.errors()
                for name in [str(one["loc"][0]) if one["loc"] else "file"]
            ]
        ) from error
    return found | {"note": found["note"] or ""}
