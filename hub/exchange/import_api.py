"""Packages that come in, over multipart: checked, imported; how far that is meanwhile."""

from __future__ import annotations

from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import IO, Any

from apiflask import APIBlueprint
from flask import request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.db import read_only, utc_now
from hub.errors import NotFound
from hub.exchange import importing, judging, schemas, views
from hub.exchange.arrived import NotKept, arrived_folder
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


def _checked(actor: Actor, stream: IO[bytes], told: Telling) -> Report:
    """A package, verified, with what importing it would do; it is read from the disk, in pieces."""
    # Larger than any other request (hub/web/bodies.py).
    limits = Limits(total=settings().package_mb * MEGABYTE, entries=MOST_FILES)
    tree = ZipTree(stream, limits)
    with read_only() as session:
        keys, adcode = trust(session, actor)
        package = aside(opened, tree, keys, told, now=utc_now(), recipient=adcode)
        return judging.dry_run(session, actor, package, told)


@bp.post("/packages/check")
@bp.output(schemas.ReportOut)
@bp.doc(
    summary="Verify a package and tell what importing it would do (multipart, field `file`); "
    "`kept`: it may be imported by its `digest` within an hour, without sending it again"
)
def check() -> Any:
    """Nothing is written but the file itself, where nobody reads it but its import."""
    actor = current_actor()
    actor.require(Right.PACKAGE_IMPORT)
    with refusing(), telling() as told:
        stream = sent_file().stream
        report = _checked(actor, stream, told)
        clean = report.before is None and not report.refused
        if clean:
            aside(arrived_folder().keep, actor.user_id, stream)
        return views.report_view(report) | {"kept": clean}


@bp.post("/packages/import")
@bp.output(schemas.PackageOut, status_code=201)
@bp.doc(
    summary="Import a package: all of it or nothing; twice changes nothing (multipart `file`, or "
    "the `digest` of the one you checked last; and `meeting_id` of the meeting at which it was "
    "handed over)"
)
def import_package() -> Any:
    """Verified and its files kept before the transaction, which stays short."""
    actor = current_actor()
    actor.require(Right.PACKAGE_IMPORT)
    digest = None if "file" in request.files else request.form.get("digest")
    stream = arrived_folder().open(actor.user_id) if digest else sent_file().stream
    with closing(stream), refusing(), telling() as told:
        report = _checked(actor, stream, told)
        if digest not in (None, report.package.digest):
            raise NotKept  # another was checked since: what he looked at was not this one
        clean = report.before is None and not report.refused
        files = aside(importing.store_files, file_store(), report.package, told) if clean else {}
        answer = _import(report.package, files, request.form.get("meeting_id") or None, told)
    arrived_folder().drop(actor.user_id)
    return answer


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
