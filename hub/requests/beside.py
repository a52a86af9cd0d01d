"""What stands beside requests in other tables, read at once for a whole page of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.directory import names_of
from hub.deadlines.services import clocks_of
from hub.deadlines.views import ClockView
from hub.files.models import StoredFile
from hub.files.services import LETTER
from hub.requests.models import Request, RequestStep
from hub.requests.steps import KIND, steps_of


@dataclass(frozen=True)
class Beside:
    """By request id: steps and files, oldest first; clocks, soonest first."""

    steps: dict[str, list[RequestStep]] = field(default_factory=dict)
    files: dict[str, list[StoredFile]] = field(default_factory=dict)
    letters: dict[str, list[StoredFile]] = field(default_factory=dict)
    clocks: dict[str, list[ClockView]] = field(default_factory=dict)
    # Of the handlers whom the requests name, by their id.
    names: dict[str, str] = field(default_factory=dict)


def beside(session: Session, requests: Sequence[Request]) -> Beside:
    """Steps, files, letters, clocks and handlers of some requests."""
    ids = [row.id for row in requests]
    named = {one for row in requests for two in row.handlers_by_bureau.values() for one in two}
    found = Beside(clocks=clocks_of(session, KIND, ids), names=names_of(session, named))
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
