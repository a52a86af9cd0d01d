"""What stands beside requests in other tables, read at once for a whole page of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.deadlines.services import clocks_of
from hub.deadlines.views import ClockView
from hub.files.models import StoredFile
from hub.files.services import LETTER
from hub.requests.models import RequestStep
from hub.requests.steps import KIND, steps_of


@dataclass(frozen=True)
class Beside:
    """By request id: steps and files, oldest first; clocks, soonest first."""

    steps: dict[str, list[RequestStep]] = field(default_factory=dict)
    files: dict[str, list[StoredFile]] = field(default_factory=dict)
    letters: dict[str, list[StoredFile]] = field(default_factory=dict)
    clocks: dict[str, list[ClockView]] = field(default_factory=dict)


def beside(session: Session, ids: Collection[str]) -> Beside:
    """Steps, files, letters and clocks of some requests."""
    found = Beside(clocks=clocks_of(session, KIND, ids))
    for step in steps_of(session, ids):
        found.steps.setdefault(step.request_id, []).append(step)
    rows = session.scalars(
        select(StoredFile)
        .where(StoredFile.kind.in_([KIND, LETTER]), StoredFile.record_id.in_(ids))
        .order_by(StoredFile.id)
    )
    for row in rows:
        shelf = found.letters if row.kind == LETTER else found.files
        shelf.setdefault(row.record_id, []).append(row)
    return found
