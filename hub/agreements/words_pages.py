"""Pages beside an agreement: two texts side by side, what a text would expose, the document."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from hub.access import Right
from hub.agreements.access import access_version
from hub.agreements.comparing import difference
from hub.agreements.exposure_api import listed
from hub.agreements.labels import EFFECT_TONES, GROUPS, KINDS, STATES, VERSION_STATES
from hub.agreements.naming import names_of
from hub.agreements.pages import last_day
from hub.agreements.summary import summary
from hub.agreements.views import agreement_view, version_view
from hub.agreements.words_api import compared_with, parties_in_order
from hub.agreements.words_schemas import ExposureQuery
from hub.db import read_only
from hub.errors import NotFound, field_error
from hub.web.identity import current_actor
from sharing.canonical import utc_text
from sharing.terms import Terms

bp = Blueprint("agreement_words", __name__)


def _number(name: str) -> int | None:
    """A version's number from the address."""
    raw = request.args.get(name, "")
    if not raw:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) < 6):
        raise NotFound
    return int(raw)


@bp.get("/agreements/<agreement_id>/compare")
def compare(agreement_id: str) -> str:
    """Two texts of an agreement: in words, and side by side."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        agreement, version = access_version(session, actor, agreement_id, _number("to") or 1)
        old = compared_with(agreement, version, _number("from"))
        return render_template(
            "agreements/compare.html",
            agreement=agreement_view(session, agreement),
            old=version_view(session, agreement, old),
            new=version_view(session, agreement, version),
            difference=difference(
                names_of(session), parties_in_order(agreement, actor), old, version
            ),
            effect_tones=EFFECT_TONES,
            version_states=VERSION_STATES,
        )


@bp.get("/agreements/<agreement_id>/exposure")
def exposure(agreement_id: str) -> str:
    """Which of the own records a text would open or close, and to whom."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    number = _number("version") or 1
    asked: dict[str, Any] = {k: v for k, v in request.args.items() if v and k != "version"}
    try:
        query = ExposureQuery.model_validate(asked)
    except ValidationError as error:
        raise field_error("filter", _l("筛选条件不正确。")) from error
    with read_only() as session:
        agreement, version = access_version(session, actor, agreement_id, number)
        found = listed(session, actor, agreement, Terms.from_dict(version.terms), query)
        names = names_of(session)
        partners = [(p, names.bureau(p)) for p in agreement.party_ids if p != actor.bureau_id]
        return render_template(
            "agreements/exposure.html",
            agreement=agreement_view(session, agreement),
            version=version_view(session, agreement, version),
            found=found,
            query=query,
            partners=sorted(partners),
            groups=GROUPS,
            kinds=KINDS,
        )


@bp.get("/agreements/<agreement_id>/print")
def document(agreement_id: str) -> str:
    """One text as a document for paper: words, terms, what they mean, keys."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        agreement, version = access_version(session, actor, agreement_id, _number("version") or 1)
        return render_template(
            "agreements/print.html",
            agreement=agreement_view(session, agreement),
            version=version_view(session, agreement, version)
            | {"last_day": last_day(utc_text(version.valid_to))},
            summary=summary(
                names_of(session), parties_in_order(agreement, actor), version.terms, version.text
            ),
            states=STATES,
        )
