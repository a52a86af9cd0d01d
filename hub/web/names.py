"""Names of bureaus, places, agreements and the system itself, as the reader's language has them."""

from __future__ import annotations

from flask import Flask, g
from flask_babel import get_locale, gettext
from sqlalchemy import select

from hub.access import Actor
from hub.agreements.access import visible_to
from hub.agreements.models import Agreement
from hub.bureaus.english import PLACES
from hub.bureaus.services import bureaus
from hub.changes import SYSTEM
from hub.db import read_only
from hub.web.clauses import clause_name

# Characters from which on a name is exchanged inside a sentence.
WITHIN_SENTENCES = 6


def english_names() -> dict[str, str]:
    """Chinese name to English name: of every bureau, of places, of the agreements the reader sees,
    and of the system, where it did what people else do.

    Empty for a reader of Chinese; read once per request.
    """
    if not str(get_locale() or "").startswith("en"):
        return {}
    names: dict[str, str] | None = g.get("english_names")
    if names is None:
        names = g.english_names = _read()
    return names


def _read() -> dict[str, str]:
    actor: Actor | None = g.get("actor")
    found = dict(PLACES) | {SYSTEM.name: gettext("系统")}
    with read_only() as session:
        for row in bureaus(session):
            found |= {row.name: row.name_en, row.short_name: row.short_name_en}
        if actor is not None:
            titles = select(Agreement.title, Agreement.title_en)
            for title, title_en in session.execute(titles.where(visible_to(actor.bureau_id))):
                found[title] = title_en
    return {name: english for name, english in found.items() if english}


def named(text: str) -> str:
    """A name, or full names within a sentence, as the reader's language has them.

    Within a sentence only long names are exchanged: a short one may be part of something else.
    """
    names = english_names()
    if not names or not text or text in names:
        return names.get(text, text)
    for name in sorted(names, key=len, reverse=True):
        if len(name) >= WITHIN_SENTENCES:
            text = text.replace(name, names[name])
    return text


def install(app: Flask) -> None:
    """Give templates the filters `named` and `clause`; and base.html the names, for scripts."""
    app.add_template_filter(named, "named")
    app.add_template_filter(clause_name, "clause")
    app.add_template_global(english_names, "english_names")
