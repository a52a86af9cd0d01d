"""What is overdue, over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.home.overdue import overdue_records
from hub.web.doors import reading

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
