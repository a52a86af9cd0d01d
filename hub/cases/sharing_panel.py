"""Who sees what of a case under which clause: the exact view of the other side, field by field."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import ROLE_NAMES, Actor, Right
from hub.accounts.directory import readers
from hub.agreements.grounds import row_links
from hub.agreements.models import Agreement
from hub.bureaus.models import Bureau
from hub.bureaus.services import bureau
from hub.cases.access import own_case
from hub.cases.labels import FIELDS
from hub.cases.link_views import Looking
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.cases.subjects import subject_of
from hub.cases.views import GROUPS, partner_view
from hub.clock import local_day
from hub.errors import field_error
from hub.shares.deciding import Judge
from hub.shares.lookups import running_shares, shares_by_record
from hub.shares.opened import opened_by_partner
from hub.shares.requests import askable
from hub.shares.views import share_views
from hub.shares.words import reason
from sharing.models import Share
from sharing.redaction import field_explanations
from sharing.terms import Allowed, Decision, Denied, Gray, explain


def preview(
    session: Session, actor: Actor, case_id: str, bureau_id: str, *, anew: bool = False
) -> dict[str, Any]:
    """The case as another bureau sees it, or would see it once it is shared.

    Args:
        anew: what it would see were the case shared now, although it is shared already.

    Raises:
        NotFound: not an own case, or no such bureau.
        Invalid: the bureau is the owner itself.
    """
    case, other = _asked(session, actor, case_id, bureau_id)
    judge = Judge(session)
    purpose, decision, share = _now(session, judge, case, other)
    shared = {"shared": share is not None}
    if anew:
        purpose, decision = judge.best(subject_of(case), other.id)
        share = None
    return seen_as(session, actor, case, other, judge, purpose, decision, share) | shared


def page_of(
    session: Session, actor: Actor, case_id: str, bureau_id: str
) -> tuple[Bureau, dict[str, Any] | None, dict[str, Any]]:
    """What another bureau's page of the case is made of: the bureau, its view, why it is so.

    Raises:
        NotFound, Invalid: as `preview`.
    """
    case, other = _asked(session, actor, case_id, bureau_id)
    judge = Judge(session)
    purpose, decision, share = _now(session, judge, case, other)
    view = as_other(session, actor, case, other.id, judge, decision, share)
    why = _explained(session, other, purpose, decision) | {"shared": share is not None}
    return other, view, why


def _asked(session: Session, actor: Actor, case_id: str, bureau_id: str) -> tuple[Case, Bureau]:
    actor.require(Right.WORK_VIEW)
    case = own_case(session, actor, case_id)
    other = bureau(session, bureau_id)
    if other.id == case.owner_bureau_id:
        raise field_error("bureau", _l("请选择其他单位。"))
    return case, other


def _now(
    session: Session, judge: Judge, case: Case, other: Bureau
) -> tuple[str, Decision, Share | None]:
    """What a bureau is shown at this moment, or would be, were the case shared now."""
    share = running_shares(session, KIND, [case.id], other.id, judge.at).get(case.id)
    if share is not None:
        return share.purpose, judge.effective(subject_of(case), share), share
    return *judge.best(subject_of(case), other.id), None


def seen_as(
    session: Session,
    actor: Actor,
    case: Case,
    other: Bureau,
    judge: Judge,
    purpose: str,
    decision: Decision,
    share: Share | None,
) -> dict[str, Any]:
    """A case as a bureau sees it under a decision: field by field, clause by clause, by whom.

    Args:
        actor: who asks; of the other bureau's own cases that are linked with this one he is told
            nothing but what he may see.
    """
    view = as_other(session, actor, case, other.id, judge, decision, share)
    links = row_links(judge.states_of(case.owner_bureau_id), KIND, decision)
    return _explained(session, other, purpose, decision) | {
        "view": view,
        "fields": [
            {
                "field": item.field,
                "name": str(FIELDS[item.field]),
                "level": item.level.value,
                "clause": item.clause,
                "rule_url": links.get(GROUPS[item.field], {}).get("rule_url")
                if item.clause
                else None,
            }
            for item in field_explanations(GROUPS, decision)
        ],
        "people": [] if view is None else _people(session, other.id, case.classification),
    }


def as_other(
    session: Session,
    actor: Actor,
    case: Case,
    bureau_id: str,
    judge: Judge,
    decision: Decision,
    share: Share | None,
) -> dict[str, Any] | None:
    """The view that somebody of a bureau gets who is just cleared for the case."""
    asking = Looking(actor.bureau_id, actor.clearance)
    who = Looking(bureau_id, case.classification, shown_to=asking)
    return partner_view(session, who, case, judge, decision, share)


def _people(session: Session, bureau_id: str, classification: int) -> list[dict[str, Any]]:
    """Who of a bureau would open it: the right to see records, and the clearance."""
    return [
        {"name": person.name, "roles": [str(ROLE_NAMES[role]) for role in person.roles]}
        for person in readers(session, bureau_id, Right.WORK_VIEW, classification)
    ]


def level_of(decision: Decision) -> str:
    """white, gray or black: what a decision opens at most."""
    if isinstance(decision, Allowed):
        return "white"
    return "gray" if isinstance(decision, Gray) else "black"


def _explained(session: Session, other: Bureau, purpose: str, decision: Decision) -> dict[str, Any]:
    agreement_id = explain(decision).params.get("agreement_id")
    agreement = session.get(Agreement, agreement_id) if agreement_id else None
    return {
        "bureau_id": other.id,
        "bureau_name": other.name,
        "level": level_of(decision),
        "purpose": purpose,
        "reason": explain(decision).code,
        "reason_text": str(reason(decision)),
        "clause": None if isinstance(decision, Denied) else decision.clause,
        "agreement_number": agreement.number if agreement else None,
    }


# How long a grant lasts unless the owner says otherwise, in days.
USUAL_DAYS = 30


def _usual_end(at: datetime) -> str:
    """The end that a grant's form begins with, as a field for local times has it."""
    return f"{local_day(at) + timedelta(days=USUAL_DAYS)}T23:59"


def _wider(judge: Judge, case: Case, share: Share) -> frozenset[str]:
    """Groups that the share does not show and the terms would, were the case shared now."""
    if share.onward_of is not None:
        return frozenset()
    _purpose, decision = judge.best(subject_of(case), share.partner_bureau_id)
    shown = decision.field_groups if isinstance(decision, Allowed) else frozenset()
    return shown - set(share.field_groups)


def panel(session: Session, case: Case) -> list[dict[str, Any]]:
    """For each partner with an agreement in force, or with a share past: what, why, the ladder."""
    rows = shares_by_record(session, KIND, case.id)
    latest = {view["partner_bureau_id"]: view for view in share_views(session, rows)}
    judge = Judge(session)
    subject = subject_of(case)
    partners = dict.fromkeys([*judge.partners(case.owner_bureau_id), *latest])
    # A case that came back was shared to its owner while another had it.
    partners.pop(case.owner_bureau_id, None)
    entries = []
    for partner_id in partners:
        running = running_shares(session, KIND, [case.id], partner_id, judge.at).get(case.id)
        # What a share shows is not what a new one would: it opened some groups, or was passed on.
        purpose, decision = (
            judge.best(subject, partner_id)
            if running is None
            else (running.purpose, judge.effective(subject, running))
        )
        explained = _explained(session, bureau(session, partner_id), purpose, decision)
        more = askable(judge, case, running) if running is not None else frozenset()
        wider = _wider(judge, case, running) if running is not None else frozenset()
        newest = [row for row in rows if row.partner_bureau_id == partner_id][-1:]
        opened = [item for row in newest for item in opened_by_partner(session, row)]
        entries.append(
            explained
            | {
                "share": latest.get(partner_id),
                "askable": sorted(more),
                "wider": sorted(wider),
                "opened": opened,
                "usual_until": _usual_end(judge.at),
            }
        )
    return entries
