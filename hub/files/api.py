"""Files over JSON: the passport of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from hub.access import Actor
from hub.errors import field_error
from hub.files import faults, schemas
from hub.files import services as files
from hub.files.check_models import FileFault
from hub.files.passport import passport
from hub.files.store import FileStore
from hub.web.doors import reading
from hub.web.identity import settings
from hub.web.list_doors import file_doors, paged
from hub.web.lists import Listing, filter_of

bp = APIBlueprint("files_api", __name__, url_prefix="/api/v1", tag="files")
FAULT_COLUMNS = {
    "id": _l("文件标识"),
    "bureau_id": _l("单位标识"),
    "what_name": _l("核验结果"),
    "found_at": _l("发现时间"),
    "seen_at": _l("最近核验"),
}


def file_store() -> FileStore:
    """The files of this hub."""
    return FileStore(Path(settings().data_dir) / "files")


def sent_file() -> FileStorage:
    """The file of this request (multipart, field `file`).

    Raises:
        Invalid: there is none.
    """
    sent = request.files.get("file")
    if sent is None:
        raise field_error("file", _l("请选择文件。"))
    return sent


def prepared_file() -> files.Prepared:
    """The file of this request, judged and kept, not yet entered anywhere: done before the
    transaction, which stays short.

    Raises:
        Invalid, TooLarge: there is none, or it is not accepted.
    """
    sent = sent_file()
    limit = settings().max_upload_mb * 1_048_576
    return files.prepare(file_store(), sent.filename or "", sent.stream, limit)  # type: ignore[arg-type]


@bp.get("/files/<file_id>/passport")
@bp.output(schemas.PassportOut)
@bp.doc(summary="The passport of a file: hash, capture, uploader, every copy handed out (owner)")
@reading
def file_passport(session: Session, actor: Actor, file_id: str) -> dict[str, Any]:
    """Everybody who had it."""
    return passport(session, actor, file_store(), file_id)


def _faults(_session: Session, actor: Actor, query: schemas.FaultsQuery) -> Listing[FileFault]:
    return faults.faults(actor, filter_of(faults.FaultFilter, query))


@bp.get("/store/faults")
@bp.input(paged(schemas.FaultsQuery), location="query", arg_name="query")
@bp.output(schemas.FaultsOut)
@bp.doc(summary="Files of your bureau that are missing or altered (system and audit administrator)")
@reading
def store_faults(session: Session, actor: Actor, query: Any) -> dict[str, Any]:
    """What the nightly check found."""
    found = _faults(session, actor, query).page(session, query.limit, query.cursor)
    return found | {"check": faults.last_check(session, actor)}


file_doors(
    bp,
    "/store/faults",
    query=schemas.FaultsQuery,
    rows=lambda session, actor, query: _faults(session, actor, query).all(session),
    columns=FAULT_COLUMNS,
    file="files",
)
