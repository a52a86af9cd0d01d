"""Petitions and new matches among what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.home.items import Badge, Item
from hub.matches.services import new_count
from hub.petitions.listing import waiting


def petitions(session: Session, actor: Actor) -> Iterator[Item]:
    """Petitions that wait for the person's own hand."""
    words = {
        "answer": _("对方商请共调，待答复"),
        "close": _("待确认办结"),
        "register": _("新登记，待甄别"),
    }
    for why, view in waiting(session, actor):
        title = view.get("title") or view["number"]
        sub = f"{view['number']} · {view['owner_name']}"
        url = f"/petitions/{view['id']}"
        yield Item(title, sub, url, "petition", Badge(words[why]), side="a" if view["own"] else "b")


def matches(session: Session, actor: Actor) -> Iterator[Item]:
    """New matches, as one line."""
    count = new_count(session, actor)
    if count:
        title = ngettext("%(n)s处双方记录匹配", "%(n)s处双方记录匹配", count, n=count)
        sub = _("近30天内，涉及同一单位，或同类、相近、时间相近")
        yield Item(title, sub, "/matches?state=new", "link", Badge(_("新匹配")))
