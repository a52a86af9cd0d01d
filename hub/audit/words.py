"""Words for acts and for what broke a chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.action_items.labels import ACTS as ACTION_ACTS
from hub.errors import Text
from hub.home.activity import KINDS as TOLD_KINDS
from hub.home.activity import VERBS as TOLD
from hub.meetings.labels import ACTS as MEETING_ACTS
from hub.petitions.labels import ACTS as PETITION_ACTS
from hub.requests.labels import ACTS as REQUEST_ACTS

BREAKS = {
    "edited": _l("此条记录被改动"),
    "rewritten": _l("此条记录被改写并重新计算了摘要"),
    "deleted": _l("此条记录被删除"),
    "inserted": _l("此处被插入了记录"),
    "reordered": _l("此条记录被调换了位置"),
    "cut_tail": _l("此条及以后的记录被截去"),
    "head_missing": _l("链尾标记缺失，此后记录可能被截去"),
    "witness_mismatch": _l("与协作单位留存的见证不符"),
}

KINDS = {
    "agreement": _l("协作备忘录"),
    "zone": _l("联合执法区域"),
    "station": _l("联勤站"),
    "patrol": _l("联合巡查"),
    "plan_draft": _l("方案草稿"),
    "finding": _l("发现问题"),
    "case": _l("案件"),
    "share": _l("信息共享"),
    "request": _l("函件"),
    "petition": _l("信访件"),
    "match": _l("记录匹配"),
    "meeting": _l("联席会议"),
    "meeting_series": _l("会议系列"),
    "action_item": _l("办理事项"),
    "user": _l("人员"),
    "account_change": _l("账号变更"),
    "session": _l("登录"),
    "token": _l("访问令牌"),
    "jurisdiction": _l("行政区划"),
    "bureau": _l("单位"),
    "audit": _l("审计记录"),
    "crossing": _l("人员提示"),
    "clock": _l("期限"),
    "deadline_rule": _l("期限规则"),
    "calendar_day": _l("工作日历"),
    "signing_key": _l("签名密钥"),
    "key_import": _l("协作单位公钥"),
    "package": _l("数据包"),
    "received": _l("收到的记录"),
    "witness": _l("审计见证"),
    "emergency": _l("紧急查阅"),
    "hub": _l("本平台"),
    "stored_file": _l("文件"),
    "store": _l("文件库"),
}

VERBS = {
    "restored": _l("从备份恢复"),
    "backed_up": _l("制作备份"),
    "missing": _l("夜间核验：缺失"),
    "altered": _l("夜间核验：与封存时不一致"),
    "intact": _l("夜间核验：恢复完好"),
    "checked": _l("夜间核验完成"),
    "opened_in_emergency": _l("紧急查阅"),
    "emergency": _l("所涉案件被承办单位紧急查阅"),
    "created": _l("建立"),
    "crossed_side": _l("进入另一侧"),
    "crossed_entered": _l("进入区域"),
    "crossed_left": _l("离开区域"),
    "roster": _l("调整值班表"),
    "swap_asked": _l("请求换班"),
    "swap_accepted": _l("接受换班"),
    "swap_declined": _l("不接受或撤回换班"),
    "joint_asked": _l("邀请共同运行"),
    "joint_accepted": _l("加入共同运行"),
    "joint_ended": _l("结束共同运行"),
    "contact_lost": _l("失去联系"),
    "contact_heard": _l("恢复联系"),
    "logged": _l("记日志"),
    "updated": _l("更新"),
    "edited": _l("修改"),
    "noted": _l("填写办案记录"),
    "note_corrected": _l("更正办案记录"),
    "note_withdrawn": _l("撤下办案记录"),
    "approval_asked": _l("申请批准"),
    "approval_granted": _l("批准申请"),
    "approval_refused": _l("不批准申请"),
    "approval_withdrawn": _l("撤回申请"),
    "approval_lapsed": _l("申请失效"),
    "measure_taken": _l("登记措施"),
    "measure_changed": _l("更改措施"),
    "measure_ended": _l("措施结束"),
    "link_drawn": _l("关联案件"),
    "link_removed": _l("移除关联"),
    "step": _l("转入阶段"),
    "party_added": _l("登记当事人"),
    "party_changed": _l("更改当事人"),
    "party_removed": _l("移除当事人"),
    "party_revealed": _l("查看当事人个人信息"),
    "proposed": _l("提出"),
    "signed": _l("签署"),
    "approved": _l("批准"),
    "started": _l("开始"),
    "track_imported": _l("导入轨迹"),
    "ended": _l("结束"),
    "cancelled": _l("取消"),
    "suspended": _l("中止"),
    "resumed": _l("恢复"),
    "terminated": _l("终止"),
    "shared": _l("共享"),
    "recalled": _l("收回"),
    "delivered": _l("送达"),
    "opened": _l("查阅"),
    "accepted": _l("签收"),
    "refused": _l("拒绝"),
    "acted": _l("反馈办理"),
    "purged": _l("确认清除"),
    "access_asked": _l("申请查看"),
    "access_granted": _l("同意查看"),
    "access_refused": _l("不同意查看"),
    "access_withdrawn": _l("撤回同意"),
    "access_ended": _l("同意查看到期"),
    "expired": _l("到期"),
    "near": _l("临近到期"),
    "notifications_set": _l("更改通知设置"),
    "overdue": _l("已逾期"),
    "extended": _l("延长"),
    "paused": _l("中止计算"),
    "removed": _l("撤销"),
    "by_zone": _l("因区域生效而共享"),
    "closed": _l("退出"),
    "bound": _l("绑定动态口令"),
    "enabled": _l("启用"),
    "disabled": _l("停用"),
    "roles_set": _l("设定角色和可阅密级"),
    "license_set": _l("登记执法证"),
    "revoked": _l("吊销"),
    "imported": _l("导入"),
    "rotated": _l("生成或更换"),
    "confirmed": _l("核对确认"),
    "withdrawn": _l("停用或撤回"),
    "downloaded": _l("下载"),
    "sealed": _l("签名封装"),
    "receipt": _l("收到回执"),
    "read": _l("查阅"),
    "issued": _l("签发"),
    "kept": _l("留存"),
}

_SPECIAL = {
    "session.opened": _l("登录"),
    "session.refused": _l("登录被拒"),
    "password.set": _l("设置密码"),
    "password.refused": _l("当前密码不正确"),
    "password.code_given": _l("服务器上发出登录码"),
    "session.closed": _l("退出登录"),
    "file.opened": _l("调取文件"),
    "file.carried": _l("文件随案移入"),
    "file.handed_over": _l("文件随案移交"),
    "case.transferred": _l("案件移送，变更承办单位"),
    "request.read": _l("查阅函件"),
    "petition.letter_read": _l("取阅信访件的协议或答复"),
    "request.workspace_read": _l("查阅联合办案工作区"),
    "access.denied": _l("请求被拒"),
    "evidence.bagged": _l("调取证据包"),
    "package.handed_out": _l("随数据包交出"),
}


FINDING_ACTS = {
    "referred": _l("转交对方"),
    "tasked": _l("责令整改"),
    "closed": _l("销号"),
    "reopened": _l("重新打开"),
    "acted": _l("立案"),
}
MATCH_ACTS = {
    "seen": _l("已阅"),
    "linked": _l("确认为同一事项"),
    "dismissed": _l("不是同一事项"),
}
EMERGENCY_ACTS = {"begun": _l("开始"), "reviewed": _l("复核"), "review_late": _l("逾期未复核")}
ACCOUNT_ACTS = {
    "proposed": _l("提出"),
    "confirmed": _l("确认"),
    "refused": _l("不同意"),
    "withdrawn": _l("撤回"),
}
_OWN = {
    "account_change": ACCOUNT_ACTS,
    "emergency": EMERGENCY_ACTS,
    "request": REQUEST_ACTS,
    "meeting": MEETING_ACTS,
    "action_item": ACTION_ACTS,
    "finding": FINDING_ACTS,
    "petition": PETITION_ACTS,
    "match": MATCH_ACTS,
}


def _verb(kind: str, verb: str) -> Text | None:
    """A verb in words; some kinds have their own, the rest is said as the overview says it."""
    return _OWN.get(kind, {}).get(verb) or VERBS.get(verb) or TOLD.get(verb)


def action_words(action: str) -> str:
    """An act such as `case.shared` in words; unknown ones as they stand."""
    if action in _SPECIAL:
        return str(_SPECIAL[action])
    kind, _dot, verb = action.partition(".")
    words = _verb(kind, verb)
    what = KINDS.get(kind) or TOLD_KINDS.get(kind)
    if what is None or words is None:
        return action
    return f"{what} · {words}"


def denial_words(kind: str, detail: Mapping[str, Any]) -> str:
    """What somebody was refused, and with which answer."""
    act = _("查看") if detail["method"] in ("GET", "HEAD") else _("更改")
    why = _("没有此项权限") if detail["status"] == 403 else _("没有这条记录，或无权查看")
    text = _("%(act)s%(what)s：%(why)s", act=act, what=KINDS.get(kind, kind), why=why)
    return str(text)
