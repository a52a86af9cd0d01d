"""What must hold before an act, beyond state, side and right."""

# ruff: noqa: ARG001 - the functions of one table have one shape
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import colleagues
from hub.cases.access import own_case
from hub.cases.texts import clean, refuse_secrets
from hub.errors import Conflict, field_error
from hub.files.services import files_of
from hub.requests.escalation import superior_is_next, was_reported
from hub.requests.handover import check_may_change_hands
from hub.requests.labels import CHECKLIST, GROUNDS
from hub.requests.machine import TIMED, Act, Form
from hub.requests.models import Kind, Request
from hub.requests.permission import check_permission
from hub.requests.police import check_may_go, check_moment, check_only_one
from hub.requests.steps import steps_of

if TYPE_CHECKING:
    from hub.requests.acting import Given

MIN_OFFICERS = 2
# What the police must be given (国务院令310号 第六条); an opinion or goods may not exist.
ALWAYS, IF_THERE = ("report",), ("goods", "opinion")


def check(session: Session, actor: Actor, row: Request, name: str, act: Act, given: Given) -> None:
    """Refuse an act whose conditions do not hold.

    Raises:
        Conflict, Invalid: says which.
    """
    if name == "approve":
        _other_person(actor, row)
    if name == "return" and was_designated(row):
        raise Conflict(
            _l("共同上级已指定由贵单位管辖，不能退回（行政处罚法第二十五条）。"),
            extra={"rule": "request.designated"},
        )
    if name in ("approve", "send") and row.kind != Kind.POLICE:
        check_permission(session, row)
    if row.kind == Kind.TRANSFER and name in ("approve", "send"):
        check_may_change_hands(own_case(session, actor, row.case_id or ""))
    if row.kind in (Kind.POLICE, Kind.JOINT) and name in ("approve", "send"):
        _team(session, row, MIN_OFFICERS if row.kind == Kind.POLICE else 1)
    if row.kind == Kind.POLICE and name in ("approve", "send"):
        case = own_case(session, actor, row.case_id or "")
        check_may_go(case)
        check_only_one(session, case, but=row.id)
    if name == "send" and row.kind == Kind.POLICE:
        _complete(session, row)
    if name == "report_superior":
        _superior(session, row)
    _moment(session, row, name, given)
    _FORMS[act.form](session, actor, row, given)


def _moment(session: Session, row: Request, name: str, given: Given) -> None:
    if given.at is None:
        return
    if name not in TIMED:
        raise field_error("at", _l("此步骤的时间即登记时间，不能另填。"))
    check_moment(session, row, given.at)


def _superior(session: Session, row: Request) -> None:
    if was_reported(row, steps_of(session, [row.id])):
        raise Conflict(_l("已报请共同上级督办。"), extra={"rule": "request.reported"})
    if not superior_is_next(session, row):
        raise Conflict(
            _l("对方分管领导的答复期限届满后，才能报请共同上级督办。"),
            extra={"rule": "request.officials_first"},
        )


def was_designated(row: Request) -> bool:
    """Whether the common superior has decided who has the case; that binds both (XCF 25)."""
    return bool((row.details.get("dispute") or {}).get("designated"))


def _other_person(actor: Actor, row: Request) -> None:
    if actor.user_id == row.created_by:
        raise Conflict(_l("起草人不能批准自己起草的函件。"), extra={"rule": "request.two_persons"})


def _team(session: Session, row: Request, least: int) -> None:
    """国务院令310号 第五条: two or more licensed officers handle it."""
    named = set(row.handlers_by_bureau.get(row.sender_bureau_id, ()))
    team = colleagues(session, row.sender_bureau_id, Right.CASE_EDIT)
    licensed = {one.user_id for one in team if one.licensed}
    if len(named & licensed) < least:
        raise Conflict(
            _l("应指定%(count)s名以上持证执法人员组成专案组。", count=least)
            if least > 1
            else _l("请先指定本单位的办案人员。"),
            extra={"rule": "g310.5"},
        )


def missing_documents(session: Session, row: Request) -> list[str]:
    """Items of the checklist that are neither there nor said not to exist."""
    there = set((row.details.get("checklist") or {}).values())
    held = {file.id for file in files_of(session, "request", row.id)} & there
    has = {item for item, file in (row.details.get("checklist") or {}).items() if file in held}
    absent = row.details.get("absent") or {}
    return [item for item in ALWAYS if item not in has] + [
        item for item in IF_THERE if item not in has and not absent.get(item)
    ]


def _complete(session: Session, row: Request) -> None:
    missing = missing_documents(session, row)
    if missing:
        names = "、".join(str(CHECKLIST[item]) for item in missing)  # data, not screen text
        raise Conflict(
            _l("移送材料不齐：缺少%(names)s。", names=names),
            extra={"rule": "g310.6", "missing": missing},
        )


def check_handler(actor: Actor, row: Request) -> None:
    """Refuse whoever is not named as a handler of a joint case."""
    if actor.user_id not in row.handlers_by_bureau.get(actor.bureau_id, ()):
        raise Conflict(_l("只有双方指定的办案人员可以记录。"), extra={"rule": "request.handlers"})


def _nothing(session: Session, actor: Actor, row: Request, given: Given) -> None:
    """The act takes no form."""


def _ground(session: Session, actor: Actor, row: Request, given: Given) -> None:
    if given.code not in GROUNDS:
        raise field_error("code", _l("请选择不予受理的理由。"))


def _answers(session: Session, actor: Actor, row: Request, given: Given) -> None:
    answers = [clean(text, lines=True) for text in given.answers or ()]
    for text in answers:
        refuse_secrets("answers", text)
    if len(answers) != len(row.questions) or not all(answers):
        raise field_error(
            "answers", _l("请逐项答复，共%(count)s个问题。", count=len(row.questions))
        )


def _document(session: Session, actor: Actor, row: Request, given: Given) -> None:
    if not (given.document_number or "").strip():
        raise field_error("document_number", _l("请填写文书编号。"))
    if given.file_id not in {file.id for file in files_of(session, "request", row.id)}:
        raise field_error("file_id", _l("请先上传文书，再选择它。"))


def _designated(session: Session, actor: Actor, row: Request, given: Given) -> None:
    if given.bureau_id not in (row.sender_bureau_id, row.receiver_bureau_id):
        raise field_error("bureau_id", _l("请选择被指定的单位。"))
    if not (given.document_number or "").strip():
        raise field_error("document_number", _l("请填写文书编号。"))


def _forwarded(session: Session, actor: Actor, row: Request, given: Given) -> None:
    if not clean(given.addressee):
        raise field_error("addressee", _l("请填写公安机关名称。"))
    refuse_secrets("addressee", given.addressee or "")


def _named(session: Session, actor: Actor, row: Request, given: Given) -> None:
    known = {one.user_id for one in colleagues(session, actor.bureau_id, Right.CASE_EDIT)}
    if not given.handlers or not set(given.handlers) <= known:
        raise field_error("handlers", _l("请指定本单位在职执法人员。"))


_FORMS: dict[str, Callable[[Session, Actor, Request, Given], None]] = {
    Form.NONE: _nothing,
    Form.DECLINE: _ground,
    Form.ANSWERS: _answers,
    Form.DOCUMENT: _document,
    Form.DESIGNATE: _designated,
    Form.HANDLERS: _named,
    Form.ADDRESSEE: _forwarded,
}
