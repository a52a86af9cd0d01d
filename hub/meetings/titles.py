"""What a point of an agenda is called: for one reader, and in what all parties read."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.home.spoken import spoken
from hub.home.subjects import Named, describe
from hub.meetings.labels import CODES
from hub.meetings.models import AgendaItem, Meeting

Naming = Callable[[Session, ReaderClass, str, str], Named]


def subject_of(
    session: Session, reader: ReaderClass, item: AgendaItem, naming: Naming = spoken
) -> Named | None:
    """The record that an item is about, as the reader may see it; None: it is about none.

    Args:
        naming: by its words and number on a page, by its number alone (`describe`) in what leaves
            the hub or is sealed, because words may be taken back.
    """
    if item.source_kind is None or item.source_id is None:
        return None
    return naming(session, reader, item.source_kind, item.source_id)


def title_for(
    session: Session, reader: ReaderClass, item: AgendaItem, naming: Naming = spoken
) -> str:
    """The title that a reader sees: of a record he may not see only why it is on the agenda."""
    named = subject_of(session, reader, item, naming)
    if named is None:
        return item.title
    why = str(CODES[item.source_code or ""])
    if named.url is None:
        return item.title or why
    words = _("%(kind)s %(name)s", kind=named.kind_name, name=named.title)
    return item.title or _("%(why)s：%(what)s", why=why, what=words)


def filed_title(session: Session, reader: ReaderClass, item: AgendaItem) -> str:
    """The same for a file that the reader takes with him."""
    return title_for(session, reader, item, describe)


def common_title(session: Session, row: Meeting, item: AgendaItem) -> str:
    """The title that may stand where everybody reads it, in the language of the authorities.

    A record is named when each party's ordinary reader may see it.
    """
    with force_locale("zh"):
        readers = [
            ReaderClass(one, frozenset({Right.WORK_VIEW}), row.classification)
            for one in sorted(row.party_ids)
        ]
        titles = {filed_title(session, reader, item) for reader in readers}
        if len(titles) == 1:
            return titles.pop()
        return item.title or str(CODES[item.source_code or ""])
