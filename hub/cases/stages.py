"""Which stage follows which, and the rule that forbids the others."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hub.cases.labels import STAGES
from hub.cases.models import CaseStage
from hub.errors import Conflict, Text

S = CaseStage
NEXT: dict[CaseStage, tuple[CaseStage, ...]] = {
    S.LEAD: (S.FILED, S.NOT_FILED, S.REFERRED, S.CRIMINAL),
    S.FILED: (S.INVESTIGATING, S.WITHDRAWN, S.REFERRED, S.CRIMINAL),
    S.INVESTIGATING: (S.INVESTIGATED, S.SUSPENDED, S.WITHDRAWN, S.REFERRED, S.CRIMINAL),
    S.INVESTIGATED: (S.REVIEW, S.INVESTIGATING, S.CRIMINAL),
    S.REVIEW: (S.NOTIFIED, S.INVESTIGATING, S.CRIMINAL),
    S.NOTIFIED: (S.DECIDED, S.HEARING, S.DISCUSSED, S.CRIMINAL),
    S.HEARING: (S.DISCUSSED, S.DECIDED, S.CRIMINAL),
    S.DISCUSSED: (S.DECIDED, S.CRIMINAL),
    S.DECIDED: (S.SERVED,),
    S.SERVED: (S.EXECUTING, S.CLOSED),
    S.EXECUTING: (S.CLOSED,),
    S.CLOSED: (S.ARCHIVED,),
    S.ARCHIVED: (),
    S.NOT_FILED: (S.ARCHIVED,),
    S.WITHDRAWN: (S.ARCHIVED,),
    S.SUSPENDED: (S.INVESTIGATING, S.WITHDRAWN),
    S.REFERRED: (S.ARCHIVED,),
    # Back from the police: a lead that went there unfiled is filed first.
    S.CRIMINAL: (S.INVESTIGATING, S.FILED, S.CLOSED),
}
# From here a case is taken up again as a new one that names it.
ENDED = frozenset({S.CLOSED, S.ARCHIVED, S.NOT_FILED, S.WITHDRAWN})

# What must come before a stage (行政处罚法 2021), told to whoever tries to skip it.
RULES: dict[CaseStage, tuple[str, Text]] = {
    S.LEAD: ("case.no_way_back", _l("已登记的案件不能退回线索。")),
    S.FILED: ("case.filed_once", _l("只有线索可以立案；重新办理请另立新案并注明来源。")),
    S.INVESTIGATING: ("xcf.54", _l("立案之后才能调查取证（行政处罚法第五十四条）。")),
    S.INVESTIGATED: ("case.investigated", _l("调查取证之后才有调查终结。")),
    S.REVIEW: ("xcf.57", _l("调查终结之后才能送法制审核（行政处罚法第五十七条）。")),
    S.NOTIFIED: ("xcf.58", _l("法制审核之后才能告知（行政处罚法第五十八条）。")),
    S.HEARING: ("xcf.63", _l("告知之后、决定之前才能听证（行政处罚法第六十三条）。")),
    S.DISCUSSED: ("xcf.57.2", _l("告知之后、决定之前才能集体讨论（行政处罚法第五十七条）。")),
    S.DECIDED: ("xcf.44", _l("作出决定之前应当告知当事人（行政处罚法第四十四条、第六十二条）。")),
    S.SERVED: ("xcf.61", _l("决定之后才能送达（行政处罚法第六十一条）。")),
    S.EXECUTING: ("xcf.66", _l("决定送达之后才能执行（行政处罚法第六十六条）。")),
    S.CLOSED: ("case.close_after_decision", _l("决定送达或执行完毕之后才能结案。")),
    S.ARCHIVED: ("case.archive_after_end", _l("案件办结之后才能归档。")),
    S.NOT_FILED: ("case.not_filed_from_lead", _l("只有线索可以不予立案。")),
    S.WITHDRAWN: ("case.withdraw_before_review", _l("调查终结之前才能销案。")),
    S.SUSPENDED: ("case.suspend_investigation", _l("只有调查取证期间可以中止。")),
    S.REFERRED: ("xcf.22", _l("调查终结之前才能移送管辖（行政处罚法第二十二条、第二十五条）。")),
    S.CRIMINAL: ("g310.3", _l("作出决定之前才能移送公安（国务院令第310号第三条）。")),
}


def check_order(current: CaseStage, target: CaseStage) -> None:
    """Refuse a stage that does not follow the current one.

    Raises:
        Conflict: carries the rule's code as `rule` and what may follow as `allowed`.
    """
    if target in NEXT[current]:
        return
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
