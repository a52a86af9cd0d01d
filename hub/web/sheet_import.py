"""Bringing a sheet in: what becomes of each row; tried first, then all rows or none.

A feature gives the function that takes one row by the services of its pages; what is refused is
told with the reason, and a trial or a refused row undoes the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from flask import Response
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.clock import SHANGHAI
from hub.db import unit_of_work
from hub.errors import FieldError, Forbidden, HubError, Invalid, Text, TooLarge, field_error
from hub.files.api import sent_file
from hub.web.doors import json_response, writing
from hub.web.sheets import read_sheet

MOST_ROWS = 500
MOST_BYTES = 5 * 1024 * 1024
LOCALES = ("zh", "en")
K = TypeVar("K")


@dataclass
class Row:
    """What becomes of one row: new, changed, same, skipped or refused."""

    line: int
    state: str = "refused"
    number: str | None = None
    title: str = ""
    record_id: str | None = None
    errors: Sequence[FieldError] = ()
    # Field -> the heading under which the sheet has it.
    headings: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, words in the reader's language."""
        told = {name: value for name, value in vars(self).items() if name != "headings"}
        return told | {"errors": [self._error(error) for error in self.errors]}

    def _error(self, error: FieldError) -> dict[str, str]:
        return error.to_dict() | {"column": self.headings.get(error.field, "")}


@dataclass
class Report:
    """What becomes of a sheet."""

    rows: list[Row]
    ignored: list[str]

    @property
    def refused(self) -> int:
        """How many rows cannot be brought in."""
        return sum(row.state == "refused" for row in self.rows)

    def unkept(self) -> Report:
        """The same when nothing of it stays: what would be new has neither id nor number."""
        for row in self.rows:
            if row.state == "new":
                row.number = row.record_id = None
        return self

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        states = ("new", "changed", "same", "skipped", "refused")
        counts = {state: sum(row.state == state for row in self.rows) for state in states}
        rows = [row.to_dict() for row in self.rows]
        return {"counts": counts, "ignored": self.ignored, "rows": rows}


class ImportQuery(BaseModel):
    """Whether to bring it in, or only to say what would become of it."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = False


class RowOut(BaseModel):
    """What becomes of one row; `line` counts from the sheet's first line, the headings'.

    Each error names its field and the sheet's column. A new record has its id and number only when
    the sheet was brought in.
    """

    line: int
    state: str
    number: str | None
    title: str
    record_id: str | None
    errors: list[dict[str, str]]
    detail: str
    changes: list[dict[str, Any]]


class ReportOut(BaseModel):
    """What becomes of a sheet: new, changed, same, skipped and refused rows."""

    counts: dict[str, int]
    # Headings that mean nothing here.
    ignored: list[str]
    rows: list[RowOut]


Sheet = list[dict[str, str]]
Cells = Mapping[str, str]


def by_words(words: Mapping[K, Text]) -> dict[str, K]:
    """Each code by all that may stand for it: itself, and its words in either language."""
    found = {str(code): code for code in words}
    for locale in LOCALES:
        with force_locale(locale):
            found |= {str(word): code for code, word in words.items()}
    return found


def code_of(column: str, text: str, words: Mapping[K, Text]) -> K:
    """The code that a cell says.

    Raises:
        Invalid: it says none of them.
    """
    found = by_words(words)
    if text not in found:
        raise field_error(column, _l("没有“%(text)s”这一项。", text=text[:40]))
    return found[text]


def require_columns(
    columns: Mapping[str, str], names: Mapping[str, Text], must: Collection[str]
) -> None:
    """Refuse a sheet that lacks a column without which no row means anything.

    Raises:
        Invalid: names what is missing.
    """
    missing = [str(names[name]) for name in must if name not in columns.values()]
    if missing:
        raise field_error("file", _l("表格缺少列：%(names)s。", names="、".join(missing)))


def headings_of(
    headings: Collection[str], names: Mapping[str, Text]
) -> tuple[dict[str, str], list[str]]:
    """Field by heading, for headings in either language or by their code; and the others."""
    known = by_words(names)
    found = {head: known[head] for head in headings if head in known}
    return found, [head for head in headings if head not in known]


def each_row(
    session: Session,
    sheet: Sequence[Mapping[str, str]],
    columns: Mapping[str, str],
    ignored: list[str],
    take: Callable[[Row, dict[str, str]], None],
) -> Report:
    """Take row by row, each undone by itself when it is refused; the cells by their fields."""
    rows = []
    headings = {name: head for head, name in columns.items()}
    for line, cells in enumerate(sheet, start=2):
        row = Row(line, headings=headings)
        try:
            with session.begin_nested():
                take(row, {columns[head]: text for head, text in cells.items() if head in columns})
        except HubError as error:
            row.state, row.changes = "refused", []
            row.errors, row.detail = error.errors, str(error.detail)
        rows.append(row)
    return Report(rows, ignored)


def moment_in(name: str, text: str) -> datetime:
    """The moment that a cell tells; without a zone it is the bureaus' clock.

    Raises:
        Invalid: it tells none; `name` is the field.
    """
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise field_error(name, _l("应为日期和时间，例如 2026-03-05 09:30。")) from error
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def changes_of(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, Text]
) -> list[dict[str, Any]]:
    """What a row changes, field by field, in words."""
    return [
        {"field": name, "name": str(names[name]), "before": before.get(name), "after": value}
        for name, value in after.items()
        if (before.get(name) or "") != (value or "")
    ]


class _Undone(Exception):
    """Ends a trial: nothing of it is kept."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


BringIn = Callable[[Session, Actor, Sheet], Report]


def _table(content: bytes) -> Sheet:
    return read_sheet(content, MOST_ROWS)


def bring_sheet(
    actor: Actor, bring_in: BringIn, *, dry_run: bool, read: Callable[[bytes], Sheet] = _table
) -> Response:
    """The answer to an uploaded sheet (field `file`): tried, or all rows or none.

    Args:
        read: makes rows of the file, where it may be other than a table.

    Raises:
        TooLarge, Invalid: the file; or, with the report, rows that are refused.
        Forbidden: the token may only read.
    """
    sheet = read(sent_bytes())
    if dry_run:
        return json_response(_tried(actor, sheet, bring_in).to_dict())
    answer: Response = _enter(sheet, bring_in)
    return answer


def _tried(actor: Actor, sheet: Sheet, bring_in: BringIn) -> Report:
    if actor.read_only:
        raise Forbidden(_l("此令牌只有读取权限。"))
    try:
        with unit_of_work() as session:
            raise _Undone(bring_in(session, actor, sheet))
    except _Undone as undone:
        return undone.report.unkept()


@writing
def _enter(session: Session, actor: Actor, sheet: Sheet, bring_in: BringIn) -> dict[str, Any]:
    report = bring_in(session, actor, sheet)
    if report.refused:
        raise Invalid(
            _l("有%(count)s行不能导入，全部未导入。", count=report.refused),
            extra={"report": report.unkept().to_dict()},
        )
    return report.to_dict()


def sent_bytes() -> bytes:
    """The file of this request, whole.

    Raises:
        Invalid, TooLarge: there is none, or more than `MOST_BYTES`.
    """
    content: bytes = sent_file().stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise TooLarge(_l("文件过大，最多%(most)s MB。", most=MOST_BYTES // 1024 // 1024))
    return content
