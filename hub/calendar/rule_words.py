"""Rules of recurrence (RFC 5545) in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from babel.dates import get_day_names, get_month_names
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.clock import SHANGHAI
from hub.errors import Text

_EVERY: dict[tuple[str, int], Text] = {
    ("WEEKLY", 1): _l("每周"),
    ("WEEKLY", 2): _l("每两周"),
    ("MONTHLY", 1): _l("每月"),
    ("MONTHLY", 2): _l("每两个月"),
    ("MONTHLY", 3): _l("每季度"),
    ("MONTHLY", 6): _l("每半年"),
    ("YEARLY", 1): _l("每年"),
}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WHICH: dict[str, Text] = {
    "": "%(day)s",
    "1": _l("第一个%(day)s"),
    "2": _l("第二个%(day)s"),
    "3": _l("第三个%(day)s"),
    "4": _l("第四个%(day)s"),
    "-1": _l("最后一个%(day)s"),
}


def words(rule: str) -> str:
    """A checked rule in words: how often, on which days, until when.

    A rule that has a part without words here stands as it is: half of one would be another.
    """
    given = dict(part.split("=", 1) for part in rule.split(";"))
    given.pop("WKST", None)
    every = _EVERY.get((given.pop("FREQ"), int(given.pop("INTERVAL", "1"))))
    try:
        parts = [] if every is None else [str(every), *_parts(given)]
    except (KeyError, ValueError):
        return rule
    return " · ".join(parts) or rule


def _parts(given: Mapping[str, str]) -> Iterator[str]:
    """Raises KeyError or ValueError at what has no words."""
    told = {"BYMONTH": _month, "BYDAY": _weekday, "BYMONTHDAY": _day}
    if not given.keys() <= {*told, "COUNT", "UNTIL"}:
        raise KeyError(*given)
    for name, tell in told.items():
        if name in given:
            yield str(_("、")).join(tell(one) for one in given[name].split(","))
    if "COUNT" in given:
        yield ngettext("共%(num)s次", "共%(num)s次", int(given["COUNT"]))
    if "UNTIL" in given:
        yield str(_("至%(day)s", day=_until(given["UNTIL"])))


def _month(code: str) -> str:
    return str(get_month_names("wide", locale=get_locale())[int(code)])


def _weekday(code: str) -> str:
    name = get_day_names("wide", locale=get_locale())[_DAYS.index(code[-2:])]
    return str(_WHICH[code[:-2].lstrip("+")]) % {"day": name}


def _day(code: str) -> str:
    number = int(code)
    if number == -1:
        return str(_("当月最后一日"))
    if number < 0:
        raise ValueError(code)
    return str(_("%(n)s日", n=number))


def _until(text: str) -> str:
    """A day, or a moment (UTC where it ends with Z), as the day by the bureaus' clock."""
    if "T" not in text:
        return datetime.strptime(text, "%Y%m%d").strftime("%Y-%m-%d")  # noqa: DTZ007
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo is None else moment.astimezone(SHANGHAI)).strftime("%Y-%m-%d")
