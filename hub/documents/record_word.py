"""A signed record as Word, with the same parts as its PDF; texts are set as texts, never parsed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.shared import Length, Mm, Pt

from hub.documents.record import Record, Sheet, Signed
from hub.documents.word import CENTER, FANGSONG, HEITI, TITLE_SONG, field_run, set_font

SIZE = 12
# Between the margins.
WIDTH = Mm(162)
# The room of a picture under the head, and of a photo of the annex: two of them fill a page.
FIGURE, PLATE = (Mm(160), Mm(100)), (Mm(125), Mm(80))


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
        _picture(document, record.figure.picture, FIGURE)
        for line in record.figure.lines:
            _text(document, line, size=9)
    for heading, lines in record.parts:
        _text(document, heading, font=HEITI).paragraph_format.keep_with_next = True
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
    table = _grid(document, [Mm(30), WIDTH - Mm(30)])
    for name, text in record.head:
        cells = _row(table)
        for cell, words, font in ((cells[0], name, HEITI), (cells[1], text, FANGSONG)):
            set_font(cell.paragraphs[0].add_run(words), font, SIZE)


def _table(document: Any, table: Sheet) -> None:
    _text(document, table.heading, font=HEITI).paragraph_format.keep_with_next = True
    whole = sum(share for _name, share in table.columns)
    drawn = _grid(document, [round(WIDTH * share / whole) for _name, share in table.columns])
    names = tuple(name for name, _share in table.columns)
    for number, row in enumerate((names, *table.rows)):
        for cell, text in zip(_row(drawn, repeated=number == 0), row, strict=True):
            set_font(cell.paragraphs[0].add_run(text), FANGSONG if number else HEITI, 9)


def _grid(document: Any, widths: Sequence[int]) -> Any:
    """An empty table of columns so wide (EMU); what is read is the grid, not the cells' widths."""
    table = document.add_table(rows=0, cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    return table


def _row(table: Any, *, repeated: bool = False) -> Any:
    """The cells of a new row that no page cuts; `repeated` at the head of every page."""
    row = table.add_row()
    form = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", *(["w:tblHeader"] if repeated else [])):
        form.append(OxmlElement(name))
    for cell, column in zip(row.cells, table.columns, strict=True):
        cell.width = column.width
    return row.cells


def _signature(document: Any, one: Signed) -> None:
    paragraph = _text(document, f"{one.label}（{one.name}）：")
    paragraph.paragraph_format.keep_together = True
    if one.picture is None:
        set_font(paragraph.add_run("（未签名）"), FANGSONG, SIZE)
        return
    paragraph.add_run().add_picture(io.BytesIO(one.picture), height=Mm(10))
    set_font(paragraph.add_run(f"　{one.at}"), FANGSONG, 10.5)


def _plates(document: Any, record: Record) -> None:
    if not record.plates:
        return
    document.add_page_break()
    _text(document, record.plates_title, font=TITLE_SONG, size=20, align=CENTER)
    for plate in record.plates:
        if plate.picture:
            _picture(document, plate.picture, PLATE)
        _text(document, plate.title).paragraph_format.keep_with_next = bool(plate.lines)
        for line in plate.lines:
            _text(document, line, size=9)


def _picture(document: Any, picture: bytes, box: tuple[Length, Length]) -> None:
    """A picture within so much room (width, height), on the page of the words under it."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_after = Pt(0)
    shown = paragraph.add_run().add_picture(io.BytesIO(picture), width=box[0])
    if shown.height > box[1]:
        shown.width, shown.height = round(shown.width * box[1] / shown.height), box[1]


def _foot(section: Any, record: Record) -> None:
    """Signatures and page numbers, on every page."""
    line = section.footer.paragraphs[0]
    if record.foot:
        beside = section.footer.add_table(1, len(record.foot), WIDTH).rows[0].cells
        for cell, one in zip(beside, record.foot, strict=True):
            paragraph = cell.paragraphs[0]
            set_font(paragraph.add_run(f"{one.label}："), FANGSONG, 9)
            if one.picture:
                shown = cell.add_paragraph().add_run()
                shown.add_picture(io.BytesIO(one.picture), height=Mm(8))
            else:
                set_font(paragraph.add_run(one.name), FANGSONG, 9)
        line = section.footer.add_paragraph()
    line.alignment = CENTER
    for text in ("第 ", "PAGE", " 页　共 ", "NUMPAGES", " 页"):
        if text.isascii() and text.isupper():
            field_run(line, text, FANGSONG, 9)
        else:
            set_font(line.add_run(text), FANGSONG, 9)
