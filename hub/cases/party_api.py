"""Parties of a case over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases import parties, party_schemas, schemas
from hub.cases.beside_doors import check_case, held_case
from hub.cases.services import own_view
from hub.web.doors import witnessed, writing

bp = APIBlueprint("case_parties_api", __name__, url_prefix="/api/v1", tag="cases")


@bp.post("/cases/<case_id>/parties")
@bp.input(party_schemas.PartyIn, arg_name="body")
@bp.output(schemas.CaseOut, status_code=201)
@bp.doc(summary="Enter a firm or a person into an own case; the answer is the case")
@writing
def add(
    session: Session, actor: Actor, case_id: str, body: party_schemas.PartyIn
) -> tuple[dict[str, Any] | None, int]:
    """A new party."""
    case = held_case(session, actor, case_id)
    parties.add_party(session, actor, case, body.model_dump(exclude_unset=True))
    return own_view(session, actor, case), 201


@bp.patch("/cases/<case_id>/parties/<party_id>")
@bp.input(party_schemas.PartyPatch, arg_name="body")
@bp.output(schemas.CaseOut)
@bp.doc(summary="Change a party (a person's data: handlers); If-Match is the case's version")
@writing
def change(
    session: Session, actor: Actor, case_id: str, party_id: str, body: party_schemas.PartyPatch
) -> dict[str, Any] | None:
    """Given fields of a party."""
    case = held_case(session, actor, case_id)
    party = parties.access_party(session, case, party_id)
    check_case(session, actor, case)
    parties.change_party(session, actor, case, party, body.model_dump(exclude_unset=True))
    return own_view(session, actor, case)


@bp.delete("/cases/<case_id>/parties/<party_id>")
@bp.output(schemas.CaseOut)
@bp.doc(summary="Take a party out of a case (a person: handlers); If-Match is the case's version")
@writing
def remove(session: Session, actor: Actor, case_id: str, party_id: str) -> dict[str, Any] | None:
    """One party less; the audit trail keeps that it was there."""
    case = held_case(session, actor, case_id)
    party = parties.access_party(session, case, party_id)
    check_case(session, actor, case)
    parties.remove_party(session, actor, case, party)
    return own_view(session, actor, case)


@bp.post("/cases/<case_id>/parties/<party_id>/reveal")
@bp.output(party_schemas.PartyOut)
@bp.doc(summary="A party in full, for handlers; each reading stands in the audit trail")
@witnessed
def reveal(session: Session, actor: Actor, case_id: str, party_id: str) -> dict[str, Any]:
    """Never kept for an Idempotency-Key: each reading is entered anew."""
    return parties.reveal(session, actor, case_id, party_id)
