"""Names of states and ends of zones, for people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

STATES = {"proposed": _l("待确认"), "binding": _l("有效"), "withdrawn": _l("已撤回")}
TONES = {"proposed": "warn", "binding": "ok"}
CAPS = {"flat": _l("平头"), "round": _l("圆头")}
