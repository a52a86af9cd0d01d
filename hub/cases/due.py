"""The deadlines that a bureau has to keep on cases: of the case, its measures, its shares.

An answer that a partner owes is red for the bureau that waits for it too, once it is late.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, and_, select, union_all
from sqlalchemy.orm import Session

from hub.cases.lookups import KIND
from hub.cases.measure_models import CaseMeasure
from hub.cases.measure_views import KIND as MEASURE
from hub.db import utc_now
from hub.deadlines.models import Clock, ClockState
from hub.deadlines.views import ClockView, clock_view
from sharing.models import Share

SHARE = "share"


def running(bureau_id: str) -> Select[tuple[str, str, datetime]]:
    """(case_id, clock_id, due_at) of every running clock that a bureau has to keep on a case, and
    of those that partners have let pass on what it shared."""
    runs = Clock.state == ClockState.RUNNING.value
    own = and_(Clock.bureau_id == bureau_id, runs)
    owed = and_(Share.owner_bureau_id == bureau_id, runs, Clock.due_at < utc_now())
    of_cases = select(Clock.subject_id.label("case_id"), Clock.id.label("clock_id"), Clock.due_at)
    of_measures = select(CaseMeasure.case_id, Clock.id, Clock.due_at).join(
        CaseMeasure, CaseMeasure.id == Clock.subject_id
    )
    of_shares = select(Share.record_id, Clock.id, Clock.due_at).join(
        Share, and_(Share.id == Clock.subject_id, Share.kind == KIND)
    )
    both = union_all(
        of_cases.where(own, Clock.kind == KIND),
        of_measures.where(own, Clock.kind == MEASURE),
        of_shares.where(own, Clock.kind == SHARE),
        of_shares.where(owed, Clock.kind == SHARE),
    ).subquery()
    return select(both.c.case_id, both.c.clock_id, both.c.due_at)


def overdue_ids(bureau_id: str, at: datetime) -> Select[tuple[str]]:
    """Ids of the cases on which a deadline of the bureau has passed."""
    both = running(bureau_id).subquery()
    return select(both.c.case_id).where(both.c.due_at < at)


def next_due(session: Session, bureau_id: str) -> dict[str, datetime]:
    """The soonest deadline of each case that has one."""
    found: dict[str, datetime] = {}
    for row in session.execute(running(bureau_id)):
        found[row.case_id] = min(row.due_at, found.get(row.case_id, row.due_at))
    return found


def next_clocks(
    session: Session, bureau_id: str, case_ids: Collection[str]
) -> dict[str, ClockView]:
    """The clock that is due soonest, for each of some cases that has one."""
    both = running(bureau_id).subquery()
    rows = session.execute(select(both).where(both.c.case_id.in_(case_ids))).all()
    soonest = {row.case_id: row.clock_id for row in sorted(rows, key=lambda r: r.due_at)[::-1]}
    clocks = session.scalars(select(Clock).where(Clock.id.in_(soonest.values()))).unique()
    views = {clock.id: clock_view(clock, utc_now()) for clock in clocks}
    return {case_id: views[clock_id] for case_id, clock_id in soonest.items()}
