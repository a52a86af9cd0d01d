"""Emergency access over JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apiflask import APIBlueprint
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.emergency import schemas, services
from hub.emergency.access import access_use
from hub.emergency.models import Verdict
from hub.emergency.views import use_view
from hub.web.doors import check_version, reading, required_version, writing
from hub.web.list_doors import file_doors

bp = APIBlueprint("emergency_api", __name__, url_prefix="/api/v1", tag="emergency")
COLUMNS = (
    ("number", _l("案件编号")),
    ("user_name", _l("查阅人")),
    ("reason", _l("紧急情况")),
    ("begun_at", _l("开始（北京时间）")),
    ("ended_at", _l("结束（北京时间）")),
    ("ended_by_name", _l("提前结束人")),
    ("readings", _l("查阅次数")),
    ("verdict_name", _l("复核结论")),
    ("remark", _l("复核意见")),
    ("reviewed_by_name", _l("复核人")),
    ("reviewed_at", _l("复核（北京时间）")),
    ("review_due", _l("复核期限（北京时间）")),
)


@bp.get("/emergencies")
@bp.input(schemas.PagedQuery, location="query", arg_name="query")
@bp.output(schemas.UsesOut)
@bp.doc(summary="Uses of emergency access: reviewers those of their bureau, others their own")
@reading
def list_uses(session: Session, actor: Actor, query: schemas.PagedQuery) -> dict[str, Any]:
    """Newest first."""
    return services.list_uses(session, actor, _filters(query), query.limit, query.cursor)


def _filters(query: schemas.ListQuery) -> services.Filters:
    given = query.model_dump(exclude={"limit", "cursor"})
    return services.Filters(**given)


def _rows(session: Session, actor: Actor, query: schemas.ListQuery) -> Iterator[dict[str, Any]]:
    return services.exported(session, actor, _filters(query))


file_doors(bp, "/emergencies", query=schemas.ListQuery, rows=_rows, columns=COLUMNS)


@bp.post("/emergencies")
@bp.input(schemas.BeginIn, arg_name="body")
@bp.output(schemas.UseOut, status_code=201)
@bp.doc(summary="Open one case of your own bureau above your clearance, in an emergency")
@writing
def begin(session: Session, actor: Actor, body: schemas.BeginIn) -> tuple[dict[str, Any], int]:
    """Both bureaus are alerted; it ends by itself and is reviewed by somebody else."""
    return use_view(services.begin(session, actor, body.case, body.reason), actor), 201


@bp.get("/emergencies/<use_id>")
@bp.output(schemas.UseOut)
@bp.doc(summary="One use of emergency access")
@reading
def one(session: Session, actor: Actor, use_id: str) -> dict[str, Any]:
    """Its person's, and its reviewers'."""
    return use_view(access_use(session, actor, use_id), actor)


@bp.post("/emergencies/<use_id>/end")
@bp.output(schemas.UseOut)
@bp.doc(summary="End a running use before its time (its person, or a reviewer)")
@writing
def end(session: Session, actor: Actor, use_id: str) -> dict[str, Any]:
    """The case is closed at once."""
    return use_view(services.end(session, actor, use_id), actor)


@bp.post("/emergencies/<use_id>/review")
@bp.input(schemas.ReviewIn, arg_name="body")
@bp.output(schemas.UseOut)
@bp.doc(summary="Review an ended use (another official, or the security administrator); If-Match")
@writing
def review(session: Session, actor: Actor, use_id: str, body: schemas.ReviewIn) -> dict[str, Any]:
    """Justified or not, once."""
    row = access_use(session, actor, use_id, for_update=True)
    check_version(required_version(), row.version, use_view(row, actor))
    return use_view(services.review(session, actor, row, Verdict(body.verdict), body.remark), actor)
