"""What people call a record when they talk of it: where it has a number alone, its words too.

Lists, clocks, files and mails keep to `subjects.describe`: there it is known by the number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.home.subjects import Key, Named, describe_all
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
    return spoken_all(session, reader, [(kind, record_id)], text=text)[kind, record_id]


def spoken_all(
    session: Session, reader: ReaderClass, records: Iterable[Key], *, text: bool = True
) -> dict[Key, Named]:
    """The same for many records; those of one kind are read together, as `describe_all` does."""
    named = describe_all(session, reader, records)
    seen = [key for key, one in named.items() if one.url]
    words = _findings(session, reader, seen, text=text) | _shares(session, reader, seen)
    return {key: _told(one, words.get(key, "")) for key, one in named.items()}


def _told(named: Named, words: str) -> Named:
    if not words or words == named.title:
        return named
    return replace(named, title=_("%(title)s（%(number)s）", title=words, number=named.title))


def _views(
    session: Session, reader: ReaderClass, kind: str, records: Iterable[Key]
) -> Mapping[str, Mapping[str, Any]]:
    """What the reader sees of those records that are of a kind, by id."""
    ids = sorted(one for of, one in records if of == kind)
    (views,) = views_of(session, kind, [(reader, ids)])
    return {one: view for one in ids if (view := views.get(one)) is not None}


def _findings(
    session: Session, reader: ReaderClass, records: Iterable[Key], *, text: bool
) -> dict[Key, str]:
    """What tells most of a finding, as far as the reader sees it."""
    return {
        ("finding", one): _finding(view, text=text)
        for one, view in _views(session, reader, "finding", records).items()
    }


def _finding(view: Mapping[str, Any], *, text: bool) -> str:
    category, line = str(view.get("category_name", "")), _first_line(view) if text else ""
    return f"{category}{_('：')}{line}" if line else category


def _shares(session: Session, reader: ReaderClass, records: Iterable[Key]) -> dict[Key, str]:
    """What the shared case is called, as far as the reader sees it."""
    of = {
        one: ("case", str(view.get("record_id", "")))
        for one, view in _views(session, reader, "share", records).items()
    }
    cases = describe_all(session, reader, of.values())
    return {("share", one): cases[case].title for one, case in of.items() if cases[case].url}


def _first_line(view: Mapping[str, Any]) -> str:
    line = str(view.get("text") or "").split("\n", 1)[0]
    return line[:MOST_SAID] + "…" * (len(line) > MOST_SAID)
