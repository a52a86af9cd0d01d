"""Lists of cases: own ones and those shared at this moment, in one order, filtered by what shows.

Own cases are filtered in the database. Of a partner's case only the view decides whether it
matches: a filter on a field that is not open never tells anything. The order is that of the ids
(time of making), which every reader of a row sees anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.cases.party_models import CaseParty, PartyForm
from hub.cases.texts import clean
from hub.cases.views import views_of
from hub.shares.deciding import Judge
from hub.web.paging import decode_cursor, encode_cursor
from sharing.shares import shared_ids_query

BATCH = 200
EXPORT_LIMIT = 5000
SEARCHED_COLUMNS = ("number", "title", "place", "description", "pollutant", "waste_code")
SEARCHED = (*SEARCHED_COLUMNS, "party_name", "party_uscc")


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are asked for; None means any."""

    stage: str | None = None
    category: str | None = None
    # own or shared
    scope: str | None = None
    bureau: str | None = None
    q: str | None = None


def list_cases(
    session: Session, actor: Actor, wanted: CaseFilter, limit: int, cursor: str | None
) -> dict[str, Any]:
    """A page of what the actor may see, newest first."""
    actor.require(Right.WORK_VIEW)
    after = decode_cursor(cursor, 1)
    found: list[dict[str, Any]] = []
    batch = min(limit + 1, BATCH)
    for view in visible_cases(session, actor, wanted, after[0] if after else None, batch):
        found.append(view)
        if len(found) > limit:
            break
    more = len(found) > limit
    items = found[:limit]
    return {"items": items, "next": encode_cursor([items[-1]["id"]]) if more else None}


def visible_cases(
    session: Session,
    actor: Actor,
    wanted: CaseFilter,
    before_id: str | None = None,
    batch: int = BATCH,
) -> Iterator[dict[str, Any]]:
    """The views of all cases that match, newest first, read in batches."""
    judge = Judge(session)
    text = clean(wanted.q)
    while True:
        statement = select(Case).where(_candidates(actor, wanted, text, judge))
        if before_id is not None:
            statement = statement.where(Case.id < before_id)
        rows = session.scalars(statement.order_by(Case.id.desc()).limit(batch)).all()
        for view in views_of(session, actor.reader, rows, judge, actor.user_id):
            if view is not None and (view["own"] or _matches(view, wanted, text)):
                yield view
        if len(rows) < batch:
            return
        before_id = rows[-1].id


def _candidates(actor: Actor, wanted: CaseFilter, text: str, judge: Judge) -> ColumnElement[bool]:
    own: list[ColumnElement[bool]] = [
        Case.owner_bureau_id == actor.bureau_id,
        Case.classification <= actor.clearance,
    ]
    if wanted.stage:
        own.append(Case.stage == wanted.stage)
    if wanted.category:
        own.append(Case.category == wanted.category)
    if text:
        own.append(
            or_(
                *(
                    getattr(Case, name).icontains(text, autoescape=True)
                    for name in SEARCHED_COLUMNS
                ),
                _party_matches(actor, text),
            )
        )
    open_now = judge.agreement_ids(actor.bureau_id)
    ids = shared_ids_query(KIND, actor.bureau_id, judge.at, agreement_ids=open_now)
    parts = []
    if wanted.scope != "shared":
        parts.append(and_(*own))
    if wanted.scope != "own":
        parts.append(Case.id.in_(ids))
    condition = or_(*parts)
    return and_(condition, Case.owner_bureau_id == wanted.bureau) if wanted.bureau else condition


def _party_matches(actor: Actor, text: str) -> ColumnElement[bool]:
    """A firm by name or code; a person by name only for those who handle the case."""
    name = CaseParty.name.icontains(text, autoescape=True)
    handles = cast(Case.handlers, String).contains(actor.user_id, autoescape=True)
    firm = and_(
        CaseParty.form == PartyForm.FIRM.value,
        or_(name, CaseParty.code.icontains(text, autoescape=True)),
    )
    person = and_(CaseParty.form == PartyForm.PERSON.value, name, handles)
    return exists().where(CaseParty.case_id == Case.id, or_(firm, person))


def _matches(view: dict[str, Any], wanted: CaseFilter, text: str) -> bool:
    if wanted.stage and view.get("stage") != wanted.stage:
        return False
    if wanted.category and view.get("category") != wanted.category:
        return False
    lowered = text.lower()
    return not text or any(lowered in str(view.get(name) or "").lower() for name in SEARCHED)


def as_features(views: list[dict[str, Any]]) -> dict[str, Any]:
    """The cases whose place shows, as GeoJSON (RFC 7946, lon lat, WGS 84)."""
    features = [
        {
            "type": "Feature",
            "id": view["id"],
            "geometry": {"type": "Point", "coordinates": [view["lon"], view["lat"]]},
            "properties": {
                name: view.get(name)
                for name in ("id", "number", "title", "stage", "category", "own", "owner_name")
            },
        }
        for view in views
        if "lon" in view
    ]
    return {"type": "FeatureCollection", "features": features}
