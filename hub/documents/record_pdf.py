"""A signed record as PDF: A4, its head as a table, signatures at the foot of every page."""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib.colors import Color, black
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Image,
    KeepTogether,
    PageBreak,
    SimpleDocTemplate,
    Table,
    TableStyle,
)
from reportlab.platypus import Spacer as Space

from hub.documents.embedding import embedded_fonts
from hub.documents.lines import Paragraph
from hub.documents.pdf import plain_markup
from hub.documents.record import Plate, Record, Sheet, Signed

MARGIN, FOOT = 24 * mm, 40 * mm
WIDTH = A4[0] - 2 * MARGIN
LABEL = 30 * mm
SIZE, LEADING = 12, 19
# Room (points) for the heading of a table, the names of its columns and two rows.
BEGINNING = 90
GREY = Color(0.45, 0.45, 0.45)
# A signature in the text, and one at the foot of a page; a photo of the annex (mm).
SIGN, FOOT_SIGN, PLATE = (36, 15), (20, 8.5), (140, 88)
_EXTRA = "0123456789第页共　 —-：（未签名）"


def record_pdf(record: Record) -> bytes:
    """The record as PDF; drawn twice, since every page says how many there are.

    Raises:
        NoChineseFont: no font with Chinese characters is installed.
    """
    with embedded_fonts([*record.texts(), _EXTRA]) as names:
        pages = _draw(record, *names, total=0)[1]
        return _draw(record, *names, total=pages)[0]


def _draw(record: Record, body: str, title: str, *, total: int) -> tuple[bytes, int]:
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, topMargin=20 * mm, bottomMargin=FOOT, leftMargin=MARGIN,
        rightMargin=MARGIN, title="", author="", subject="", creator="", producer="",
    )  # fmt: skip
    pages = 0

    def foot(canvas: Any, _document: Any) -> None:
        nonlocal pages
        pages = canvas.getPageNumber()
        _foot(canvas, record, body, f"第 {pages} 页　共 {total} 页")

    document.build(_story(record, body, title), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue(), pages


def _foot(canvas: Any, record: Record, font: str, page: str) -> None:
    canvas.setStrokeColor(GREY)
    canvas.setLineWidth(0.5)
    if record.foot:
        canvas.line(MARGIN, FOOT - 4 * mm, A4[0] - MARGIN, FOOT - 4 * mm)
    canvas.setFillColor(black)
    canvas.setFont(font, 9)
    step = WIDTH / max(len(record.foot), 1)
    for number, one in enumerate(record.foot):
        left, top = MARGIN + number * step, FOOT - 9 * mm
        canvas.drawString(left, top, f"{one.label}：" + ("" if one.picture else one.name))
        if one.picture:
            width, height = (side * mm for side in FOOT_SIGN)
            canvas.drawImage(
                ImageReader(io.BytesIO(one.picture)), left, top - height - 1 * mm, width, height,
                mask="auto", preserveAspectRatio=True, anchor="sw",
            )  # fmt: skip
    canvas.setFont(font, 9)
    canvas.drawCentredString(A4[0] / 2, 12 * mm, page)
    canvas.setFillColor(GREY)
    canvas.drawString(MARGIN, 12 * mm, record.number)


def _styles(body: str, title: str) -> dict[str, ParagraphStyle]:
    plain = ParagraphStyle("b", fontName=body, fontSize=SIZE, leading=LEADING, wordWrap="CJK")
    return {
        "plain": plain,
        "text": ParagraphStyle("t", parent=plain, firstLineIndent=2 * SIZE),
        "part": ParagraphStyle("p", parent=plain, fontName=title, spaceBefore=6, keepWithNext=1),
        "authority": ParagraphStyle(
            "a", parent=plain, fontName=title, fontSize=16, leading=24, alignment=TA_CENTER
        ),
        "title": ParagraphStyle(
            "h", parent=plain, fontName=title, fontSize=20, leading=30, alignment=TA_CENTER
        ),
        "number": ParagraphStyle("n", parent=plain, alignment=TA_CENTER, textColor=GREY),
        "small": ParagraphStyle("s", parent=plain, fontSize=9, leading=13, textColor=GREY),
    }


def _story(record: Record, body: str, title: str) -> list[Flowable]:
    styles = _styles(body, title)
    story: list[Flowable] = [
        Paragraph(plain_markup(record.authority), styles["authority"]),
        Paragraph(plain_markup(record.title), styles["title"]),
        Paragraph(plain_markup(record.number), styles["number"]),
        Space(1, 8),
        _head(record, styles, title),
    ]
    if record.figure:
        story += _figure(record.figure, styles)
    for heading, lines in record.parts:
        story.append(Paragraph(plain_markup(heading), styles["part"]))
        story += [Paragraph(plain_markup(line), styles["text"]) for line in lines]
    for table in record.tables:
        story += _table(table, styles, title)
    end: list[Flowable] = [Space(1, 6)]
    end += [Paragraph(plain_markup(line), styles["text"]) for line in record.closing]
    if record.signed:
        end.append(_signatures(record, styles))
    if record.remark:
        end.append(Paragraph(plain_markup(record.remark), styles["small"]))
    story.append(KeepTogether(end))
    return story + _plates(record, styles)


def _head(record: Record, styles: dict[str, ParagraphStyle], title: str) -> Flowable:
    label = ParagraphStyle("l", parent=styles["plain"], fontName=title, leading=16)
    value = ParagraphStyle("v", parent=styles["plain"], leading=16)
    rows = [
        [Paragraph(plain_markup(name), label), Paragraph(plain_markup(text), value)]
        for name, text in record.head
    ]
    look = [("GRID", (0, 0), (-1, -1), 0.5, GREY), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    return Table(rows, colWidths=[LABEL, WIDTH - LABEL], style=TableStyle(look))


def _figure(plate: Plate, styles: dict[str, ParagraphStyle]) -> list[Flowable]:
    lines = [Paragraph(plain_markup(line), styles["small"]) for line in plate.lines]
    picture = [_image(plate.picture, WIDTH / mm, 100)] if plate.picture else []
    return [Space(1, 8), KeepTogether([*picture, *lines])]


def _table(table: Sheet, styles: dict[str, ParagraphStyle], title: str) -> list[Flowable]:
    """A table whose head is repeated on every page it goes on to."""
    cell = ParagraphStyle("c", parent=styles["plain"], fontSize=9, leading=13)
    name = ParagraphStyle("d", parent=cell, fontName=title)
    whole = sum(share for _name, share in table.columns)
    rows = [[Paragraph(plain_markup(text), name) for text, _share in table.columns]]
    rows += [[Paragraph(plain_markup(text), cell) for text in row] for row in table.rows]
    look = TableStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.4, GREY),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BACKGROUND", (0, 0), (-1, 0), Color(0.93, 0.95, 0.96)),
        ]
    )
    widths = [WIDTH * share / whole for _name, share in table.columns]
    drawn = Table(rows, colWidths=widths, style=look, repeatRows=1)
    heading = ParagraphStyle("e", parent=styles["part"], keepWithNext=0, spaceAfter=3)
    # The heading does not stay behind alone, and the table begins where there is room for rows.
    return [CondPageBreak(BEGINNING), Paragraph(plain_markup(table.heading), heading), drawn]


def _signatures(record: Record, styles: dict[str, ParagraphStyle]) -> Flowable:
    rows: list[list[Any]] = [[_signature(one, styles) for one in record.signed[n : n + 2]]
            for n in range(0, len(record.signed), 2)]  # fmt: skip
    rows = [row if len(row) == 2 else [*row, ""] for row in rows]
    look = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")])
    return Table(rows or [["", ""]], colWidths=[WIDTH / 2] * 2, style=look)


def _signature(one: Signed, styles: dict[str, ParagraphStyle]) -> list[Flowable]:
    head: list[Flowable] = [
        Paragraph(plain_markup(f"{one.label}（{one.name}）："), styles["plain"])
    ]
    if one.picture is None:
        return [*head, Paragraph("（未签名）", styles["small"])]
    return [*head, _image(one.picture, *SIGN), Paragraph(plain_markup(one.at), styles["small"])]


def _image(data: bytes, width_mm: float, height_mm: float) -> Image:
    """A picture as large as fits into a box, its proportions kept."""
    width, height = ImageReader(io.BytesIO(data)).getSize()
    scale = min(width_mm * mm / width, height_mm * mm / height)
    return Image(io.BytesIO(data), width * scale, height * scale, mask="auto", hAlign="LEFT")


def _plates(record: Record, styles: dict[str, ParagraphStyle]) -> list[Flowable]:
    if not record.plates:
        return []
    found: list[Flowable] = [
        PageBreak(), Paragraph(plain_markup(record.plates_title), styles["title"]), Space(1, 6)
    ]  # fmt: skip
    for plate in record.plates:
        lines = [Paragraph(plain_markup(line), styles["small"]) for line in plate.lines]
        name = Paragraph(plain_markup(plate.title), styles["plain"])
        picture = [_image(plate.picture, *PLATE)] if plate.picture else []
        found.append(KeepTogether([*picture, name, *lines, Space(1, 12)]))
    return found
