"""A letter as PDF with its Chinese characters embedded; GB/T 9704: A4, 37/35/28/26 mm margins."""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib.colors import Color, black
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, KeepTogether, SimpleDocTemplate
from reportlab.platypus import Spacer as Space

from hub.documents.embedding import NoChineseFont, can_draw, embedded_fonts
from hub.documents.letter import Letter
from hub.documents.lines import Paragraph

__all__ = ["NoChineseFont", "can_draw", "pdf", "plain_markup"]

# Sizes in points: 2号 22, 3号 16, 4号 14; 22 lines of 29 pt on a page.
SIZE_TITLE, SIZE_BODY, SIZE_PAGE, LINE = 22, 16, 14, 29
# Small print under the signature: a digest of 64 digits takes less than a line.
SIZE_NOTE = 9
# A frame keeps this much free inside its margins, in points; the type area is 156 mm by 225 mm.
PADDING = 6
RED = Color(0.85, 0.05, 0.05)
# On every page beside the texts: digits and dashes of the page number.
_EXTRA = "0123456789—- 附件：.、（）"


def pdf(letter: Letter) -> bytes:
    """The letter as PDF.

    Raises:
        NoChineseFont: no font with Chinese characters is installed.
    """
    with embedded_fonts([*letter.texts(), _EXTRA]) as names:
        return _draw(letter, *names)


def _draw(letter: Letter, body: str, title: str) -> bytes:
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, topMargin=37 * mm - PADDING, bottomMargin=35 * mm - PADDING,
        leftMargin=28 * mm - PADDING, rightMargin=26 * mm - PADDING,
        title="", author="", subject="", creator="", producer="",
    )  # fmt: skip

    def foot(canvas: Any, _document: Any) -> None:
        canvas.setFont(body, SIZE_PAGE)
        text = f"— {canvas.getPageNumber()} —"
        # On the outer edge, one character in: right on odd pages, left on even ones.
        if canvas.getPageNumber() % 2:
            canvas.drawRightString(A4[0] - 26 * mm - SIZE_PAGE, 24 * mm, text)
        else:
            canvas.drawString(28 * mm + SIZE_PAGE, 24 * mm, text)

    document.build(_story(letter, body, title), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _story(letter: Letter, body: str, title: str) -> list[Flowable]:
    plain = ParagraphStyle("b", fontName=body, fontSize=SIZE_BODY, leading=LINE, wordWrap="CJK")
    text = ParagraphStyle("t", parent=plain, firstLineIndent=2 * SIZE_BODY)
    right = ParagraphStyle("r", parent=plain, alignment=TA_RIGHT, rightIndent=2 * SIZE_BODY)
    number = ParagraphStyle("n", parent=plain, alignment=TA_RIGHT)
    head = ParagraphStyle(
        "h", parent=plain, fontName=title, fontSize=30, leading=40, alignment=TA_CENTER,
        textColor=RED,
    )  # fmt: skip
    name = ParagraphStyle(
        "n2", parent=plain, fontName=title, fontSize=SIZE_TITLE, leading=34, alignment=TA_CENTER
    )
    story: list[Flowable] = [
        Paragraph(plain_markup(letter.authority), head),
        HRFlowable(width="100%", thickness=2, color=RED, spaceAfter=4),
        Paragraph(plain_markup(letter.number), number),
        Space(1, LINE),
        Paragraph(plain_markup("\n".join(letter.title_lines())), name),
        Space(1, LINE),
    ]
    if letter.addressee:
        story.append(Paragraph(plain_markup(letter.addressee) + "：", plain))
    story += [Paragraph(plain_markup(one), text) for one in letter.paragraphs]
    bold = ParagraphStyle("p", parent=text, fontName=title, keepWithNext=1)
    for heading, lines in letter.parts:
        story.append(Paragraph(plain_markup(heading), bold))
        story += [Paragraph(plain_markup(one), text) for one in lines]
    leading = ParagraphStyle("l", parent=text, keepWithNext=1)
    for heading, items in letter.lists:
        story.append(Paragraph(plain_markup(heading), leading))
        story += [Paragraph(f"{n}. {plain_markup(one)}", text) for n, one in enumerate(items, 1)]
    # 附件：1. … with all numbers below one another, and what goes on in a second line too.
    below = ParagraphStyle("d", parent=plain, leftIndent=5 * SIZE_BODY)
    first = ParagraphStyle("d1", parent=below, firstLineIndent=-3 * SIZE_BODY)
    for n, one in enumerate(letter.attachments, 1):
        lead, style = ("附件：", first) if n == 1 else ("", below)
        story.append(Paragraph(f"{lead}{n}. {plain_markup(one)}", style))
    end: list[Flowable] = [Space(1, LINE)]
    if letter.signer:
        end.append(Paragraph(plain_markup(letter.signer), right))
    # Minutes name who was there after the text, on a line of its own: label, colon, names.
    hanging = ParagraphStyle("a", parent=plain, leftIndent=5 * SIZE_BODY,
                             firstLineIndent=-3 * SIZE_BODY)  # fmt: skip
    for label, rows in letter.attendance_lines():
        words = "<br/>".join(plain_markup(one) for one in rows)
        end.append(
            Paragraph(f'<font name="{title}">{plain_markup(label)}</font>：{words}', hanging)
        )
    end.append(Paragraph(plain_markup(letter.date), right))
    if letter.contact:
        end.append(Paragraph(f"（{plain_markup(letter.contact)}）", text))
    small = ParagraphStyle("m", parent=plain, fontSize=SIZE_NOTE, leading=13)
    if letter.notes():
        end.append(
            HRFlowable(width="100%", thickness=0.5, color=black, spaceBefore=6, spaceAfter=4)
        )
    end += [Paragraph(plain_markup(one), small) for one in letter.notes()]
    # The signature does not stand on a page without text (GB/T 9704): the last line goes too.
    end.insert(0, story.pop())
    while story[-1].getKeepWithNext():  # nor does its heading stay behind
        end.insert(0, story.pop())
    return [*story, KeepTogether(end)]


def plain_markup(text: str) -> str:
    """A text as the paragraph's small markup language takes it: nothing in it is markup."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\n", "<br/>")
