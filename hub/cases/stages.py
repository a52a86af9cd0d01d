"""Which stage follows which, and the rule that forbids the others."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hub.accounts.directory import Colleague
from hub.cases.labels import STAGES
from hub.cases.models import Case, CaseStage
from hub.errors import Conflict, Text

NEXT: dict[CaseStage, tuple[CaseStage, ...]] = {
    CaseStage.LEAD: (CaseStage.FILED, CaseStage.NOT_FILED),
    CaseStage.FILED: (CaseStage.INVESTIGATING, CaseStage.WITHDRAWN),
    CaseStage.INVESTIGATING: (CaseStage.REVIEW, CaseStage.WITHDRAWN),
    CaseStage.REVIEW: (CaseStage.NOTIFIED, CaseStage.INVESTIGATING),
    CaseStage.NOTIFIED: (CaseStage.DECIDED,),
    CaseStage.DECIDED: (CaseStage.EXECUTING, CaseStage.CLOSED),
    CaseStage.EXECUTING: (CaseStage.CLOSED,),
    CaseStage.CLOSED: (),
    CaseStage.NOT_FILED: (),
    CaseStage.WITHDRAWN: (),
}

# What must come before a stage (行政处罚法 2021), told to whoever tries to skip it.
RULES: dict[CaseStage, tuple[str, Text]] = {
    CaseStage.LEAD: ("case.no_way_back", _l("已登记的案件不能退回线索。")),
    CaseStage.FILED: ("case.filed_once", _l("只有线索可以立案；重新办理请另立新案并注明来源。")),
    CaseStage.INVESTIGATING: ("xcf.54", _l("立案之后才能调查取证（行政处罚法第五十四条）。")),
    CaseStage.REVIEW: (
        "xcf.57",
        _l("调查终结之后才能送法制审核（行政处罚法第五十七条）。"),
    ),
    CaseStage.NOTIFIED: ("xcf.58", _l("法制审核之后才能告知（行政处罚法第五十八条）。")),
    CaseStage.DECIDED: ("xcf.44", _l("作出决定之前应当告知当事人（行政处罚法第四十四条）。")),
    CaseStage.EXECUTING: ("xcf.66", _l("决定之后才能执行（行政处罚法第六十六条）。")),
    CaseStage.CLOSED: ("case.close_after_decision", _l("决定或执行完毕之后才能结案。")),
    CaseStage.NOT_FILED: ("case.not_filed_from_lead", _l("只有线索可以不予立案。")),
    CaseStage.WITHDRAWN: ("case.withdraw_before_review", _l("法制审核之前才能销案。")),
}
MIN_OFFICERS = 2


def check_transition(case: Case, target: CaseStage, team: list[Colleague]) -> None:
    """Refuse a stage that may not follow the case's own; `team` are the officers of its bureau.

    Raises:
        Conflict: carries the rule's code as `rule`.
    """
    current = CaseStage(case.stage)
    if target not in NEXT[current]:
        rule, words = RULES[target]
        raise Conflict(
            _l(
                "不能从“%(old)s”转为“%(new)s”：%(rule)s",
                old=STAGES[current],
                new=STAGES[target],
                rule=words,
            ),
            extra={"rule": rule, "allowed": [stage.value for stage in NEXT[current]]},
        )
    licensed = {person.user_id for person in team if person.licensed}
    if target is CaseStage.INVESTIGATING and len(licensed & set(case.handlers)) < MIN_OFFICERS:
        raise Conflict(
            _l("调查取证应有两名以上持证执法人员（行政处罚法第四十二条），请先指定承办人。"),
            extra={"rule": "xcf.42"},
        )
