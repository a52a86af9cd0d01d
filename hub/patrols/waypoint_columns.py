"""Columns of waypoints in files: what goes out, and what of it can be brought in again."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hub.errors import Text

# Of the plan; the same names in the sheets, in GPX extensions and when they come in.
PLANNED: dict[str, Text] = {
    "name": _l("名称"),
    "lon": _l("经度"),
    "lat": _l("纬度"),
    "radius_m": _l("到达半径（米）"),
    "at_min": _l("计划到达（开始后分钟）"),
    "stay_min": _l("停留（分钟）"),
    "mode_name": _l("由此往后"),
    "task_name": _l("任务"),
    "task_text": _l("要求"),
    "target_kind": _l("对象类别"),
    "target_name": _l("对象"),
    "target_code": _l("代码"),
}
# Of what became of it.
VISITED: dict[str, Text] = {
    "visited": _l("已到"),
    "how": _l("依据"),
    "at": _l("时间"),
    "bureau_name": _l("单位"),
    "unit_name": _l("人员"),
    "nearest_m": _l("轨迹最近（米）"),
    "task_done": _l("任务完成"),
}
EXPORTED: tuple[tuple[str, Text], ...] = (
    ("number", _l("序号")),
    *PLANNED.items(),
    *VISITED.items(),
)
