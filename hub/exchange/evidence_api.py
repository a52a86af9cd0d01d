"""The evidence bag of a case to download."""

from __future__ import annotations

import tempfile
from typing import IO

from apiflask import APIBlueprint
from flask import Response, send_file

from hub.db import unit_of_work
from hub.exchange import evidence
from hub.files.api import file_store
from hub.files.services import aside
from hub.web.identity import current_actor, settings

bp = APIBlueprint("evidence_api", __name__, url_prefix="/api/v1", tag="evidence")


@bp.get("/cases/<case_id>/evidence.zip")
@bp.doc(summary="The signed evidence of a case: all for its owner, for partners what they may see")
def evidence_bag(case_id: str) -> Response:
    """Who takes it is entered in both chains; it can be verified offline."""
    actor = current_actor()
    with unit_of_work() as session:
        made = evidence.plan(
            session, actor, case_id, settings().secret_key, sm3=settings().package_sm3
        )
    # Closed by the server once it was sent.
    stream: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    sealed = aside(evidence.build, made, file_store(), stream)
    with unit_of_work() as session:
        evidence.enter(session, actor, made, sealed)
    return package_response(stream, f"{made.folder}.zip")


def package_response(stream: IO[bytes], name: str) -> Response:
    """A package as a download that nobody keeps on the way."""
    stream.seek(0)
    response = send_file(
        stream, mimetype="application/zip", conditional=False, download_name=name,
        as_attachment=True,
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response
