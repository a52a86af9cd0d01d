"""Chinese text broken into lines: no line begins with what closes or ends with what opens.

ReportLab lets one closing mark hang in the margin and leaves an opening bracket at a line's end;
in an official document (GB/T 15834, 5.1) both go with the word that they belong to.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from reportlab import platypus
from reportlab.lib.textsplit import ALL_CANNOT_START
from reportlab.pdfbase.pdfmetrics import stringWidth

from hub.documents.embedding import NEVER_FIRST

OPENING = frozenset("‘“（［｛〔〈《「『【([{")
CLOSING = frozenset(ALL_CANNOT_START) | frozenset(NEVER_FIRST + "’”〕")
# Below are the letters and digits of words that are not broken.
FIRST_CHINESE = "\u2e80"
# After these a heading is broken rather than elsewhere.
WORDS_PART = frozenset("的、，》）及与和")
# Points by which a line may be too long in the sums of widths.
FUZZ = 1e-6


class Paragraph(platypus.Paragraph):  # type: ignore[misc]
    """A paragraph whose lines are broken so; one with several fonts breaks as ReportLab does."""

    def breakLinesCJK(self, maxWidths: Any) -> Any:  # noqa: N802, N803 - ReportLab's names
        """The lines for these widths (points; the last holds for all that follow)."""
        made = super().breakLinesCJK(maxWidths)
        going_on = hasattr(self, "blPara") and getattr(self, "_splitpara", False)
        if len(self.frags) != 1 or hasattr(self.frags[0], "cbDefn") or going_on:
            return made
        frag = self.frags[0]
        widths = maxWidths if isinstance(maxWidths, list | tuple) else [maxWidths]
        # What goes on on another page has its words by the lines that they stood in.
        text = frag.text if hasattr(frag, "text") else "".join(frag.words)
        lines = broken(text, widths, frag.fontName, frag.fontSize)
        made.lines = [(space, [line]) for space, line in lines]
        return made


def broken(text: str, widths: Sequence[float], font: str, size: float) -> list[tuple[float, str]]:
    """The lines of a text with the points that each leaves free."""
    lines: list[tuple[float, str]] = []
    rest = text
    while rest:
        width = widths[min(len(lines), len(widths) - 1)]
        end = _may_end(rest, _fitting(rest, width, font, size))
        line, rest = rest[:end], rest[end:]
        lines.append((width - stringWidth(line.rstrip(" "), font, size), line))
    return lines


def balanced(text: str, most: int) -> list[str]:
    """A heading in lines of about equal length, none wider than so many Chinese characters.

    It breaks where its words part if that is near, so that no line holds a single character
    (GB/T 9704, 7.3.1: 回行时，要做到词意完整，排列对称).
    """
    width = sum(map(_width, text))
    count = math.ceil(width / most)
    lines: list[str] = []
    rest = text
    for left in range(count, 1, -1):
        ideal = sum(map(_width, rest)) / left
        ends = [end for end in range(1, len(rest)) if _breaks(rest[end - 1], rest[end])]
        fit = [end for end in ends if sum(map(_width, rest[:end])) <= most]
        if not fit:
            break
        end = min(fit, key=lambda one: _off(rest, one, ideal))
        lines.append(rest[:end].rstrip(" "))
        rest = rest[end:]
    return [*lines, rest]


def _width(letter: str) -> float:
    return 0.5 if _in_word(letter) or letter == " " else 1.0


def _off(text: str, end: int, ideal: float) -> float:
    """How far a break is from the middle; the end of a part of the sentence counts as nearer."""
    parts = text[end - 1] in WORDS_PART or text[end] == "《"
    return abs(sum(map(_width, text[:end])) - ideal) - (2.5 if parts else 0)


def _fitting(text: str, width: float, font: str, size: float) -> int:
    """How many characters stand in a width, one at least."""
    used = 0.0
    for number, letter in enumerate(text):
        used += stringWidth(letter, font, size)
        if used > width + FUZZ and number:
            return number
    return len(text)


def _may_end(text: str, most: int) -> int:
    """Where a line of at most so many characters ends; in the middle of a word that fills it."""
    if most == len(text):
        return most
    return next((end for end in range(most, 0, -1) if _breaks(text[end - 1], text[end])), most)


def _breaks(last: str, following: str) -> bool:
    if last in OPENING or following in CLOSING:
        return False
    return last == " " or not (_in_word(last) and _in_word(following))


def _in_word(letter: str) -> bool:
    return letter < FIRST_CHINESE and letter != " "
