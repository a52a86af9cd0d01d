"""Tables that people upload: CSV in the encodings that Excel writes, or XLSX; never a formula.

What is read is text in cells under headings. An archive is measured before it is opened.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO, cast

from flask_babel import lazy_gettext as _l
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from hub.errors import Invalid, TooLarge, field_error
from hub.plain_texts import plain
from sharing.errors import PackageRefused
from sharing.xml_safety import check_xml

# An XLSX is an archive: how far it may unfold, how often over, from how many parts.
MOST_UNFOLDED = 100 * 1024 * 1024
MOST_TIMES = 100
MOST_PARTS = 2000
MOST_COLUMNS = 60
MOST_CHARACTERS = 10_000
FILE = "file"
# What openpyxl and zipfile raise of an archive whose parts are not what they should be.
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
    EOFError,
    OSError,
    RuntimeError,
)


def read_sheet(content: bytes, most_rows: int) -> list[dict[str, str]]:
    """The rows of a table by their headings, texts stripped; rows without anything are left out.

    Raises:
        Invalid: neither CSV nor XLSX, or without headings, or a heading stands twice.
        TooLarge: more rows or columns than allowed, or an archive that unfolds too far.
    """
    lines = _xlsx(content) if content.startswith(b"PK") else _csv(content)
    rows = [row for row in _texts(lines, most_rows) if any(row)]
    if not rows:
        raise field_error(FILE, _l("文件中没有内容。"))
    heads = rows[0]
    named = [head for head in heads if head]
    if len(named) != len(set(named)):
        raise field_error(FILE, _l("表头有重复的列名。"))
    if len(rows) - 1 > most_rows:
        raise TooLarge(_l("一次最多%(most)s行，请分成几个文件。", most=most_rows))
    return [
        {head: text for head, text in zip(heads, row, strict=False) if head} for row in rows[1:]
    ]


def _texts(lines: Iterable[Sequence[Any]], most_rows: int) -> Iterator[list[str]]:
    for number, line in enumerate(lines):
        # Blank lines may follow a table; they are not counted, but neither read without end.
        if number > most_rows * 4:
            raise TooLarge(_l("一次最多%(most)s行，请分成几个文件。", most=most_rows))
        if len(line) > MOST_COLUMNS and any(line[MOST_COLUMNS:]):
            raise TooLarge(_l("列数过多，最多%(most)s列。", most=MOST_COLUMNS))
        yield [_text(value) for value in line[:MOST_COLUMNS]]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = plain(str(value)).strip()[:MOST_CHARACTERS]
    # Our own CSV puts this before what a spreadsheet would take for a formula.
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@＝＋－＠") else text


def _csv(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _chinese(content)
    if "\0" in text:
        raise field_error(FILE, _l("请上传CSV或XLSX文件。"))
    try:
        yield from csv.reader(io.StringIO(text), strict=True)
    except csv.Error as error:
        raise field_error(FILE, _l("CSV格式有误：%(why)s", why=str(error))) from error


def _chinese(content: bytes) -> str:
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise field_error(FILE, _l("请上传CSV或XLSX文件。")) from error


def _xlsx(content: bytes) -> Iterator[tuple[Any, ...]]:
    _measure(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        yield from sheet.iter_rows(values_only=True)
    except _BROKEN as error:
        raise field_error(FILE, _l("无法读取此Excel文件。")) from error


def _measure(content: bytes) -> None:
    """Judge an archive by its directory, then each part of XML: none may bring types or entities,
    with which a few lines grow without end or read the disk."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _BROKEN as error:
        raise field_error(FILE, _l("无法读取此Excel文件。")) from error
    parts = archive.infolist()
    unfolded = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unfolded > MOST_UNFOLDED:
        raise TooLarge(_l("文件展开后过大。"))
    if unfolded > 1024 * 1024 and unfolded > MOST_TIMES * len(content):
        raise Invalid(_l("文件展开后过大。"))
    try:
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as stream:
                    check_xml(cast(BinaryIO, stream), part.filename)
    except (PackageRefused, *_BROKEN) as error:
        raise field_error(FILE, _l("无法读取此Excel文件。")) from error
