"""What a text would expose of the bureau's own records, over JSON and as files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apiflask import APIBlueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements import words_schemas
from hub.agreements.access import access_agreement, access_version
from hub.agreements.content import checked_terms
from hub.agreements.exposure import WAYS, Change, Exposure, exposure
from hub.agreements.models import Agreement
from hub.agreements.naming import Names, group_names, kind_name, names_of
from hub.bureaus.services import bureaus
from hub.web.doors import reading
from hub.web.list_doors import file_doors
from hub.web.paging import decode_cursor, page
from sharing.terms import Terms

bp = APIBlueprint("agreement_exposure_api", __name__, url_prefix="/api/v1", tag="agreements")
COLUMNS = {
    "kind": _l("记录"),
    "number": _l("编号"),
    "title": _l("名称"),
    "partner_name": _l("对方单位"),
    "at_once": _l("何时"),
    "newly_visible": _l("新看到"),
    "newly_announced": _l("新得知有"),
    "no_longer_visible": _l("不再看到"),
    "no_longer_announced": _l("不再得知"),
    "clause": _l("条款"),
}


def row_of(names: Names, change: Change) -> dict[str, Any]:
    """One record and partner, as page, API and CSV show it."""
    row: dict[str, Any] = {
        "kind": change.record.subject.kind,
        "record_id": change.record.id,
        "number": change.record.number,
        "title": change.record.title,
        "url": change.record.url,
        "partner_id": change.partner_id,
        "partner_name": names.bureau(change.partner_id),
        "at_once": change.at_once,
        "clause": change.clause,
    }
    return row | {name: list(getattr(change, name)) for name in WAYS}


def wanted(found: Exposure, query: words_schemas.ExposureQuery) -> list[Change]:
    """The changes that a filter lets through."""
    return [
        change
        for change in found.changes
        if query.partner in (None, change.partner_id)
        and query.kind in (None, change.record.subject.kind)
        and (query.effect != "opens" or change.opens)
        and (query.effect != "closes" or change.closes)
        and (not query.at_once or change.at_once)
    ]


def listed(
    session: Session,
    actor: Actor,
    agreement: Agreement,
    terms: Terms,
    query: words_schemas.ExposureQuery,
) -> dict[str, Any]:
    """Counts of everything, and one page of what the filter lets through."""
    names = names_of(session)
    found = exposure(session, actor, agreement, terms)
    rows = wanted(found, query)
    after = decode_cursor(query.cursor, 1)
    start = int(after[0]) if after else 0
    numbered = list(enumerate(rows))[start : start + query.limit + 1]
    answer = page(
        numbered, query.limit, lambda row: [str(row[0] + 1)], lambda row: row_of(names, row[1])
    )
    return answer | {"counts": found.counts(), "matching": len(rows), "has_zone": found.has_zone}


@bp.get("/agreements/<agreement_id>/versions/<int:number>/exposure")
@bp.input(words_schemas.ExposureQuery, location="query", arg_name="query")
@bp.output(words_schemas.ExposureOut)
@bp.doc(summary="Which of your bureau's records a text would open or close, before it is signed")
@reading
def exposure_of(
    session: Session,
    actor: Actor,
    agreement_id: str,
    number: int,
    query: words_schemas.ExposureQuery,
) -> dict[str, Any]:
    """The decision engine over the own records, as things are now and as they would be."""
    agreement, version = access_version(session, actor, agreement_id, number)
    return listed(session, actor, agreement, Terms.from_dict(version.terms), query)


def _rows(
    session: Session,
    actor: Actor,
    query: words_schemas.ExposureQuery,
    agreement_id: str,
    number: int,
) -> Iterable[dict[str, Any]]:
    """Every row that the filter lets through, not one page."""
    agreement, version = access_version(session, actor, agreement_id, number)
    found = exposure(session, actor, agreement, Terms.from_dict(version.terms))
    return _in_words(names_of(session), wanted(found, query))


def _in_words(names: Names, changes: Iterable[Change]) -> Iterable[dict[str, Any]]:
    for change in changes:
        row = row_of(names, change)
        words = {name: group_names(row[name]) for name in WAYS}
        when = _("一经生效") if change.at_once else _("经批准才共享")
        yield row | words | {"kind": kind_name(row["kind"]), "at_once": when}


file_doors(
    bp,
    "/agreements/<agreement_id>/versions/<int:number>/exposure",
    query=words_schemas.ExposureQuery,
    rows=_rows,
    columns=COLUMNS,
)


@bp.post("/agreements/<agreement_id>/exposure")
@bp.input(words_schemas.ExposureQuery, location="query", arg_name="query")
@bp.input(words_schemas.TermsIn, arg_name="body")
@bp.output(words_schemas.ExposureOut)
@bp.doc(summary="The same for terms that are still being written; nothing is stored")
@reading
def exposure_of_draft(
    session: Session,
    actor: Actor,
    agreement_id: str,
    query: words_schemas.ExposureQuery,
    body: words_schemas.TermsIn,
) -> dict[str, Any]:
    """What the editor asks before anything is put on the table."""
    agreement = access_agreement(session, actor, agreement_id)
    terms = checked_terms(body.terms, {row.id for row in bureaus(session)})
    return listed(session, actor, agreement, terms, query)
