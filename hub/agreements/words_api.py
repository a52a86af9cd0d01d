"""What a text means and what changes, in words, over JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements import comparing, summary, words_schemas
from hub.agreements.access import access_version
from hub.agreements.models import Agreement, AgreementVersion
from hub.agreements.naming import names_of
from hub.errors import field_error
from hub.web.doors import reading

bp = APIBlueprint("agreement_words_api", __name__, url_prefix="/api/v1", tag="agreements")


def parties_in_order(agreement: Agreement, actor: Actor) -> list[str]:
    """The parties, the reader's own bureau first."""
    return sorted(agreement.party_ids, key=lambda party: (party != actor.bureau_id, party))


@bp.get("/agreements/<agreement_id>/versions/<int:number>/summary")
@bp.input(words_schemas.SummaryQuery, location="query", arg_name="query")
@bp.output(words_schemas.SummaryOut)
@bp.doc(summary="What a text means, in plain sentences")
@reading
def summary_of(
    session: Session,
    actor: Actor,
    agreement_id: str,
    number: int,
    query: words_schemas.SummaryQuery,
) -> dict[str, Any]:
    """Sentences made from the values of the terms and the parameters, in Chinese and English."""
    agreement, version = access_version(session, actor, agreement_id, number)
    if query.reader is not None and query.reader not in agreement.party_ids:
        raise field_error("reader", _l("没有这个签署方。"))
    told = summary.in_both(
        names_of(session),
        parties_in_order(agreement, actor),
        terms=version.terms,
        text=version.text,
        reader=query.reader,
    )
    return {"number": version.number, "content_hash": version.content_hash} | told


@bp.get("/agreements/<agreement_id>/versions/<int:number>/diff")
@bp.input(words_schemas.DifferenceQuery, location="query", arg_name="query")
@bp.output(words_schemas.DifferenceOut)
@bp.doc(summary="What a text changes, in words: added, removed, widened, narrowed, for whom")
@reading
def difference_of(
    session: Session,
    actor: Actor,
    agreement_id: str,
    number: int,
    query: words_schemas.DifferenceQuery,
) -> dict[str, Any]:
    """Asked of the sharing engine place by place, not read off the rows."""
    agreement, version = access_version(session, actor, agreement_id, number)
    old = compared_with(agreement, version, query.against)
    parties = parties_in_order(agreement, actor)
    return comparing.in_both(names_of(session), parties, old, version)


def compared_with(
    agreement: Agreement, version: AgreementVersion, against: int | None
) -> AgreementVersion:
    """The text to compare with: the named one, else the amended one, else the one before, else
    itself.

    Raises:
        Invalid: there is no such text.
    """
    wanted = against or version.amends or max(version.number - 1, 1)
    found = next((one for one in agreement.versions if one.number == wanted), None)
    if found is None:
        raise field_error("against", _l("没有这一版。"))
    return found
