"""Action items over JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.action_items import commitments, listing, schemas, services
from hub.action_items.access import access_action_item
from hub.action_items.models import ActionItem
from hub.action_items.views import action_item_detail
from hub.db import read_only
from hub.files import services as files
from hub.files.api import prepared_file
from hub.files.views import file_view
from hub.patrols.field_schemas import FileOut
from hub.web.doors import reading, writing
from hub.web.identity import current_actor
from hub.web.list_doors import file_doors, list_doors
from hub.web.lists import Listing, filter_of

bp = APIBlueprint("action_items_api", __name__, url_prefix="/api/v1", tag="action-items")

COLUMNS = {
    "number": _l("编号"),
    "title": _l("办理事项"),
    "detail": _l("要求"),
    "state_name": _l("状态"),
    "bureau_name": _l("责任单位"),
    "person_name": _l("责任人"),
    "due_on": _l("期限"),
    "first_due_on": _l("最初期限"),
    "overdue": _l("逾期"),
    "reported_at": _l("报告办结"),
    "closed_at": _l("销号"),
    "meeting_number": _l("会议编号"),
    "meeting_title": _l("会议名称"),
}


def _listed(session: Session, actor: Actor, query: schemas.FilterQuery) -> Listing[ActionItem]:
    return listing.action_items(session, actor, filter_of(listing.ActionFilter, query))


def detail(session: Session, actor: Actor, row: ActionItem) -> dict[str, Any] | None:
    """An item with its course and what this person may do."""
    view = action_item_detail(session, actor.reader, row)
    return None if view is None else view | {"acts": services.possible_acts(actor, row)}


list_doors(
    bp,
    "/action-items",
    query=schemas.FilterQuery,
    out=schemas.ActionItemsOut,
    listed=_listed,
    columns=COLUMNS,
    summary="What meetings laid on your bureau and its partners, newest first",
)


PROMISES = {
    "partner_name": _l("对方单位"),
    "side_name": _l("谁的承诺"),
    "kind_name": _l("类型"),
    "title": _l("事项"),
    "what": _l("编号或期限"),
    "owner_name": _l("责任单位"),
    "due_at": _l("期限"),
    "done_at": _l("办结"),
    "status_name": _l("结果"),
    "quarter": _l("季度"),
}


@bp.get("/action-items/commitments")
@bp.input(schemas.CommitmentsQuery, location="query", arg_name="query")
@bp.output(schemas.CommitmentsOut)
@bp.doc(summary="What you and your partners promised each other: on time or late, by quarter")
@reading
def promised(session: Session, actor: Actor, query: schemas.CommitmentsQuery) -> dict[str, Any]:
    """The commitments of the last two years; the list has the latest of them."""
    wanted = commitments.Wanted(**query.model_dump())
    return commitments.dashboard(session, actor, wanted) | {"next": None}


def _promised(
    session: Session, actor: Actor, query: schemas.CommitmentsQuery
) -> Iterable[Mapping[str, Any]]:
    found = commitments.promises(session, actor, commitments.Wanted(**query.model_dump()))
    return commitments.rows_of(session, actor, found[: commitments.EXPORTED])


file_doors(
    bp,
    "/action-items/commitments",
    query=schemas.CommitmentsQuery,
    rows=_promised,
    columns=PROMISES,
    file="commitments",
)


@bp.get("/action-items/<item_id>")
@bp.output(schemas.ActionItemDetail)
@bp.doc(summary="One action item with its course and evidence")
@reading
def one(session: Session, actor: Actor, item_id: str) -> dict[str, Any] | None:
    """One action item."""
    return detail(session, actor, access_action_item(session, actor, item_id))


@bp.post("/action-items/<item_id>/acts")
@bp.input(schemas.ActIn, arg_name="body")
@bp.output(schemas.ActionItemDetail)
@bp.doc(summary="Note progress, report it done with evidence, confirm or return it, ...")
@writing
def act(session: Session, actor: Actor, item_id: str, body: schemas.ActIn) -> dict[str, Any] | None:
    """Do one act."""
    given = services.Given(body.text or "", body.due_on, body.person_id)
    return detail(session, actor, services.do(session, actor, item_id, body.act, given))


@bp.post("/action-items/<item_id>/files")
@bp.output(FileOut, status_code=201)
@bp.doc(summary="Add evidence: a photo or PDF (multipart, field `file`)")
def attach(item_id: str) -> Response:
    """Decoded before the transaction, which stays short."""
    actor = current_actor()
    with read_only() as session:
        services.access_attaching(session, actor, item_id)
    answer: Response = _enter(item_id, prepared_file())
    return answer


@writing
def _enter(
    session: Session, actor: Actor, item_id: str, prepared: files.Prepared
) -> tuple[dict[str, Any], int]:
    stored = services.attach(session, actor, item_id, prepared)
    return file_view(stored, actor.bureau_id), 201
