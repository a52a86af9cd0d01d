"""Pages of the rules of deadlines: all of them, and one with its history and its form."""

from __future__ import annotations

from flask import Blueprint, render_template

from hub.access import Right
from hub.db import read_only
from hub.deadlines import rules
from hub.deadlines.models import Mark, Unit
from hub.deadlines.views import MARK_NAMES, UNIT_NAMES, rule_view
from hub.web.identity import current_actor
from hub.web.sheet_import import MOST_ROWS

bp = Blueprint("deadlines", __name__)
TONES = {"verified": "ok", "secondary": "info", "unverified": "danger", "model": "neutral"}


@bp.get("/deadlines/rules")
def index() -> str:
    """All rules in their newest versions."""
    may_edit = current_actor().may(Right.RULE_EDIT)
    with read_only() as session:
        views = [rule_view(row) for row in rules.newest(session)]
    return render_template("deadlines/rules.html", rules=views, tones=TONES, may_edit=may_edit)


@bp.get("/deadlines/rules/import")
def import_sheet() -> str:
    """Bring new versions of rules in from a sheet: tried first."""
    current_actor().require(Right.RULE_EDIT)
    return render_template("deadlines/rules_import.html", most=MOST_ROWS)


@bp.get("/deadlines/rules/<code>")
def show(code: str) -> str:
    """One rule, its versions, and for officials the form of the next."""
    actor = current_actor()
    with read_only() as session:
        views = [rule_view(row) for row in rules.history(session, code)]
    return render_template(
        "deadlines/rule.html",
        rule=views[0],
        versions=views,
        tones=TONES,
        may_edit=actor.may(Right.RULE_EDIT),
        units=[(unit.value, str(UNIT_NAMES[unit])) for unit in Unit],
        marks=[(mark.value, str(MARK_NAMES[mark])) for mark in Mark],
    )
