"""A signed record as Word, with the same parts as its PDF; texts are set as texts, never parsed."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.shared import Mm, Pt

from hub.documents.record import Record, Sheet, Signed
from hub.documents.word import CENTER, FANGSONG, HEITI, TITLE_SONG, field_run, set_font

SIZE = 12


def record_word(record: Record) -> bytes:
    """The record as .docx; document properties name nobody."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(20), Mm(40)
    section.left_margin = section.right_margin = Mm(24)
    _text(document, record.authority, font=TITLE_SONG, size=16, align=CENTER)
    _text(document, record.title, font=TITLE_SONG, size=20, align=CENTER)
    _text(document, record.number, align=CENTER)
    _head(document, record)
    if record.figure and record.figure.picture:
        document.add_picture(io.BytesIO(record.figure.picture), width=Mm(160))
        for line in record.figure.lines:
            _text(document, line, size=9)
    for heading, lines in record.parts:
        _text(document, heading, font=HEITI)
        for line in lines:
            _text(document, line, indent=True)
    for table in record.tables:
        _table(document, table)
    for line in record.closing:
        _text(document, line, indent=True)
    for one in record.signed:
        _signature(document, one)
    if record.remark:
        _text(document, record.remark, size=9)
    _plates(document, record)
    _foot(section, record)
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.title = record.number
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _text(
    place: Any,
    text: str,
    *,
    font: str = FANGSONG,
    size: float = SIZE,
    align: Any = None,
    indent: bool = False,
) -> Any:
    paragraph = place.add_paragraph()
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    if indent:
        form.first_line_indent = Pt(2 * size)
    set_font(paragraph.add_run(text), font, size)
    return paragraph


def _head(document: Any, record: Record) -> None:
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    table.autofit = False
    for name, text in record.head:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Mm(30), Mm(132)
        for cell, words, font in ((cells[0], name, HEITI), (cells[1], text, FANGSONG)):
            set_font(cell.paragraphs[0].add_run(words), font, SIZE)


def _table(document: Any, table: Sheet) -> None:
    _text(document, table.heading, font=HEITI)
    drawn = document.add_table(rows=1, cols=len(table.columns))
    drawn.style = "Table Grid"
    whole = sum(share for _name, share in table.columns)
    names = tuple(name for name, _share in table.columns)
    for row, font in ((names, HEITI), *((row, FANGSONG) for row in table.rows)):
        cells = drawn.rows[0].cells if row is names else drawn.add_row().cells
        for cell, text, (_name, share) in zip(cells, row, table.columns, strict=True):
            cell.width = Mm(162 * share / whole)
            set_font(cell.paragraphs[0].add_run(text), font, 9)


def _signature(document: Any, one: Signed) -> None:
    paragraph = _text(document, f"{one.label}（{one.name}）：")
    if one.picture is None:
        set_font(paragraph.add_run("（未签名）"), FANGSONG, SIZE)
        return
    paragraph.add_run().add_picture(io.BytesIO(one.picture), height=Mm(12))
    set_font(paragraph.add_run(f"　{one.at}"), FANGSONG, SIZE)


def _plates(document: Any, record: Record) -> None:
    if not record.plates:
        return
    document.add_page_break()
    _text(document, record.plates_title, font=TITLE_SONG, size=20, align=CENTER)
    for plate in record.plates:
        if plate.picture:
            document.add_picture(io.BytesIO(plate.picture), width=Mm(125))
        _text(document, plate.title)
        for line in plate.lines:
            _text(document, line, size=9)


def _foot(section: Any, record: Record) -> None:
    """Signatures and page numbers, on every page."""
    paragraph = section.footer.paragraphs[0]
    for one in record.foot:
        set_font(paragraph.add_run(f"{one.label}："), FANGSONG, 9)
        if one.picture:
            paragraph.add_run().add_picture(io.BytesIO(one.picture), height=Mm(8))
        else:
            set_font(paragraph.add_run(one.name), FANGSONG, 9)
        paragraph.add_run("　")
    line = section.footer.add_paragraph()
    line.alignment = CENTER
    for text in ("第 ", "PAGE", " 页　共 ", "NUMPAGES", " 页"):
        if text.isascii() and text.isupper():
            field_run(line, text, FANGSONG, 9)
        else:
            set_font(line.add_run(text), FANGSONG, 9)
