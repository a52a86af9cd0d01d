"""Deadlines, and what is overdue, over JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.services import bureaus
from hub.deadlines import schemas
from hub.deadlines.listing import CLOCK_COLUMNS, ClockFilter, clock_list
from hub.deadlines.models import Clock
from hub.home.overdue import overdue_records
from hub.home.subjects import describe_all, subject_key
from hub.realtime.seen import seen
from hub.web.doors import reading
from hub.web.list_doors import View, list_doors
from hub.web.lists import Listing, in_parts

bp = APIBlueprint("home_api", __name__, url_prefix="/api/v1", tag="deadlines")


class RecordOut(BaseModel):
    """A record by kind and id."""

    kind: str
    id: str


class OverdueOut(BaseModel):
    """Records on which a deadline has passed."""

    items: list[RecordOut]
    next: str | None


@bp.get("/overdue")
@bp.output(OverdueOut)
@bp.doc(summary="Records on which a deadline has passed that concerns your bureau")
@reading
def overdue(session: Session, actor: Actor) -> dict[str, Any]:
    """Kinds and ids; at most a thousand, in one page."""
    found = overdue_records(session, actor)
    return {"items": [{"kind": kind, "id": one} for kind, one in found], "next": None}


def _listed(session: Session, actor: Actor, query: schemas.ClockFilterQuery) -> Listing[Clock]:
    wanted = ClockFilter(query.state, query.kind, own=query.side == "own")
    return clock_list(session, actor, wanted, sees=seen)


def _rows(session: Session, actor: Actor, views: Iterable[View]) -> Iterator[View]:
    names = {row.id: row.name for row in bureaus(session)}
    for part in in_parts(views):
        subjects = describe_all(session, actor.reader, map(subject_key, part))
        for view in part:
            subject = subjects[subject_key(view)]
            words = {"subject_kind": subject.kind_name, "subject": subject.title}
            yield view | words | {"bureau": names.get(view["bureau_id"])}


list_doors(
    bp,
    "/clocks",
    query=schemas.ClockFilterQuery,
    out=schemas.ClocksOut,
    listed=_listed,
    columns=CLOCK_COLUMNS,
    rows=_rows,
    file="deadlines",
    summary="Deadlines that your bureau has to keep or follows, soonest first",
)
