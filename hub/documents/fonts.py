"""Chinese fonts of this machine as small TrueType fonts that a PDF can carry.

The PDF library takes TrueType outlines only, while the usual free Chinese fonts have PostScript
ones. The few hundred characters of a letter are therefore drawn anew with quadratic curves.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

# Where systems keep their fonts.
FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
# In the order of preference; body text should have serifs, GB/T 9704 asks for 仿宋 and 小标宋.
BODY = (
    "NotoSerifCJK-Regular.ttc", "NotoSerifSC-Regular.otf", "SourceHanSerifSC-Regular.otf",
    "SourceHanSerifCN-Regular.otf", "simfang.ttf", "simsun.ttc", "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Regular.otf", "SourceHanSansSC-Regular.otf", "wqy-zenhei.ttc",
    "wqy-microhei.ttc", "DroidSansFallbackFull.ttf", "simhei.ttf",
)  # fmt: skip
TITLE = ("NotoSerifCJK-Bold.ttc", "NotoSerifSC-Bold.otf", "SourceHanSerifSC-Bold.otf",
         "NotoSansCJK-Bold.ttc", *BODY)  # fmt: skip
# A curve may be off by so much of an em (1/1000), which no eye sees.
TOLERANCE = 0.001
MISSING = ".notdef"


@cache
def find(names: tuple[str, ...]) -> Path | None:
    """The first of some fonts that this machine has; None: none of them."""
    for name in names:
        for folder in FOLDERS:
            if Path(folder).is_dir():
                found = next(Path(folder).rglob(name), None)
                if found is not None:
                    return found
    return None


@cache
def _face(path: Path) -> Any:
    """The simplified Chinese face of a collection, or its first.

    Kept open: finding one's way in a collection takes half a second, in which a hub of one process
    answers nobody; drawing a letter's characters from it takes a tenth of that.
    """
    if path.suffix.lower() != ".ttc":
        return TTFont(path, lazy=True)
    faces = TTCollection(path, lazy=True).fonts
    named = [face for face in faces if " SC" in str(face["name"].getDebugName(1))]
    return (named or faces)[0]


# A face reads its file at the place where it left off.
_reading = threading.Lock()


def small_font(path: Path, texts: Iterable[str], name: str) -> bytes:
    """A TrueType font with only the characters of some texts; one it lacks is drawn as a box.

    Args:
        name: what the new font is called inside the PDF.
    """
    with _reading:
        return _small(path, texts, name)


class _Outline(Glyph):  # type: ignore[misc]  # fontTools has no types
    """An outline that is put into bytes once: a font of its own is made for each document."""

    def __init__(self, drawn: Glyph) -> None:
        super().__init__()
        self.__dict__.update(drawn.__dict__)
        self._bytes: bytes = Glyph.compile(self, None)

    def compile(self, *_table: object, **_how: object) -> bytes:
        """The bytes of this outline, whatever font asks: it refers to no other."""
        return self._bytes


@lru_cache(maxsize=8192)
def _drawn(path: Path, glyph: str) -> tuple[_Outline, int]:
    """A character's outline in quadratic curves and its width, made once in this process.

    Nine of ten characters of a letter stood in the one before; making them is most of its time.
    """
    source = _face(path)
    glyphs = source.getGlyphSet()
    pen = TTGlyphPen(None)
    accurate = source["head"].unitsPerEm * TOLERANCE
    glyphs[glyph].draw(Cu2QuPen(pen, accurate, reverse_direction=True))
    return _Outline(pen.glyph()), round(glyphs[glyph].width)


def _small(path: Path, texts: Iterable[str], name: str) -> bytes:
    source = _face(path)
    cmap: dict[int, str] = source.getBestCmap()
    wanted = sorted({ord(c) for text in texts for c in text if ord(c) in cmap} | {0x20})
    names = [MISSING, *dict.fromkeys(cmap[code] for code in wanted if code in cmap)]
    outlines = {glyph: _drawn(path, glyph) for glyph in names}
    hhea = source["hhea"]
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({code: cmap[code] for code in wanted if code in cmap})
    builder.setupGlyf({glyph: outline for glyph, (outline, _width) in outlines.items()})
    table = builder.font["glyf"]
    metrics = {glyph: (width, getattr(table[glyph], "xMin", 0) or 0)
               for glyph, (_outline, width) in outlines.items()}  # fmt: skip
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=hhea.ascent, descent=hhea.descent)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    builder.setupOS2(sTypoAscender=hhea.ascent, sTypoDescender=hhea.descent,
                     usWinAscent=hhea.ascent, usWinDescent=-hhea.descent)  # fmt: skip
    builder.setupPost()
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()
