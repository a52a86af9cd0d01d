"""Records of inspections over JSON: open, write, sign, seal, check."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.db import read_only
from hub.documents.record_pdf import record_pdf
from hub.documents.record_word import record_word
from hub.documents.word import MEDIA_TYPE
from hub.errors import NotFound, StaleVersion, field_error
from hub.files import services as files
from hub.files.api import file_store, prepared_file
from hub.files.views import file_view
from hub.inspections import evidence, opening, schemas, sealing, services, signing
from hub.inspections.access import access_inspection, access_writing
from hub.inspections.content import Content
from hub.inspections.listing import Filters, flat, inspections
from hub.inspections.models import InspectionRecord
from hub.inspections.sheet import make_files, record_of
from hub.inspections.views import detail_view
from hub.patrols.access import access_patrol
from hub.patrols.field_schemas import FileOut
from hub.web.doors import check_version, reading, required_version, writing
from hub.web.identity import current_actor, settings
from hub.web.list_doors import list_doors
from hub.web.lists import Listing, filter_of

FORMS = {"pdf": (record_pdf, "application/pdf"), "docx": (record_word, MEDIA_TYPE)}
bp = APIBlueprint("inspections_api", __name__, url_prefix="/api/v1", tag="inspections")
COLUMNS = (
    ("number", _l("编号")),
    ("state_name", _l("状态")),
    ("bureau_name", _l("主办单位")),
    ("patrol_number", _l("巡查")),
    ("finding_number", _l("发现")),
    ("cause", _l("检查事由")),
    ("place", _l("检查地点")),
    ("starts_at", _l("开始")),
    ("ends_at", _l("结束")),
    ("party_name", _l("被检查人")),
    ("officer_names", _l("检查人员")),
    ("findings", _l("现场检查情况")),
    ("photo_count", _l("照片")),
    ("sealed_at", _l("封存时间")),
    ("sealed_hash", _l("封存SHA-256")),
    ("supplements_number", _l("补充的笔录")),
)


def _view(session: Session, actor: Actor, row: InspectionRecord) -> dict[str, Any] | None:
    return detail_view(session, actor, row)


def _versioned(session: Session, actor: Actor, inspection_id: str) -> InspectionRecord:
    row = access_writing(session, actor, inspection_id)
    check_version(required_version(), row.version, _view(session, actor, row))
    return row


def _listed(
    session: Session, actor: Actor, query: schemas.InspectionsQuery
) -> Listing[InspectionRecord]:
    return inspections(session, actor, filter_of(Filters, query))


list_doors(
    bp,
    "/inspections",
    query=schemas.InspectionsQuery,
    out=schemas.InspectionsOut,
    listed=_listed,
    columns=COLUMNS,
    rows=flat,
    summary="Records of inspections: your bureau's, and sealed ones of joint patrols",
)


@bp.get("/patrols/<patrol_id>/inspection-offers")
@bp.output(schemas.OffersOut)
@bp.doc(summary="Findings and check-ins of a patrol that a record can begin with")
@reading
def offers(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """What lies where the caller's bureau leads."""
    patrol = access_patrol(session, actor, patrol_id)
    actor.require(Right.CASE_EDIT)
    return {"items": opening.offers(session, actor, patrol), "next": None}


@bp.post("/inspections")
@bp.input(schemas.OpenIn, arg_name="body")
@bp.output(schemas.InspectionOut, status_code=201)
@bp.doc(summary="Open a record, filled from a patrol's log (officer of the side it lies on)")
@writing
def open_record(
    session: Session, actor: Actor, body: schemas.OpenIn
) -> tuple[dict[str, Any] | None, int]:
    """A new record."""
    row = opening.open_record(session, actor, opening.Occasion(**body.model_dump()))
    return _view(session, actor, row), 201


@bp.get("/inspections/<inspection_id>")
@bp.output(schemas.InspectionOut)
@bp.doc(summary="One record")
@reading
def one(session: Session, actor: Actor, inspection_id: str) -> dict[str, Any] | None:
    """One record."""
    return _view(session, actor, access_inspection(session, actor, inspection_id))


@bp.put("/inspections/<inspection_id>")
@bp.input(Content, arg_name="body")
@bp.output(schemas.InspectionOut)
@bp.doc(summary="Save what was typed (If-Match); refused while signatures stand")
@writing
def save(
    session: Session, actor: Actor, inspection_id: str, body: Content
) -> dict[str, Any] | None:
    """A draft may lack anything; what is there has to be possible."""
    row = _versioned(session, actor, inspection_id)
    services.save(session, actor, row, body)
    return _view(session, actor, row)


@bp.post("/inspections/<inspection_id>/photos")
@bp.output(FileOut, status_code=201)
@bp.doc(summary="Attach a photo (multipart, field `file`)")
def attach_photo(inspection_id: str) -> Response:
    """Decoded before the transaction, which stays short."""
    _may_write(inspection_id)
    answer: Response = _enter_photo(inspection_id, prepared_file())
    return answer


def _may_write(inspection_id: str) -> None:
    with read_only() as session:
        access_writing(session, current_actor(), inspection_id, for_update=False)


@writing
def _enter_photo(
    session: Session, actor: Actor, inspection_id: str, prepared: files.Prepared
) -> tuple[dict[str, Any], int]:
    row = access_writing(session, actor, inspection_id)
    return file_view(services.attach(session, actor, row, prepared), actor.bureau_id), 201


@bp.post("/inspections/<inspection_id>/signatures")
@bp.output(schemas.InspectionOut, status_code=201)
@bp.doc(summary="Sign on the screen (multipart: `file` PNG, `signer`, `content_hash`)")
def sign(inspection_id: str) -> Response:
    """Multipart; `signer` and `content_hash` as the record's view names them."""
    _may_write(inspection_id)
    given = signing.Given(_sent("signer"), _sent("content_hash"), prepared_file())
    answer: Response = _enter_signature(inspection_id, given)
    return answer


def _sent(name: str) -> str:
    value = request.form.get(name, "")
    if not value or len(value) > 100:
        raise field_error(name, _l("缺少此项。"))
    return value


@writing
def _enter_signature(
    session: Session, actor: Actor, inspection_id: str, given: signing.Given
) -> tuple[dict[str, Any] | None, int]:
    row = access_writing(session, actor, inspection_id)
    signing.sign(session, actor, row, given)
    return _view(session, actor, row), 201


@bp.post("/inspections/<inspection_id>/withdraw-signatures")
@bp.output(schemas.InspectionOut)
@bp.doc(summary="Withdraw every signature, so that the record can be edited")
@writing
def withdraw(session: Session, actor: Actor, inspection_id: str) -> dict[str, Any] | None:
    """The pictures stay as evidence of what was signed before."""
    row = access_writing(session, actor, inspection_id)
    signing.withdraw(session, actor, row)
    return _view(session, actor, row)


@bp.post("/inspections/<inspection_id>/seal")
@bp.output(schemas.InspectionOut)
@bp.doc(summary="Seal a record that all have signed, with its Word and PDF")
def seal(inspection_id: str) -> Response:
    """The documents are drawn before the transaction, which stays short."""
    actor = current_actor()
    with read_only() as session:
        row = access_writing(session, actor, inspection_id, for_update=False)
        sealing.check_sealable(session, row)
        record = record_of(session, row, file_store())
        version = row.version
    made = files.aside(make_files, file_store(), record)
    answer: Response = _enter_seal(inspection_id, made, version)
    return answer


@writing
def _enter_seal(
    session: Session, actor: Actor, inspection_id: str, made: list[files.Prepared], version: int
) -> dict[str, Any] | None:
    row = access_writing(session, actor, inspection_id)
    row.check_draft()
    if row.version != version:
        raise StaleVersion(_l("笔录刚刚有变动，请重新封存。"))
    sealing.seal(session, actor, row, made, settings().secret_key)
    return _view(session, actor, row)


@bp.get("/inspections/<inspection_id>/verify")
@bp.output(schemas.VerifyOut)
@bp.doc(summary="Whether a sealed record is unbroken, check by check")
@reading
def verify(session: Session, actor: Actor, inspection_id: str) -> dict[str, Any]:
    """For everybody who sees the record."""
    row = access_inspection(session, actor, inspection_id)
    return sealing.verify_record(session, file_store(), row)


@bp.get("/inspections/<inspection_id>/seal.json")
@bp.output(schemas.SealFileOut)
@bp.doc(summary="The sealed document with the bureau's signature, for checking elsewhere")
@reading
def seal_file(session: Session, actor: Actor, inspection_id: str) -> Response:
    """Its own bureau alone: it holds the whole text."""
    row = access_writing(session, actor, inspection_id, for_update=False)
    if row.sealed_text is None:
        raise NotFound
    response = Response(row.sealed_text, mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename="inspection-seal.json")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/inspections/<inspection_id>/draft.<form>")
@bp.doc(summary="The record as it stands as PDF or Word, before it is sealed (own bureau)")
def draft_document(inspection_id: str, form: str) -> Response:
    """`draft.pdf` or `draft.docx`."""
    return _drawn(inspection_id, form)


def _drawn(inspection_id: str, form: str) -> Response:
    actor = current_actor()
    with read_only() as session:
        row = access_writing(session, actor, inspection_id, for_update=False)
        if form not in FORMS:
            raise field_error("form", _l("只有PDF和Word两种。"))
        record = record_of(session, row, file_store())
    draw, media_type = FORMS[form]
    response = Response(files.aside(draw, record), mimetype=media_type)
    response.headers.set("Content-Disposition", "inline", filename=f"inspection.{form}")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/inspections/<inspection_id>/void")
@bp.input(schemas.VoidIn, arg_name="body")
@bp.output(schemas.InspectionOut)
@bp.doc(summary="Give up a record that is not sealed")
@writing
def void(
    session: Session, actor: Actor, inspection_id: str, body: schemas.VoidIn
) -> dict[str, Any] | None:
    """It keeps its number."""
    row = access_writing(session, actor, inspection_id)
    services.void(session, actor, row, body.reason)
    return _view(session, actor, row)


@bp.post("/inspections/<inspection_id>/supplement")
@bp.output(schemas.InspectionOut, status_code=201)
@bp.doc(summary="Open a supplementary record to a sealed one")
@writing
def supplement(
    session: Session, actor: Actor, inspection_id: str
) -> tuple[dict[str, Any] | None, int]:
    """The first stays as it is."""
    first = access_writing(session, actor, inspection_id)
    return _view(session, actor, opening.supplement(session, actor, first)), 201


@bp.post("/inspections/<inspection_id>/case")
@bp.output(schemas.AttachedOut)
@bp.doc(summary="Enter a sealed record in the case that its finding became, as evidence")
@writing
def attach_to_case(session: Session, actor: Actor, inspection_id: str) -> dict[str, Any]:
    """Documents and photos."""
    row = access_writing(session, actor, inspection_id)
    case_id, count = evidence.attach_to_case(session, actor, row)
    return {"case_id": case_id, "files": count}
