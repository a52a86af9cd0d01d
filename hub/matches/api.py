"""Matches over JSON."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from apiflask import APIBlueprint
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.schemas import Strict
from hub.matches.importing import COLUMNS as SHEET
from hub.matches.importing import bring_in
from hub.matches.models import MarkState
from hub.matches.services import listed, mark
from hub.web.doors import reading, writing
from hub.web.list_doors import file_doors
from hub.web.sheet_doors import sheet_doors

bp = APIBlueprint("matches_api", __name__, url_prefix="/api/v1", tag="matches")
KindName = Literal["case", "finding", "petition"]
COLUMNS = {
    "own_number": _l("本单位记录"),
    "own_title": _l("本单位记录名称"),
    "other_number": _l("对方记录"),
    "other_title": _l("对方记录名称"),
    "owner_name": _l("对方单位"),
    "why": _l("匹配依据"),
    "state_name": _l("状态"),
    "note": _l("说明"),
    "by_name": _l("处理人"),
}


class MatchesQuery(BaseModel):
    """Filters; without a state all that nobody dismissed."""

    state: Literal["new", "seen", "linked", "dismissed"] | None = None
    kind: KindName | None = None


class SideOut(BaseModel):
    """A record of a match, as the reader sees it."""

    kind: str
    kind_name: str
    id: str
    number: str
    title: str
    url: str
    owner_bureau_id: str
    owner_name: str


class MatchOut(BaseModel):
    """An own record and one of the other side that seem to be of the same matter."""

    own: SideOut
    other: SideOut
    reasons: list[str]
    why: str
    metres: int | None
    days: float | None
    likely: bool
    since: dt.datetime | None
    state: str
    state_name: str
    tone: str
    note: str
    by_name: str | None
    at: dt.datetime | None


class MatchesOut(BaseModel):
    """All of them, likely and newest first."""

    items: list[MatchOut]
    next: str | None


class MarkIn(Strict):
    """What the bureau says of a match."""

    own_kind: KindName
    own_id: str = Field(min_length=1, max_length=36)
    other_kind: KindName
    other_id: str = Field(min_length=1, max_length=36)
    state: MarkState
    note: str = Field(default="", max_length=500)


class MarkOut(BaseModel):
    """What was said."""

    state: str
    note: str
    by_name: str


@bp.get("/matches")
@bp.input(MatchesQuery, location="query", arg_name="query")
@bp.output(MatchesOut)
@bp.doc(summary="Records of both sides that seem to be of the same matter, as far as you see both")
@reading
def matches(session: Session, actor: Actor, query: MatchesQuery) -> dict[str, Any]:
    """Computed at this moment from what the caller may see."""
    return {"items": listed(session, actor, state=query.state, kind=query.kind), "next": None}


def _rows(session: Session, actor: Actor, query: MatchesQuery) -> list[dict[str, Any]]:
    return [
        view
        | {f"own_{name}": view["own"][name] for name in ("number", "title")}
        | {f"other_{name}": view["other"][name] for name in ("number", "title")}
        | {"owner_name": view["other"]["owner_name"]}
        for view in listed(session, actor, state=query.state, kind=query.kind)
    ]


file_doors(bp, "/matches", query=MatchesQuery, rows=_rows, columns=COLUMNS)
sheet_doors(
    bp, "/matches", right=Right.WORK_VIEW, columns=SHEET, bring_in=bring_in,
    what="words about matches",
)  # fmt: skip


@bp.post("/matches/marks")
@bp.input(MarkIn, arg_name="body")
@bp.output(MarkOut)
@bp.doc(summary="Say for your bureau: seen, linked (the same matter) or dismissed")
@writing
def say(session: Session, actor: Actor, body: MarkIn) -> dict[str, Any]:
    """Only the own bureau is told."""
    key = (body.own_kind, body.own_id, body.other_kind, body.other_id)
    row = mark(session, actor, key, body.state, body.note)
    return {"state": row.state, "note": row.note, "by_name": row.by_name}
