"""What an entry of the audit trail says beside who, what and when, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ROLE_NAMES, Actor
from hub.accounts.directory import names_of
from hub.action_items.labels import STATES as ACTION_STATES
from hub.agreements.access import visible_to
from hub.agreements.labels import LEVELS
from hub.agreements.models import Agreement
from hub.bureaus.services import bureaus
from hub.cases.labels import STAGES
from hub.errors import Text
from hub.meetings.labels import STATES as MEETING_STATES
from hub.requests.labels import STATES as REQUEST_STATES
from hub.web.clauses import clause_name
from hub.web.names import named
from hub.zones.models import Zone

LABELS: dict[str, Text] = {
    "adcode": _l("行政区划代码"),
    "after": _l("改后"),
    "agreement": _l("备忘录"),
    "agreement_id": _l("备忘录"),
    "amount": _l("数额"),
    "at": _l("时间"),
    "before": _l("改前"),
    "broken": _l("缺失或不一致"),
    "by": _l("由"),
    "by_name": _l("由"),
    "changed": _l("改动"),
    "checked": _l("核对文件数"),
    "clause": _l("依据"),
    "clock_offset_s": _l("手机时钟相差（秒）"),
    "complete": _l("各方均已完成"),
    "content_hash": _l("内容摘要"),
    "copy": _l("副本"),
    "craft": _l("船艇车辆"),
    "digest": _l("摘要"),
    "due_on": _l("期限"),
    "file": _l("文件"),
    "files": _l("文件"),
    "fingerprint": _l("指纹"),
    "form": _l("类型"),
    "from": _l("自"),
    "hash": _l("摘要"),
    "item": _l("内容项"),
    "keep_until": _l("保存至"),
    "level": _l("程度"),
    "measure": _l("措施"),
    "measure_id": _l("措施"),
    "name": _l("名称"),
    "note_id": _l("办案记录"),
    "noted_at": _l("手机记录时间"),
    "number": _l("编号"),
    "owner": _l("所属单位"),
    "package": _l("数据包"),
    "partner": _l("对方"),
    "party_id": _l("当事人"),
    "patrol_id": _l("联合巡查"),
    "plan_version": _l("方案版本"),
    "purpose": _l("用途"),
    "reason": _l("理由"),
    "role": _l("身份"),
    "roles": _l("角色"),
    "rule": _l("规则"),
    "scopes": _l("权限范围"),
    "section": _l("章节"),
    "sha256": _l("文件摘要"),
    "sort": _l("种类"),
    "source": _l("来源"),
    "state": _l("状态"),
    "subject": _l("对象"),
    "text_version": _l("文本版本"),
    "title": _l("名称"),
    "to": _l("至"),
    "units": _l("行政区划数"),
    "until": _l("截止"),
    "user": _l("人员"),
    "username": _l("用户名"),
    "withdrawn": _l("撤回确认的单位"),
    "zone_id": _l("联合执法区域"),
    "zone_version": _l("区域版本"),
}
MOMENTS = ("at", "noted_at", "until", "keep_until")
# Parts of a patrol's plan that an edit names; what is not listed stays as it stands.
PARTS: dict[str, Text] = {
    "starts_at": _l("开始"),
    "ends_at": _l("结束"),
    "window": _l("时间"),
    "pace": _l("行进方式"),
    "order": _l("途经点顺序"),
    "crew": _l("人员"),
    "craft": _l("船艇车辆"),
    "route": _l("路线"),
    "title": _l("名称"),
    "checklist": _l("检查事项"),
    "note": _l("说明"),
    "waypoints": _l("途经点"),
}
HASH_LENGTH = 40  # from this length on hexadecimal digits are a digest


@dataclass(frozen=True)
class Said:
    """One thing that an entry says: a label, and either words or a moment."""

    label: str
    text: str = ""
    moment: str | None = None
    whole: str | None = None  # what `text` is short for


@dataclass
class Names:
    """Names for the ids that entries hold, as far as this reader's bureau may know them."""

    known: Mapping[str, str] = field(default_factory=dict)

    def said(self, detail: Mapping[str, Any], kind: str | None = None) -> list[Said]:
        """The detail of an entry about a kind of record, label by label; a name that stands beside
        its id stands alone."""
        doubled = {"by"} if "by_name" in detail else set()
        return [
            self._one(key, value, kind)
            for key, value in detail.items()
            if key not in doubled and value not in ([], "", None)
        ]

    def _one(self, key: str, value: Any, kind: str | None) -> Said:
        label = str(LABELS.get(key, key))
        if key in MOMENTS and isinstance(value, str) and value[4:5] == "-":
            return Said(label, moment=value)
        if key == "state" and value in _STATES.get(kind or "", {}):
            return Said(label, str(_STATES[kind or ""][value]))
        if isinstance(value, list):
            return Said(label, str(_("、")).join(self._words(key, one) for one in value))
        text = self._words(key, value)
        if isinstance(value, str) and _is_digest(value):
            return Said(label, f"{value[:12]}…", whole=value)
        return Said(label, text, whole=value if text != value and key in _IDS else None)

    def _words(self, key: str, value: Any) -> str:
        if isinstance(value, bool):
            return str(_("是") if value else _("否"))
        if key == "clause":
            return clause_name(str(value))
        words = _WORDS.get(key, {}).get(str(value)) or self.known.get(str(value))
        return named(str(words)) if words is not None else str(value)


_IDS = ("agreement", "agreement_id", "partner", "owner", "zone_id", "user", "by")
# What a state is called depends on whose it is.
_STATES: dict[str, Mapping[str, Text]] = {
    "meeting": MEETING_STATES,
    "action_item": ACTION_STATES,
    "request": REQUEST_STATES,
}
_STAGES = {stage.value: text for stage, text in STAGES.items()}
_WORDS: dict[str, Mapping[str, Text]] = {
    "level": LEVELS,
    "from": _STAGES,
    "to": _STAGES,
    "roles": {role.value: text for role, text in ROLE_NAMES.items()},
    "changed": PARTS,
}


def _is_digest(value: str) -> bool:
    return len(value) >= HASH_LENGTH and all(sign in "0123456789abcdef" for sign in value)


def names_for(session: Session, actor: Actor, details: list[Mapping[str, Any]]) -> Names:
    """Names for what stands in these details: bureaus, own agreements and zones, people.

    Cases, findings and what hangs on them keep their ids: an auditor sees none of them.
    """
    own = visible_to(actor.bureau_id)
    known = {row.id: row.name for row in bureaus(session)}
    known |= dict(session.execute(select(Agreement.id, Agreement.number).where(own)).all())
    zones = select(Zone.id, Zone.name).join(Agreement, Agreement.id == Zone.agreement_id)
    known |= dict(session.execute(zones.where(own)).all())
    people = {str(one["user"]) for one in details if one.get("user")}
    return Names(known | names_of(session, people))
