"""Rules of recurrence (RFC 5545, section 3.3.10), in the bureaus' own clock (Asia/Shanghai)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import islice

from dateutil.rrule import rrule, rrulestr
from flask_babel import lazy_gettext as _l

from hub.clock import SHANGHAI
from hub.errors import field_error

# Nobody plans further; it also bounds the search of a rule that no date fits (30 February).
HORIZON = timedelta(days=3660)
MOST = 400
_FORM = re.compile(r"FREQ=(WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[A-Z0-9,+\-]+)*")
_PARTS = frozenset(
    {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "COUNT", "UNTIL", "WKST"}
)


def checked_rule(text: str, starts_at: datetime) -> str:
    """A rule in capitals, without the name of the property; it has a date beside the first.

    Raises:
        Invalid: no RFC 5545 rule, finer than weekly, or no date fits it.
    """
    rule = re.sub(r"\s", "", text).upper().removeprefix("RRULE:")
    parts = [part.split("=")[0] for part in rule.split(";")]
    once_each = len(set(parts)) == len(parts) and set(parts) <= _PARTS
    if not _FORM.fullmatch(rule) or not once_each or re.search(r"(INTERVAL|COUNT)=0*(;|$)", rule):
        raise _wrong()
    try:
        found = list(islice(_parsed(rule, starts_at), 2))
    except (ValueError, TypeError, OverflowError) as error:
        raise _wrong() from error
    if not found:
        raise field_error("rule", _l("此规则没有任何日期。"))
    return rule


def dates(rule: str, starts_at: datetime, count: int, first: int = 0) -> list[datetime]:
    """`count` moments (UTC) of a checked rule from its `first`-th (from 0) on; fewer at its end."""
    moments = islice(_parsed(rule, starts_at), first, min(first + count, MOST))
    return [moment.astimezone(UTC) for moment in moments]


def _parsed(rule: str, starts_at: datetime) -> rrule:
    local = starts_at.astimezone(SHANGHAI)
    found = rrulestr(rule, dtstart=local)
    last = local + HORIZON
    if not isinstance(found, rrule):
        raise TypeError(rule)
    if found._count is not None:
        return found
    until = found._until
    return found.replace(until=last if until is None else min(until, last))


def _wrong() -> Exception:
    return field_error(
        "rule",
        _l("重复规则应符合 RFC 5545，例如 FREQ=MONTHLY;INTERVAL=3（每季度），不细于每周。"),
    )
