"""Files over JSON: the passport of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.files import schemas
from hub.files.passport import passport
from hub.files.store import FileStore
from hub.web.doors import reading
from hub.web.identity import settings

bp = APIBlueprint("files_api", __name__, url_prefix="/api/v1", tag="files")


def file_store() -> FileStore:
    """The files of this hub."""
    return FileStore(Path(settings().data_dir) / "files")


@bp.get("/files/<file_id>/passport")
@bp.output(schemas.PassportOut)
@bp.doc(summary="The passport of a file: hash, capture, uploader, every copy handed out (owner)")
@reading
def file_passport(session: Session, actor: Actor, file_id: str) -> dict[str, Any]:
    """Everybody who had it."""
    return passport(session, actor, file_store(), file_id)
