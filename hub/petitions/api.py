"""Petitions over JSON: the register, what is done, who brought them, letters."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.petitions import letters, listing, reporters, schemas, services
from hub.petitions.access import access_petition, own_petition
from hub.petitions.acting import Given, do, possible_acts
from hub.petitions.importing import COLUMNS as SHEET
from hub.petitions.importing import bring_in
from hub.petitions.labels import ACTS, FIELDS
from hub.petitions.machine import FACTS_OPEN
from hub.petitions.models import Petition
from hub.petitions.views import petition_view, state_name
from hub.web.days import day_begins
from hub.web.doors import (
    check_version,
    reading,
    required_version,
    witnessed,
    writing,
)
from hub.web.list_doors import list_doors
from hub.web.lists import Listing
from hub.web.sheet_doors import sheet_doors
from sharing.canonical import utc_text

bp = APIBlueprint("petitions_api", __name__, url_prefix="/api/v1", tag="petitions")
# Of the list as a sheet; what a sheet that is brought in must have stands among them.
COLUMNS = ("number", "title", "category_name", "channel_name", "state_name", "owner_name",
           "partner_name", "joint_state_name", "received_at", "occurred_at", "place", "lon",
           "lat", "firm_name", "firm_uscc", "handler_name", "text", "answered_at",
           "closed_at")  # fmt: skip


def wanted(query: schemas.FilterQuery) -> listing.PetitionFilter:
    """The filter that a query asks for."""
    given = query.model_dump(include=set(schemas.FilterQuery.model_fields))
    begins = day_begins(given.pop("received_from"))
    ends = day_begins(given.pop("received_to"), after=1)
    return listing.PetitionFilter(**given, since=begins, until=ends)


def detail(session: Session, actor: Actor, row: Petition) -> dict[str, Any] | None:
    """A petition with what this person may do."""
    view = petition_view(session, actor.reader, row)
    if view is None:
        return None
    own = view["own"]
    return view | {
        "acts": [
            {"act": name, "label": str(ACTS[name]), "words": act.words, "form": act.form,
             "danger": act.danger}
            for name, act in possible_acts(actor.reader, row)
        ],
        "may_change": own and actor.may(Right.PETITION_WORK) and row.state in FACTS_OPEN,
        "may_look": reporters.may_look(actor, row),
        "repeats": [
            {"id": one.id, "number": one.number, "title": one.title,
             "state_name": state_name(one), "received_at": utc_text(one.received_at)}
            for one in reporters.repeats(session, actor, row)
        ],
    }  # fmt: skip


def _listed(session: Session, actor: Actor, query: schemas.FilterQuery) -> Listing[Petition]:
    return listing.petitions(session, actor, wanted(query))


list_doors(
    bp,
    "/petitions",
    query=schemas.FilterQuery,
    out=schemas.PetitionsOut,
    listed=_listed,
    columns={name: FIELDS[name] for name in COLUMNS},
    summary="Petitions of your bureau and those that neighbours settle with it, newest first",
)


@bp.get("/petitions.geojson")
@bp.input(schemas.FilterQuery, location="query", arg_name="query")
@bp.output(schemas.FeaturesOut)
@bp.doc(summary="The petitions whose place you may see, as GeoJSON")
@reading
def petitions_geojson(session: Session, actor: Actor, query: schemas.FilterQuery) -> dict[str, Any]:
    """The same list for maps."""
    return listing.as_features(list(_listed(session, actor, query).all(session)))


sheet_doors(
    bp,
    "/petitions",
    right=Right.PETITION_WORK,
    columns=SHEET,
    bring_in=bring_in,
    what="petitions",
)


@bp.post("/petitions")
@bp.input(schemas.PetitionIn, arg_name="body")
@bp.output(schemas.PetitionDetail, status_code=201)
@bp.doc(summary="Register a complaint; who brought it is sealed and shown in no view")
@writing
def register(
    session: Session, actor: Actor, body: schemas.PetitionIn
) -> tuple[dict[str, Any] | None, int]:
    """Register a petition of the caller's bureau."""
    row = services.create_petition(session, actor, body.model_dump(exclude_unset=True))
    return detail(session, actor, row), 201


@bp.get("/petitions/<petition_id>")
@bp.output(schemas.PetitionDetail)
@bp.doc(summary="One petition with its timeline, its terms and what you may do")
@witnessed
def one(session: Session, actor: Actor, petition_id: str) -> dict[str, Any] | None:
    """One petition; a neighbour's reading is entered."""
    return detail(session, actor, services.read_petition(session, actor, petition_id))


@bp.patch("/petitions/<petition_id>")
@bp.input(schemas.PetitionPatch, arg_name="body")
@bp.output(schemas.PetitionDetail)
@bp.doc(summary="Change what is written of an own petition (If-Match)")
@writing
def change(
    session: Session, actor: Actor, petition_id: str, body: schemas.PetitionPatch
) -> dict[str, Any] | None:
    """Change given fields."""
    row = own_petition(session, actor, petition_id, lock=True)
    check_version(required_version(), row.version, detail(session, actor, row))
    services.change_petition(session, actor, row, body.model_dump(exclude_unset=True))
    return detail(session, actor, row)


@bp.put("/petitions/<petition_id>/reporter")
@bp.input(schemas.ReporterIn, arg_name="body")
@bp.output(schemas.PetitionDetail)
@bp.doc(summary="Seal anew who brought it (intake, mediators); empty: nobody is named")
@writing
def reporter(
    session: Session, actor: Actor, petition_id: str, body: schemas.ReporterIn
) -> dict[str, Any] | None:
    """The answer holds nothing of it."""
    row = own_petition(session, actor, petition_id, lock=True)
    services.change_reporter(session, actor, row, body.model_dump(exclude_unset=True))
    return detail(session, actor, row)


@bp.post("/petitions/<petition_id>/reporter/reveal")
@bp.output(schemas.ReporterOut)
@bp.doc(summary="Who brought it, for the intake and mediators; each look stands in the audit trail")
@witnessed
def reveal(session: Session, actor: Actor, petition_id: str) -> dict[str, str]:
    """Never kept for an Idempotency-Key: each look is entered anew."""
    return reporters.reveal(session, actor, own_petition(session, actor, petition_id))


@bp.post("/petitions/<petition_id>/acts")
@bp.input(schemas.ActIn, arg_name="body")
@bp.output(schemas.PetitionDetail)
@bp.doc(summary="Do one act: screen, take_own, ask_joint, join, accept, ..., approve_close, close")
@writing
def act(
    session: Session, actor: Actor, petition_id: str, body: schemas.ActIn
) -> dict[str, Any] | None:
    """Do one act; null when the caller's bureau sees it no more after that."""
    given = Given(body.text, body.partner_id, body.days, body.content_hash)
    row = do(session, actor, petition_id, body.act, given)
    return detail(session, actor, row) or _left(row)


def _left(row: Petition) -> dict[str, Any]:
    """Of a petition that the neighbour declined: nothing but which it was."""
    return {"id": row.id, "number": row.number, "version": row.shared_version, "own": False,
            "owner_bureau_id": row.owner_bureau_id, "owner_name": "", "acts": [], "repeats": [],
            "may_change": False, "may_look": False}  # fmt: skip


@bp.get("/petitions/<petition_id>/letters/<which>.<form>")
@bp.doc(summary="The mediation agreement (settlement) or the reply as Word (docx) or PDF (pdf)")
@witnessed
def letter(session: Session, actor: Actor, petition_id: str, which: str, form: str) -> Response:
    """A letter; it names nobody who brought the petition."""
    row = access_petition(session, actor, petition_id)
    made = letters.made_file(letters.letter_of(session, actor, row, which), form)
    services.note_reading(session, actor, row, "petition.letter_read")
    response = Response(made.data, mimetype=made.media_type)
    name = quote(made.name)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store"
    return response
