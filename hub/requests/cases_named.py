"""The cases that requests speak of, as one reader sees them; read at once for a whole page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.cases.models import Case
from hub.cases.views import views_of
from hub.requests.models import Request
from hub.shares.deciding import Judge

SHOWN = ("id", "number", "title", "stage", "own", "owner_name")


class CasesNamed:
    """What a reader sees of the cases that some requests concern or became."""

    def __init__(
        self, session: Session, reader: ReaderClass, rows: Sequence[Request], judge: Judge
    ) -> None:
        ids = {row.case_id for row in rows} | {row.result_case_id for row in rows}
        cases = list(session.scalars(select(Case).where(Case.id.in_(ids - {None}))))
        self._numbers = {case.id: case.number for case in cases}
        views = views_of(session, reader, cases, judge) if cases else []
        self._views = {
            case.id: view for case, view in zip(cases, views, strict=True) if view is not None
        }

    def seen(self, case_id: str | None) -> dict[str, Any] | None:
        """Of a case what the reader sees of it anyway: his own, or what a share opens now."""
        view = self._views.get(case_id or "")
        return None if view is None else {name: view.get(name) for name in SHOWN}

    def became(self, case_id: str | None) -> dict[str, Any] | None:
        """The case that a request became: both sides know its number, as the receipt says it."""
        number = self._numbers.get(case_id or "")
        if number is None:
            return None
        return self.seen(case_id) or dict.fromkeys(SHOWN) | {"number": number, "own": False}
