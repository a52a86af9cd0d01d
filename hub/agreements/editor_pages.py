"""The form in which an agreement is drafted, proposed, revised and amended."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements.access import access_agreement
from hub.agreements.labels import (
    EFFECT_TONES,
    EVERY_PURPOSE,
    GROUPS,
    KIND_GROUPS,
    KINDS,
    LEVELS,
    ONWARD,
    purposes_of,
)
from hub.agreements.models import Agreement
from hub.agreements.template import standard_terms
from hub.bureaus.services import bureaus, jurisdictions
from hub.cases.labels import CLASSIFICATIONS
from hub.db import read_only, utc_now
from hub.web.identity import current_actor
from sharing.canonical import utc_text

bp = Blueprint("agreement_editor", __name__)


@bp.get("/agreements/new")
def new() -> str:
    """A new agreement, beginning with a proposal of usual terms."""
    actor = current_actor()
    actor.require(Right.AGREEMENT_PROPOSE)
    with read_only() as session:
        value = {
            "title": "",
            "title_en": "",
            "party_ids": [actor.bureau_id],
            "valid_from": utc_text(utc_now()),
            "valid_to": None,
            "terms": standard_terms().to_dict(),
            "text": {},
            "note": "",
        }
        return _form(session, actor, None, value)


@bp.get("/agreements/<agreement_id>/edit")
def edit(agreement_id: str) -> str:
    """A draft, a revision of what is on the table, or an amendment of what is in force."""
    actor = current_actor()
    actor.require(Right.AGREEMENT_PROPOSE)
    with read_only() as session:
        agreement = access_agreement(session, actor, agreement_id)
        base = agreement.on_table or agreement.newest_signed or agreement.current
        if request.args.get("from") == "current":
            base = agreement.current
        value = {
            "title": agreement.title,
            "title_en": agreement.title_en,
            "party_ids": sorted(agreement.party_ids),
            "valid_from": utc_text(base.valid_from),
            "valid_to": utc_text(base.valid_to),
            "terms": base.terms,
            "text": base.text,
            "note": base.note if agreement.state == "draft" else "",
        }
        return _form(session, actor, agreement, value)


def _form(
    session: Session, actor: Actor, agreement: Agreement | None, value: dict[str, Any]
) -> str:
    known = sorted(bureaus(session), key=lambda row: (row.id != actor.bureau_id, row.adcode))
    signed = agreement.newest_signed if agreement is not None else None
    data = {
        "id": agreement.id if agreement else None,
        "version": agreement.version if agreement else None,
        "state": agreement.state if agreement else "new",
        "amends": signed.number if signed else None,
        "value": value,
        "own": actor.bureau_id,
        "user": actor.user_id,
        "standard": standard_terms().to_dict(),
        "bureaus": [
            {"id": row.id, "name": row.name, "short": row.short_name, "short_en": row.short_name_en}
            for row in known
        ],
        "districts": [{"adcode": row.adcode, "name": row.name} for row in jurisdictions(session)],
        "words": {
            "kinds": {key: str(KINDS[key]) for key in KIND_GROUPS},
            "kind_groups": {key: list(groups) for key, groups in KIND_GROUPS.items()},
            "groups": _texts(GROUPS),
            "purposes": _texts(EVERY_PURPOSE),
            "kind_purposes": {key: list(purposes_of(key)) for key in KIND_GROUPS},
            "levels": _texts(LEVELS),
            "onward": _texts(ONWARD),
            "effect_tones": EFFECT_TONES,
        },
    }
    return render_template(
        "agreements/edit.html",
        agreement=agreement,
        value=value,
        bureaus=known,
        data=data,
        classifications=CLASSIFICATIONS,
        private=agreement is None or agreement.state == "draft",
        amends=data["amends"],
    )


def _texts(labels: dict[str, Any]) -> dict[str, str]:
    return {key: str(text) for key, text in labels.items()}
