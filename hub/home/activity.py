"""The newest changes of the bureau's feed, in words; content with the rights of this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.deadlines.views import in_locale
from hub.emergency.access import KIND as EMERGENCY
from hub.errors import Text
from hub.realtime.stream import TOMBSTONE, render_rows
from sharing import feed

SHOWN = 12
READ = 60

KINDS: dict[str, Text] = {
    "agreement": _l("备忘录"),
    "zone": _l("区域"),
    "station": _l("联勤站"),
    "patrol": _l("联合巡查"),
    "finding": _l("发现问题"),
    "inspection": _l("现场笔录"),
    "patrol_review": _l("复盘"),
    "case": _l("案件"),
    "case_measure": _l("案件措施"),
    "share": lazy_pgettext("记录", "共享"),
    "request": _l("函件"),
    "petition": _l("信访件"),
    "match": _l("记录匹配"),
    "crossing": _l("人员提示"),
    "meeting": _l("联席会议"),
    "meeting_series": _l("会议系列"),
    "action_item": _l("办理事项"),
    "package": _l("数据包"),
    "clock": _l("期限"),
    "deadline_rule": _l("期限规则"),
    "calendar_day": _l("工作日历"),
    "absence": _l("不可用登记"),
    "patrol_series": _l("巡查系列"),
    "emergency": _l("紧急查阅"),
}
# Where a record of the kind is looked at; a share belongs to its case.
PAGES = {
    "agreement": "/agreements",
    "zone": "/zones",
    "station": "/stations",
    "patrol": "/patrols",
    "finding": "/findings",
    "inspection": "/inspections",
    "case": "/cases",
    "request": "/requests",
    "petition": "/petitions",
    "meeting": "/meetings",
    "action_item": "/action-items",
    "package": "/packages",
    "emergency": "/emergencies",
}
# Kinds whose title is a sentence that says what happened.
SENTENCES = frozenset({"crossing"})
# Kinds that are looked at in one place, all together.
FIXED = {"clock": "/deadlines", "deadline_rule": "/deadlines/rules", "calendar_day": "/calendar",
         "match": "/matches",
         "meeting_series": "/meetings/series", "absence": "/schedule?view=officers",
         "patrol_series": "/schedule/series"}  # fmt: skip
VERBS: dict[str, Text] = {
    "created": _l("新建"),
    "crossed_side": _l("已记录"),
    "crossed_entered": _l("已记录"),
    "crossed_left": _l("已记录"),
    "roster": _l("值班表有调整"),
    "swap_asked": _l("有换班请求"),
    "swap_accepted": _l("换班已接受"),
    "swap_declined": _l("换班未接受"),
    "joint_asked": _l("邀请共同运行"),
    "joint_accepted": _l("已共同运行"),
    "joint_ended": _l("不再共同运行"),
    "contact_lost": _l("失去联系"),
    "contact_heard": _l("恢复联系"),
    "updated": _l("有更新"),
    "signed": _l("已签署"),
    "amendment_proposed": _l("有待签署的修订"),
    "amendment_withdrawn": _l("的修订已撤下"),
    "begun": _l("开始生效"),
    "approved": _l("已确认"),
    "suspended": _l("已中止"),
    "resumed": _l("已恢复"),
    "terminated": _l("已终止"),
    "time_proposed": _l("有改期建议"),
    "time_accepted": _l("已改期"),
    "crew": _l("人员有调整"),
    "noted": _l("有新记录"),
    "approval_asked": _l("有申请待批准"),
    "approval_granted": _l("的申请已批准"),
    "approval_refused": _l("的申请未获批准"),
    "approval_withdrawn": _l("的申请已撤回"),
    "approval_lapsed": _l("的申请已失效"),
    "note_corrected": _l("有记录更正"),
    "note_withdrawn": _l("有记录撤下"),
    "started": _l("已开始"),
    "track_imported": _l("导入了轨迹"),
    "ended": _l("已结束"),
    "cancelled": _l("已取消"),
    "shared": _l("已共享"),
    "recalled": _l("已收回"),
    "delivered": _l("已送达"),
    "opened": _l("已查阅"),
    "accepted": _l("已签收"),
    "refused": _l("被拒绝"),
    "acted": _l("已办理"),
    "purged": _l("已清除"),
    "expired": _l("已到期"),
    "onward_asked": _l("有转交申请"),
    "onward_consented": _l("已同意转交"),
    "onward_refused": _l("不同意转交"),
    "access_asked": _l("有查看申请"),
    "access_granted": _l("已同意查看"),
    "access_refused": _l("未同意查看"),
    "access_withdrawn": _l("查看同意已撤回"),
    "access_ended": _l("查看权限已到期"),
    "approve": _l("已批准"),
    "send": _l("已发出"),
    "acknowledge": _l("已签收"),
    "accept": _l("已受理"),
    "decline": _l("不予受理"),
    "reply": _l("已回复"),
    "report": _l("已反馈结果"),
    "supplement": _l("要求补充"),
    "withdraw": _l("已撤回"),
    "dispute": _l("有管辖争议"),
    "designate": _l("已指定管辖"),
    "return": _l("已退回"),
    "confirm": _l("答复已确认"),
    "end": _l("联合办案已结束"),
    "contributed": _l("有新的办案内容"),
    "task": _l("有新任务"),
    "task_done": _l("有任务完成"),
    "item_withdrawn": _l("有内容撤回"),
    "due_near": _l("答复期限将至"),
    "escalated": _l("逾期未答复，请分管领导督办"),
    "report_superior": _l("已报请共同上级督办"),
    "close": _l("已办结"),
    "message": _l("有留言"),
    "fix_agenda": _l("议程已定，请答复"),
    "notify": _l("会议通知已重新印发"),
    "reopen": _l("重新调整议程"),
    "convene": _l("已开会"),
    "countersign": _l("已会签"),
    "sealed": _l("纪要已封存"),
    "cancel": _l("会议已取消"),
    "people": _l("名单有调整"),
    "answered": _l("有答复"),
    "agenda": _l("议程有调整"),
    "material": _l("有新材料"),
    "minutes": _l("纪要有更新"),
    "decision_proposed": _l("有待确认的议定事项"),
    "decision_approved": _l("议定事项已由一方确认"),
    "decision_adopted": _l("议定事项已由各方确认"),
    "decision_dropped": _l("撤下一项议定事项"),
    "action_items": _l("办理事项有调整"),
    "actions_closed": _l("事项全部销号"),
    "checkpoint": _l("交出了审计见证"),
    "package": _l("有数据包交换"),
    "note": _l("有新进展"),
    "postpone": _l("调整了期限"),
    "assign": _l("指定了承办人"),
    "attached": _l("有新材料"),
    "dropped": _l("已撤销"),
    "near": _l("临近到期"),
    "overdue": _l("已逾期"),
    "extended": _l("已延长"),
    "paused": _l("中止计算"),
    "removed": _l("已撤销"),
}

# Where an act of one kind is called otherwise than the same act of another.
OWN_VERBS: dict[tuple[str, str], Text] = {
    ("meeting", "end"): _l("已散会"),
    ("action_item", "confirm"): _l("已销号"),
    ("patrol", "near"): _l("即将开始"),
    ("patrol", "unanswered"): _l("的方案还没有得到各方确认"),
    ("patrol", "substituted"): _l("替换了人员或船艇"),
    ("patrol_series", "made"): _l("提出了一次巡查"),
    ("patrol_series", "not_made"): _l("有一次未能提出"),
    ("patrol_series", "excepted"): _l("有一次另作安排"),
    ("finding", "referred"): _l("已转交"),
    ("finding", "tasked"): _l("已责令整改"),
    ("finding", "closed"): _l("已销号"),
    ("finding", "reopened"): _l("已重新打开"),
    ("finding", "acted"): _l("已立案"),
    ("action_item", "return"): _l("被退回继续办理"),
    ("inspection", "sealed"): _l("已封存"),
    ("patrol_review", "given"): _l("已填写"),
    ("patrol_review", "opened"): _l("双方均可查看"),
    ("inspection", "voided"): _l("已作废"),
    ("inspection", "signatures_withdrawn"): _l("签名已撤回"),
    ("inspection", "attached"): _l("已附入案件"),
    ("petition", "ask_joint"): _l("商请共调"),
    ("petition", "join"): _l("对方同意共调"),
    ("petition", "decline_joint"): _l("对方不同意共调"),
    ("petition", "withdraw_joint"): _l("共调商请已撤回"),
    ("petition", "visit"): _l("有现场核查记录"),
    ("petition", "mediation"): _l("有调解记录"),
    ("petition", "agree"): _l("已达成调解协议"),
    ("petition", "fail"): _l("调解未成"),
    ("petition", "answer"): _l("已答复"),
    ("petition", "approve_close"): _l("一方已确认办结"),
    ("petition", "close"): _l("已办结"),
    ("petition", "closed"): _l("双方已确认办结"),
    ("package", "created"): _l("已生成，待批准"),
    ("package", "waiting"): _l("仍待批准"),
    ("package", "approved"): _l("已批准"),
    ("package", "sealed"): _l("已签名封装，可以交出"),
    ("package", "imported"): _l("已导入"),
    ("package", "receipt"): _l("对方已签收"),
    ("package", "receipt_due"): _l("尚无回执，即将过期"),
    ("package", "withdrawn"): _l("已撤回"),
    ("emergency", "begun"): _l("已开始，须复核"),
    ("emergency", "ended"): _l("已结束"),
    ("emergency", "reviewed"): _l("已复核"),
    ("emergency", "review_late"): _l("逾期未复核"),
    ("share", "emergency"): _l("所涉案件被承办单位紧急查阅"),
    ("finding", "emergency"): _l("所涉案件被承办单位紧急查阅"),
    ("request", "emergency"): _l("所涉案件被承办单位紧急查阅"),
}


def verb_of(kind: str, verb: str) -> Text:
    """A verb of a kind in words, to stand within a sentence."""
    words = str(OWN_VERBS.get((kind, verb)) or VERBS.get(verb, _("有更新")))
    return words[:1].lower() + words[1:]


def latest(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The newest changes, newest first, as {text, url, at}."""
    head = feed.head(session, actor.bureau_id)
    rows = feed.read(session, actor.bureau_id, max(0, head - READ), READ)
    # Of emergencies only those who review them hear; to others they are no tombstone either.
    hears = actor.may(Right.EMERGENCY_REVIEW)
    rows = [row for row in rows if hears or row.kind != EMERGENCY]
    changes = render_rows(session, actor.reader, _last_of_each(rows))
    return [_entry(change) for change in reversed(changes)]


def _last_of_each(rows: Sequence[feed.FeedRow]) -> list[feed.FeedRow]:
    """The last rows, of a record that changed the same way several times the last one only."""
    last = {(row.kind, row.record_id, row.verb): row for row in rows}
    return sorted(last.values(), key=lambda row: row.seq)[-SHOWN:]


def _entry(change: dict[str, Any]) -> dict[str, Any]:
    kind = str(KINDS.get(change["kind"], change["kind"]))
    at = datetime.fromisoformat(change["at"])
    view = change["view"]
    if change["verb"] == TOMBSTONE or view is None:
        return {"text": _("%(kind)s：已收回或不再可见", kind=kind), "url": None, "at": at}
    verb = str(verb_of(change["kind"], change["verb"]))
    name = name_of(view)
    if change["kind"] in SENTENCES:
        return {"text": name, "url": page_of(change["kind"], view), "at": at}
    text = _("%(kind)s“%(name)s”%(verb)s", kind=kind, name=name, verb=verb)
    return {"text": text, "url": page_of(change["kind"], view), "at": at}


def name_of(view: Mapping[str, Any]) -> str:
    """What a record is called, in the reader's language where it has a name in it."""
    for key in ("title", "name", "number", "record_number", "rule_name"):
        if view.get(key):
            return in_locale(str(view[key]), str(view.get(f"{key}_en") or view[key]))
    return str(view["id"])[:10]


def page_of(kind: str, view: Mapping[str, Any]) -> str | None:
    """Where a record is looked at."""
    if kind in FIXED:
        return FIXED[kind]
    if kind == "share":
        return f"/cases/{view['record_id']}"
    if kind == "crossing" and view.get("patrol_id"):
        return f"/patrols/{view['patrol_id']}"
    if kind == "patrol_review":
        return f"/patrols/{view['patrol_id']}#reviews-h"
    folder = PAGES.get(kind)
    return f"{folder}/{view['id']}" if folder else None
