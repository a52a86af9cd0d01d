"""Chinese fonts for one PDF: only its characters, under names of its own."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask_babel import lazy_gettext as _l
from reportlab.lib import textsplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import paragraph

from hub.documents.fonts import BODY, TITLE, find, small_font
from hub.errors import Conflict
from sharing.models import new_id

# No line begins with these (GB/T 15834, 5.1.10); the library knows the Japanese marks alone.
NEVER_FIRST = "，；：？！》”’"
for module in (textsplit, paragraph):
    module.ALL_CANNOT_START += NEVER_FIRST


class NoChineseFont(Conflict):
    """This machine has no font with Chinese characters: the PDF is not made, Word still is."""

    code = "no-chinese-font"

    def __init__(self) -> None:
        super().__init__(_l("服务器缺少中文字体，无法生成PDF；Word版不受影响。"))


def can_draw() -> bool:
    """Whether this machine has a font with Chinese characters."""
    return find(BODY) is not None


@contextmanager
def embedded_fonts(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names of the body and the title font for a document with these texts.

    Raises:
        NoChineseFont: no font with Chinese characters is installed.
    """
    body_file, title_file = find(BODY), find(TITLE)
    if body_file is None or title_file is None:
        raise NoChineseFont
    # Fonts are registered for the whole process, by their own name too: each letter has its own.
    mark, wanted = new_id().replace("-", ""), list(texts)
    names = (f"LetterBody{mark}", f"LetterTitle{mark}")
    for name, path in zip(names, (body_file, title_file), strict=True):
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(small_font(path, wanted, name))))
    try:
        yield names
    finally:
        for name in names:
            pdfmetrics._fonts.pop(name, None)
            pdfmetrics._dynFaceNames.pop(name.encode(), None)
            pdfmetrics._dynFaceNames.pop(name, None)
