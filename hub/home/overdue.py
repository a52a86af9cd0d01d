"""Records with a deadline that has passed, for maps and lists: a share's clock is its case's."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.lookups import KIND as CASE
from hub.cases.lookups import cases_of_measures
from hub.cases.measure_views import KIND as MEASURE
from hub.db import utc_now
from hub.deadlines.listing import ClockFilter, clocks
from hub.realtime.seen import seen
from hub.requests.listing import RequestFilter, requests_query
from hub.requests.steps import KIND
from hub.shares.lookups import running_shares
from hub.shares.models import AccessRequest
from hub.shares.onward_models import OnwardRequest
from sharing.models import Share

MOST = 1000


def _of_requests(session: Session, actor: Actor) -> set[tuple[str, str]]:
    """Requests whose answer is late, and their cases as far as the bureau has or was given them."""
    if not actor.may(Right.WORK_VIEW):
        return set()
    now = utc_now()
    rows = session.scalars(requests_query(actor, RequestFilter(overdue=True)).limit(MOST)).all()
    theirs = {
        row.case_id for row in rows if row.case_id and row.sender_bureau_id != actor.bureau_id
    }
    opened = running_shares(session, CASE, theirs, actor.bureau_id, now)
    own = {row.case_id for row in rows if row.case_id} - theirs
    return {(KIND, row.id) for row in rows} | {(CASE, one) for one in own | opened.keys()}


def overdue_records(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """(kind, id) of the records on which a deadline has passed that concerns the actor's bureau."""
    late = {
        (clock.kind, clock.subject_id)
        for clock in clocks(session, actor, ClockFilter("overdue"), MOST, sees=seen)
    }
    asked = [one for kind, one in late if kind == "access_request"]
    measures = [one for kind, one in late if kind == MEASURE]
    late |= {(CASE, one) for one in cases_of_measures(session, measures)}
    shares = {one for kind, one in late if kind == "share"}
    shares |= set(
        session.scalars(select(AccessRequest.share_id).where(AccessRequest.id.in_(asked)))
    )
    late |= _of_requests(session, actor)
    wishes = [one for kind, one in late if kind == "onward_request"]
    shares |= set(
        session.scalars(select(OnwardRequest.share_id).where(OnwardRequest.id.in_(wishes)))
    )
    records = session.execute(select(Share.kind, Share.record_id).where(Share.id.in_(shares)))
    late |= {(row.kind, row.record_id) for row in records}
    return sorted(seen(session, actor.reader, late))
