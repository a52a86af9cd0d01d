"""Pages of records of inspections: the list, one record to write, to read and to sign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureau
from hub.clock import SHANGHAI
from hub.db import read_only
from hub.documents.embedding import can_draw
from hub.inspections.access import access_inspection
from hub.inspections.labels import PARTY_KINDS
from hub.inspections.listing import Filters, inspections
from hub.inspections.models import STATES, TONES, InspectionRecord, InspectionState
from hub.inspections.opening import offers, people
from hub.inspections.papers import guests_of
from hub.inspections.views import detail_view
from hub.inspections.words import ID_KINDS, RELATIONS, RIGHTS
from hub.patrols.models import Patrol
from hub.web.days import day_begins, day_of
from hub.web.identity import current_actor

bp = Blueprint("inspections", __name__)
PER_PAGE = 50
FILTERS = ("state", "q", "from", "to", "own", "patrol_id")


@bp.get("/inspections")
def index() -> str:
    """Records that the reader may see."""
    actor = current_actor()
    given = {name: request.args.get(name, "")[:100] for name in FILTERS}
    wanted = Filters(
        state=given["state"] if given["state"] in set(InspectionState) else None,
        patrol_id=given["patrol_id"] or None,
        since=day_begins(day_of(given["from"])),
        until=day_begins(day_of(given["to"]), after=1),
        own=given["own"] == "true",
        q=given["q"],
    )
    with read_only() as session:
        found = inspections(session, actor, wanted).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
    return render_template(
        "inspections/list.html",
        found=found,
        given=given,
        query={name: value for name, value in given.items() if value},
        export=_export(wanted),
        states=STATES,
        tones=TONES,
    )


def _export(wanted: Filters) -> dict[str, str]:
    query = {"state": wanted.state, "patrol_id": wanted.patrol_id, "q": wanted.q}
    query["own"] = "true" if wanted.own else None
    for name, moment in (("since", wanted.since), ("until", wanted.until)):
        query[name] = moment.isoformat() if moment else None
    return {name: value for name, value in query.items() if value}


@bp.get("/inspections/<inspection_id>")
def show(inspection_id: str) -> str:
    """One record: to write while it is a draft, else (or with `view=sign`) to read and to sign."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        row = access_inspection(session, actor, inspection_id)
        view: dict[str, Any] = detail_view(session, actor, row) or {}
        actions = view.get("actions", {})
        if actions.get("edit") and request.args.get("view") != "sign":
            return _form(session, actor, row, view)
        return render_template(
            "inspections/show.html",
            record=view,
            actions=actions,
            rights=RIGHTS.format(bureau=bureau(session, row.bureau_id).name),
            tones=TONES,
            may_pdf=can_draw(),
        )


def _form(session: Session, actor: Actor, row: InspectionRecord, view: dict[str, Any]) -> str:
    patrol = session.get_one(Patrol, row.patrol_id)
    crew = [one for one in patrol.crew if one.bureau_id != row.bureau_id]
    able, chosen = people(session, row), guests_of(session, row)
    guests = [
        {"user_id": one.user_id, "name": one.name,
         "unit": bureau(session, one.bureau_id).short_name, "license_no": one.license_no}
        for one in crew
    ]  # fmt: skip
    return render_template(
        "inspections/edit.html",
        record=view,
        content=view["content"],
        officers=[
            {"user_id": user.id, "name": user.name, "license_no": user.license_no}
            for user in able.values()
        ],
        recorders=[(user.id, user.name) for user in able.values()],
        guests=guests or chosen,
        party_kinds=PARTY_KINDS,
        relations=RELATIONS,
        id_kinds=[(name, name) for name in ID_KINDS],
        rights=RIGHTS.format(bureau=bureau(session, row.bureau_id).name),
        starts=_local(view["starts_at"]),
        ends=_local(view["ends_at"]),
        tones=TONES,
        data={
            "id": row.id,
            "version": row.version,
            "user": actor.user_id,
            "content": view["content"],
            "photos": view["photos"],
            "log": offers(session, actor, patrol),
        },
    )


def _local(moment: str | None) -> str:
    """A moment as an input of local time holds it."""
    if moment is None:
        return ""
    return datetime.fromisoformat(moment).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
