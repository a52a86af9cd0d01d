"""From the cells of a sheet to the fields of a case: headings, words, numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.accounts.directory import Colleague
from hub.cases.labels import CATEGORIES, CLASSIFICATIONS, STAGES
from hub.errors import FieldError, Invalid, Text
from hub.web.sheet_import import by_words

# What a sheet can hold; every other column is left aside and named in the answer.
TEXTS = ("own_number", "title", "place", "party_name", "party_uscc", "pollutant", "waste_code",
         "description")  # fmt: skip
NUMBERS = ("lon", "lat")
WORDS: dict[str, Mapping[Any, Text]] = {
    "category": CATEGORIES,
    "stage": STAGES,
    "classification": CLASSIFICATIONS,
}
COLUMNS = ("number", *TEXTS, *NUMBERS, *WORDS, "handlers", "version")
# Of these an empty cell leaves what is there.
KEPT = frozenset({"title", *NUMBERS, *WORDS, "handlers", "version"})
LONGEST = {"title": 200, "place": 300, "party_name": 200, "pollutant": 200, "own_number": 100,
           "description": 8000}  # fmt: skip


class Cells:
    """The cells of one row as values, with what is wrong about them."""

    def __init__(self, cells: Mapping[str, str], team: Collection[Colleague]) -> None:
        self.values: dict[str, Any] = {}
        self.errors: list[FieldError] = []
        for name, text in cells.items():
            if text or name not in KEPT:
                self._read(name, text, team)

    def _read(self, name: str, text: str, team: Collection[Colleague]) -> None:
        if name in NUMBERS:
            self._number(name, text)
        elif name in WORDS:
            self._word(name, text)
        elif name == "handlers":
            self._people(text, team)
        elif name == "version":
            self.values[name] = int(text) if text.isascii() and text.isdigit() else None
        elif len(text) > LONGEST.get(name, 60):
            self._wrong(name, _l("最多%(most)s个字。", most=LONGEST.get(name, 60)))
        else:
            self.values[name] = text

    def _wrong(self, name: str, words: Text) -> None:
        self.errors.append(FieldError(name, words))

    def _number(self, name: str, text: str) -> None:
        limit = 180 if name == "lon" else 90
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if -limit <= value <= limit:
            self.values[name] = value
        else:
            self._wrong(name, _l("应为WGS 84的度数，例如 119.95。"))

    def _word(self, name: str, text: str) -> None:
        found = by_words(WORDS[name])
        if text in found:
            self.values[name] = found[text]
        else:
            self._wrong(name, _l("没有“%(text)s”这一项。", text=text[:40]))

    def _people(self, text: str, team: Collection[Colleague]) -> None:
        names = [part.strip() for part in text.replace("，", "、").replace(";", "、").split("、")]
        ids = []
        for name in filter(None, names):
            held = [one.user_id for one in team if one.name == name]
            if len(held) != 1:
                self._wrong(
                    "handlers", _l("本单位没有（或不止一位）执法人员“%(name)s”。", name=name)
                )
            ids += held[:1]
        self.values["handlers"] = ids


def checked(cells: Cells) -> dict[str, Any]:
    """The values of a row.

    Raises:
        Invalid: names every cell that cannot be used.
    """
    if cells.errors:
        raise Invalid(_l("有不能使用的内容。"), errors=cells.errors)
    return cells.values
