"""Words for stages, categories, classifications and fields of a case."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hub.cases.models import CaseStage

STAGES = {
    CaseStage.LEAD: _l("线索"),
    CaseStage.FILED: _l("立案"),
    CaseStage.INVESTIGATING: _l("调查取证"),
    CaseStage.REVIEW: _l("法制审核"),
    CaseStage.NOTIFIED: _l("告知/听证"),
    CaseStage.DECIDED: _l("决定"),
    CaseStage.EXECUTING: _l("执行"),
    CaseStage.CLOSED: _l("结案"),
    CaseStage.NOT_FILED: _l("不予立案"),
    CaseStage.WITHDRAWN: _l("销案"),
}
# The straight way, for the progress bar.
MAIN_STAGES = tuple(CaseStage)[:8]

STAGE_TONES = {
    CaseStage.LEAD: "draft",
    CaseStage.CLOSED: "ok",
    CaseStage.NOT_FILED: "neutral",
    CaseStage.WITHDRAWN: "neutral",
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
    "adcode": _l("行政区划"),
    "zone": _l("联合执法区域"),
    "lon": _l("经度"),
    "lat": _l("纬度"),
    "place": _l("地点"),
    "party_name": _l("当事人"),
    "party_uscc": _l("统一社会信用代码"),
    "pollutant": _l("污染物"),
    "description": _l("案情"),
    "files": _l("附件"),
    "investigation_notes": _l("办案记录"),
    "handlers": _l("承办人"),
    "finding_id": _l("来源发现"),
    "created_by_name": _l("登记人"),
}
