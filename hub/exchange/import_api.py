"""Packages that come in, over multipart: checked, imported; how far that is meanwhile."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from apiflask import APIBlueprint
from flask import request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.db import read_only, utc_now
from hub.errors import NotFound
from hub.exchange import importing, judging, schemas, views
from hub.exchange.incoming import refusing, trust
from hub.exchange.judging import Report
from hub.exchange.opening import opened
from hub.exchange.telling import Telling, kept, progress_of
from hub.exchange.words import STEPS
from hub.files.api import file_store, sent_file
from hub.files.services import aside
from hub.web.doors import writing
from hub.web.identity import current_actor, settings
from sharing.zip_tree import MEGABYTE, Limits, ZipTree

bp = APIBlueprint("package_import_api", __name__, url_prefix="/api/v1", tag="packages")
MOST_FILES = 20_000


def _progress_folder() -> Path:
    return Path(settings().data_dir) / "progress"


def telling() -> AbstractContextManager[Telling]:
    """Tells how far this request is, to its person, who asks by its Idempotency-Key."""
    key = request.headers.get("Idempotency-Key")
    return kept(_progress_folder(), current_actor().user_id, key)


@bp.get("/packages/progress/<key>")
@bp.output(schemas.ProgressOut)
@bp.doc(summary="How far your own request of this Idempotency-Key is (approve, check, import)")
def progress(key: str) -> dict[str, Any]:
    """404 before it begins and when it is over."""
    found = progress_of(_progress_folder(), current_actor().user_id, key)
    if found is None:
        raise NotFound
    return found | {"words": str(STEPS[found["step"]])}


def _checked(actor: Actor, told: Telling) -> Report:
    """The uploaded package, verified, with what importing it would do."""
    actor.require(Right.PACKAGE_IMPORT)
    # Larger than any other request (hub/web/bodies.py); it is read from the disk, in pieces.
    limits = Limits(total=settings().package_mb * MEGABYTE, entries=MOST_FILES)
    tree = ZipTree(sent_file().stream, limits)
    with read_only() as session:
        keys, adcode = trust(session, actor)
        package = aside(opened, tree, keys, told, now=utc_now(), recipient=adcode)
        return judging.dry_run(session, actor, package, told)


@bp.post("/packages/check")
@bp.output(schemas.ReportOut)
@bp.doc(summary="Verify a package and tell what importing it would do (multipart, field `file`)")
def check() -> Any:
    """Nothing is written."""
    with refusing(), telling() as told:
        return views.report_view(_checked(current_actor(), told))


@bp.post("/packages/import")
@bp.output(schemas.PackageOut, status_code=201)
@bp.doc(
    summary="Import a package: all of it or nothing; twice changes nothing (multipart `file`, "
    "and `meeting_id` of the meeting at which it was handed over)"
)
def import_package() -> Any:
    """Verified and its files kept before the transaction, which stays short."""
    with refusing(), telling() as told:
        report = _checked(current_actor(), told)
        clean = report.before is None and not report.refused
        files = aside(importing.store_files, file_store(), report.package, told) if clean else {}
        return _import(report.package, files, request.form.get("meeting_id") or None, told)


@writing
def _import(
    session: Session,
    actor: Actor,
    package: Any,
    files: dict[str, str],
    meeting_id: str | None,
    told: Telling,
) -> tuple[dict[str, Any], int]:
    row = importing.import_package(
        session, actor, package, files, settings().secret_key, meeting_id, told
    )
    return views.package_view(session, actor.reader, row), 201
