"""What a file that the hub hands out may not be, whatever stands in it: one look for each form."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from email.message import Message
from typing import Any

import openpyxl
from lxml import etree
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from tests.hostile.payloads import OUTSIDE, PRODUCT

# What a browser takes for a page, and would run.
PAGES = ("html", "svg", "xml-external", "javascript")
ACTIONS = {"/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/SubmitForm", "/URI", "/GoToR"}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?\Z")
PARTS_OF_A_CALENDAR = {"VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VALARM"}
ALARMS = {"DISPLAY"}
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def faults(headers: Mapping[str, str], data: bytes) -> Iterator[str]:
    """What is wrong with an answer."""
    kind = headers.get("Content-Type", "").partition(";")[0]
    if any(word in kind for word in PAGES):
        yield f"a browser would run {kind}"
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "a browser may guess what it is"
    yield from name_faults(headers.get("Content-Disposition", ""))
    if PRODUCT.encode() in data:
        yield "the sum was done"
    for ending, look in LOOKS.items():
        if kind.endswith(ending):
            yield from look(data)


def name_faults(disposition: str) -> Iterator[str]:
    """What is wrong with the name under which a file is kept."""
    if not disposition.isascii() or re.search(r"[\x00-\x1f\x7f]", disposition):
        yield f"not plain: {disposition!r}"
    message = Message()
    message["Content-Disposition"] = disposition
    names = [message.get_filename(""), *re.findall(r"filename=\"?([^\";]*)", disposition)]
    for name in names:
        if re.search(r'[/\\\x00-\x1f"<>|]', name) or CONTROL.search(name):
            yield f"a name that leads elsewhere: {name!r}"


def json_faults(data: bytes) -> Iterator[str]:
    """JSON that others read too: no NaN, no text that cannot be kept."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    for text in texts_of(json.loads(data, parse_constant=refuse)):
        if CONTROL.search(text):
            yield f"a control character: {text[:80]!r}"


def texts_of(value: Any) -> Iterator[str]:
    """Every text in JSON, keys included."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
    elif isinstance(value, str):
        yield value


def xml_faults(data: bytes) -> Iterator[str]:
    """XML is read by a strict reader that refuses document types and entities."""
    if b"<!DOCTYPE" in data:
        yield "a document type"
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    for node in root.iter():
        name = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
        if "boo" in name or any("boo" in key for key in node.attrib):
            yield f"an element of a text: {name}"


def word_faults(data: bytes) -> Iterator[str]:
    """A Word file: each part well-formed, nothing that runs or is fetched."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            if PRODUCT.encode() in part:
                yield f"{name}: the sum was done"
            if name.endswith((".xml", ".rels")):
                yield from (f"{name}: {one}" for one in xml_faults(part))
            if name.endswith(".rels") and (b"boo" in part or OUTSIDE.encode() in part):
                yield f"{name}: a text became an address"
            if re.search(rb"<w:(instrText|fldSimple|altChunk|control)", part) and b"boo" in part:
                fields = re.findall(rb"<w:instrText[^>]*>([^<]*)", part)
                if any(b"boo" in one for one in fields):
                    yield f"{name}: a text became a field"
            if "vba" in name or "embed" in name:
                yield f"{name}: something that runs"


def sheet_faults(data: bytes) -> Iterator[str]:
    """A workbook: text is text."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or cell.hyperlink:
                    yield f"{cell.coordinate}: {cell.value!r}"


def csv_faults(data: bytes) -> Iterator[str]:
    """A table: as many cells in each line as in the first, none taken for a formula."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    if len({len(row) for row in rows}) > 1:
        yield "lines of several lengths"
    for cell in (cell for row in rows for cell in row):
        if cell.startswith(FORMULA) and not NUMBER.match(cell):
            yield f"a formula: {cell[:60]!r}"


def calendar_faults(data: bytes) -> Iterator[str]:
    """A calendar: no line that a text brought in."""
    text = data.decode()
    if re.search(r"(?<!\r)\n|\r(?!\n)", text):
        yield "a line that ends in its own way"
    for line in re.sub(r"\r\n[ \t]", "", text).split("\r\n"):
        name, _, value = line.partition(":")
        word = name.partition(";")[0]
        if line and not re.fullmatch(r"[A-Z][A-Z-]*", word):
            yield f"no line of a calendar: {line[:60]!r}"
        if word in ("BEGIN", "END") and value not in PARTS_OF_A_CALENDAR:
            yield f"a part of its own: {line!r}"
        if word.startswith("X-BOO") or (word == "ACTION" and value not in ALARMS):
            yield f"a line of a text: {line!r}"


def pdf_faults(data: bytes) -> Iterator[str]:
    """A PDF: nothing that runs, leads elsewhere, or was counted out."""
    reader = PdfReader(io.BytesIO(data))
    words = "".join(page.extract_text() for page in reader.pages)
    if PRODUCT in words:
        yield "the sum was done"
    for number in range(1, len(reader.xref_objStm) + sum(map(len, reader.xref.values())) + 1):
        found = reader.get_object(IndirectObject(number, 0, reader))
        yield from (f"object {number}: {name}" for name in _actions(found))


def _actions(value: Any) -> Iterator[str]:
    if isinstance(value, DictionaryObject):
        yield from ACTIONS & value.keys()
        for one in value.values():
            if not isinstance(one, IndirectObject):
                yield from _actions(one)
    elif isinstance(value, ArrayObject):
        for one in value:
            if not isinstance(one, IndirectObject):
                yield from _actions(one)


LOOKS: Mapping[str, Callable[[bytes], Iterator[str]]] = {
    "json": json_faults,
    "gpx+xml": xml_faults,
    "google-earth.kml+xml": xml_faults,
    "wordprocessingml.document": word_faults,
    "spreadsheetml.sheet": sheet_faults,
    "text/csv": csv_faults,
    "text/calendar": calendar_faults,
    "application/pdf": pdf_faults,
}
