"""Records received by package, over JSON."""

from __future__ import annotations

import io
from typing import Any

from apiflask import APIBlueprint
from flask import Response, send_file
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import unit_of_work
from hub.errors import Unavailable
from hub.exchange import received, schemas
from hub.files.api import file_store
from hub.web.doors import reading, witnessed
from hub.web.identity import current_actor

bp = APIBlueprint("received_api", __name__, url_prefix="/api/v1", tag="packages")


@bp.get("/received-records")
@bp.input(schemas.ReceivedQuery, location="query", arg_name="query")
@bp.output(schemas.ReceivedListOut)
@bp.doc(summary="Records of bureaus whose hub is elsewhere, as their packages showed them")
@reading
def listed(session: Session, actor: Actor, query: schemas.ReceivedQuery) -> dict[str, Any]:
    """Whose, when, by which package."""
    return received.list_received(session, actor, **query.model_dump())


@bp.get("/received-records/<received_id>")
@bp.output(schemas.ReceivedOut)
@bp.doc(summary="One received record with its files; the reading is entered")
@witnessed
def one(session: Session, actor: Actor, received_id: str) -> dict[str, Any]:
    """One record."""
    return received.read_received(session, actor, received_id)


@bp.get("/received-records/<received_id>/files/<file_id>")
@bp.doc(summary="A file that came with a record, as its owner marked it")
def file(received_id: str, file_id: str) -> Response:
    """Always a download: what is in it is somebody else's word."""
    actor = current_actor()
    with unit_of_work() as session:
        row = received.received_file(session, actor, received_id, file_id)
    data = file_store().read(row.sha256)
    if data is None:
        raise Unavailable(_l("文件缺失或与封存时不一致，未交出。请联系系统管理员。"))
    response = send_file(
        io.BytesIO(data), mimetype="application/octet-stream", conditional=False,
        download_name=row.name, as_attachment=True,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
