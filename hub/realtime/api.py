"""GET /api/v1/changes: the feed for programs, and for pages whose socket is down."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.realtime import stream
from hub.web.doors import reading
from sharing import feed

bp = APIBlueprint("changes", __name__, url_prefix="/api/v1", tag="changes")


class ChangesQuery(BaseModel):
    """Where to read on."""

    after: int = Field(0, ge=0, lt=2**53, description="the last number already applied")
    limit: int = Field(200, ge=1, le=stream.PAGE)


class Change(BaseModel):
    """One change; without a view it is a tombstone."""

    seq: int
    kind: str
    id: str
    version: int
    verb: str
    at: str
    view: dict[str, Any] | None


class Changes(BaseModel):
    """Consecutive changes; `resync` says that `after` cannot be served: fetch afresh from head."""

    items: list[Change]
    next: int | None
    head: int
    resync: bool


@bp.get("/changes")
@bp.input(ChangesQuery, location="query", arg_name="query")
@bp.output(Changes)
@bp.doc(summary="What your bureau was told, from a number on")
@reading
def changes(session: Session, actor: Actor, query: ChangesQuery) -> dict[str, Any]:
    """Read on from a number."""
    actor.require(Right.FEED_READ)
    if not feed.can_resume(session, actor.bureau_id, query.after):
        head = feed.head(session, actor.bureau_id)
        return {"items": [], "next": None, "head": head, "resync": True}
    batch = stream.read_changes(session, actor.reader, query.after, query.limit)
    last = batch.changes[-1]["seq"] if batch.changes else query.after
    return {
        "items": list(batch.changes),
        "next": last if last < batch.head else None,
        "head": batch.head,
        "resync": False,
    }
