"""Records received by package, over JSON."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from apiflask import APIBlueprint
from flask import Response, send_file
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import unit_of_work
from hub.errors import Unavailable
from hub.exchange import listing, received, schemas
from hub.exchange.models import ReceivedRecord
from hub.exchange.views import KINDS
from hub.files.api import file_store
from hub.web.doors import witnessed
from hub.web.identity import current_actor
from hub.web.list_doors import View, list_doors
from hub.web.lists import Listing, filter_of

bp = APIBlueprint("received_api", __name__, url_prefix="/api/v1", tag="packages")


COLUMNS = {
    "kind_name": _l("类型"),
    "number": _l("编号"),
    "title": _l("记录"),
    "owner_name": _l("所属单位"),
    "withdrawn": _l("对方已收回"),
    "received_at": _l("收到"),
    "keep_until": _l("保存至"),
    "package_number": _l("数据包"),
    "kind": _l("记录种类"),
    "foreign_id": _l("对方记录标识"),
    "foreign_version": _l("版本"),
    "owner_adcode": _l("所属区划代码"),
}


def _listed(
    session: Session, actor: Actor, query: schemas.ReceivedQuery
) -> Listing[ReceivedRecord]:
    return listing.received(session, actor, filter_of(listing.ReceivedFilter, query))


def _rows(_session: Session, _actor: Actor, found: Iterable[View]) -> Iterator[View]:
    for view in found:
        told = view["view"] or {}
        number = told.get("number")
        yield view | {
            "kind_name": str(KINDS[view["kind"]]),
            "number": number if isinstance(number, str) else None,
            "withdrawn": view["ended_at"] is not None,
        }


list_doors(
    bp,
    "/received-records",
    query=schemas.ReceivedQuery,
    out=schemas.ReceivedListOut,
    listed=_listed,
    columns=COLUMNS,
    rows=_rows,
    summary="Records of bureaus whose hub is elsewhere, as their packages showed them",
)


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
