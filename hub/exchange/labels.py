"""Names of the fields that people read in a package; technical ones have none and are left out."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hub.cases.labels import FIELDS
from hub.errors import Text
from hub.petitions.labels import FIELDS as PETITION_FIELDS

_TECHNICAL = frozenset({"id", "owner_bureau_id", "version", "finding_id", "reviewer_id"})
_GENERAL: dict[str, Text] = {
    name: text for name, text in FIELDS.items() if name not in _TECHNICAL
} | {
    "title": _l("标题"),
    "text": _l("内容"),
    "state": _l("状态"),
    "note": _l("备注"),
    "files": _l("附件"),
    "details_text": _l("现场要素"),
    "firm_name": _l("涉及单位"),
    "firm_uscc": _l("统一社会信用代码"),
    "state_name": _l("状态"),
    "category_name": _l("类别"),
    "bureau_name": _l("单位"),
    "recorded_by_name": _l("记录人"),
    "found_at": _l("发现时间"),
    "created_at": _l("建立时间"),
    "starts_at": _l("开始时间"),
    "ends_at": _l("结束时间"),
    "started_at": _l("实际开始"),
    "ended_at": _l("实际结束"),
    "zone_name": _l("区域"),
    "patrol_number": _l("巡查编号"),
    "patrol_title": _l("联合巡查"),
    "adcode": _l("所在区县"),
    "agreement_number": _l("协作备忘录编号"),
    "agreement_title": _l("协作备忘录"),
    "proposing_bureau_name": _l("提出单位"),
    "proposed_by_name": _l("提出人"),
    "side_bureau_name": _l("所在地单位"),
    "referred_to_name": _l("移交给"),
    "referral_note": _l("移交说明"),
    "crew": _l("人员"),
    "route": _l("路线"),
}
# What a petition has to say, in this order; who brought it is in no package.
_PETITION = (
    "number", "title", "owner_name", "contact", "partner_name", "joint_state",
    "joint_state_name", "joint_asked_at", "category", "category_name", "state", "state_name",
    "classification", "occurred_at", "received_at", "place", "adcode", "firm_name", "firm_uscc",
    "text", "steps",
    "settlement_number", "settlement", "reply_number", "reply", "answered_at", "closed_at",
)  # fmt: skip
_OF_PETITION: dict[str, Text] = PETITION_FIELDS | {
    "joint_state": _l("共调"),
    "joint_asked_at": _l("商请时间"),
    "state": _l("状态"),
    "steps": _l("办理经过"),
    "settlement_number": _l("协议文号"),
    "settlement": _l("调解协议内容"),
    "reply_number": _l("答复文号"),
    "reply": _l("答复意见"),
}


def names_of(kind: str) -> dict[str, Text]:
    """The fields of a kind of records that people read, in their order."""
    if kind != "petition":
        return _GENERAL
    every = _GENERAL | _OF_PETITION
    return {name: every[name] for name in _PETITION}
