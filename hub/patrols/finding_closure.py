"""Following a finding: a task to a firm (整改), closing with a photo (销号), reopening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.models import Bureau
from hub.bureaus.services import bureau_of_adcode
from hub.cases.models import Case
from hub.cases.stages import ENDED
from hub.cases.texts import clean, refuse_secrets
from hub.clock import local_day
from hub.db import utc_now
from hub.deadlines.services import Subject, cancel_clock, meet_clock, start_clock
from hub.errors import Conflict, Forbidden, field_error
from hub.files import services as files
from hub.files.models import StoredFile
from hub.patrols.finding_closure_models import (
    FindingClosure,
    FindingState,
    check_move,
    may_move,
    move,
)
from hub.patrols.finding_closure_views import AFTER, closure_of
from hub.patrols.finding_telling import tell
from hub.patrols.finding_views import KIND, STATE, view_for
from hub.patrols.models import Finding
from sharing.canonical import utc_text

RULE = "H5.finding_task"
MOST_DAYS = 366


@dataclass(frozen=True)
class Task:
    """What a firm has to put right, by the end of which local day."""

    firm: str
    text: str
    due_on: date


def host_elsewhere(session: Session, actor: Actor, finding: Finding) -> Bureau | None:
    """The other bureau on whose ground it lies beyond doubt, if it does."""
    host = bureau_of_adcode(session, finding.adcode) if finding.adcode else None
    return host if finding.certain and host and host.id != actor.bureau_id else None


def holds(session: Session, actor: Actor, finding: Finding) -> bool:
    """Whether it is the actor's bureau that follows it: the one that took it up, and while nobody
    has, the one on whose side it lies or the recorder."""
    if finding.taken_by_id is not None:
        return finding.taken_by_id == actor.bureau_id
    host = bureau_of_adcode(session, finding.adcode) if finding.adcode else None
    return actor.bureau_id in {finding.bureau_id, host.id if host else None}


def possible_acts(session: Session, actor: Actor, finding: Finding) -> dict[str, bool]:
    """What a person may do now: task, close, reopen."""
    shown = STATE in (view_for(session, actor.reader, finding) or {})
    able = shown and actor.may(Right.CASE_EDIT) and holds(session, actor, finding)
    acts = {act: able and may_move(finding, act) for act in ("task", "close", "reopen")}
    acts["task"] = acts["task"] and host_elsewhere(session, actor, finding) is None
    return acts


def check_holder(session: Session, actor: Actor, finding: Finding) -> None:
    """Refuse whoever does not follow the finding.

    Raises:
        Forbidden: no officer, or another bureau follows it.
        Conflict: the terms do not show the actor what it is; nor is he told whose it is to follow.
    """
    actor.require(Right.CASE_EDIT)
    if STATE not in (view_for(session, actor.reader, finding) or {}):
        raise Conflict(
            _l("对方尚未公开此发现的内容，不能据此处理。"), extra={"rule": "finding.unseen"}
        )
    if not holds(session, actor, finding):
        raise Forbidden(
            _l("由属地单位（无人接手前也可由记录单位）处理和销号。"),
            extra={"rule": "finding.holder"},
        )


def check_ground(session: Session, actor: Actor, finding: Finding, text: Any) -> None:
    """Powers do not cross the line with a patrol.

    Raises:
        Conflict: it lies on the other side beyond doubt; names that bureau and its telephone.
    """
    host = host_elsewhere(session, actor, finding)
    if host is not None:
        raise Conflict(
            text,
            extra={
                "rule": "finding.host",
                "host_bureau_id": host.id,
                "host_bureau_name": host.name,
                "duty_phone": host.duty_phone,
            },
        )


def give_task(session: Session, actor: Actor, finding: Finding, task: Task) -> None:
    """Order a firm to put it right by a day; given again, it replaces the task that runs.

    Args:
        finding: one that the caller has accessed, locked.

    Raises:
        Forbidden: no officer, or another bureau follows it.
        Conflict: filed, closed, or on the other side beyond doubt.
        Invalid: firm, words or day are missing or cannot be.
    """
    check_holder(session, actor, finding)
    check_ground(session, actor, finding, _l("此问题在对方一侧，应由对方责令整改；请转交。"))
    check_move(finding, "task")
    now = utc_now()
    firm = _words("firm", task.firm, _l("请写明整改单位名称。"))
    text = _words("task", task.text, _l("请写明整改要求。"))
    due_on = _checked_day(task.due_on, local_day(now))
    row = _closure(session, finding)
    move(finding, "task")
    finding.taken_by_id, finding.due_on = actor.bureau_id, due_on
    row.firm, row.task, row.tasked_at, row.tasked_by_name = firm, text, now, actor.name
    _restart(session, actor, finding)
    step = {"firm": firm, "text": text, "due_on": due_on.isoformat()}
    _step(session, actor, finding, "tasked", step)


def _words(name: str, given: str, missing: Any) -> str:
    text = clean(given, lines=name != "firm")
    if not text:
        raise field_error(name, missing)
    refuse_secrets(name, text)
    return text


def _checked_day(day: date, today: date) -> date:
    if day < today:
        raise field_error("due_on", _l("整改期限不能早于今天。"))
    if day > today + timedelta(days=MOST_DAYS):
        raise field_error("due_on", _l("整改期限最长一年。"))
    return day


def _restart(session: Session, actor: Actor, finding: Finding) -> None:
    """The clock of the task, laid on the officer who gave it; the recorder's bureau is told."""
    subject, now = Subject(KIND, finding.id), utc_now()
    cancel_clock(session, subject, RULE, at=now, reason="changed")
    due_on = finding.due_on or local_day(now)
    start_clock(
        session,
        subject,
        RULE,
        starts_at=now,
        bureau_id=actor.bureau_id,
        person_id=actor.user_id,
        also_told=[finding.bureau_id],
        amount=(due_on - local_day(now)).days,
    )


def stop_clock(session: Session, finding: Finding, reason: str) -> None:
    """The task is over for another reason than that it was done."""
    cancel_clock(session, Subject(KIND, finding.id), RULE, at=utc_now(), reason=reason)


def close(session: Session, actor: Actor, finding: Finding, note: str, reason: str) -> None:
    """Strike a finding off (销号): with a photo of after, or the reason why there is none.

    Args:
        note: what was found when it was looked at again.
        reason: why there is no photo; "" where there is one.

    Raises:
        Forbidden: no officer, or another bureau follows it.
        Conflict: closed already, or its case still runs.
        Invalid: no words; neither photo nor reason.
    """
    check_holder(session, actor, finding)
    check_move(finding, "close")
    case = session.get(Case, finding.case_id) if finding.state == FindingState.CASE else None
    if case is not None and case.stage not in ENDED:
        raise Conflict(_l("案件尚未办结，结案后再销号。"), extra={"rule": "finding.case_open"})
    text = _words("note", note, _l("请写明核查情况。"))
    row = _closure(session, finding)
    why = clean(reason, lines=True)
    refuse_secrets("no_photo_reason", why)
    if not why and not counted_photos(session, finding):
        raise field_error("no_photo_reason", _l("请上传整改后的照片，或写明没有照片的原因。"))
    now = utc_now()
    move(finding, "close")
    finding.taken_by_id, finding.due_on = actor.bureau_id, None
    row.closed_at, row.closed_by_name, row.close_note, row.no_photo_reason = (
        now, actor.name, text, why)  # fmt: skip
    meet_clock(session, Subject(KIND, finding.id), RULE, at=now)
    _step(session, actor, finding, "closed", {"text": text})


def counted_photos(session: Session, finding: Finding) -> int:
    """How many photos of after speak for closing it: those sent since it was last reopened."""
    row = closure_of(session, finding)
    since = row.reopened_at if row else None
    photos = [file for file in files.files_of(session, AFTER, finding.id) if file.clean_sha256]
    return sum(since is None or file.at > since for file in photos)


def reopen(session: Session, actor: Actor, finding: Finding, reason: str) -> None:
    """Take a closed finding up again; what was done stays in its steps.

    Raises:
        Forbidden: no officer, or another bureau closed it.
        Conflict: it is not closed.
        Invalid: no reason.
    """
    check_holder(session, actor, finding)
    check_move(finding, "reopen")
    text = _words("reason", reason, _l("请写明重新打开的原因。"))
    move(finding, "reopen")
    row = _closure(session, finding)
    row.closed_at, row.closed_by_name, row.close_note, row.no_photo_reason = None, None, "", ""
    row.reopened_at = utc_now()
    _step(session, actor, finding, "reopened", {"text": text})


def attach_after(
    session: Session, actor: Actor, finding: Finding, prepared: files.Prepared
) -> StoredFile:
    """Seal a photo of after; it is the bureau's that follows the finding.

    Raises:
        Forbidden: as `check_holder`.
        Conflict: it is closed, or holds as many as it may.
        Invalid: not a picture.
    """
    check_holder(session, actor, finding)
    check_move(finding, "close")
    if prepared.clean_sha256 is None:
        raise field_error("file", _l("请上传照片（JPEG、PNG或WebP）。"))
    row = files.store(session, actor, kind=AFTER, record_id=finding.id,
                      owner_bureau_id=actor.bureau_id, prepared=prepared)  # fmt: skip
    tell(session, actor, finding, "updated", file=row.id, sha256=row.sha256)
    return row


def _closure(session: Session, finding: Finding) -> FindingClosure:
    row = closure_of(session, finding)
    if row is None:
        row = FindingClosure(finding_id=finding.id, firm="", task="", close_note="",
                             no_photo_reason="", steps=[])  # fmt: skip
        session.add(row)
    return row


def _step(
    session: Session, actor: Actor, finding: Finding, verb: str, detail: dict[str, Any]
) -> None:
    row = _closure(session, finding)
    entry = {"act": verb, "at": utc_text(utc_now()), "by_name": actor.name}
    row.steps = [*row.steps, entry | detail]
    # The words stay in the record; the chain of the other side names what was done and until when.
    told = {name: value for name, value in detail.items() if name == "due_on"}
    tell(session, actor, finding, verb, **told)
