"""A partner's copy of a file: who opened it and when stands visibly on every picture and page.

Pure: bytes in, bytes out. What travels beside the pixels or pages (metadata, attachments, scripts)
stays behind.
"""

from __future__ import annotations

import io
from typing import Any

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import NameObject
from reportlab.lib.colors import Color
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from hub.documents.embedding import NoChineseFont, embedded_fonts
from hub.documents.fonts import find
from hub.errors import Conflict

MAX_PAGES = 500
# Without serifs, which stay legible when small; the first that this machine has is taken.
_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "PingFang.ttc",
    "msyh.ttc",
    "simhei.ttf",
)
SIZE = 12  # points
_BROKEN = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError)
# What a page may carry that is neither its picture nor its text.
_BAGGAGE = ("/Metadata", "/AF", "/AA", "/PieceInfo", "/Annots", "/Thumb")


def mark_picture(data: bytes, text: str) -> bytes:
    """A JPEG with the text across it, again and again, so that no crop is without.

    Raises:
        Conflict: this machine has no font that can write the text.
    """
    path = find(_FONTS)
    if path is None and not text.isascii():
        raise _no_font()
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        picture = image.convert("RGBA")
    size = max(10, min(picture.size) // 24)
    font = ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
    layer = _text_layer(picture.size, text, font, size)
    out = io.BytesIO()
    Image.alpha_composite(picture, layer).convert("RGB").save(out, "JPEG", quality=88)
    return out.getvalue()


def _text_layer(size: tuple[int, int], text: str, font: Any, height: int) -> Image.Image:
    """Slanted rows of the text, light with a dark edge: legible on any ground."""
    edge = int((size[0] ** 2 + size[1] ** 2) ** 0.5) + 2 * height
    sheet = Image.new("RGBA", (edge, edge))
    draw = ImageDraw.Draw(sheet)
    step = int(font.getlength(text)) + 3 * height
    for number, y in enumerate(range(0, edge, 6 * height)):
        for x in range(-(number % 2) * step // 2, edge, step):
            draw.text(
                (x, y), text, font=font, fill=(255, 255, 255, 110),
                stroke_width=1, stroke_fill=(0, 0, 0, 90),
            )  # fmt: skip
    turned = sheet.rotate(28)
    left, top = (edge - size[0]) // 2, (edge - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


def mark_pdf(data: bytes, text: str) -> bytes:
    """The pages alone, each with the text across it; no document metadata, files or scripts.

    Raises:
        Conflict: it cannot be read, is locked, has too many pages, or this machine has no font
            that can write the text; nothing is handed out.
    """
    try:
        # A viewer that lacks the characters would show the page without its mark: they go with it.
        with embedded_fonts([text]) as (font, _title):
            return _marked(data, text, font)
    except NoChineseFont as error:
        raise _no_font() from error


def _no_font() -> Conflict:
    return Conflict(_l("服务器缺少中文字体，无法加水印，文件未交出。"))


def _marked(data: bytes, text: str, font: str) -> bytes:
    sheets: dict[tuple[float, float], Any] = {}
    try:
        pages = PdfReader(io.BytesIO(data)).pages
        if not 0 < len(pages) <= MAX_PAGES:
            raise Conflict(_l("PDF无法加水印，文件未交出。请联系提供单位。"))
        writer = PdfWriter()
        for page in pages:
            for name in _BAGGAGE:
                page.pop(NameObject(name), None)
            kept = writer.add_page(page)
            box = kept.mediabox
            size = float(box.width), float(box.height)
            if size not in sheets:
                sheets[size] = _overlay(*size, text, font)
            kept.merge_translated_page(sheets[size], float(box.left), float(box.bottom))
        writer.metadata = None
        out = io.BytesIO()
        writer.write(out)
    except _BROKEN as error:
        raise Conflict(_l("PDF无法加水印，文件未交出。请联系提供单位。")) from error
    return out.getvalue()


def _overlay(width: float, height: float, text: str, font: str) -> Any:
    """One page (points) that carries the text alone."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height))
    canvas.setFillColor(Color(0.5, 0.5, 0.5, alpha=0.35))
    canvas.setFont(font, SIZE)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(28)
    reach = int((width**2 + height**2) ** 0.5 / 2)
    step = int(pdfmetrics.stringWidth(text, font, SIZE)) + 40
    for y in range(-reach, reach, 90):
        for x in range(-reach, reach, step):
            canvas.drawString(x, y, text)
    canvas.save()
    return PdfReader(out).pages[0]
