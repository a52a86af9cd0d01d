"""Packages over JSON: preview, build, approve, hand out; check and import; receipts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import read_only, unit_of_work, utc_now
from hub.documents.letter import Letter
from hub.documents.pdf import pdf
from hub.documents.word import MEDIA_TYPE, word
from hub.errors import NotFound
from hub.exchange import (
    building,
    listing,
    proving,
    receipts,
    schemas,
    sealing,
    views,
)
from hub.exchange.evidence_api import package_response
from hub.exchange.import_api import MOST_FILES, telling
from hub.exchange.incoming import refusing, trust
from hub.exchange.models import ExchangePackage, PackageState
from hub.exchange.receipt_letter import receipt_letter
from hub.exchange.shown import districts
from hub.files.api import file_store
from hub.files.services import aside
from hub.web.doors import json_response, reading, writing
from hub.web.identity import current_actor, settings
from hub.web.list_doors import View, list_doors
from hub.web.lists import Listing, filter_of
from sharing.packages import open_package
from sharing.proofs import make_proof
from sharing.zip_tree import MEGABYTE, Limits, ZipTree

bp = APIBlueprint("packages_api", __name__, url_prefix="/api/v1", tag="packages")
COLUMNS = {
    "number": _l("编号"),
    "direction": _l("方向"),
    "partner_name": _l("协作单位"),
    "state": _l("状态"),
    "records": _l("记录数"),
    "sequence": _l("序号"),
    "digest": _l("摘要"),
    "root": _l("默克尔根"),
    "created_by_name": _l("生成人"),
    "created_at": _l("生成时间"),
    "approved_by_name": _l("批准人"),
    "approved_at": _l("批准时间"),
    "receipt_at": _l("回执时间"),
    "meeting_number": _l("会议"),
}
# Of what this hub sealed itself.
LARGEST = Limits(total=4096 * MEGABYTE, entries=MOST_FILES)


def package_folder() -> Path:
    """Where the files of packages lie."""
    return Path(settings().data_dir) / "packages"


def _listed(
    session: Session, actor: Actor, query: schemas.PackagesQuery
) -> Listing[ExchangePackage]:
    return listing.packages(session, actor, filter_of(listing.PackageFilter, query))


def _rows(_session: Session, _actor: Actor, found: Iterable[View]) -> Iterator[View]:
    for view in found:
        state, _tone = views.STATES[view["state"]]
        worded = {"direction": str(views.DIRECTIONS[view["direction"]]), "state": str(state)}
        yield view | worded


list_doors(
    bp,
    "/packages",
    query=schemas.PackagesQuery,
    out=schemas.PackagesOut,
    listed=_listed,
    columns=COLUMNS,
    rows=_rows,
    summary="Packages of your bureau, out and in, newest first",
)


@bp.get("/packages/<package_id>")
@bp.output(schemas.PackageDetailOut)
@bp.doc(summary="One package with its records as the partner gets them")
@reading
def one(session: Session, actor: Actor, package_id: str) -> dict[str, Any]:
    """One package."""
    return views.detail_view(session, actor, building.own_package(session, actor, package_id))


@bp.post("/packages/preview")
@bp.input(schemas.ChoiceIn, arg_name="body")
@bp.output(schemas.PreviewOut)
@bp.doc(summary="What the partner would get, by the same redaction as everywhere")
@reading
def preview(session: Session, actor: Actor, body: schemas.ChoiceIn) -> dict[str, Any]:
    """Nothing is written."""
    records = building.records_for(session, actor, body.choice())
    places = districts(session)
    return {
        "content_hash": building.content_hash(records),
        "items": [views.record_view(record, places) for record in records],
    }


@bp.post("/packages")
@bp.input(schemas.ChoiceIn, arg_name="body")
@bp.output(schemas.PackageOut, status_code=201)
@bp.doc(summary="Freeze a choice as a draft (liaison, official)")
@writing
def build(session: Session, actor: Actor, body: schemas.ChoiceIn) -> tuple[dict[str, Any], int]:
    """A draft; another person approves."""
    row = building.build(session, actor, body.choice())
    return views.package_view(session, actor.reader, row), 201


@bp.post("/packages/<package_id>/approve")
@bp.input(schemas.ApproveIn, arg_name="body")
@bp.output(schemas.PackageOut)
@bp.doc(summary="Approve a draft that another person built; it is then sealed (official)")
def approve(package_id: str, body: schemas.ApproveIn) -> Response:
    """Three steps: approved, written, entered; after a crash, approving again goes on."""
    actor = current_actor()
    answer: Response = _approve(package_id, body)
    with read_only() as session:
        row = building.own_package(session, actor, package_id)
        if row.state != PackageState.APPROVED:
            return answer  # the answer to a request that was sent twice
    with unit_of_work() as session:
        made = sealing.plan(
            session, actor, package_id, settings().secret_key, sm3=settings().package_sm3
        )
    with telling() as told:
        sealed, size = aside(sealing.write, made, file_store(), package_folder(), told)
    return _finish(made, sealed, size)


@writing
def _approve(session: Session, actor: Actor, package_id: str, body: schemas.ApproveIn) -> Any:
    row = building.approve(session, actor, package_id, body.content_hash)
    return views.package_view(session, actor.reader, row)


def _finish(made: sealing.SealPlan, sealed: Any, size: int) -> Response:
    with unit_of_work() as session:
        actor = current_actor()
        row = sealing.finish(session, actor, made, sealed, size)
        return json_response(views.package_view(session, actor.reader, row))


@bp.post("/packages/<package_id>/withdraw")
@bp.input(schemas.Nothing, arg_name="body")
@bp.output(schemas.PackageOut)
@bp.doc(summary="Give up a draft")
@writing
def withdraw(
    session: Session,
    actor: Actor,
    package_id: str,
    body: schemas.Nothing,  # noqa: ARG001
) -> dict[str, Any]:
    """Nothing of it leaves."""
    row = building.withdraw(session, actor, package_id)
    return views.package_view(session, actor.reader, row)


@bp.get("/packages/<package_id>/file")
@bp.doc(summary="The sealed package; refused when anything in it was taken back since")
def package_file(package_id: str) -> Response:
    """Who takes it is entered."""
    actor = current_actor()
    with unit_of_work() as session:
        row = building.hand_out(session, actor, package_id)
        path = sealing.open_file(package_folder(), row)
        name = f"lianfang-{row.partner_adcode}-{row.sequence:04}.zip"
    return package_response(path.open("rb"), name)


@bp.get("/packages/<package_id>/receipt")
@bp.doc(summary="The signed receipt: yours for what came in, the partner's for what went out")
@reading
def receipt(session: Session, actor: Actor, package_id: str) -> Response:
    """A small JSON file."""
    row: ExchangePackage = building.own_package(session, actor, package_id)
    if row.receipt is None:
        raise NotFound
    response = Response(row.receipt, mimetype="application/json")
    name = f"receipt-{row.partner_adcode}-{row.sequence:04}.json"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/packages/<package_id>/receipt.pdf")
@bp.doc(summary="The receipt as a letter, as PDF; the signed file is what counts")
def receipt_pdf(package_id: str) -> Response:
    """For the folder of paper."""
    return _receipt_letter(package_id, pdf, "application/pdf", "pdf")


@bp.get("/packages/<package_id>/receipt.docx")
@bp.doc(summary="The same as Word")
def receipt_word(package_id: str) -> Response:
    """For the folder of paper."""
    return _receipt_letter(package_id, word, MEDIA_TYPE, "docx")


def _receipt_letter(
    package_id: str, draw: Callable[[Letter], bytes], media_type: str, ending: str
) -> Response:
    actor = current_actor()
    with read_only() as session:
        row = building.own_package(session, actor, package_id)
        letter = receipt_letter(session, row)
        name = f"receipt-{row.partner_adcode}-{row.sequence:04}.{ending}"
    response = Response(aside(draw, letter), mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/packages/receipts")
@bp.input(schemas.ReceiptIn, arg_name="body")
@bp.output(schemas.PackageOut)
@bp.doc(summary="Load the receipt that a partner signed for a package of yours")
@writing
def load_receipt(session: Session, actor: Actor, body: schemas.ReceiptIn) -> dict[str, Any]:
    """Checked against the package and the partner's key."""
    row = receipts.load_receipt(session, actor, body.receipt.encode())
    return views.package_view(session, actor.reader, row)


@bp.post("/packages/check-proof")
@bp.input(schemas.ProofIn, arg_name="body")
@bp.output(schemas.ProvedOut)
@bp.doc(summary="Check a proof that a record was in a signed package at a time; writes nothing")
@reading
def check_proof_file(session: Session, actor: Actor, body: schemas.ProofIn) -> dict[str, Any]:
    """By the keys that your bureau believes."""
    return proving.proved(session, actor, body.proof.encode())


@bp.get("/packages/<package_id>/proof")
@bp.input(schemas.ProofQuery, location="query", arg_name="query")
@bp.doc(summary="A file that proves that a record is in a sealed package; checked offline")
@reading
def proof(session: Session, actor: Actor, package_id: str, query: schemas.ProofQuery) -> Response:
    """Merkle path and signature, without the other records."""
    row = building.own_package(session, actor, package_id)
    if row.state not in (PackageState.SEALED, PackageState.RECEIVED):
        raise NotFound
    records = {(r.kind, r.id): r for r in building.lines_of(session, row)}
    record = records.get((query.kind, query.record))
    if record is None or record.classification > actor.clearance:
        raise NotFound
    keys, _adcode = trust(session, actor)
    with sealing.open_file(package_folder(), row).open("rb") as stream, refusing():
        tree = ZipTree(stream, LARGEST)
        # Every byte is read; others are answered meanwhile.
        package = aside(open_package, tree, keys, now=utc_now())
        data = make_proof(package, query.kind, query.record)
    response = Response(data, mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename="proof.json")
    response.headers["Cache-Control"] = "no-store"
    return response
