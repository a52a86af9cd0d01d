"""What an act brings about beyond the new state."""

# ruff: noqa: ARG001 - the functions of one table have one shape
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureau
from hub.cases import services as cases
from hub.cases.access import own_case
from hub.cases.lookups import KIND as CASE
from hub.cases.subjects import subject_of
from hub.cases.texts import clean
from hub.db import row_of, utc_now
from hub.errors import Conflict
from hub.files import services as files
from hub.numbering.services import next_number
from hub.patrols.findings import tell_filed
from hub.patrols.models import Finding
from hub.requests import police
from hub.requests.handover import give, superior_of
from hub.requests.letters import letter_series
from hub.requests.machine import ACCEPTED, KEPT
from hub.requests.models import Kind, Request
from hub.requests.permission import LEAD_GROUPS, check_permission
from hub.requests.replies import keep_files
from hub.shares import services as sharing
from hub.shares.deciding import Judge
from hub.shares.lookups import running_shares
from sharing.terms import Denied

if TYPE_CHECKING:
    from hub.requests.acting import Given

Effect = Callable[[Session, Actor, Request, "Given"], None]


def apply(session: Session, actor: Actor, row: Request, name: str, given: Given) -> None:
    """Let an act have its effect."""
    effect = _EFFECTS.get((row.kind, name)) or _EFFECTS.get(("", name))
    if effect is not None:
        effect(session, actor, row, given)
    if row.sent_at is not None:
        release_files(row, actor.bureau_id)


def release_files(row: Request, bureau_id: str) -> None:
    """What a side has attached so far goes with what it sends now."""
    if bureau_id == row.sender_bureau_id:
        row.sender_files_until = utc_now()
    else:
        row.receiver_files_until = utc_now()


def _approve(session: Session, actor: Actor, row: Request, given: Given) -> None:
    """Signing gives the letter its number; a second signing after a change keeps it."""
    now = utc_now()
    row.signed_by_name, row.signed_at = actor.name, now
    if row.document_number is None:
        series = letter_series(bureau(session, row.sender_bureau_id), row)
        row.document_number = next_number(session, series, now, width=1)


def _send(session: Session, actor: Actor, row: Request, given: Given) -> None:
    row.sent_at = utc_now()
    keep_files(session, actor, row, given.letters)
    if row.kind == Kind.POLICE:
        police.hand_over(session, actor, row)
        return
    decision = check_permission(session, row)
    row.agreement_id, row.clause = decision.agreement_id, decision.clause
    if row.kind == Kind.REFERRAL:
        lead = row.details["lead"]
        gone = [n for n in lead if LEAD_GROUPS.get(n, "") in decision.field_groups]
        row.details = row.details | {"shown": gone}
    if row.case_id and row.opens_case:
        _open_case(session, actor, row)


def _open_case(session: Session, actor: Actor, row: Request) -> None:
    """Open the case to the receiver as far as the terms go; where they do not, it stays closed."""
    case = own_case(session, actor, row.case_id or "", lock=True)
    receiver = row.receiver_bureau_id or ""
    judge = Judge(session)
    if running_shares(session, CASE, [case.id], receiver, judge.at):
        return
    _purpose, decision = judge.best(subject_of(case), receiver)
    if not isinstance(decision, Denied):
        # The official opened it by approving the request; who sends it carries that out.
        official = replace(actor, rights=actor.rights | {Right.SHARE})
        sharing.share_case(session, official, case, receiver)


def _reply(session: Session, actor: Actor, row: Request, given: Given) -> None:
    row.answers = [clean(text, lines=True) for text in given.answers or ()]


def _take_lead(session: Session, actor: Actor, row: Request, given: Given) -> None:
    """The lead becomes a case of the bureau of its place, with its files and the way back."""
    # Accepting is what registers it; the liaison need be no officer for that.
    officer = replace(actor, rights=actor.rights | {Right.CASE_EDIT})
    shown = {name: row.details["lead"].get(name) for name in row.details.get("shown", ())}
    values = shown | {"title": row.title, "classification": row.classification}
    finding = row_of(session, Finding, row.finding_id, for_update=True) if row.finding_id else None
    if finding is not None and finding.case_id is not None:
        raise Conflict(_l("此发现已经立案。"))
    case = cases.create_case(session, officer, values, finding_id=row.finding_id)
    if finding is not None:
        cases.filed_as(finding, case)
        tell_filed(session, officer, finding)
    files.carry(session, actor, source=("request", row.id), target=(CASE, case.id))
    row.result_case_id = case.id


def _take_case(session: Session, actor: Actor, row: Request, given: Given) -> None:
    row.result_case_id = row.case_id
    give(session, actor, row, to=row.receiver_bureau_id or "")


def _give_back(session: Session, actor: Actor, row: Request, given: Given) -> None:
    row.result_case_id = None
    give(session, actor, row, to=row.sender_bureau_id)


def _dispute(session: Session, actor: Actor, row: Request, given: Given) -> None:
    """Two bureaus that do not agree report to the superior of both (行政处罚法 第二十五条)."""
    sender = bureau(session, row.sender_bureau_id)
    receiver = bureau(session, row.receiver_bureau_id or "")
    named = superior_of(session, sender, receiver)
    row.details = row.details | {
        "dispute": {"superior": named, "reason": clean(given.text, lines=True),
                    "bureau_id": actor.bureau_id}
    }  # fmt: skip


def _designate(session: Session, actor: Actor, row: Request, given: Given) -> None:
    dispute = dict(row.details["dispute"]) | {"designated": given.bureau_id}
    row.details = row.details | {"dispute": dispute}
    if given.bureau_id == row.receiver_bureau_id:
        row.state = ACCEPTED
        _take_case(session, actor, row, given)
    else:
        row.state = KEPT


def _name_handlers(session: Session, actor: Actor, row: Request, given: Given) -> None:
    row.name_handlers(actor.bureau_id, given.handlers or ())


def _not_filed(session: Session, actor: Actor, row: Request, given: Given) -> None:
    police.take_back(session, actor, row)


def _filed(session: Session, actor: Actor, row: Request, given: Given) -> None:
    police.filed(session, actor, row)


def _forward(session: Session, actor: Actor, row: Request, given: Given) -> None:
    police.forwarded(row, given.addressee)


# (kind, act) -> effect; an empty kind stands for every kind.
_EFFECTS: dict[tuple[str, str], Effect] = {
    ("", "approve"): _approve,
    ("", "send"): _send,
    ("", "reply"): _reply,
    ("", "dispute"): _dispute,
    ("", "designate"): _designate,
    ("", "return"): _give_back,
    ("", "handlers"): _name_handlers,
    (Kind.REFERRAL, "accept"): _take_lead,
    (Kind.TRANSFER, "accept"): _take_case,
    (Kind.JOINT, "accept"): _name_handlers,
    (Kind.POLICE, "not_file"): _not_filed,
    (Kind.POLICE, "file"): _filed,
    (Kind.POLICE, "forward"): _forward,
}
