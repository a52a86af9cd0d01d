"""What a step needs beside its place in the order: people, words, waiting; each with its rule."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from hub.accounts.directory import Colleague
from hub.cases.models import Case, CaseStage, Outcome
from hub.errors import Conflict, Text, field_error

MIN_OFFICERS = 2
# What is written down later than this after it was done needs a reason.
LATE_ENTRY = timedelta(hours=24)
CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True)
class Step:
    """A step as it is asked for; `at` is aware."""

    to: CaseStage
    at: datetime
    reason: str = ""
    document_number: str = ""
    outcome: Outcome | None = None
    reviewer_id: str | None = None
    chair_id: str | None = None
    hearing_waived: bool = False
    # Done at this moment, whatever time the clock tells: `at` is then only what it told.
    at_once: bool = False


@dataclass(frozen=True)
class Situation:
    """What the guards look at.

    Attributes:
        officers: people of the bureau who can handle cases.
        now: the present moment; when the clock was set back, not before the step before.
        colleagues: ids of all who work at the bureau.
        last_at: when the step before was done, or the case was opened.
        went_to_police: whether it was transferred to the police at any time.
        open_measures: how many measures still hold.
        hearing_until: the end of the term in which a hearing may be asked for, while it runs.
    """

    case: Case
    officers: Collection[Colleague]
    colleagues: Collection[str]
    now: datetime
    last_at: datetime
    went_to_police: bool
    hearing_until: datetime | None
    open_measures: int = 0


Guard = Callable[[Situation, Step], None]


def _refuse(rule: str, words: Text) -> Conflict:
    return Conflict(words, extra={"rule": rule})


def check_time(here: Situation, step: Step) -> None:
    """A step lies between the one before and now; written down late it needs a reason.

    Raises:
        Invalid: names the field.
    """
    if step.at > here.now + CLOCK_SLACK:
        raise field_error("at", _l("办理时间不能在将来。"))
    if step.at < here.last_at - CLOCK_SLACK:
        raise field_error("at", _l("办理时间不能早于上一步。"))
    if here.now - step.at > LATE_ENTRY and not step.reason:
        raise field_error("reason", _l("补录超过24小时的，请写明理由。"))


def _two_officers(here: Situation, _step: Step) -> None:
    licensed = {person.user_id for person in here.officers if person.licensed}
    if len(licensed & set(here.case.handlers)) < MIN_OFFICERS:
        raise _refuse(
            "xcf.42",
            _l("调查取证应有两名以上持证执法人员（行政处罚法第四十二条），请先指定承办人。"),
        )


def _needs_reason(_here: Situation, step: Step) -> None:
    if not step.reason:
        raise field_error("reason", _l("请写明理由。"))


def _needs_document(_here: Situation, step: Step) -> None:
    if not step.document_number:
        raise field_error("document_number", _l("请填写文书编号。"))


def _own_reviewer(here: Situation, step: Step) -> None:
    if step.reviewer_id not in here.colleagues:
        raise field_error("reviewer_id", _l("法制审核人应为本单位在职人员。"))
    if step.reviewer_id in here.case.handlers:
        raise _refuse(
            "xcf.58.separate",
            _l("承办人不能审核自己办理的案件（行政处罚法第五十八条）。"),
        )


def _own_chair(here: Situation, step: Step) -> None:
    if step.chair_id not in here.colleagues:
        raise field_error("chair_id", _l("请指定听证主持人，应为本单位在职人员。"))
    if step.chair_id in here.case.handlers or step.chair_id == here.case.reviewer_id:
        raise _refuse(
            "xcf.64.chair",
            _l("听证由非本案调查、审核人员主持（行政处罚法第六十四条）。"),
        )


def _outcome(_here: Situation, step: Step) -> None:
    if step.outcome is None:
        raise field_error("outcome", _l("请选择决定内容。"))


def _hearing_over(here: Situation, step: Step) -> None:
    """The party has five days to ask for a hearing; until then only its own waiver shortens it."""
    early = here.hearing_until is not None and step.at <= here.hearing_until
    if early and not (step.hearing_waived and step.reason):
        raise _refuse(
            "xcf.64.wait",
            _l("要求听证的期限未满（行政处罚法第六十四条）；当事人放弃的，请注明并写明理由。"),
        )


def _police_first(here: Situation, _step: Step) -> None:
    if here.case.criminal_suspected and not here.went_to_police:
        raise _refuse(
            "g310.11",
            _l("涉嫌犯罪的应移送公安，不得以行政处罚代替移送（国务院令第310号第十一条）。"),
        )


def _nothing_held(here: Situation, _step: Step) -> None:
    if here.open_measures:
        raise _refuse(
            "case.measures_open",
            _l("还有%(count)s项措施没有结束，请先登记履行、解除或撤销。", count=here.open_measures),
        )


GUARDS: dict[CaseStage, tuple[Guard, ...]] = {
    CaseStage.NOT_FILED: (_police_first, _needs_reason, _nothing_held),
    CaseStage.WITHDRAWN: (_police_first, _needs_reason, _nothing_held),
    CaseStage.CLOSED: (_nothing_held,),
    CaseStage.SUSPENDED: (_needs_reason,),
    CaseStage.REFERRED: (_police_first, _needs_reason),
    CaseStage.CRIMINAL: (_needs_reason,),
    CaseStage.INVESTIGATING: (_two_officers,),
    CaseStage.NOTIFIED: (_own_reviewer,),
    CaseStage.HEARING: (_own_chair,),
    CaseStage.DECIDED: (_police_first, _outcome, _needs_document, _hearing_over),
}


# What no words of a step can satisfy: it is told before anything is filled in.
_STANDING = frozenset({_two_officers, _police_first, _nothing_held})


def obstacles(here: Situation, to: CaseStage) -> list[Conflict]:
    """What stands in the way of a stage at this moment, whatever its form says."""
    found: list[Conflict] = []
    for guard in (one for one in GUARDS.get(to, ()) if one in _STANDING):
        try:
            guard(here, Step(to, here.now))
        except Conflict as refusal:
            found.append(refusal)
    return found


def check_guards(here: Situation, step: Step) -> None:
    """Refuse a step whose conditions are not met.

    Raises:
        Conflict: carries the rule's code as `rule`.
        Invalid: something is missing; names the field.
    """
    check_time(here, step)
    for guard in GUARDS.get(step.to, ()):
        guard(here, step)
