"""Words for states, kinds, channels and acts of petitions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hub.errors import Text

KIND_NAME: Text = _l("信访件")
STATES: dict[str, Text] = {
    "registered": _l("已登记"),
    "screened": _l("已甄别"),
    "own": _l("本单位办理"),
    "joint": _l("商请共调"),
    "referred": _l("已转送"),
    "accepted": _l("已受理"),
    "investigating": _l("调查核实中"),
    "mediating": _l("调解中"),
    "agreed": _l("调解达成"),
    "failed": _l("调解未成"),
    "answered": _l("已答复"),
    "followed_up": _l("已回访"),
    "closed": lazy_pgettext("信访件", "已办结"),
    "not_accepted": _l("不予受理"),
}
TONES = {
    "registered": "warn",
    "screened": "draft",
    "agreed": "ok",
    "failed": "danger",
    "answered": "ok",
    "followed_up": "ok",
    "closed": "ok",
    "referred": "neutral",
    "not_accepted": "neutral",
}
JOINT_STATES: dict[str, Text] = {
    "asked": _l("等待对方答复"),
    "accepted": _l("双方共调"),
    "declined": _l("对方未同意"),
    "withdrawn": _l("已撤回商请"),
}
JOINT_TONES = {"asked": "warn", "accepted": "ok", "declined": "danger", "withdrawn": "neutral"}
CATEGORIES: dict[str, Text] = {
    "odour": _l("异味"),
    "noise": _l("噪声"),
    "water": _l("废水"),
    "air": _l("废气"),
    "dust": _l("扬尘"),
    "waste": _l("固废危废"),
    "ecology": _l("生态破坏"),
    "other": _l("其他"),
}
CHANNELS: dict[str, Text] = {
    "12345": _l("12345热线"),
    "12369": _l("12369举报平台"),
    "visit": _l("来访"),
    "letter": _l("来信"),
    "phone": _l("来电"),
    "online": _l("网上"),
    "other": _l("其他"),
}
ACTS: dict[str, Text] = {
    "screen": _l("甄别管辖"),
    "take_own": _l("由本单位办理"),
    "ask_joint": _l("商请对方共调"),
    "refer": _l("转送有权处理的单位"),
    "not_accept": _l("不予受理"),
    "join": _l("同意共调"),
    "decline_joint": _l("不同意共调"),
    "withdraw_joint": _l("撤回共调商请"),
    "accept": _l("受理并告知"),
    "investigate": _l("开始调查核实"),
    "visit": _l("记录现场核查"),
    "mediate": _l("开始调解"),
    "mediation": _l("记录调解情况"),
    "note": _l("记录办理情况"),
    "agree": _l("达成调解协议"),
    "fail": _l("调解未成"),
    "answer": _l("答复"),
    "follow_up": _l("回访"),
    "extend": _l("延长办理期限"),
    "approve_close": _l("确认办结"),
    "close": _l("办结"),
    # Steps that no button takes.
    "created": _l("登记"),
    "updated": _l("修改登记内容"),
    "drafted": _l("起草协议或答复"),
    "reporter_entered": _l("登记信访人"),
    "reporter_removed": _l("删去信访人"),
    "reporter_read": _l("查看信访人"),
    "closed": lazy_pgettext("信访件", "双方确认办结"),
    "recalled": _l("不再共享"),
    "shared": _l("商请对方共调"),
}
FIELDS: dict[str, Text] = {
    "number": _l("编号"),
    "title": _l("事由"),
    "category": _l("类型"),
    "channel": _l("来源"),
    "text": _l("反映内容"),
    "category_name": _l("类型"),
    "channel_name": _l("来源"),
    "state_name": _l("状态"),
    "owner_name": _l("受理单位"),
    "partner_name": _l("共调单位"),
    "joint_state_name": _l("共调"),
    "handler_name": _l("办理人"),
    "answered_at": _l("答复时间"),
    "closed_at": _l("办结时间"),
    "place": _l("地点描述"),
    "lon": _l("经度"),
    "lat": _l("纬度"),
    "occurred_at": _l("发生时间"),
    "received_at": _l("收到时间"),
    "firm_name": _l("被反映单位"),
    "firm_uscc": _l("统一社会信用代码"),
    "reporter_name": _l("信访人姓名"),
    "reporter_contact": _l("信访人联系方式"),
    "reporter_address": _l("信访人地址"),
}
