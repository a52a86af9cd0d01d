"""Opening, changing and reading cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureau
from hub.cases import terms
from hub.cases.access import case_to_read, own_case
from hub.cases.guards import Step
from hub.cases.labels import CATEGORIES
from hub.cases.link_models import LinkKind
from hub.cases.links import add_link
from hub.cases.lookups import KIND
from hub.cases.models import Case, CaseStage
from hub.cases.parties import copy_parties, set_main_firm
from hub.cases.placing import adcode_for
from hub.cases.stages import ENDED
from hub.cases.steps import advance, team_of
from hub.cases.texts import checked_waste_code, clean, refuse_secrets
from hub.cases.views import GROUPS, INTERNAL, case_view
from hub.changes import record_act, record_change
from hub.db import utc_now
from hub.emergency.models import EmergencyUse
from hub.emergency.services import note_reading
from hub.errors import Conflict, NotFound, field_error
from hub.numbering.services import next_number
from hub.patrols.models import Finding
from hub.shares import services as sharing_services
from hub.shares.lookups import running_shares
from hub.shares.telling import tell_case
from hub.versions import outward
from sharing.canonical import utc_text
from sharing.models import AuditEntry

SERIES = "联防"
# What a patrol calls its findings -> category of the case; the rest is `other`.
_CATEGORY_OF_FINDING = {code: code for code in CATEGORIES} | {
    "outfall": "water",
    "litter": "solid_waste",
    "dust": "air",
    "unlicensed": "permit",
}
TEXTS = ("title", "pollutant", "description", "place")
# A person who keeps a page open reads once in the audit trail, not at every renewal.
SAME_READING = timedelta(minutes=5)


def create_case(
    session: Session,
    actor: Actor,
    values: Mapping[str, Any],
    *,
    finding_id: str | None = None,
    reopens_id: str | None = None,
    opened_at: datetime | None = None,
) -> Case:
    """Open a case of the actor's bureau; in a zone of an agreement in force it is shared at once.

    Args:
        values: the fields of `schemas.CaseIn`.

    Raises:
        Conflict: the place is another bureau's.
        Invalid: a field cannot be used (state secret, credit code, handlers, place).
    """
    actor.require(Right.CASE_EDIT)
    owner = bureau(session, actor.bureau_id)
    now = opened_at or utc_now()
    case = Case(
        number=next_number(session, SERIES, now),
        owner_bureau_id=owner.id,
        title="",
        category="other",
        stage=CaseStage(values.get("stage") or CaseStage.LEAD),
        handlers=[],
        lon=values["lon"],
        lat=values["lat"],
        adcode=adcode_for(session, owner, values["lon"], values["lat"]),
        finding_id=finding_id,
        reopens_id=reopens_id,
        opened_at=now,
        created_by=actor.user_id,
        created_by_name=actor.name,
        version=1,
    )
    _fill(session, actor, case, values)
    session.add(case)
    session.flush()
    set_main_firm(session, actor, case, values)
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=case.id,
        version=case.version,
        verb="created",
        bureaus=[case.owner_bureau_id],
        detail={"number": case.number},
    )
    terms.on_opened(session, case)
    sharing_services.share_automatically(session, actor, case)
    return case


def take_step(session: Session, actor: Actor, case: Case, step: Step) -> Case:
    """Take an own, locked case to another stage; its partners hear of it in the same moment.

    Raises:
        Conflict: the stage may not follow, or a condition is not met; carries `rule`.
        Invalid: something is missing or impossible; names the field.
    """
    actor.require(Right.CASE_EDIT)
    advance(session, actor, case, step)
    case.version += 1
    session.flush()
    sharing_services.after_update(session, actor, case)
    return case


def reopen_case(session: Session, actor: Actor, case_id: str, reason: str) -> Case:
    """Take an ended case up again, as a new lead that names it; the ended one stays as it is.

    Raises:
        NotFound: not an own case.
        Conflict: it has not ended.
    """
    actor.require(Right.CASE_EDIT)
    old = own_case(session, actor, case_id, lock=True)
    if CaseStage(old.stage) not in ENDED:
        raise Conflict(_l("案件尚未办结，无需重新办理。"), extra={"rule": "case.reopen_ended"})
    words = clean(reason, lines=True)
    refuse_secrets("reason", words)
    if not words:
        raise field_error("reason", _l("请写明理由。"))
    copied = ("title", "category", "pollutant", "waste_code", "place", "lon", "lat")
    values = {name: getattr(old, name) for name in (*copied, "classification")}
    origin = str(_l("重新办理%(number)s：%(reason)s", number=old.number, reason=words))
    values["description"] = f"{origin}\n{old.description}"
    case = create_case(session, actor, values, reopens_id=old.id)
    copy_parties(session, actor, old, case)
    add_link(session, actor, case, old, LinkKind.REOPENS)
    return case


def case_from_finding(
    session: Session, actor: Actor, finding: Finding, facts: Mapping[str, Any]
) -> Case:
    """Open the case that a finding becomes, for the bureau on whose side it lies.

    Args:
        facts: further fields of the case, as far as the actor is shown them.

    Raises:
        Conflict: it became a case already, or it lies on another bureau's side.
    """
    if finding.case_id is not None:
        raise Conflict(_l("此发现已经立案。"))
    text = clean(finding.text, lines=True)
    headline = text.split("\n", 1)[0].split("。", 1)[0][:60]  # data, not screen text
    values = {
        "title": headline or str(_l("巡查发现")),
        "category": _CATEGORY_OF_FINDING.get(finding.category, "other"),
        "description": text,
        "lon": finding.lon,
        "lat": finding.lat,
        **{name: value for name, value in facts.items() if value},
    }
    case = create_case(session, actor, values, finding_id=finding.id)
    filed_as(finding, case)
    session.flush()
    return case


def filed_as(finding: Finding, case: Case) -> None:
    """Let a finding be the case that it became, whose owner follows it from now on."""
    finding.case_id, finding.state = case.id, "case"
    finding.taken_by_id, finding.due_on = case.owner_bureau_id, None


def _fill(session: Session, actor: Actor, case: Case, values: Mapping[str, Any]) -> None:
    """Put given fields into a case, cleaned and checked; fields that are not given stay."""
    for name in TEXTS:
        if name in values:
            text = clean(values[name], lines=name == "description")
            refuse_secrets(name, text)
            setattr(case, name, text)
    if not case.title:
        raise field_error("title", _l("请填写案由。"))
    _fill_codes(session, case, values)
    if values.get("classification") is not None:
        if values["classification"] > actor.clearance:
            raise field_error("classification", _l("密级不能高于本人可阅的级别。"))
        if values["classification"] < (case.classification or 0):
            raise Conflict(
                _l("降低密级须经分管领导批准，请用“变更密级”提出。"),
                extra={"rule": "case.lower_needs_approval"},
            )
        case.classification = values["classification"]
    if values.get("handlers") is not None:
        case.handlers = _checked_handlers(session, case, values["handlers"])
    if values.get("criminal_suspected") is not None:
        case.criminal_suspected = values["criminal_suspected"]


def _fill_codes(session: Session, case: Case, values: Mapping[str, Any]) -> None:
    if "own_number" in values:
        case.own_number = _free_number(session, case, values["own_number"])
    if "waste_code" in values:
        case.waste_code = checked_waste_code(values["waste_code"])
    if values.get("category") is not None:
        case.category = values["category"]


def _free_number(session: Session, case: Case, given: str | None) -> str | None:
    """A number of the bureau's own system that no other of its cases bears, or None for none."""
    number = clean(given)
    refuse_secrets("own_number", number)
    if not number:
        return None
    others = select(Case.id).where(
        Case.owner_bureau_id == case.owner_bureau_id, Case.own_number == number
    )
    with session.no_autoflush:
        held = session.scalar(others.where(Case.id != (case.id or "")))
    if held is not None:
        raise field_error("own_number", _l("本单位已有案件使用此案号。"))
    return number


def _checked_handlers(session: Session, case: Case, handlers: list[str]) -> list[str]:
    known = {person.user_id for person in team_of(session, case.owner_bureau_id)}
    if not set(handlers) <= known:
        raise field_error("handlers", _l("承办人应为本单位在职执法人员。"))
    return list(dict.fromkeys(handlers))


def update_case(session: Session, actor: Actor, case: Case, values: Mapping[str, Any]) -> Case:
    """Change given fields of an own, locked case; its partners hear of it in the same moment.

    Raises:
        Conflict: the stage may not follow, or the new place is another bureau's.
    """
    actor.require(Right.CASE_EDIT)
    watched = (*TEXTS, "own_number", "waste_code", "stage", "classification", "handlers")
    before = {name: getattr(case, name) for name in watched}
    before_out = outward(case, GROUPS, INTERNAL)
    _fill(session, actor, case, values)
    firm_changed = set_main_firm(session, actor, case, values)
    if "lon" in values or "lat" in values:
        lon, lat = values.get("lon"), values.get("lat")
        case.lon = case.lon if lon is None else lon
        case.lat = case.lat if lat is None else lat
        case.adcode = adcode_for(session, bureau(session, case.owner_bureau_id), case.lon, case.lat)
    if values.get("stage") is not None and values["stage"] != case.stage:
        advance(session, actor, case, Step(CaseStage(values["stage"]), utc_now(), at_once=True))
    case.version += 1
    session.flush()
    changed = sorted(name for name, old in before.items() if getattr(case, name) != old)
    changed += ["parties"] if firm_changed else []
    # Only names of fields: what they held is the owner's alone, the entry is in several chains.
    detail: dict[str, Any] = {"fields": changed}
    record_act(session, actor, action="case.edited", kind=KIND, record_id=case.id, detail=detail)
    if firm_changed or outward(case, GROUPS, INTERNAL) != before_out:
        sharing_services.after_update(session, actor, case)
    else:
        tell_case(session, actor, case, "updated", [case.owner_bureau_id])
    return case


def own_view(session: Session, actor: Actor, case: Case) -> dict[str, Any] | None:
    """The case as the actor himself sees it, handlers' notes included."""
    return case_view(session, actor.reader, case, user_id=actor.user_id)


def open_case(session: Session, actor: Actor, case_id: str) -> dict[str, Any]:
    """Read a case. A partner's reading is a receipt and stands in both audit trails; one under
    emergency access is entered each time.

    Raises:
        NotFound: absent, or nothing of it is the actor's to see.
    """
    case, use = case_to_read(session, actor, case_id)
    if use is not None:
        note_reading(session, actor, use)
        return _view_under(session, actor, case, use)
    view = own_view(session, actor, case)
    if view is None:
        raise NotFound
    if case.owner_bureau_id != actor.bureau_id:
        share = running_shares(session, KIND, [case.id], actor.bureau_id, utc_now()).get(case.id)
        if share is not None:
            sharing_services.note_opened(session, actor, share)
        if not _read_lately(session, actor, case):
            record_act(
                session,
                actor,
                action="case.opened",
                kind=KIND,
                record_id=case.id,
                chains=[case.owner_bureau_id],
                detail={"level": view["access"]["level"], "clause": view["access"]["clause"]},
            )
    return view


def _view_under(session: Session, actor: Actor, case: Case, use: EmergencyUse) -> dict[str, Any]:
    """What a colleague cleared for the case sees of it, with until when."""
    cleared = actor.reader._replace(clearance=case.classification)
    view = case_view(session, cleared, case, user_id=actor.user_id, beyond=actor.clearance)
    if view is None:
        raise NotFound
    return view | {"emergency": {"id": use.id, "until": utc_text(use.until)}}


def _read_lately(session: Session, actor: Actor, case: Case) -> bool:
    entry = select(AuditEntry.number).where(
        AuditEntry.kind == KIND,
        AuditEntry.record_id == case.id,
        AuditEntry.chain == actor.bureau_id,
        AuditEntry.action == "case.opened",
        AuditEntry.actor_id == actor.user_id,
        AuditEntry.at > utc_now() - SAME_READING,
    )
    return session.scalar(entry.limit(1)) is not None
