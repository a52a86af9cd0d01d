"""The page of a file's passport, for the bureau that owns it."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from hub.db import read_only
from hub.files.api import file_store
from hub.files.passport import passport
from hub.web.identity import current_actor

bp = Blueprint("files", __name__)

COPIES = {
    "clean": _l("去除元数据的副本"),
    "original": _l("封存原件"),
}


@bp.get("/files/<file_id>")
def show(file_id: str) -> str:
    """Hash, capture, uploader, and everybody who had a copy."""
    actor = current_actor()
    with read_only() as session:
        found = passport(session, actor, file_store(), file_id)
    return render_template("files/passport.html", file=found, copies=COPIES)
