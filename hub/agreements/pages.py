"""Pages of agreements."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.agreements import listing
from hub.agreements.access import access_agreement
from hub.agreements.comparing import difference
from hub.agreements.labels import (
    EFFECT_TONES,
    KINDS,
    LEVELS,
    STATES,
    VERSION_STATES,
    VERSION_TONES,
    state_tone,
)
from hub.agreements.models import Agreement
from hub.agreements.naming import Names, group_names, names_of, purpose_names
from hub.agreements.summary import summary
from hub.agreements.views import agreement_view
from hub.agreements.words_api import compared_with, parties_in_order
from hub.db import read_only
from hub.web.identity import current_actor
from hub.zones import services as zones
from hub.zones.labels import STATES as ZONE_STATES
from hub.zones.views import zone_view
from sharing.terms import Level, Terms

bp = Blueprint("agreements", __name__)
PER_PAGE = 50


@bp.get("/agreements")
def index() -> str:
    """Agreements of the reader's bureau."""
    actor = current_actor()
    state = request.args.get("state") or None
    with read_only() as session:
        found = listing.agreements(session, actor, state).page(
            session, PER_PAGE, request.args.get("cursor") or None
        )
    for view in found["items"]:
        _prepare(view, actor)
    return render_template(
        "agreements/list.html",
        found=found,
        state=state,
        states=STATES,
        tone=state_tone,
        may_propose=actor.may(Right.AGREEMENT_PROPOSE),
    )


@bp.get("/agreements/<agreement_id>")
def show(agreement_id: str) -> str:
    """One agreement: text, terms, keys, zones."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    with read_only() as session:
        agreement = access_agreement(session, actor, agreement_id)
        view = agreement_view(session, agreement)
        words = _words(session, actor, agreement, request.args.get("as"))
        own_zones = [
            zone_view(session, zone)
            for zone in zones.zones_of(session, actor)
            if zone.agreement_id == agreement_id
        ]
    return render_template(
        "agreements/show.html",
        agreement=_prepare(view, actor),
        zones=own_zones,
        zone_states=ZONE_STATES,
        levels=LEVELS,
        states=STATES,
        tone=state_tone,
        version_states=VERSION_STATES,
        version_tones=VERSION_TONES,
        **words,
        effect_tones=EFFECT_TONES,
        bureau_names={party["bureau_id"]: party["bureau_name"] for party in view["parties"]},
        **_may(actor, view),
    )


def _words(
    session: Session, actor: Actor, agreement: Agreement, reader: str | None
) -> dict[str, Any]:
    """What the text that holds means (to a party, when one is named), what the one on the table
    changes."""
    names, parties = names_of(session), parties_in_order(agreement, actor)
    current, waiting = agreement.current, agreement.on_table
    seen_by = reader if reader in agreement.party_ids else None
    return {
        "seen_by": seen_by,
        "rules": _rule_rows(names, Terms.from_dict(current.terms)),
        "summary": summary(names, parties, current.terms, current.text, seen_by),
        "difference": None
        if waiting is None or waiting is current
        else difference(names, parties, compared_with(agreement, waiting, None), waiting),
    }


def _may(actor: Actor, view: dict[str, Any]) -> dict[str, bool]:
    """What the reader can do to the agreement in its state."""
    signs, proposes = actor.may(Right.AGREEMENT_SIGN), actor.may(Right.AGREEMENT_PROPOSE)
    state, proposal = view["state"], view["proposal"]
    return {
        "may_sign": signs and state == "proposed" and not _own(actor, view)["signed"],
        "may_sign_amendment": signs
        and proposal is not None
        and not _own(actor, proposal)["signed"],
        "may_revise": proposes and state not in ("expired", "terminated"),
        "may_suspend": signs and state in ("signed", "in_force"),
        "may_resume": signs and state == "suspended",
        "may_terminate": signs and state in ("signed", "in_force", "suspended"),
        "may_draw": actor.may(Right.ZONE_DRAW) and state in ("proposed", "signed", "in_force"),
    }


def _own(actor: Actor, view: dict[str, Any]) -> dict[str, Any]:
    """The reader's own bureau among the parties."""
    own: dict[str, Any] = next(p for p in view["parties"] if p["bureau_id"] == actor.bureau_id)
    return own


def _prepare(view: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Add the sides (the reader's own is a, and comes first) and the last day of validity."""
    for text in (view, view["proposal"], view["coming"]):
        if text is None:
            continue
        for party in text["parties"]:
            party["side"] = "a" if party["bureau_id"] == actor.bureau_id else "b"
        text["parties"].sort(key=lambda party: (party["side"], party["adcode"]))
        text["last_day"] = last_day(text["valid_to"])
    return view


def last_day(valid_to: str) -> str:
    """The last day that is covered: people read that one, not the first that is not."""
    return (datetime.fromisoformat(valid_to) - timedelta(seconds=1)).isoformat()


def _rule_rows(names: Names, terms: Terms) -> list[dict[str, Any]]:
    """The rows of the terms in their order; the place of each is its address on the page."""
    return [
        {
            "clause": rule.clause,
            "kind": KINDS.get(rule.kind, rule.kind),
            "place": names.place(rule.place),
            "purposes": purpose_names(rule.purposes),
            "levels": {
                level.value: group_names(named)
                for level in Level
                if (named := [g for g, given in rule.levels.items() if given is level])
            },
            "days": terms.retention_of(rule),
            "onward": names.onward(terms.onward_of(rule)),
        }
        for rule in terms.rules
    ]
