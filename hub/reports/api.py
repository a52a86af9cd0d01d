"""Reports of patrols and figures of a period over JSON, PDF, Word and CSV."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import read_only
from hub.documents.record import Record
from hub.documents.record_pdf import record_pdf
from hub.documents.record_word import record_word
from hub.documents.word import MEDIA_TYPE
from hub.files import services as files
from hub.files.api import file_store
from hub.files.models import StoredFile
from hub.files.store import FileStore
from hub.patrols.access import access_patrol
from hub.reports import patrol as report
from hub.reports import schemas
from hub.reports.figures import figures, period_of
from hub.reports.patrol_sheet import photo_plate, report_record
from hub.reports.picture import Drawing, patrol_map
from hub.web.doors import reading
from hub.web.identity import current_actor
from hub.web.list_doors import file_doors

bp = APIBlueprint("reports_api", __name__, url_prefix="/api/v1", tag="reports")
# The report is a document of the authorities, in their language.
LANGUAGE = "zh"
MOST_PHOTOS = 24
COLUMNS = (
    ("month", _l("月份")),
    ("partner_name", _l("对方单位")),
    ("planned", _l("计划")),
    ("done", _l("完成")),
    ("cancelled", _l("已取消")),
    ("missed", _l("逾期未开始")),
    ("hours", _l("小时")),
    ("km", _l("公里")),
    ("findings", _l("发现")),
    ("closed", _l("已销号")),
    ("closure_rate", _l("销号率")),
    ("records", _l("已封存笔录")),
    ("own_rating", _l("本方评分")),
    ("partner_rating", _l("对方评分")),
)


@bp.get("/patrols/<patrol_id>/report.json")
@bp.output(schemas.ReportOut)
@bp.doc(summary="What a patrol's report says to your bureau, and its SHA-256")
@reading
def content(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """The values that the PDF and Word are made of."""
    row = access_patrol(session, actor, patrol_id)
    report.check_ended(row)
    with force_locale(LANGUAGE):
        found = report.report_content(session, actor, row)
    return {"sha256": report.content_hash(found), "content": found}


@bp.get("/patrols/<patrol_id>/report.pdf")
@bp.doc(summary="The report of a patrol that has ended, as PDF")
def as_pdf(patrol_id: str) -> Response:
    """With map, figures, findings, photos, reviews."""
    return _answer(files.aside(record_pdf, _gathered(patrol_id)), "application/pdf", "pdf")


@bp.get("/patrols/<patrol_id>/report.docx")
@bp.doc(summary="The report of a patrol that has ended, as Word")
def as_word(patrol_id: str) -> Response:
    """The same as Word."""
    return _answer(files.aside(record_word, _gathered(patrol_id)), MEDIA_TYPE, "docx")


def _answer(data: bytes, media_type: str, ending: str) -> Response:
    response = Response(data, mimetype=media_type)
    response.headers.set("Content-Disposition", "inline", filename=f"patrol-report.{ending}")
    response.headers["Cache-Control"] = "no-store"
    return response


def _gathered(patrol_id: str) -> Record:
    """Read in one transaction; drawn after it, which stays short."""
    actor = current_actor()
    with read_only() as session, force_locale(LANGUAGE):
        row = access_patrol(session, actor, patrol_id)
        report.check_ended(row)
        found = report.report_content(session, actor, row)
        drawing = report.drawing_of(session, actor, row)
        photos = report.photos_of(session, actor, row)[:MOST_PHOTOS]
    return files.aside(_made, found, drawing, photos, file_store(), actor.bureau_name)


def _made(
    found: dict[str, Any],
    drawing: Drawing,
    photos: list[tuple[int, StoredFile]],
    store: FileStore,
    bureau_name: str,
) -> Record:
    read = ((number, file, store.read(file.clean_sha256 or "")) for number, file in photos)
    plates = [photo_plate(number, file, data) for number, file, data in read]
    digest = report.content_hash(found)
    return report_record(found, digest, patrol_map(drawing), plates, bureau_name)


@bp.get("/reports/patrols")
@bp.input(schemas.FiguresQuery, location="query", arg_name="query")
@bp.output(schemas.FiguresOut)
@bp.doc(summary="Figures of joint patrols by month and partner, and the zones covered")
@reading
def patrols(session: Session, actor: Actor, query: schemas.FiguresQuery) -> dict[str, Any]:
    """As far as the caller's bureau sees what they count; the year up to today by default."""
    return figures(session, actor, period_of(query.since, query.until, query.partner_id))


def _rows(session: Session, actor: Actor, query: schemas.FiguresQuery) -> list[dict[str, Any]]:
    period = period_of(query.since, query.until, query.partner_id)
    items: list[dict[str, Any]] = figures(session, actor, period)["items"]
    return items


file_doors(
    bp,
    "/reports/patrols",
    query=schemas.FiguresQuery,
    rows=_rows,
    columns=COLUMNS,
    file="patrol-figures",
)
