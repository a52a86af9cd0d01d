"""Requests over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import read_only
from hub.files import services as files
from hub.files.api import prepared_file
from hub.files.views import file_view
from hub.patrols.field_schemas import FileOut
from hub.requests import attachments, drawing, listing, schemas, services
from hub.requests import preview as previewing
from hub.requests.access import access_request
from hub.requests.acting import Given, do
from hub.requests.models import Request
from hub.requests.replies import LetterOutdated
from hub.requests.views import request_view
from hub.web.doors import check_version, reading, required_version, witnessed, writing
from hub.web.identity import current_actor
from hub.web.list_doors import list_doors
from hub.web.lists import Listing, filter_of

bp = APIBlueprint("requests_api", __name__, url_prefix="/api/v1", tag="requests")

# How often a letter is drawn anew because another took its number, or something came in between.
REDRAWN = 4
COLUMNS = {
    "number": _l("编号"),
    "document_number": _l("文号"),
    "kind_name": _l("类型"),
    "state_name": _l("状态"),
    "title": _l("事由"),
    "sender_name": _l("发函单位"),
    "receiver_name": _l("收函单位"),
    "due_at": _l("期限"),
    "overdue": _l("逾期"),
    "sent_at": _l("发出时间"),
}


def _listed(session: Session, actor: Actor, query: schemas.RequestFilterQuery) -> Listing[Request]:
    return listing.requests(session, actor, filter_of(listing.RequestFilter, query))


def _view(session: Session, actor: Actor, row: Request) -> dict[str, Any] | None:
    return request_view(session, actor.reader, row)


list_doors(
    bp,
    "/requests",
    query=schemas.RequestFilterQuery,
    out=schemas.RequestsOut,
    listed=_listed,
    columns=COLUMNS,
    summary="Requests sent and received, newest first",
)


@bp.post("/requests")
@bp.input(schemas.RequestIn, arg_name="body")
@bp.output(schemas.RequestOut, status_code=201)
@bp.doc(summary="Draft a request; nobody else sees it before it is approved and sent")
@writing
def create_request(
    session: Session, actor: Actor, body: schemas.RequestIn
) -> tuple[dict[str, Any] | None, int]:
    """Draft a request of the caller's bureau."""
    row = services.create_request(session, actor, body.model_dump(exclude_unset=True))
    return _view(session, actor, row), 201


@bp.get("/requests/<request_id>")
@bp.output(schemas.RequestOut)
@bp.doc(summary="One request; the receiver's first reading is a receipt")
@witnessed
def one_request(session: Session, actor: Actor, request_id: str) -> dict[str, Any] | None:
    """One request as the caller may see it."""
    return _view(session, actor, services.open_request(session, actor, request_id))


@bp.get("/requests/<request_id>/preview")
@bp.output(schemas.RequestPreview)
@bp.doc(summary="What the receiver would get of a draft: who reads it, its facts, the case")
@reading
def preview(session: Session, actor: Actor, request_id: str) -> dict[str, Any]:
    """View as the other side, before it is sent."""
    return previewing.preview(session, actor, request_id)


@bp.patch("/requests/<request_id>")
@bp.input(schemas.RequestPatch, arg_name="body")
@bp.output(schemas.RequestOut)
@bp.doc(summary="Change a draft; an approval of the earlier text falls with it")
@writing
def update_request(
    session: Session, actor: Actor, request_id: str, body: schemas.RequestPatch
) -> dict[str, Any] | None:
    """Change given fields."""
    row = access_request(session, actor, request_id, lock=True)
    version = row.version_for(actor.bureau_id)
    check_version(required_version(), version, _view(session, actor, row))
    services.change_request(session, actor, row, body.model_dump(exclude_unset=True))
    return _view(session, actor, row)


@bp.post("/requests/<request_id>/acts")
@bp.input(schemas.ActIn, arg_name="body")
@bp.output(schemas.RequestOut)
@bp.doc(summary="Do one act: approve (If-Match), send, acknowledge, accept, decline, reply, ...")
def act(request_id: str, body: schemas.ActIn) -> Response:
    """Letters are drawn before the transaction, which stays short."""
    for _again in range(REDRAWN):
        try:
            answer: Response = _do(request_id, body, drawing.draw(request_id, body))
        except LetterOutdated:
            continue
        return answer
    raise LetterOutdated


@writing
def _do(
    session: Session, actor: Actor, request_id: str, body: schemas.ActIn, drawn: drawing.Drawn
) -> dict[str, Any] | None:
    if body.act == "approve" or request.headers.get("If-Match") is not None:
        row = access_request(session, actor, request_id, lock=True)
        version = row.version_for(actor.bureau_id)
        check_version(required_version(), version, _view(session, actor, row))
    given = Given(
        **body.model_dump(exclude={"act"}), letters=drawn.files, letter_number=drawn.number
    )
    row = do(session, actor, request_id, body.act, given)
    drawn.check(row, body.act)
    return _view(session, actor, row)


@bp.post("/requests/<request_id>/files")
@bp.output(FileOut, status_code=201)
@bp.doc(
    summary="Attach a photo or PDF (multipart, field `file`); `item` names a document of the "
    "police's checklist: report, goods, opinion, other"
)
def attach(request_id: str) -> Response:
    """Decoded before the transaction, which stays short."""
    actor = current_actor()
    with read_only() as session:
        attachments.access_attaching(session, actor, request_id)
    answer: Response = _enter(request_id, prepared_file(), request.form.get("item") or None)
    return answer


@writing
def _enter(
    session: Session, actor: Actor, request_id: str, prepared: files.Prepared, item: str | None
) -> tuple[dict[str, Any], int]:
    row = attachments.attach(session, actor, request_id, prepared, item)
    return file_view(row, actor.bureau_id), 201
