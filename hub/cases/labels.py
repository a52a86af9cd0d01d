"""Words for stages, categories, classifications and fields of a case."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hub.cases.models import CaseStage, Outcome

STAGES = {
    CaseStage.LEAD: _l("线索"),
    CaseStage.FILED: _l("立案"),
    CaseStage.INVESTIGATING: _l("调查取证"),
    CaseStage.INVESTIGATED: _l("调查终结"),
    CaseStage.REVIEW: _l("法制审核"),
    CaseStage.NOTIFIED: _l("事先告知"),
    CaseStage.HEARING: _l("听证"),
    CaseStage.DISCUSSED: _l("集体讨论"),
    CaseStage.DECIDED: _l("决定"),
    CaseStage.SERVED: _l("文书送达"),
    CaseStage.EXECUTING: _l("执行"),
    CaseStage.CLOSED: _l("结案"),
    CaseStage.ARCHIVED: _l("归档"),
    CaseStage.NOT_FILED: _l("不予立案"),
    CaseStage.WITHDRAWN: _l("销案"),
    CaseStage.SUSPENDED: _l("中止调查"),
    CaseStage.REFERRED: _l("移送管辖"),
    CaseStage.CRIMINAL: _l("移送公安"),
}
# The straight way, for the progress bar.
MAIN_STAGES = (
    CaseStage.LEAD, CaseStage.FILED, CaseStage.INVESTIGATING, CaseStage.INVESTIGATED,
    CaseStage.REVIEW, CaseStage.NOTIFIED, CaseStage.DECIDED, CaseStage.SERVED,
    CaseStage.EXECUTING, CaseStage.CLOSED,
)  # fmt: skip
# Where a stage beside the straight way stands on it.
BESIDE_MAIN = {
    CaseStage.HEARING: CaseStage.NOTIFIED,
    CaseStage.DISCUSSED: CaseStage.NOTIFIED,
    CaseStage.ARCHIVED: CaseStage.CLOSED,
    CaseStage.SUSPENDED: CaseStage.INVESTIGATING,
    CaseStage.CRIMINAL: CaseStage.INVESTIGATING,
    CaseStage.NOT_FILED: CaseStage.LEAD,
    CaseStage.REFERRED: CaseStage.LEAD,
    CaseStage.WITHDRAWN: CaseStage.FILED,
}
# After these the bureau goes no further on it.
OFF_THE_WAY = (
    CaseStage.NOT_FILED, CaseStage.WITHDRAWN, CaseStage.REFERRED, CaseStage.ARCHIVED,
)  # fmt: skip

STAGE_TONES = {
    CaseStage.LEAD: "draft",
    CaseStage.CLOSED: "ok",
    CaseStage.ARCHIVED: "ok",
    CaseStage.NOT_FILED: "neutral",
    CaseStage.WITHDRAWN: "neutral",
    CaseStage.REFERRED: "neutral",
    CaseStage.SUSPENDED: "warn",
    CaseStage.CRIMINAL: "warn",
}

OUTCOMES = {
    Outcome.PENALISE: _l("给予处罚"),
    Outcome.NO_PENALTY: _l("不予处罚"),
    Outcome.NOT_ESTABLISHED: _l("违法事实不成立"),
}

CATEGORIES = {
    "water": _l("水污染"),
    "air": _l("大气污染"),
    "solid_waste": _l("固体废物"),
    "hazardous_waste": _l("危险废物"),
    "noise": _l("噪声"),
    "soil": _l("土壤污染"),
    "permit": _l("许可与环评"),
    "other": _l("其他"),
}

CLASSIFICATIONS = {
    1: _l("1 级 内部"),
    2: _l("2 级 协作共享"),
    3: _l("3 级 敏感"),
    4: _l("4 级 办案限定"),
}

FIELDS = {
    "id": _l("标识"),
    "number": _l("编号"),
    "owner_bureau_id": _l("承办单位标识"),
    "owner_name": _l("承办单位"),
    "contact": _l("联系电话"),
    "version": _l("版本"),
    "title": _l("案由"),
    "category": _l("类别"),
    "stage": _l("阶段"),
    "classification": _l("密级"),
    "opened_at": _l("登记时间"),
    "adcode": lazy_pgettext("案件", "行政区划"),
    "zone": _l("联合执法区域"),
    "lon": _l("经度"),
    "lat": _l("纬度"),
    "place": _l("地点"),
    "party_name": _l("当事人单位"),
    "party_uscc": _l("统一社会信用代码"),
    "parties": _l("全部当事人"),
    "pollutant": _l("污染物"),
    "waste_code": _l("危险废物代码"),
    "description": _l("案情"),
    "files": _l("附件"),
    "measures": _l("措施"),
    "progress": _l("办理情况"),
    "links": _l("关联案件"),
    "handler_notes": _l("内部意见"),
    "bureau_notes": _l("工作记录"),
    "own_number": _l("本单位案号"),
    "handlers": _l("承办人"),
    "finding_id": _l("来源发现"),
    "reviewer_id": _l("法制审核人"),
    "chair_id": _l("听证主持人"),
    "outcome": _l("决定内容"),
    "criminal_suspected": _l("涉嫌犯罪"),
    "reopens_id": _l("重新办理的原案"),
    "created_by_name": _l("登记人"),
}


def value_words(places: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """Words for coded values, for a view of the case that a page's module draws.

    Args:
        places: names of jurisdictions by code.
    """
    return {
        "adcode": places,
        "stage": {stage.value: str(text) for stage, text in STAGES.items()},
        "category": {code: str(text) for code, text in CATEGORIES.items()},
        "classification": {str(n): str(text) for n, text in CLASSIFICATIONS.items()},
    }
