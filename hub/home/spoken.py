"""What people call a record when they talk of it: where it has a number alone, its words too.

Lists, clocks, files and mails keep to `subjects.describe`: there it is known by the number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.home.subjects import Named, describe
from hub.realtime.renderers import views_of

# So much of a finding's first line is said of it.
MOST_SAID = 30


def spoken(
    session: Session, reader: ReaderClass, kind: str, record_id: str, *, text: bool = True
) -> Named:
    """As `describe`; a finding or a share with its words before the number.

    Args:
        text: whether what people wrote of a finding may be said, or its category alone.
    """
    named = describe(session, reader, kind, record_id)
    words = _words(session, reader, kind, record_id, text=text) if named.url else ""
    if not words or words == named.title:
        return named
    return replace(named, title=_("%(title)s（%(number)s）", title=words, number=named.title))


def _words(session: Session, reader: ReaderClass, kind: str, record_id: str, *, text: bool) -> str:
    """What tells most of a finding or a share, as far as the reader sees it; else nothing."""
    if kind not in ("finding", "share"):
        return ""
    (views,) = views_of(session, kind, [(reader, [record_id])])
    view: Mapping[str, Any] = views.get(record_id) or {}
    if kind == "share":
        case = describe(session, reader, "case", view.get("record_id", ""))
        return case.title if case.url else ""
    category, line = str(view.get("category_name", "")), _first_line(view) if text else ""
    return f"{category}{_('：')}{line}" if line else category


def _first_line(view: Mapping[str, Any]) -> str:
    line = str(view.get("text") or "").split("\n", 1)[0]
    return line[:MOST_SAID] + "…" * (len(line) > MOST_SAID)
