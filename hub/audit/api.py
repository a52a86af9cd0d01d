"""The own bureau's audit trail over JSON, for its audit administrator."""

from __future__ import annotations

from typing import Any

import orjson
from apiflask import APIBlueprint
from flask import Response
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.audit import schemas, services
from hub.audit.words import BREAKS
from hub.web.doors import reading
from hub.web.exports import csv_response

bp = APIBlueprint("audit_api", __name__, url_prefix="/api/v1", tag="audit")


def wanted(query: schemas.AuditQuery) -> services.AuditFilter:
    """The filter of a query."""
    return services.AuditFilter(**query.model_dump(exclude={"limit", "cursor"}))


@bp.get("/audit")
@bp.input(schemas.AuditQuery, location="query", arg_name="query")
@bp.output(schemas.AuditOut)
@bp.doc(summary="The audit trail of your bureau, newest first")
@reading
def audit(session: Session, actor: Actor, query: schemas.AuditQuery) -> dict[str, Any]:
    """Entries of the own chain."""
    return services.list_entries(session, actor, wanted(query), query.limit, query.cursor)


@bp.get("/audit.csv")
@bp.input(schemas.AuditQuery, location="query", arg_name="query")
@bp.doc(summary="The same for spreadsheets")
@reading
def audit_csv(session: Session, actor: Actor, query: schemas.AuditQuery) -> Response:
    """Entries of the own chain as CSV."""
    columns = [
        ("number", _("序号")),
        ("at", _("时间")),
        ("actor_name", _("人员")),
        ("bureau_name", _("单位")),
        ("action", _("操作")),
        ("kind", _("类型")),
        ("record_id", _("记录")),
        ("detail", _("内容")),
        ("hash", _("摘要")),
    ]
    rows = [
        row | {"detail": orjson.dumps(row["detail"]).decode()}
        for row in services.export_entries(session, actor, wanted(query))
    ]
    return csv_response("audit", columns, rows)


@bp.get("/audit/verify")
@bp.output(schemas.VerifyOut)
@bp.doc(summary="Check the chain of your bureau from its first entry")
@reading
def verify(session: Session, actor: Actor) -> dict[str, Any]:
    """Unbroken, or the first broken entry."""
    report, entry = services.verify_own(session, actor)
    if report.ok:
        text = _("共%(n)s条记录，首尾相连，未被改动。", n=report.entries)
    else:
        what = BREAKS.get(report.what or "", report.what or "")
        text = _("第%(n)s条起不可信：%(what)s。", n=report.first_broken, what=what)
    return {
        "ok": report.ok,
        "entries": report.entries,
        "first_broken": report.first_broken,
        "what": report.what,
        "text": text,
        "entry": entry,
    }
