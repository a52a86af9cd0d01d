"""The page of a file's passport, for the bureau that owns it; what the nightly check found."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from hub.access import Right
from hub.db import read_only
from hub.files import faults
from hub.files.api import file_store
from hub.files.passport import passport
from hub.web.identity import current_actor

bp = Blueprint("files", __name__)
PER_PAGE = 50

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


@bp.get("/store")
def store() -> str:
    """Files that are missing or altered, for the system and the audit administrator."""
    actor = current_actor()
    what = request.args.get("what")
    wanted = faults.FaultFilter(what if what in faults.WHAT else None)
    with read_only() as session:
        listing = faults.faults(actor, wanted)
        found = listing.page(session, PER_PAGE, request.args.get("cursor") or None)
        check = faults.last_check(session, actor)
    query = {"what": wanted.what} if wanted.what else {}
    return render_template("files/store.html", found=found, check=check, query=query,
                           kinds=faults.WHAT, audits=actor.may(Right.AUDIT_READ))  # fmt: skip
