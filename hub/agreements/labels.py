"""Names of states, record kinds, field groups and places, for people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hub.errors import Text

STATES = {
    "draft": _l("草稿"),
    "proposed": _l("待签署"),
    "signed": _l("已签署，待生效"),
    "in_force": _l("生效"),
    "suspended": _l("中止"),
    "expired": _l("期满"),
    "terminated": _l("终止"),
}
TONES = {"proposed": "warn", "signed": "info", "in_force": "ok", "suspended": "danger"}
KINDS = {
    "case": _l("案件"),
    "finding": _l("发现问题"),
    "patrol": _l("联合巡查"),
    "zone": _l("交叉联合执法区域"),
    "station": _l("联勤站"),
    "petition": _l("信访件"),
    "request": _l("协查、移交、移送与联合办案"),
}
GROUPS = {
    "existence": _l("有此记录及联系人"),
    "basics": _l("类别、阶段、日期"),
    "place": _l("地点"),
    "party": _l("当事人"),
    "substance": _l("污染物与情况"),
    "files": _l("附件"),
    "measures": _l("措施与执行"),
    "progress": _l("办理情况"),
    "route": _l("路线"),
    "crew": _l("人员船车"),
    "track": _l("轨迹"),
}
# The field groups of each kind of record that terms can speak of.
KIND_GROUPS = {
    "case": (
        "existence",
        "basics",
        "place",
        "party",
        "substance",
        "files",
        "measures",
        "progress",
    ),
    "finding": ("existence", "basics", "place", "party", "substance", "files"),
    "patrol": ("existence", "basics", "route", "crew", "track"),
    "request": ("existence", "basics", "place", "party", "substance", "files"),
    "petition": ("existence", "basics", "place", "party", "substance", "progress"),
}
PURPOSES = {
    "joint_enforcement": _l("联合执法"),
    "information": _l("信息通报"),
}
# A request is allowed for the purpose of its kind (hub/requests/permission.py).
REQUEST_PURPOSES = {
    "assistance": _l("协查"),
    "referral": _l("线索移交"),
    "transfer": _l("案件移送"),
    "joint_handling": _l("联合办案"),
}
EVERY_PURPOSE = PURPOSES | REQUEST_PURPOSES
ONWARD = {
    "never": _l("不得转交"),
    "consent": _l("经同意可以转交"),
    "parties": _l("只可转交指定单位"),
    "anyone": _l("可以转交"),
}
VERSION_STATES = {
    "draft": _l("草稿"),
    "proposed": _l("待签署"),
    "signed": _l("已签署"),
    "withdrawn": _l("已撤下"),
}
VERSION_TONES = {"draft": "draft", "proposed": "warn", "signed": "ok"}
EFFECTS = {
    "added": _l("新增"),
    "widened": _l("放宽"),
    "narrowed": _l("收紧"),
    "removed": _l("删减"),
    "changed": _l("改动"),
}
EFFECT_TONES = {
    "added": "warn",
    "widened": "warn",
    "narrowed": "ok",
    "removed": "ok",
    "changed": "info",
}
ACTS = {"assist": _l("协助"), "with_notice": _l("告知后进入")}
# Typed parameters of a text by their place in it.
PARAMETERS = {
    ("line", "max_width_m"): _l("每侧宽度上限（米）"),
    ("line", "declared_length_m"): _l("写明的界线长（米）"),
    ("acts", "in_zone"): _l("对方人员在区域内"),
    ("acts", "notice_hours"): _l("进入前告知（小时）"),
    ("acts", "host_officers"): _l("属地持证人员（人）"),
    ("acts", "clause"): _l("行动依据的条款"),
    ("powers", "evidence_recognition"): _l("证据互认"),
    ("powers", "inspection_cap"): _l("同一企业每年联合检查上限（次）"),
    ("powers", "meeting_months"): _l("联席会议间隔（月）"),
}
LEVELS = {"white": _l("共享"), "gray": _l("仅告知"), "black": _l("不共享")}


def purposes_of(kind: str) -> dict[str, Text]:
    """The purposes for which a clause can open records of a kind."""
    return REQUEST_PURPOSES if kind == "request" else PURPOSES


def state_tone(state: str) -> str:
    """The badge tone of a state."""
    return TONES.get(state, "neutral")
