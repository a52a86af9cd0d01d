"""How a clause is cited to a reader of another language than the agreement's."""

from __future__ import annotations

import re

from flask_babel import get_locale

_NUMBER = r"([零〇一二三四五六七八九十百\d]+)"  # data, not screen text
# Article, paragraph, item, as laws and agreements in China are cited.
_LABEL = re.compile(
    rf"第{_NUMBER}条(?:第{_NUMBER}款)?(?:第{_NUMBER}项)?"  # data, not screen text
)
_DIGITS = "零一二三四五六七八九"  # data, not screen text
_TENS = {"十": 10, "百": 100}  # data, not screen text


def clause_name(label: str | None) -> str:
    """A clause label as the reader's language says it: "Clause 5 (第五条)".

    The label is the parties' own text and stays; one that is no number stays alone. The scripts'
    twin is static/js/clauses.js.
    """
    if not label or not str(get_locale() or "").startswith("en"):
        return label or ""
    found = _LABEL.fullmatch(label.strip())
    if found is None:
        return label
    article, *parts = [_value(group) for group in found.groups() if group]
    return f"Clause {article}{''.join(f'({part})' for part in parts)} ({label.strip()})"


def _value(text: str) -> int:
    """A number below a thousand, in Chinese or Arabic digits."""
    if text.isdecimal():
        return int(text)
    total, last = 0, None
    for sign in text:
        if sign in _TENS:
            total += (1 if last is None else last) * _TENS[sign]
            last = None
        else:
            last = max(_DIGITS.find(sign), 0)  # the round zero is not among them
    return total + (last or 0)
