"""What is searched of what patrols brought: each as the terms of its patrol open it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass
from hub.patrols.openness import Course
from hub.search.source import Row
from hub.shares.deciding import Judge

View = dict[str, Any]


def seen_on_course(
    view_for: Callable[[Session, ReaderClass, Any, Course], View | None],
    named: Callable[[View, Any], View],
) -> Callable[[Session, Actor, Judge, Collection[Row]], dict[str, View]]:
    """Views, by id, of those that a reader may know of; the courses of patrols are read once.

    Args:
        view_for: what a reader sees of one, None when not even that it exists.
        named: the view with its owner and the texts that it is searched by.
    """

    def views(
        session: Session, actor: Actor, judge: Judge, rows: Collection[Row]
    ) -> dict[str, View]:
        course = Course(session, judge)
        found = ((row, view_for(session, actor.reader, row, course)) for row in rows)
        return {row.id: named(view, row) for row, view in found if view is not None}

    return views
