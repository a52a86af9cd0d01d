"""The views that changes of cases carry in the feed: for one reader, or for many at one moment.

What is read for one reader serves all of them: the cases, what stands beside them, the agreements.
The decision is made for each reader by himself (`hub.cases.views.case_view`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.cases.beside import beside
from hub.cases.models import Case
from hub.cases.subjects import subject_of
from hub.cases.views import case_view
from hub.shares.deciding import Judge

Views = dict[str, dict[str, Any] | None]


def render_case(session: Session, reader: ReaderClass, case_id: str) -> dict[str, Any] | None:
    """The view that a change of a case carries in the feed."""
    return render_cases(session, reader, [case_id]).get(case_id)


def render_cases(session: Session, reader: ReaderClass, case_ids: Collection[str]) -> Views:
    """The views that changes of many cases carry, by id."""
    return render_for_all(session, [(reader, case_ids)])[0]


def render_for_all(
    session: Session, wanted: Sequence[tuple[ReaderClass, Collection[str]]]
) -> list[Views]:
    """The same for many readers at one moment, in their order; no more queries than for one."""
    ids = {one for _reader, case_ids in wanted for one in case_ids}
    cases = {row.id: row for row in session.scalars(select(Case).where(Case.id.in_(ids)))}
    judge = Judge(session)
    near = beside(session, cases, judge.at)
    judge.look_up(map(subject_of, cases.values()))
    judge.read_agreements(reader.bureau_id for reader, _case_ids in wanted)
    # Of a reader's rights the view asks for one alone.
    made: dict[tuple[str, bool, int], Views] = {}
    found: list[Views] = []
    for reader, case_ids in wanted:
        alike = (reader.bureau_id, Right.WORK_VIEW in reader.rights, reader.clearance)
        views = made.setdefault(alike, {})
        for case_id in case_ids:
            if case_id in cases and case_id not in views:
                case = cases[case_id]
                views[case_id] = case_view(session, reader, case, judge=judge, near=near)
        found.append({one: views[one] for one in case_ids if one in views})
    return found
