"""The facts of a lead: as given, else those of the finding or case it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from geo.limits import parse_position
from hub.access import Actor
from hub.cases.access import own_case
from hub.cases.parties import main_firm_name
from hub.cases.texts import clean, refuse_secrets
from hub.errors import field_error
from hub.patrols.finding_forms import with_facts
from hub.patrols.finding_views import view_for
from hub.patrols.findings import access_finding
from hub.requests.models import Request

TEXTS = ("description", "place", "party_name", "pollutant")
CATEGORIES = frozenset({"water", "air", "solid_waste", "hazardous_waste", "noise", "soil",
                        "permit", "other"})  # fmt: skip
_OF_FINDING = {"outfall": "water", "litter": "solid_waste", "dust": "air", "unlicensed": "permit"}


def lead_from(
    session: Session, actor: Actor, row: Request, given: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The facts of a lead, cleaned; what is given goes before what the record says.

    Raises:
        Invalid: there is no place, or a text cannot be used.
    """
    facts = dict(row.details.get("lead") or _of_record(session, actor, row))
    facts |= {name: value for name, value in (given or {}).items() if value is not None}
    for name in TEXTS:
        facts[name] = clean(facts.get(name), lines=name == "description")
        refuse_secrets(f"lead.{name}", facts[name])
    if facts.get("lon") is None or facts.get("lat") is None:
        raise field_error("lead.lon", _l("请写明线索的地点。"))
    parse_position(facts["lon"], facts["lat"])
    return facts


def _of_record(session: Session, actor: Actor, row: Request) -> dict[str, Any]:
    if row.case_id:
        case = own_case(session, actor, row.case_id)
        names = ("category", "lon", "lat", "description", "place", "pollutant")
        facts = {name: getattr(case, name) for name in names}
        return facts | {"party_name": main_firm_name(session, case)}
    if row.finding_id:
        finding = access_finding(session, actor, row.finding_id)
        # Only what its reader is shown goes into his lead.
        view = view_for(session, actor.reader, finding) or {}
        category = _OF_FINDING.get(view.get("category", ""), view.get("category"))
        return {
            "category": category if category in CATEGORIES else "other",
            "lon": view.get("lon"),
            "lat": view.get("lat"),
            "description": with_facts(view.get("text") or "", view),
            "party_name": view.get("firm_name"),
        }
    return {"category": "other"}
