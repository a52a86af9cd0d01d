"""Words for kinds, states, acts and grounds of refusal."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hub.errors import Text
from hub.requests.models import Kind

KINDS: dict[str, Text] = {
    Kind.ASSISTANCE: _l("协查函"),
    Kind.REFERRAL: _l("线索移交"),
    Kind.TRANSFER: _l("案件移送"),
    Kind.JOINT: _l("联合办案"),
    Kind.POLICE: _l("移送公安"),
}

STATES: dict[str, Text] = {
    "draft": _l("草稿"),
    "approved": _l("已批准"),
    "sent": _l("已发出"),
    "delivered": _l("已送达"),
    "acknowledged": _l("已签收"),
    "accepted": _l("已受理"),
    "declined": _l("不予受理"),
    "in_progress": _l("办理中"),
    "replied": _l("已回复"),
    "supplement_requested": _l("要求补充"),
    "confirmed": _l("已确认"),
    "closed": _l("已办结"),
    "withdrawn": _l("已撤回"),
    "disputed": _l("管辖争议"),
    "returned": _l("已退回"),
    "kept": _l("指定由移送方管辖"),
    "denied": _l("不批准移送"),
    "receipted": _l("公安机关已签收"),
    "accepted_review": _l("公安机关审查中"),
    "forwarded": _l("公安机关已转送"),
    "filed": _l("公安机关立案"),
    "not_filed": _l("公安机关不予立案"),
    "review_requested": _l("已提请复议"),
    "upheld": _l("维持不予立案"),
    "overturned": _l("复议改变决定"),
    "supervision_requested": _l("已建议立案监督"),
    "goods_handed": _l("已移交涉案物品"),
    "result_notified": _l("已告知处理结果"),
}
TONES = {
    "draft": "draft",
    "approved": "info",
    "sent": "warn",
    "delivered": "warn",
    "acknowledged": "warn",
    "declined": "danger",
    "supplement_requested": "warn",
    "confirmed": "ok",
    "closed": "neutral",
    "withdrawn": "neutral",
    "disputed": "danger",
    "returned": "danger",
    "denied": "danger",
    "not_filed": "danger",
    "upheld": "danger",
    "filed": "ok",
    "result_notified": "ok",
}

ACTS: dict[str, Text] = {
    "approve": _l("批准发函"),
    "deny": _l("不批准"),
    "send": _l("发出"),
    "withdraw": _l("撤回"),
    "acknowledge": _l("签收函件"),
    "accept": _l("受理"),
    "decline": lazy_pgettext("动作", "不予受理"),
    "start": _l("开始办理"),
    "reply": _l("回复"),
    "report": _l("反馈办理结果"),
    "confirm": _l("确认回复"),
    "supplement": _l("要求补充"),
    "close": _l("办结"),
    "message": _l("留言"),
    "dispute": _l("报请共同上级指定管辖"),
    "designate": _l("登记指定管辖结果"),
    "return": _l("退回案件"),
    "handlers": _l("指定办案人员"),
    "end": _l("结束联合办案"),
    "receipt": _l("登记公安机关签收"),
    "review": _l("登记公安机关受理审查"),
    "forward": _l("登记公安机关转送"),
    "file": _l("登记公安机关立案"),
    "not_file": _l("登记公安机关不予立案"),
    "ask_review": _l("提请复议"),
    "uphold": _l("登记复议维持"),
    "overturn": _l("登记复议改变"),
    "ask_supervision": _l("建议检察机关立案监督"),
    "hand_goods": _l("登记移交涉案物品和材料"),
    "note_result": _l("登记处理结果"),
    "superior_asks": _l("登记共同上级要求补充材料"),
    "supplied": _l("登记已报送补充材料"),
    "report_superior": _l("报请共同上级督办"),
    # Steps that no button takes.
    "escalated": _l("逾期未答复，提请双方分管领导督办"),
    "created": _l("起草"),
    "edited": _l("修改"),
    "delivered": _l("送达"),
    "opened": _l("查阅"),
    "attached": _l("添加附件"),
}

# 行政处罚法 第二十六条: assistance is refused on these grounds alone.
GROUNDS: dict[str, Text] = {
    "not_in_powers": _l("不属于本单位职权范围"),
    "unlawful": _l("提供协助不合法"),
    "blocks_own_duty": _l("将严重妨碍本单位履行职责"),
}

CHECKLIST: dict[str, Text] = {
    "report": _l("调查报告"),
    "goods": _l("涉案物品清单"),
    "opinion": _l("检验报告或鉴定意见"),
    "other": _l("其他材料"),
}
