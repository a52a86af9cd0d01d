"""A letter as PDF with its Chinese characters embedded; GB/T 9704: A4, 37/35/28/26 mm margins."""

from __future__ import annotations

import io
from typing import Any

from flask_babel import lazy_gettext as _l
from reportlab.lib.colors import Color, black
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, HRFlowable, KeepTogether, Paragraph, SimpleDocTemplate
from reportlab.platypus import Spacer as Space

from hub.documents.fonts import BODY, TITLE, find, small_font
from hub.documents.letter import Letter
from hub.errors import Conflict
from sharing.models import new_id

# Sizes in points: 2号 22, 3号 16, 4号 14; 28 lines of 29 pt on a page.
SIZE_TITLE, SIZE_BODY, SIZE_PAGE, LINE = 22, 16, 14, 29
RED = Color(0.85, 0.05, 0.05)
# On every page beside the texts: digits and dashes of the page number.
_EXTRA = "0123456789—- 附件：.、（）"


class NoChineseFont(Conflict):
    """This machine has no font with Chinese characters: the PDF is not made, Word still is."""

    code = "no-chinese-font"

    def __init__(self) -> None:
        super().__init__(_l("服务器缺少中文字体，无法生成PDF；Word版不受影响。"))


def can_draw() -> bool:
    """Whether this machine has a font with Chinese characters."""
    return find(BODY) is not None


def pdf(letter: Letter) -> bytes:
    """The letter as PDF.

    Raises:
        NoChineseFont: no font with Chinese characters is installed.
    """
    body_file, title_file = find(BODY), find(TITLE)
    if body_file is None or title_file is None:
        raise NoChineseFont
    # Fonts are registered for the whole process, by their own name too: each letter has its own.
    mark = new_id().replace("-", "")
    texts = [*letter.texts(), _EXTRA]
    names = (f"LetterBody{mark}", f"LetterTitle{mark}")
    for name, path in zip(names, (body_file, title_file), strict=True):
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(small_font(path, texts, name))))
    try:
        return _draw(letter, *names)
    finally:
        for name in names:
            pdfmetrics._fonts.pop(name, None)
            pdfmetrics._dynFaceNames.pop(name.encode(), None)
            pdfmetrics._dynFaceNames.pop(name, None)


def _draw(letter: Letter, body: str, title: str) -> bytes:
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, topMargin=37 * mm, bottomMargin=35 * mm, leftMargin=28 * mm,
        rightMargin=26 * mm, title="", author="", subject="", creator="", producer="",
    )  # fmt: skip

    def foot(canvas: Any, _document: Any) -> None:
        canvas.setFont(body, SIZE_PAGE)
        text = f"— {canvas.getPageNumber()} —"
        # On the outer edge: right on odd pages, left on even ones.
        if canvas.getPageNumber() % 2:
            canvas.drawRightString(A4[0] - 28 * mm, 24 * mm, text)
        else:
            canvas.drawString(28 * mm, 24 * mm, text)

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
        Paragraph(_plain(letter.authority), head),
        HRFlowable(width="100%", thickness=2, color=RED, spaceAfter=8),
        Paragraph(_plain(letter.number), number),
        Space(1, LINE),
        Paragraph(_plain(letter.title), name),
        Space(1, LINE),
    ]
    if letter.addressee:
        story.append(Paragraph(_plain(letter.addressee) + "：", plain))
    story += [Paragraph(_plain(one), text) for one in letter.paragraphs]
    bold = ParagraphStyle("p", parent=text, fontName=title, keepWithNext=1)
    for heading, lines in letter.parts:
        story.append(Paragraph(_plain(heading), bold))
        story += [Paragraph(_plain(one), text) for one in lines]
    for heading, items in letter.lists:
        story.append(Paragraph(_plain(heading), text))
        story += [Paragraph(f"{n}. {_plain(one)}", text) for n, one in enumerate(items, 1)]
    for n, one in enumerate(letter.attachments, 1):
        lead = "附件：" if n == 1 else "　　　"
        story.append(Paragraph(f"{lead}{n}. {_plain(one)}", text))
    end: list[Flowable] = [Space(1, LINE)]
    if letter.signer:
        end.append(Paragraph(_plain(letter.signer), right))
    # Minutes name who was there after the text, on a line of its own: label, colon, names.
    hanging = ParagraphStyle("a", parent=plain, leftIndent=5 * SIZE_BODY,
                             firstLineIndent=-3 * SIZE_BODY)  # fmt: skip
    for label, rows in letter.attendance_lines():
        words = "<br/>".join(_plain(one) for one in rows)
        end.append(Paragraph(f'<font name="{title}">{_plain(label)}</font>：{words}', hanging))
    end.append(Paragraph(_plain(letter.date), right))
    if letter.contact:
        end.append(Paragraph(f"（{_plain(letter.contact)}）", text))
    if letter.remark:
        end += [
            HRFlowable(width="100%", thickness=0.5, color=black),
            Paragraph(
                _plain(letter.remark), ParagraphStyle("m", parent=plain, fontSize=10, leading=14)
            ),
        ]
    story.append(KeepTogether(end))
    return story


def _plain(text: str) -> str:
    """A text as the paragraph's small markup language takes it: nothing in it is markup."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\n", "<br/>")
