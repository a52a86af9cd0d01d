"""Following a finding to its end, over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import read_only
from hub.files import services as files
from hub.files.api import prepared_file
from hub.files.views import file_view
from hub.patrols import field_schemas as schemas
from hub.patrols import finding_closure as closure
from hub.patrols.finding_views import view_for
from hub.patrols.findings import access_finding
from hub.patrols.models import Finding
from hub.web.doors import writing
from hub.web.identity import current_actor

bp = APIBlueprint("closure_api", __name__, url_prefix="/api/v1", tag="findings")


def _locked(session: Session, actor: Actor, finding_id: str) -> Finding:
    return access_finding(session, actor, finding_id, for_update=True)


@bp.post("/findings/<finding_id>/task")
@bp.input(schemas.TaskIn, arg_name="body")
@bp.output(schemas.FindingOut)
@bp.doc(summary="Order a firm to put a finding right by a day (officer of its side)")
@writing
def task(
    session: Session, actor: Actor, finding_id: str, body: schemas.TaskIn
) -> dict[str, Any] | None:
    """Given again, it replaces the task that runs."""
    finding = _locked(session, actor, finding_id)
    given = closure.Task(body.firm, body.task, body.due_on)
    closure.give_task(session, actor, finding, given)
    return view_for(session, actor.reader, finding)


@bp.post("/findings/<finding_id>/close")
@bp.input(schemas.CloseIn, arg_name="body")
@bp.output(schemas.FindingOut)
@bp.doc(summary="Close a finding, with a photo of after or the reason why there is none")
@writing
def close(
    session: Session, actor: Actor, finding_id: str, body: schemas.CloseIn
) -> dict[str, Any] | None:
    """Photos of after are sent before, to `/after-photos`."""
    finding = _locked(session, actor, finding_id)
    closure.close(session, actor, finding, body.note, body.no_photo_reason or "")
    return view_for(session, actor.reader, finding)


@bp.post("/findings/<finding_id>/reopen")
@bp.input(schemas.ReopenIn, arg_name="body")
@bp.output(schemas.FindingOut)
@bp.doc(summary="Take a closed finding up again, with the reason")
@writing
def reopen(
    session: Session, actor: Actor, finding_id: str, body: schemas.ReopenIn
) -> dict[str, Any] | None:
    """The bureau that closed it."""
    finding = _locked(session, actor, finding_id)
    closure.reopen(session, actor, finding, body.reason)
    return view_for(session, actor.reader, finding)


@bp.post("/findings/<finding_id>/after-photos")
@bp.output(schemas.FileOut, status_code=201)
@bp.doc(summary="Attach a photo of after (multipart, field `file`)")
def attach_after(finding_id: str) -> Response:
    """Decoded before the transaction, which stays short."""
    actor = current_actor()
    with read_only() as session:
        closure.check_holder(session, actor, access_finding(session, actor, finding_id))
    answer: Response = _enter(finding_id, prepared_file())
    return answer


@writing
def _enter(
    session: Session, actor: Actor, finding_id: str, prepared: files.Prepared
) -> tuple[dict[str, Any], int]:
    row = closure.attach_after(session, actor, _locked(session, actor, finding_id), prepared)
    return file_view(row, actor.bureau_id), 201
