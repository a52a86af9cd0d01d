"""Series of patrols over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.patrol_series import exceptions, schemas, services
from hub.patrol_series.access import access_series
from hub.patrol_series.making import propose_now
from hub.patrol_series.models import PatrolOccurrence, PatrolSeries
from hub.patrol_series.past import COLUMNS, DateFilter, past_dates
from hub.patrol_series.preview import preview_change
from hub.patrol_series.views import detail_view, list_series
from hub.patrols.schemas import CrewIn, PatrolOut
from hub.patrols.views import detail_view as patrol_view
from hub.web.doors import check_version, reading, required_version, writing
from hub.web.list_doors import list_doors
from hub.web.lists import Listing, filter_of

bp = APIBlueprint("patrol_series_api", __name__, url_prefix="/api/v1", tag="schedule")
Body = dict[str, Any]


def _view(session: Session, actor: Actor, row: PatrolSeries) -> Body:
    return detail_view(session, actor, row) or {}


def _held(session: Session, actor: Actor, series_id: str) -> PatrolSeries:
    row = access_series(session, actor, series_id, lock=True)
    check_version(required_version(), row.version, _view(session, actor, row))
    return row


@bp.get("/patrol-series")
@bp.output(schemas.SeriesListOut)
@bp.doc(summary="Series of patrols of your bureau")
@reading
def all_series(session: Session, actor: Actor) -> Body:
    """Those that run first."""
    return {"items": list_series(session, actor)}


@bp.post("/patrol-series")
@bp.input(schemas.SeriesIn, arg_name="body")
@bp.output(schemas.SeriesOut, status_code=201)
@bp.doc(summary="Propose a series with a patrol as its template (planner)")
@writing
def create(session: Session, actor: Actor, body: schemas.SeriesIn) -> tuple[Body, int]:
    """A new series, to be agreed by all parties."""
    return _view(session, actor, services.create(session, actor, body.model_dump())), 201


@bp.get("/patrol-series/<series_id>")
@bp.output(schemas.SeriesOut)
@bp.doc(summary="One series")
@reading
def one(session: Session, actor: Actor, series_id: str) -> Body:
    """One series with its next dates."""
    return _view(session, actor, access_series(session, actor, series_id))


@bp.patch("/patrol-series/<series_id>")
@bp.input(schemas.SeriesChange, arg_name="body")
@bp.output(schemas.SeriesOut)
@bp.doc(summary="Change rule or template (proposing bureau); approvals are withdrawn")
@writing
def change(session: Session, actor: Actor, series_id: str, body: schemas.SeriesChange) -> Body:
    """An edit of the series."""
    row = _held(session, actor, series_id)
    return _view(session, actor, services.change(session, actor, row, body.model_dump()))


@bp.post("/patrol-series/<series_id>/preview")
@bp.input(schemas.SeriesChange, arg_name="body")
@bp.output(schemas.PreviewOut)
@bp.doc(summary="What a change would do: fields, agreement withdrawn, dates, proposed patrols")
@reading
def preview(session: Session, actor: Actor, series_id: str, body: schemas.SeriesChange) -> Body:
    """Nothing is kept."""
    row = access_series(session, actor, series_id)
    return preview_change(session, actor, row, body.model_dump())


@bp.put("/patrol-series/<series_id>/crew")
@bp.input(CrewIn, arg_name="body")
@bp.output(schemas.SeriesOut)
@bp.doc(summary="Name your bureau's people and craft for what is to come")
@writing
def set_crew(session: Session, actor: Actor, series_id: str, body: CrewIn) -> Body:
    """Each party names its own."""
    row = _held(session, actor, series_id)
    services.set_crew(session, actor, row, officers=body.officers, craft=body.craft)
    return _view(session, actor, row)


@bp.post("/patrol-series/<series_id>/approve")
@bp.input(schemas.ApproveIn, arg_name="body")
@bp.output(schemas.SeriesOut)
@bp.doc(summary="Approve the series that was read, for your bureau")
@writing
def approve(session: Session, actor: Actor, series_id: str, body: schemas.ApproveIn) -> Body:
    """One of the keys."""
    row = access_series(session, actor, series_id, lock=True)
    return _view(session, actor, services.approve(session, actor, row, **body.model_dump()))


@bp.post("/patrol-series/<series_id>/exceptions")
@bp.input(schemas.ExceptionIn, arg_name="body")
@bp.output(schemas.SeriesOut)
@bp.doc(summary="Skip, move or change one date; or as by the rule again")
@writing
def except_date(session: Session, actor: Actor, series_id: str, body: schemas.ExceptionIn) -> Body:
    """An exception (EXDATE, RECURRENCE-ID)."""
    row = access_series(session, actor, series_id, lock=True)
    given = body.model_dump(exclude={"original"})
    exceptions.except_date(session, actor, row, body.original, given)
    return _view(session, actor, row)


@bp.post("/patrol-series/<series_id>/propose")
@bp.input(schemas.ProposeIn, arg_name="body")
@bp.output(PatrolOut, status_code=201)
@bp.doc(summary="Propose a coming date at once, before its turn (proposing bureau)")
@writing
def propose(
    session: Session, actor: Actor, series_id: str, body: schemas.ProposeIn
) -> tuple[Body, int]:
    """The patrol that the date became."""
    row = access_series(session, actor, series_id, lock=True)
    return patrol_view(session, actor, propose_now(session, actor, row, body.original)), 201


@bp.post("/patrol-series/<series_id>/end")
@bp.output(schemas.SeriesOut)
@bp.doc(summary="End a series; untouched proposals of it are called off")
@writing
def end(session: Session, actor: Actor, series_id: str) -> Body:
    """Either party may."""
    row = access_series(session, actor, series_id, lock=True)
    return _view(session, actor, services.end(session, actor, row))


def _dates(
    session: Session, actor: Actor, query: schemas.DatesQuery, series_id: str
) -> Listing[PatrolOccurrence]:
    return past_dates(session, actor, filter_of(DateFilter, query), series_id)


list_doors(
    bp,
    "/patrol-series/<series_id>/dates",
    query=schemas.DatesQuery,
    out=schemas.DatesOut,
    listed=_dates,
    columns=COLUMNS,
    summary="The dates of a series that are over: what became of each, who changed it and why",
    file="series-dates",
)
