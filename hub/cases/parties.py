"""Entering, changing, removing and revealing the parties of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.access import own_case
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.cases.party_models import CaseParty, PartyForm, PartyRole
from hub.cases.texts import checked_identity, checked_uscc, clean, refuse_secrets
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, NotFound, field_error
from hub.shares.services import after_update

MOST = 50
TEXTS = ("name", "phone", "address")


def parties_of(session: Session, case_id: str) -> Sequence[CaseParty]:
    """The parties of a case in the order in which they were entered."""
    rows = select(CaseParty).where(CaseParty.case_id == case_id).order_by(CaseParty.id)
    return session.scalars(rows).all()


def access_party(session: Session, case: Case, party_id: str) -> CaseParty:
    """A party of that case.

    Raises:
        NotFound: absent, or another case's.
    """
    party = session.get(CaseParty, party_id)
    if party is None or party.case_id != case.id:
        raise NotFound
    return party


def add_party(session: Session, actor: Actor, case: Case, values: Mapping[str, Any]) -> CaseParty:
    """Enter a party into an own, locked case.

    Args:
        values: the fields of `schemas.PartyIn`.

    Raises:
        Invalid: code or text cannot be used, or the same code stands in the case already.
        Conflict: the case has as many parties as it can.
    """
    actor.require(Right.CASE_EDIT)
    if len(parties_of(session, case.id)) >= MOST:
        raise Conflict(
            _l("一个案件最多登记%(most)s名当事人。", most=MOST), extra={"rule": "case.parties"}
        )
    party = _new(actor, case, values["form"], values.get("role") or PartyRole.RESPONDENT)
    _fill(session, party, values)
    session.add(party)
    _tell(session, actor, case, "party_added", party)
    return party


def _new(actor: Actor, case: Case, form: str, role: str) -> CaseParty:
    return CaseParty(
        case_id=case.id,
        form=PartyForm(form).value,
        role=PartyRole(role).value,
        name="",
        code=None,
        phone="",
        address="",
        added_by=actor.user_id,
        added_by_name=actor.name,
        added_at=utc_now(),
    )


def change_party(
    session: Session, actor: Actor, case: Case, party: CaseParty, values: Mapping[str, Any]
) -> None:
    """Change given fields of a party of an own, locked case; what is not given stays.

    Raises:
        Conflict: a person's data, and the actor does not handle the case.
        Invalid: as in `add_party`.
    """
    actor.require(Right.CASE_EDIT)
    _only_handlers(actor, case, party)
    _fill(session, party, values)
    if values.get("role") is not None:
        party.role = PartyRole(values["role"]).value
    _tell(session, actor, case, "party_changed", party)


def remove_party(session: Session, actor: Actor, case: Case, party: CaseParty) -> None:
    """Take a party out of an own, locked case.

    Raises:
        Conflict: a person, and the actor does not handle the case.
    """
    actor.require(Right.CASE_EDIT)
    _only_handlers(actor, case, party)
    session.delete(party)
    _tell(session, actor, case, "party_removed", party)


def reveal(session: Session, actor: Actor, case_id: str, party_id: str) -> dict[str, Any]:
    """Everything of one party, for a handler; each reading stands in the audit trail.

    Raises:
        NotFound: no own case, or no such party of it.
        Forbidden: the actor does not handle the case.
    """
    case = own_case(session, actor, case_id)
    party = access_party(session, case, party_id)
    if actor.user_id not in case.handlers:
        raise Forbidden(_l("只有本案承办人可以查看个人信息。"))
    detail = {"party_id": party.id, "form": party.form}
    record_act(
        session,
        actor,
        action="case.party_revealed",
        kind=KIND,
        record_id=case.id,
        detail=detail,
    )
    fields = ("id", "form", "role", "name", "code", "phone", "address")
    return {name: getattr(party, name) for name in fields}


def set_main_firm(session: Session, actor: Actor, case: Case, values: Mapping[str, Any]) -> bool:
    """Apply `party_name` and `party_uscc` of a case to its first firm that must answer.

    A firm without a name and a code is none. Returns whether anything changed.

    Raises:
        Invalid: the code is wrong, or stands there without a name.
    """
    if "party_name" not in values and "party_uscc" not in values:
        return False
    firm = _main_row(session, case)
    name = clean(values["party_name"]) if "party_name" in values else firm.name if firm else ""
    refuse_secrets("party_name", name)
    given = "party_uscc" in values
    code = checked_uscc(values["party_uscc"]) if given else firm.code if firm else None
    if code and not name:
        raise field_error("party_name", _l("请填写统一社会信用代码所属单位的名称。"))
    if (name, code) == ((firm.name, firm.code) if firm else ("", None)):
        return False
    if firm is None:
        firm = _new(actor, case, PartyForm.FIRM, PartyRole.RESPONDENT)
        session.add(firm)
    elif not name:
        session.delete(firm)
    _refuse_double(session, firm, code, "party_uscc")
    firm.name, firm.code = name, code
    session.flush()
    return True


def copy_parties(session: Session, actor: Actor, source: Case, target: Case) -> None:
    """Enter the parties of a case into the one that takes it up again."""
    for party in parties_of(session, source.id):
        copy = _new(actor, target, party.form, party.role)
        copy.name, copy.code = party.name, party.code
        copy.phone, copy.address = party.phone, party.address
        session.add(copy)
        session.flush()


def main_firm_name(session: Session, case: Case) -> str:
    """The name of the first firm that must answer, or nothing; for letters of the own bureau."""
    firm = _main_row(session, case)
    return firm.name if firm else ""


def _main_row(session: Session, case: Case) -> CaseParty | None:
    found = select(CaseParty).where(
        CaseParty.case_id == case.id,
        CaseParty.form == PartyForm.FIRM.value,
        CaseParty.role == PartyRole.RESPONDENT.value,
    )
    return session.scalars(found.order_by(CaseParty.id).limit(1)).first()


def _fill(session: Session, party: CaseParty, values: Mapping[str, Any]) -> None:
    for name in TEXTS:
        if name in values:
            text = clean(values[name])
            refuse_secrets(name, text)
            setattr(party, name, text)
    if not party.name:
        raise field_error("name", _l("请填写名称或姓名。"))
    if "code" in values:
        check = checked_uscc if party.form == PartyForm.FIRM else checked_identity
        code = check(values["code"], "code")
        _refuse_double(session, party, code, "code")
        party.code = code


def _refuse_double(session: Session, party: CaseParty, code: str | None, field: str) -> None:
    if code is None:
        return
    with session.no_autoflush:
        others = parties_of(session, party.case_id)
    if any(row is not party and row.code == code for row in others):
        raise field_error(field, _l("本案已登记此代码或证件号的当事人。"))


def _only_handlers(actor: Actor, case: Case, party: CaseParty) -> None:
    if party.form == PartyForm.PERSON and actor.user_id not in case.handlers:
        raise Conflict(_l("只有本案承办人可以更改个人信息。"), extra={"rule": "case.handlers_only"})


def _tell(session: Session, actor: Actor, case: Case, verb: str, party: CaseParty) -> None:
    """The case changed; the own chain also names the party's id, never what it holds."""
    case.version += 1
    session.flush()
    detail = {"party_id": party.id, "form": party.form}
    record_act(session, actor, action=f"case.{verb}", kind=KIND, record_id=case.id, detail=detail)
    after_update(session, actor, case)
