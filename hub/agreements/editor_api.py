"""What the editor of agreements asks while somebody writes; nothing of it is stored."""

from __future__ import annotations

from typing import Any

import orjson
from apiflask import APIBlueprint
from flask import Response
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements import spreadsheet, words_schemas
from hub.agreements.access import access_agreement, access_version
from hub.agreements.comparing import terms_difference
from hub.agreements.content import checked_terms, checked_text
from hub.agreements.examples import Example, decided
from hub.agreements.naming import names_of
from hub.agreements.summary import summary
from hub.agreements.words_api import parties_in_order
from hub.bureaus.services import bureaus
from hub.errors import field_error
from hub.web.doors import reading
from sharing.terms import Terms

bp = APIBlueprint("agreement_editor_api", __name__, url_prefix="/api/v1", tag="agreements")

# Parts of the text that are told in words beside the terms.
TOLD = ("line", "acts", "powers")


@bp.post("/agreements/preview")
@bp.input(words_schemas.PreviewIn, arg_name="body")
@bp.output(words_schemas.PreviewOut)
@bp.doc(summary="What terms mean while they are written: in words, against a version, by example")
@reading
def preview(session: Session, actor: Actor, body: words_schemas.PreviewIn) -> dict[str, Any]:
    """Sentences, differences from the text in force, and the decision for an example."""
    actor.require(Right.WORK_VIEW)
    names = names_of(session)
    terms = checked_terms(body.terms, names.bureaus)
    parties = sorted(set(body.party_ids), key=lambda p: (p != actor.bureau_id, p))
    said = {part: value for part, value in body.text.items() if part in TOLD}
    changes = None
    if body.agreement_id is not None:
        agreement = access_agreement(session, actor, body.agreement_id)
        parties = parties_in_order(agreement, actor)
        base = agreement.newest_signed or agreement.current
        changes = terms_difference(names, parties, Terms.from_dict(base.terms), terms)
    example = None
    if body.example is not None:
        example = decided(names, terms, Example(**dict(body.example)))
    return {
        "summary": summary(names, parties, terms.to_dict(), checked_text(said, parties)),
        "changes": changes,
        "example": example,
    }


@bp.get("/agreements/<agreement_id>/versions/<int:number>/terms.csv")
@bp.doc(summary="The sharing terms as a table for spreadsheets; can be imported again")
@reading
def terms_csv(session: Session, actor: Actor, agreement_id: str, number: int) -> Response:
    """One row per rule."""
    _agreement, version = access_version(session, actor, agreement_id, number)
    text = spreadsheet.to_csv(version.terms, spreadsheet.codes_of(bureaus(session)))
    return _file(text.encode(), "text/csv", "terms.csv")


@bp.get("/agreements/<agreement_id>/versions/<int:number>/terms.json")
@bp.doc(summary="The sharing terms in wire format; can be imported again")
@reading
def terms_json(session: Session, actor: Actor, agreement_id: str, number: int) -> Response:
    """Wire format 1."""
    _agreement, version = access_version(session, actor, agreement_id, number)
    made = orjson.dumps(version.terms, option=orjson.OPT_INDENT_2)
    return _file(made, "application/json", "terms.json")


def _file(content: bytes, mimetype: str, name: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/agreements/terms/read")
@bp.input(words_schemas.ImportIn, arg_name="body")
@bp.output(words_schemas.ImportOut)
@bp.doc(summary="Read sharing terms from JSON or CSV, as exported; nothing is stored")
@reading
def read_terms(session: Session, actor: Actor, body: words_schemas.ImportIn) -> dict[str, Any]:
    """The terms as the editor takes them over; each row that cannot be used is named."""
    actor.require(Right.WORK_VIEW)
    known = bureaus(session)
    if body.format == "csv":
        wire = spreadsheet.from_csv(body.content, {row.code: row.id for row in known})
    else:
        wire = _parsed(body.content)
    return {"terms": checked_terms(wire, {row.id for row in known}).to_dict()}


def _parsed(content: str) -> dict[str, Any]:
    try:
        wire = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise field_error("content", _l("不是可读的JSON。")) from error
    if not isinstance(wire, dict):
        raise field_error("content", _l("不是可读的JSON。"))
    return wire
