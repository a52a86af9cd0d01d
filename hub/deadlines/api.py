"""Rules of deadlines over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.deadlines import rules, schemas
from hub.deadlines.importing import COLUMNS, bring_in
from hub.deadlines.services import apply_newest
from hub.deadlines.views import rule_view
from hub.web.doors import reading, required_version, writing
from hub.web.list_doors import NoQuery, file_doors
from hub.web.sheet_doors import sheet_doors

bp = APIBlueprint("deadlines_api", __name__, url_prefix="/api/v1", tag="deadlines")


@bp.get("/deadline-rules")
@bp.output(schemas.RulesOut)
@bp.doc(summary="The rules of deadlines, each in its newest version")
@reading
def list_rules(session: Session, _actor: Actor) -> dict[str, Any]:
    """All rules; they are few, so they come in one page."""
    return {"items": [rule_view(row) for row in rules.newest(session)], "next": None}


def _rows(session: Session, _actor: Actor, _query: NoQuery) -> list[dict[str, Any]]:
    return [rule_view(row) for row in rules.newest(session)]


file_doors(bp, "/deadline-rules", query=NoQuery, rows=_rows, columns=COLUMNS)
sheet_doors(
    bp, "/deadline-rules", right=Right.RULE_EDIT, columns=COLUMNS, bring_in=bring_in,
    what="rules of deadlines",
)  # fmt: skip


@bp.get("/deadline-rules/<code>")
@bp.output(schemas.HistoryOut)
@bp.doc(summary="All versions of a rule, newest first")
@reading
def history(session: Session, _actor: Actor, code: str) -> dict[str, Any]:
    """A rule with its history."""
    return {"items": [rule_view(row) for row in rules.history(session, code)], "next": None}


@bp.post("/deadline-rules/<code>")
@bp.input(schemas.RuleIn, arg_name="body")
@bp.output(schemas.RuleOut, status_code=201)
@bp.doc(summary="Put a new version of a rule in effect (official); running clocks keep theirs")
@writing
def revise(
    session: Session, actor: Actor, code: str, body: schemas.RuleIn
) -> tuple[dict[str, Any], int]:
    """A new version of a rule."""
    facts = body.model_dump(exclude={"apply_to_running"})
    facts["note"] = facts["note"] or ""
    row = rules.revise(session, actor, code, based_on=required_version(), facts=facts)
    if body.apply_to_running:
        apply_newest(session, actor, row)
    return rule_view(row), 201
