"""Words for states, acts, roles, answers and what the hub proposes for an agenda."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hub.errors import Text

STATES: dict[str, Text] = {
    "proposed": _l("筹备中"),
    "agenda_fixed": _l("议程已定"),
    "convened": _l("会议进行中"),
    "minutes_draft": _l("纪要起草中"),
    "countersigned": _l("纪要已会签"),
    "actions_open": _l("事项办理中"),
    "actions_closed": _l("事项已销号"),
    "cancelled": _l("会议已取消"),
}
TONES = {
    "proposed": "draft",
    "agenda_fixed": "info",
    "convened": "warn",
    "minutes_draft": "warn",
    "countersigned": "ok",
    "actions_open": "info",
    "actions_closed": "ok",
    "cancelled": "neutral",
}
ACTS: dict[str, Text] = {
    "fix_agenda": _l("确定议程并发出通知"),
    "notify": _l("重新印发会议通知"),
    "reopen": _l("重新调整议程"),
    "convene": _l("开会"),
    "end": _l("散会，起草纪要"),
    "countersign": _l("会签纪要"),
    "cancel": _l("取消会议"),
    # Steps that no button takes.
    "created": _l("召集会议"),
    "updated": _l("修改会议安排"),
    "sealed": _l("纪要封存"),
    "actions_closed": _l("事项全部销号"),
}
ROLES: dict[str, Text] = {
    "chair": _l("主持人"),
    "member": _l("出席"),
    "recorder": _l("记录人"),
    "guest": _l("列席"),
}
ANSWERS: dict[str, Text] = {
    "none": _l("未答复"),
    "accepted": _l("参加"),
    "declined": _l("请假"),
    "substituted": _l("派人代替"),
}
ANSWER_TONES = {"none": "draft", "accepted": "ok", "declined": "danger", "substituted": "info"}
DECISIONS: dict[str, Text] = {
    "proposed": _l("待各方确认"),
    "adopted": _l("已议定"),
    "dropped": _l("未采纳"),
}
DECISION_TONES = {"proposed": "warn", "adopted": "ok", "dropped": "neutral"}
# Why the hub proposes a record for the agenda.
CODES: dict[str, Text] = {
    "action_overdue": _l("逾期未销号的办理事项"),
    "action_open": _l("上次会议议定、尚未销号的事项"),
    "request_waiting": _l("等待答复的函件"),
    "share_waiting": _l("等待签收的共享"),
    "zone_gap": _l("久未巡查的区域"),
    "agreement_ending": _l("即将到期的备忘录"),
    "finding_open": _l("尚未处理的发现"),
    "petition_open": _l("尚未办结的共调信访件"),
    "match_new": _l("双方记录可能为同一事项"),
    "review_step": _l("复盘提出的下一步"),
}
