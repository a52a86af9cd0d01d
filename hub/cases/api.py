"""Cases over JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases import attachments, listing, schemas, services, sharing_panel
from hub.cases.access import access_case, own_case
from hub.cases.guards import Step
from hub.cases.labels import CATEGORIES, CLASSIFICATIONS, FIELDS, STAGES
from hub.cases.mapping import map_of_cases
from hub.cases.party_views import party_line
from hub.cases.steps import steps_view, team_of
from hub.cases.timeline import timeline
from hub.db import read_only, utc_now
from hub.files import services as files
from hub.files.api import prepared_file
from hub.files.views import file_view
from hub.patrols.field_schemas import FileOut
from hub.requests.listing import of_case
from hub.shares import schemas as share_schemas
from hub.shares import services as sharing_services
from hub.shares.views import share_view
from hub.web.days import day_begins
from hub.web.doors import check_version, reading, required_version, witnessed, writing
from hub.web.identity import current_actor
from hub.web.list_doors import View, list_doors

bp = APIBlueprint("cases_api", __name__, url_prefix="/api/v1", tag="cases")

# Columns of the export: nothing that is not in the views of the list.
COLUMNS = {name: FIELDS[name] for name in (
    "number", "own_number", "owner_name", "title", "category", "stage", "classification",
    "opened_at", "adcode", "zone", "place", "lon", "lat", "party_name", "party_uscc", "parties",
    "pollutant", "waste_code", "description", "handlers", "contact", "version",
)}  # fmt: skip


def _wanted(query: schemas.CasesQuery) -> listing.CaseFilter:
    given = query.model_dump(
        include={"category", "scope", "bureau", "q", "handler", "adcode", "zone", "sort"}
    )
    return listing.CaseFilter(
        **given,
        stage=query.stage.value if query.stage else None,
        overdue=bool(query.overdue),
        opened_from=day_begins(query.opened_from),
        opened_before=day_begins(query.opened_to, after=1),
    )


def _listed(session: Session, actor: Actor, query: schemas.CasesQuery) -> listing.CaseList:
    return listing.case_list(session, actor, _wanted(query))


def _rows(session: Session, actor: Actor, views: Iterable[View]) -> Iterator[View]:
    names = {one.user_id: one.name for one in team_of(session, actor.bureau_id)}
    return (_worded(view, names) for view in views)


def _worded(view: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    words = {"stage": STAGES, "category": CATEGORIES, "classification": CLASSIFICATIONS}
    handlers = [names[one] for one in view.get("handlers", []) if one in names]
    return (
        view
        | {"parties": party_line(view.get("parties", [])), "handlers": "、".join(handlers)}
        | {
            name: str(table.get(view[name], view[name]))  # type: ignore[attr-defined]
            for name, table in words.items()
            if name in view
        }
    )


list_doors(
    bp,
    "/cases",
    query=schemas.CasesQuery,
    out=schemas.CasesOut,
    listed=_listed,
    columns=COLUMNS,
    rows=_rows,
    summary="Own cases and those shared with you, newest first",
)


@bp.get("/cases.geojson")
@bp.input(schemas.CasesMapQuery, location="query", arg_name="query")
@bp.doc(summary="The cases whose place you may see, as GeoJSON; with `zoom` a full frame in cells")
@reading
def cases_geojson(session: Session, actor: Actor, query: schemas.CasesMapQuery) -> dict[str, Any]:
    """The same list for maps."""
    wanted = replace(_wanted(query), bbox=query.frame())
    return map_of_cases(session, actor, wanted, query.zoom)


@bp.post("/cases")
@bp.input(schemas.CaseIn, arg_name="body")
@bp.output(schemas.CaseOut, status_code=201)
@bp.doc(summary="Open a case; inside a zone in force it is shared at once, as the terms say")
@writing
def create_case(
    session: Session, actor: Actor, body: schemas.CaseIn
) -> tuple[dict[str, Any] | None, int]:
    """Open a case of the caller's bureau."""
    case = services.create_case(session, actor, body.model_dump(exclude_unset=True))
    return services.own_view(session, actor, case), 201


@bp.get("/cases/<case_id>")
@bp.output(schemas.CaseOut)
@bp.doc(summary="One case; a partner's reading is a receipt")
@witnessed
def case(session: Session, actor: Actor, case_id: str) -> dict[str, Any]:
    """One case as the caller may see it."""
    return services.open_case(session, actor, case_id)


@bp.patch("/cases/<case_id>")
@bp.input(schemas.CasePatch, arg_name="body")
@bp.output(schemas.CaseOut)
@bp.doc(summary="Change a case, its stage included")
@writing
def update_case(
    session: Session, actor: Actor, case_id: str, body: schemas.CasePatch
) -> dict[str, Any] | None:
    """Change given fields."""
    actor.require(Right.CASE_EDIT)
    found = own_case(session, actor, case_id, lock=True)
    check_version(required_version(), found.version, services.own_view(session, actor, found))
    services.update_case(session, actor, found, body.model_dump(exclude_unset=True))
    return services.own_view(session, actor, found)


@bp.get("/cases/<case_id>/steps")
@bp.output(schemas.StepsOut)
@bp.doc(summary="The steps of an own case, its deadlines, and what may follow")
@reading
def steps(session: Session, actor: Actor, case_id: str) -> dict[str, Any]:
    """Steps are the owning bureau's alone."""
    return steps_view(session, own_case(session, actor, case_id))


@bp.post("/cases/<case_id>/steps")
@bp.input(schemas.StepIn, arg_name="body")
@bp.output(schemas.CaseOut)
@bp.doc(summary="Take a case to another stage; a rule that forbids it is named as `rule`")
@writing
def take_step(
    session: Session, actor: Actor, case_id: str, body: schemas.StepIn
) -> dict[str, Any] | None:
    """One step."""
    actor.require(Right.CASE_EDIT)
    found = own_case(session, actor, case_id, lock=True)
    check_version(required_version(), found.version, services.own_view(session, actor, found))
    asked = body.model_dump()
    at = asked["at"]
    step = Step(**asked | {"at": at or utc_now(), "at_once": at is None})
    return services.own_view(session, actor, services.take_step(session, actor, found, step))


@bp.get("/cases/<case_id>/timeline")
@bp.input(schemas.TimelineQuery, location="query", arg_name="query")
@bp.output(schemas.TimelineOut)
@bp.doc(summary="Everything that happened to a case, as far as you may see it, newest first")
@reading
def events(
    session: Session, actor: Actor, case_id: str, query: schemas.TimelineQuery
) -> dict[str, Any]:
    """One timeline; `kind` narrows it."""
    view = services.own_view(session, actor, access_case(session, actor, case_id)) or {}
    found = timeline(session, actor, view, of_case(session, actor, case_id))
    return {"items": [e for e in found if query.kind in (None, e["kind"])], "next": None}


@bp.post("/cases/<case_id>/reopen")
@bp.input(schemas.ReopenIn, arg_name="body")
@bp.output(schemas.CaseOut, status_code=201)
@bp.doc(summary="Take an ended case up again, as a new lead that names it")
@writing
def reopen(
    session: Session, actor: Actor, case_id: str, body: schemas.ReopenIn
) -> tuple[dict[str, Any] | None, int]:
    """A new case."""
    made = services.reopen_case(session, actor, case_id, body.reason)
    return services.own_view(session, actor, made), 201


@bp.post("/cases/<case_id>/files")
@bp.output(FileOut, status_code=201)
@bp.doc(summary="Attach a photo or PDF (multipart, field `file`)")
def attach(case_id: str) -> Response:
    """Decoded before the transaction, which stays short."""
    actor = current_actor()
    with read_only() as session:
        attachments.access_attaching(session, actor, case_id)
    answer: Response = _enter(case_id, prepared_file())
    return answer


@writing
def _enter(
    session: Session, actor: Actor, case_id: str, prepared: files.Prepared
) -> tuple[dict[str, Any], int]:
    row = attachments.attach(session, actor, case_id, prepared)
    return file_view(row, actor.bureau_id), 201


@bp.get("/cases/<case_id>/preview")
@bp.input(schemas.PreviewQuery, location="query", arg_name="query")
@bp.output(schemas.PreviewOut)
@bp.doc(summary="The case as another bureau sees it, or would see it, field by field")
@reading
def preview(
    session: Session, actor: Actor, case_id: str, query: schemas.PreviewQuery
) -> dict[str, Any]:
    """View as the other side."""
    return sharing_panel.preview(session, actor, case_id, query.bureau, anew=query.anew)


@bp.post("/cases/<case_id>/shares")
@bp.input(share_schemas.ShareIn, arg_name="body")
@bp.output(share_schemas.ShareOut, status_code=201)
@bp.doc(summary="Share a case with a bureau, as far as an agreement in force allows (official)")
@writing
def share_case(
    session: Session, actor: Actor, case_id: str, body: share_schemas.ShareIn
) -> tuple[dict[str, Any], int]:
    """An explicit act of a person with the right."""
    actor.require(Right.SHARE)
    found = own_case(session, actor, case_id, lock=True)
    share = sharing_services.share_case(session, actor, found, body.bureau_id, body.until)
    return share_view(session, share), 201
