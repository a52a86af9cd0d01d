"""Agreements over JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from apiflask import APIBlueprint
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements import listing, schemas, services
from hub.agreements.access import access_agreement, access_version
from hub.agreements.labels import STATES
from hub.agreements.models import Agreement
from hub.agreements.services import Draft
from hub.agreements.views import agreement_view, version_view
from hub.web.doors import check_version, reading, required_version, writing
from hub.web.list_doors import View, list_doors
from hub.web.lists import Listing

bp = APIBlueprint("agreements_api", __name__, url_prefix="/api/v1", tag="agreements")


COLUMNS = {
    "number": _l("编号"),
    "title": _l("名称"),
    "state": _l("状态"),
    "parties": _l("签署方"),
    "signed": _l("已签署"),
    "valid_from": _l("有效期自"),
    "valid_to": _l("有效期至（不含）"),
    "content_hash": _l("摘要"),
}


def _listed(
    session: Session, actor: Actor, query: schemas.AgreementFilterQuery
) -> Listing[Agreement]:
    return listing.agreements(session, actor, query.state)


def _rows(_session: Session, _actor: Actor, views: Iterable[View]) -> Iterator[View]:
    for view in views:
        names = [party["bureau_name"] for party in view["parties"]]
        signed = [party["bureau_name"] for party in view["parties"] if party["signed"]]
        worded = {"parties": "、".join(names), "signed": "、".join(signed)}
        yield view | worded | {"state": str(STATES.get(view["state"], view["state"]))}


list_doors(
    bp,
    "/agreements",
    query=schemas.AgreementFilterQuery,
    out=schemas.AgreementsOut,
    listed=_listed,
    columns=COLUMNS,
    rows=_rows,
    summary="Agreements of your bureau, newest first",
)


@bp.get("/agreements/<agreement_id>")
@bp.output(schemas.AgreementOut)
@bp.doc(summary="One agreement")
@reading
def agreement(session: Session, actor: Actor, agreement_id: str) -> dict[str, Any]:
    """One agreement."""
    return agreement_view(session, access_agreement(session, actor, agreement_id))


@bp.get("/agreements/<agreement_id>/versions/<int:number>")
@bp.output(schemas.VersionOut)
@bp.doc(summary="One text of an agreement, signed, on the table or withdrawn")
@reading
def version(session: Session, actor: Actor, agreement_id: str, number: int) -> dict[str, Any]:
    """One text."""
    return version_view(session, *access_version(session, actor, agreement_id, number))


def _draft(body: schemas.DraftIn) -> Draft:
    return Draft(body.valid_from, body.valid_to, body.terms, body.text, body.note)


@bp.post("/agreements")
@bp.input(schemas.AgreementIn, arg_name="body")
@bp.output(schemas.AgreementOut, status_code=201)
@bp.doc(summary="Propose an agreement, or keep it as a draft")
@writing
def propose(
    session: Session, actor: Actor, body: schemas.AgreementIn
) -> tuple[dict[str, Any], int]:
    """Put an agreement on the table of every party, or keep it as the own bureau's draft."""
    made = services.propose(
        session,
        actor,
        title=body.title,
        title_en=body.title_en,
        party_ids=body.party_ids,
        draft=_draft(body),
        private=body.draft,
    )
    return agreement_view(session, made), 201


@bp.put("/agreements/<agreement_id>")
@bp.input(schemas.VersionIn, arg_name="body")
@bp.output(schemas.AgreementOut)
@bp.doc(summary="Put a new text on the table; of what is signed it becomes an amendment")
@writing
def revise(
    session: Session, actor: Actor, agreement_id: str, body: schemas.VersionIn
) -> dict[str, Any]:
    """A new text; signatures given to the one on the table are withdrawn."""
    found = access_agreement(session, actor, agreement_id, for_update=True)
    check_version(required_version(), found.version, agreement_view(session, found))
    services.revise(
        session,
        actor,
        found,
        _draft(body),
        title=body.title,
        title_en=body.title_en,
        party_ids=body.party_ids,
    )
    return agreement_view(session, found)


@bp.post("/agreements/<agreement_id>/propose")
@bp.output(schemas.AgreementOut)
@bp.doc(summary="Put a private draft on the table of every party")
@writing
def put_forward(session: Session, actor: Actor, agreement_id: str) -> dict[str, Any]:
    """The draft of the own bureau, as it stands."""
    found = access_agreement(session, actor, agreement_id, for_update=True)
    check_version(required_version(), found.version, agreement_view(session, found))
    services.put_forward(session, actor, found)
    return agreement_view(session, found)


@bp.post("/agreements/<agreement_id>/withdraw")
@bp.input(schemas.ReasonIn, arg_name="body")
@bp.output(schemas.AgreementOut)
@bp.doc(summary="Take an amendment off the table, one's own or the other side's")
@writing
def withdraw(
    session: Session, actor: Actor, agreement_id: str, body: schemas.ReasonIn
) -> dict[str, Any]:
    """What is signed goes on as it is."""
    found = access_agreement(session, actor, agreement_id, for_update=True)
    check_version(required_version(), found.version, agreement_view(session, found))
    services.withdraw(session, actor, found, body.reason)
    return agreement_view(session, found)


@bp.post("/agreements/<agreement_id>/sign")
@bp.input(schemas.SignIn, arg_name="body")
@bp.output(schemas.AgreementOut)
@bp.doc(summary="Sign for your bureau (official)")
@writing
def sign(session: Session, actor: Actor, agreement_id: str, body: schemas.SignIn) -> dict[str, Any]:
    """One of the two keys."""
    return agreement_view(session, services.sign(session, actor, agreement_id, body.content_hash))


@bp.post("/agreements/<agreement_id>/suspend")
@bp.input(schemas.ReasonIn, arg_name="body")
@bp.output(schemas.AgreementOut)
@bp.doc(summary="Suspend: it opens nothing from this moment")
@writing
def suspend(
    session: Session, actor: Actor, agreement_id: str, body: schemas.ReasonIn
) -> dict[str, Any]:
    """Suspend."""
    return agreement_view(session, services.suspend(session, actor, agreement_id, body.reason))


@bp.post("/agreements/<agreement_id>/resume")
@bp.output(schemas.AgreementOut)
@bp.doc(summary="End a suspension")
@writing
def resume(session: Session, actor: Actor, agreement_id: str) -> dict[str, Any]:
    """Resume."""
    return agreement_view(session, services.resume(session, actor, agreement_id))


@bp.post("/agreements/<agreement_id>/terminate")
@bp.input(schemas.ReasonIn, arg_name="body")
@bp.output(schemas.AgreementOut)
@bp.doc(summary="End the agreement and every share under it")
@writing
def terminate(
    session: Session, actor: Actor, agreement_id: str, body: schemas.ReasonIn
) -> dict[str, Any]:
    """Terminate."""
    return agreement_view(session, services.terminate(session, actor, agreement_id, body.reason))
