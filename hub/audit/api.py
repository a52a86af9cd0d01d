"""The own bureau's audit trail over JSON, for its audit administrator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from apiflask import APIBlueprint
from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.audit import schemas, services, witnesses
from hub.audit.models import KeptWitness
from hub.audit.words import BREAKS, action_words
from hub.web.doors import reading, witnessed, writing
from hub.web.identity import settings
from hub.web.list_doors import View, list_doors
from hub.web.lists import Listing, filter_of
from sharing.canonical import utc_text
from sharing.models import AuditEntry

bp = APIBlueprint("audit_api", __name__, url_prefix="/api/v1", tag="audit")


COLUMNS = {
    "number": _l("序号"),
    "at": _l("时间"),
    "actor_name": _l("人员"),
    "bureau_name": _l("单位"),
    "action_name": _l("操作"),
    "detail": _l("内容"),
    "action": _l("操作代码"),
    "kind": _l("记录种类"),
    "record_id": _l("记录标识"),
    "hash": _l("摘要"),
}


def _listed(session: Session, actor: Actor, query: schemas.AuditQuery) -> Listing[AuditEntry]:
    return services.entries(session, actor, filter_of(services.AuditFilter, query))


def _rows(_session: Session, _actor: Actor, views: Iterable[View]) -> Iterator[View]:
    for view in views:
        words = {"action_name": action_words(view["action"])}
        yield view | words | {"detail": orjson.dumps(view["detail"]).decode()}


list_doors(
    bp,
    "/audit",
    query=schemas.AuditQuery,
    out=schemas.AuditOut,
    listed=_listed,
    columns=COLUMNS,
    rows=_rows,
    most=services.EXPORT_LIMIT,
    summary="The audit trail of your bureau, newest first",
)


@bp.get("/audit/verify")
@bp.output(schemas.VerifyOut)
@bp.doc(summary="Check the chain of your bureau from its first entry")
@reading
def verify(session: Session, actor: Actor) -> dict[str, Any]:
    """Unbroken, or the first broken entry."""
    report, entry = services.verify_own(session, actor)
    if report.ok:
        text = _("共%(n)s条记录，首尾相连，未被改动。", n=report.entries)
    else:
        what = BREAKS.get(report.what or "", report.what or "")
        text = _("第%(n)s条起不可信：%(what)s。", n=report.first_broken, what=what)
    return {
        "ok": report.ok,
        "entries": report.entries,
        "first_broken": report.first_broken,
        "what": report.what,
        "text": text,
        "entry": entry,
    }


@bp.get("/audit/checkpoint")
@bp.doc(summary="Where your chain stands, signed, for partners to keep (auditor, official)")
@witnessed
def checkpoint(session: Session, actor: Actor) -> Response:
    """To be handed to every partner, at each meeting and in between."""
    return _file(witnesses.issue(session, actor, settings().secret_key), "checkpoint.json")


def _file(data: bytes | str, name: str) -> Response:
    response = Response(data, mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/audit/witnesses")
@bp.output(schemas.WitnessesOut)
@bp.doc(summary="Partners' checkpoints that your bureau keeps, newest first")
@reading
def kept(session: Session, actor: Actor) -> dict[str, Any]:
    """Whose chain stood where, and when it said so."""
    rows = witnesses.kept_for(session, actor)
    return {"items": [witness_view(row) for row in rows], "next": None}


@bp.post("/audit/witnesses")
@bp.input(schemas.WitnessIn, arg_name="body")
@bp.output(schemas.WitnessesOut, status_code=201)
@bp.doc(summary="Keep a partner's signed checkpoint (auditor, liaison, official)")
@writing
def keep(session: Session, actor: Actor, body: schemas.WitnessIn) -> tuple[dict[str, Any], int]:
    """Its signature is checked; the same file twice is kept once."""
    rows = witnesses.keep(session, actor, body.witness.encode(), body.meeting_id)
    return {"items": [witness_view(row) for row in rows], "next": None}, 201


@bp.get("/audit/witnesses/<witness_id>/file")
@bp.doc(summary="A partner's checkpoint as the partner signed it, for `audit verify --witness`")
@reading
def witness_file(session: Session, actor: Actor, witness_id: str) -> Response:
    """The file that was kept."""
    row = witnesses.own_witness(session, actor, witness_id)
    return _file(row.document, f"witness-{row.adcode}-{row.number}.json")


def witness_view(row: KeptWitness) -> dict[str, Any]:
    """One kept checkpoint."""
    return {
        "id": row.id,
        "adcode": row.adcode,
        "chain": row.chain,
        "number": row.number,
        "hash": row.hash,
        "issued_at": utc_text(row.issued_at),
        "kept_at": utc_text(row.kept_at),
        "kept_by_name": row.kept_by_name,
        "meeting_id": row.meeting_id,
    }
