"""What a reader sees of the parties of a case (SECURITY section 8, field group "party").

A partner sees a firm by name and code once the case is filed, "some firm" before; a person only
masked; a witness not at all. In the owning bureau firms are open; of a person the handlers see the
name, everybody else the mask; number, telephone and address only by `parties.reveal`, which is
entered in the audit trail.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.cases.models import Case
from hub.cases.party_models import CaseParty, PartyForm, PartyRole
from sharing.masking import masked_code, masked_name

ROLES = {
    PartyRole.RESPONDENT: _l("当事人"),
    PartyRole.LEGAL_REP: _l("法定代表人"),
    PartyRole.SITE_MANAGER: _l("现场负责人"),
    PartyRole.INTERESTED: _l("利害关系人"),
    PartyRole.WITNESS: _l("证人"),
}
FORMS = {PartyForm.FIRM: _l("企业或单位"), PartyForm.PERSON: _l("个人")}
UNNAMED = _l("某企业")

# Stages that a case reaches by being filed. Any other keeps the firm's name back.
NAMED_STAGES = frozenset({
    "filed", "investigating", "investigated", "review", "notified", "hearing", "discussed",
    "decided", "served", "executing", "closed", "archived", "withdrawn", "suspended",
    "criminal_transferred",
})  # fmt: skip


class Audience(Enum):
    """Who reads: a handler of the case, another person of its bureau, a partner."""

    HANDLER = "handler"
    BUREAU = "bureau"
    PARTNER = "partner"


def shown_parties(
    case: Case, parties: Iterable[CaseParty], audience: Audience
) -> list[dict[str, Any]]:
    """The parties as that audience may see them, in the order in which they were entered."""
    shown = [_shown(case, party, audience) for party in parties]
    return [party for party in shown if party is not None]


def _shown(case: Case, party: CaseParty, audience: Audience) -> dict[str, Any] | None:
    outside = audience is Audience.PARTNER
    if outside and party.role == PartyRole.WITNESS:
        return None
    view: dict[str, Any] = {
        "id": party.id,
        "form": party.form,
        "role": party.role,
        "role_name": str(ROLES[PartyRole(party.role)]),
    }
    if party.form == PartyForm.PERSON:
        open_name = audience is Audience.HANDLER
        name = party.name if open_name else masked_name(party.name)
        return view | {"name": name, "code": masked_code(party.code), "masked": True}
    if outside and case.stage not in NAMED_STAGES:
        return view | {"name": str(UNNAMED), "code": None, "masked": True}
    view |= {"name": party.name, "code": party.code, "masked": False}
    return view if outside else view | {"phone": party.phone, "address": party.address}


def main_firm(parties: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """`party_name` and `party_uscc` of a case: its first firm that must answer, as shown."""
    for party in parties:
        if party["form"] == PartyForm.FIRM and party["role"] == PartyRole.RESPONDENT:
            return {"party_name": party["name"], "party_uscc": party["code"]}
    return {"party_name": "", "party_uscc": None}


def party_line(parties: Iterable[dict[str, Any]]) -> str:
    """The parties in one line, for spreadsheets."""
    return "；".join(f"{party['name']}（{party['role_name']}）" for party in parties)
