"""Sharing terms as JSON and as CSV, out and in: what is exported can be imported again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.errors import FieldError, Invalid
from hub.web.exports import cell
from sharing.terms import Level, Terms

COLUMNS = (
    "clause",
    "kind",
    "place",
    "metres",
    "districts",
    "purposes",
    "white",
    "gray",
    "black",
    "retention_days",
    "onward",
    "onward_bureaus",
)
# The last row of a sheet: what the terms say beside their rules.
GENERAL = "*"
MAX_CHARS = 200_000


def to_csv(terms: Mapping[str, Any], codes: Mapping[str, str]) -> str:
    """One row per rule, lists separated by blanks; bureaus by their codes.

    Args:
        codes: code of each bureau by id.
    """
    value = Terms.from_dict(terms).to_dict()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for rule in Terms.from_dict(terms).to_dict()["rules"]:  # type: ignore[attr-defined]
        writer.writerow([cell(entry) for entry in _row(rule, codes)])
    general = {
        "clause": GENERAL,
        "kind": f"classification={value['max_classification']}",
        "place": "" if value["answer_hours"] is None else f"answer_hours={value['answer_hours']}",
        "retention_days": value["retention_days"],
        "onward": "anyone" if value["onward_sharing"] else "never",
    }
    writer.writerow([cell(general.get(column)) for column in COLUMNS])
    return "\ufeff" + out.getvalue()


def _row(rule: Mapping[str, Any], codes: Mapping[str, str]) -> list[Any]:
    onward = rule.get("onward") or {}
    levels: dict[str, list[str]] = {level.value: [] for level in Level}
    for group, level in rule["levels"].items():
        levels[level].append(group)
    return [
        rule["clause"],
        rule["kind"],
        rule["place"]["type"],
        rule["place"].get("metres"),
        " ".join(rule["place"].get("adcodes", [])),
        " ".join(rule["purposes"]),
        *(" ".join(levels[level]) for level in ("white", "gray", "black")),
        rule.get("retention_days"),
        onward.get("rule"),
        " ".join(codes.get(bureau, bureau) for bureau in onward.get("bureaus", [])),
    ]


def from_csv(text: str, ids: Mapping[str, str]) -> dict[str, Any]:
    """The wire form of what a sheet says; whether it can be used is for `checked_terms` to say.

    Args:
        ids: id of each bureau by code.

    Raises:
        Invalid: it is no such sheet, or a number in it is none; names row and column.
    """
    if len(text) > MAX_CHARS:
        raise Invalid(_l("文件过大。"), errors=[FieldError("content", _l("文件过大。"))])
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
    if missing:
        words = _l("缺少列：%(columns)s", columns="、".join(missing))
        raise Invalid(words, errors=[FieldError("content", words)])
    wire: dict[str, Any] = {"format": 1, "rules": []}
    errors: list[FieldError] = []
    for raw in reader:
        row = {key: _plain(raw.get(key)) for key in COLUMNS}
        at = f"terms.rules.{len(wire['rules'])}"
        if row["clause"] == GENERAL:
            wire |= _general(row, errors)
        elif any(row.values()):
            wire["rules"].append(_rule(row, ids, at, errors))
    if errors:
        raise Invalid(_l("请检查标出的各项。"), errors=errors)
    return wire


def _plain(value: Any) -> str:
    """A cell as it was before spreadsheets were kept from reading it as a formula."""
    text = str(value or "").strip()
    return text[1:] if text.startswith("'") else text


def _number(
    text: str, at: str, errors: list[FieldError], make: Callable[[str], int | float]
) -> int | float | None:
    if not text:
        return None
    try:
        return make(text)
    except ValueError:
        errors.append(FieldError(at, _l("应为数字")))
        return None


def _rule(
    row: Mapping[str, str], ids: Mapping[str, str], at: str, errors: list[FieldError]
) -> dict[str, Any]:
    place: dict[str, Any] = {"type": row["place"]}
    if row["place"] == "near_line":
        place["metres"] = _number(row["metres"], f"{at}.place.metres", errors, float) or 0
    if row["place"] == "districts":
        place["adcodes"] = row["districts"].split()
    levels = {group: level for level in ("black", "gray", "white") for group in row[level].split()}
    rule: dict[str, Any] = {
        "clause": row["clause"],
        "kind": row["kind"],
        "place": place,
        "purposes": row["purposes"].split(),
        "levels": levels,
    }
    days = _number(row["retention_days"], f"{at}.retention_days", errors, int)
    if days is not None:
        rule["retention_days"] = days
    if row["onward"]:
        rule["onward"] = {"rule": row["onward"]}
        if row["onward"] == "parties":
            rule["onward"]["bureaus"] = [ids.get(c, c) for c in row["onward_bureaus"].split()]
    return rule


def _general(row: Mapping[str, str], errors: list[FieldError]) -> dict[str, Any]:
    stated = dict(part.split("=", 1) for part in (row["kind"], row["place"]) if "=" in part)
    return {
        "retention_days": _number(row["retention_days"], "terms.retention_days", errors, int),
        "onward_sharing": row["onward"] == "anyone",
        "max_classification": _number(
            stated.get("classification", "3"), "terms.max_classification", errors, int
        ),
        "answer_hours": _number(stated.get("answer_hours", ""), "terms.answer_hours", errors, int),
    }


def codes_of(rows: Iterable[Any]) -> dict[str, str]:
    """Code of each bureau by id."""
    return {row.id: row.code for row in rows}
