"""Positions, findings, files and results over JSON."""

from __future__ import annotations

import io
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, send_file
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.once import Once
from hub.db import read_only, unit_of_work, utc_now
from hub.files import services as files
from hub.files.access import access_file
from hub.files.api import file_store, prepared_file
from hub.files.views import file_view
from hub.patrols import checklist, finding_corrections, finding_list, findings, results
from hub.patrols import field_schemas as schemas
from hub.patrols.access import access_patrol
from hub.patrols.finding_views import view_for
from hub.patrols.intake import Intake, Sent, body_of
from hub.patrols.models import Finding
from hub.patrols.positions import positions_for
from hub.patrols.schemas import PositionReport
from hub.web.doors import check_version, joining, reading, required_version, writing
from hub.web.identity import current_actor, settings
from hub.web.list_doors import list_doors
from hub.web.lists import Listing, filter_of
from sharing.canonical import utc_text

bp = APIBlueprint("field_api", __name__, url_prefix="/api/v1", tag="findings")
COLUMNS = (
    ("number", _l("编号")),
    ("patrol_number", _l("巡查")),
    ("category_name", _l("类别")),
    ("text", _l("情况")),
    ("details_text", _l("现场要素")),
    ("firm_name", _l("涉及单位")),
    ("firm_uscc", _l("统一社会信用代码")),
    ("found_at", _l("发现时间")),
    ("bureau_name", _l("记录单位")),
    ("recorded_by_name", _l("记录人")),
    ("side_bureau_name", _l("属地")),
    ("certain", _l("属地确定")),
    ("lon", _l("经度")),
    ("lat", _l("纬度")),
    ("accuracy_m", _l("精度（米）")),
    ("referred_to_name", _l("转交")),
    ("has_case", _l("已立案")),
    ("state_name", _l("处理状态")),
    ("taken_by_name", _l("处理单位")),
    ("task_firm", _l("整改单位")),
    ("task_text", _l("整改要求")),
    ("due_on", _l("整改期限")),
    ("overdue", _l("逾期")),
    ("closed_at", _l("销号时间")),
    ("closed_by_name", _l("销号人")),
    ("close_note", _l("核查情况")),
)


@bp.get("/positions")
@bp.input(schemas.PositionsQuery, location="query", arg_name="query")
@bp.output(schemas.PositionsOut)
@bp.doc(summary="Latest place of each unit under way")
@reading
def positions(session: Session, actor: Actor, query: schemas.PositionsQuery) -> dict[str, Any]:
    """Units of patrols under way that the caller's bureau may see."""
    lost_after = settings().lost_minutes * 60
    items = positions_for(session, actor, query.patrol_id)
    return {"items": items, "lost_after_s": lost_after, "now": utc_text(utc_now()), "next": None}


@bp.post("/patrols/<patrol_id>/positions")
@bp.input(schemas.BatchIn, arg_name="body")
@bp.output(schemas.StoredOut)
@bp.doc(summary="Report fixes of a patrol under way; durable before the answer")
@joining
def report(
    actor: Actor, once: Once | None, patrol_id: str, body: schemas.BatchIn
) -> tuple[dict[str, Any], bool]:
    """The same as the socket's `position` event."""
    sent = PositionReport.model_construct(patrol_id=patrol_id, **dict(body))
    intake: Intake = current_app.extensions["hub.intake"]
    stored = intake(Sent(actor, sent, once=once))
    return body_of(stored), stored.replayed


@bp.post("/patrols/<patrol_id>/checklist")
@bp.input(schemas.CheckIn, arg_name="body")
@bp.output(schemas.CheckOut)
@bp.doc(summary="Tick or untick a point of the checklist (crew of a patrol under way)")
@writing
def tick(session: Session, actor: Actor, patrol_id: str, body: schemas.CheckIn) -> dict[str, Any]:
    """Tick a point."""
    patrol = checklist.tick(session, actor, patrol_id, body.index, done=body.done)
    return {"version": patrol.version, "checklist": patrol.checklist}


@bp.post("/patrols/<patrol_id>/findings")
@bp.input(schemas.FindingIn, arg_name="body")
@bp.output(schemas.FindingOut, status_code=201)
@bp.doc(summary="Log a finding")
@writing
def record(
    session: Session, actor: Actor, patrol_id: str, body: schemas.FindingIn
) -> tuple[dict[str, Any] | None, int]:
    """Log a finding of a patrol."""
    seen = findings.Seen(**body.model_dump())
    made = findings.record(session, actor, patrol_id, seen)
    return view_for(session, actor.reader, made), 201


def _listed(session: Session, actor: Actor, query: schemas.FindingsQuery) -> Listing[Finding]:
    return finding_list.findings(session, actor, filter_of(finding_list.Filters, query))


list_doors(
    bp,
    "/findings",
    query=schemas.FindingsQuery,
    out=schemas.FindingsOut,
    listed=_listed,
    columns=COLUMNS,
    summary="Findings of your bureau's patrols, newest first",
)


@bp.get("/findings/<finding_id>")
@bp.output(schemas.FindingOut)
@bp.doc(summary="One finding")
@reading
def one(session: Session, actor: Actor, finding_id: str) -> dict[str, Any] | None:
    """One finding."""
    return view_for(session, actor.reader, findings.access_finding(session, actor, finding_id))


@bp.patch("/findings/<finding_id>")
@bp.input(schemas.FindingPatch, arg_name="body")
@bp.output(schemas.FindingOut)
@bp.doc(summary="Put a finding right or complete it; what stood there stays in its corrections")
@writing
def correct(
    session: Session, actor: Actor, finding_id: str, body: schemas.FindingPatch
) -> dict[str, Any] | None:
    """The bureau that recorded it."""
    found = findings.access_finding(session, actor, finding_id, for_update=True)
    view = view_for(session, actor.reader, found)
    check_version(required_version(), found.version, view)
    values = body.model_dump(exclude_unset=True, exclude={"reason"})
    correction = finding_corrections.Correction(values, body.reason or "")
    finding_corrections.correct(session, actor, finding_id, correction)
    return view_for(session, actor.reader, found)


@bp.post("/findings/<finding_id>/files")
@bp.output(schemas.FileOut, status_code=201)
@bp.doc(summary="Attach a photo or PDF (multipart, field `file`)")
def attach(finding_id: str) -> Response:
    """Multipart, field `file`. Decoded before the transaction, which stays short."""
    actor = current_actor()
    with read_only() as session:
        findings.access_attaching(session, actor, finding_id)
    answer: Response = _enter(finding_id, prepared_file())
    return answer


@writing
def _enter(
    session: Session, actor: Actor, finding_id: str, prepared: files.Prepared
) -> tuple[dict[str, Any], int]:
    row = findings.attach(session, actor, finding_id, prepared)
    return file_view(row, actor.bureau_id), 201


@bp.post("/findings/<finding_id>/case")
@bp.output(schemas.CaseOpenedOut, status_code=201)
@bp.doc(summary="Open the case that the finding becomes (officer of its side)")
@writing
def open_case(session: Session, actor: Actor, finding_id: str) -> tuple[dict[str, Any], int]:
    """The bureau on whose side it lies opens the case."""
    return {"case_id": findings.open_case(session, actor, finding_id)}, 201


@bp.post("/findings/<finding_id>/refer")
@bp.input(schemas.ReferIn, arg_name="body")
@bp.output(schemas.FindingOut)
@bp.doc(summary="Refer a finding to the bureau on whose side it lies, with a note")
@writing
def refer(
    session: Session, actor: Actor, finding_id: str, body: schemas.ReferIn
) -> dict[str, Any] | None:
    """Refer a finding."""
    found = findings.refer(session, actor, finding_id, body.note or "")
    return view_for(session, actor.reader, found)


@bp.get("/files/<file_id>")
@bp.input(schemas.FileQuery, location="query", arg_name="query")
@bp.doc(summary="A file; access to its record is checked at each request")
def open_file(file_id: str, query: schemas.FileQuery) -> Response:
    """The clean copy, marked for partners; the owner's bureau may ask for the sealed original.

    Who has it is entered first; the copy is drawn after that transaction, which stays short.
    """
    actor = current_actor()
    with unit_of_work() as session:
        row = access_file(session, actor, file_id, enters=True)
        opened = files.open_for(session, actor, row, query.copy_)
    response = send_file(
        io.BytesIO(files.contents(file_store(), opened)),
        mimetype=opened.media_type,
        conditional=False,
        download_name=opened.name,
        as_attachment=not opened.inline,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/patrols/<patrol_id>/track")
@bp.output(schemas.TrackOut)
@bp.doc(summary="Tracks of a patrol as GeoJSON, cleaned, with their figures")
@reading
def track(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """One feature per unit."""
    patrol = access_patrol(session, actor, patrol_id)
    return results.track_features(session, actor.reader, patrol)


@bp.get("/patrols/<patrol_id>/coverage")
@bp.input(schemas.CoverageQuery, location="query", arg_name="query")
@bp.output(schemas.CoverageOut)
@bp.doc(summary="What a patrol did: way, time per side, share of the zone covered, gaps")
@reading
def covered(
    session: Session, actor: Actor, patrol_id: str, query: schemas.CoverageQuery
) -> dict[str, Any]:
    """Figures and gaps."""
    patrol = access_patrol(session, actor, patrol_id)
    return results.results_view(session, actor.reader, patrol, query.reach_m)
