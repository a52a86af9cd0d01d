"""Words for states and acts of action items."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hub.errors import Text

STATES: dict[str, Text] = {
    "open": _l("办理中"),
    "reported": _l("待对方确认"),
    "closed": _l("已销号"),
    "dropped": _l("已撤销"),
}
TONES = {"open": "info", "reported": "warn", "closed": "ok", "dropped": "neutral"}
ACTS: dict[str, Text] = {
    "note": _l("记录进展"),
    "report": _l("报告办结"),
    "confirm": _l("确认销号"),
    "return": _l("退回继续办理"),
    "postpone": _l("调整期限"),
    "assign": _l("指定承办人"),
    # Steps that no button takes.
    "created": _l("议定事项"),
    "updated": _l("修改事项"),
    "attached": _l("上传佐证材料"),
    "dropped": _l("撤销事项"),
}
