"""The report of a patrol (联合巡查报告) as a document.

The words below are the document's own, in the language of the authorities, whoever reads the page.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.clock import SHANGHAI
from hub.documents.record import Plate, Record, Sheet
from hub.files.models import StoredFile
from hub.inspections.sheet import smaller_photo
from hub.reviews.labels import SCALES

KINDS = {
    "pause": "暂停", "resume": "继续", "check_in": "签到", "task": "任务完成", "side": "越过分界线",
    "entered": "进入区域", "left": "离开区域", "lost": "失去联系", "heard": "恢复联系",
}  # fmt: skip
ARRIVALS = {"check_in": "签到", "track": "轨迹经过"}
LEGEND = (
    "图例：淡青为本侧、淡橙为对侧；黑线为分界线；灰线为计划路线；青线、橙线为双方轨迹；"
    "红点为发现（编号同表），黑点为签到。上为北。"
)
SCALE_NAMES = dict(zip(SCALES, ("准备", "配合", "通信", "成效", "安全"), strict=True))


def report_record(
    content: dict[str, Any], digest: str, picture: bytes, plates: list[Plate], made_for: str
) -> Record:
    """The content of a report as it is printed.

    Args:
        digest: SHA-256 (hex) of the content.
        picture: the map, PNG.
        made_for: for which bureau: another's report shows what that one may see.
    """
    patrol = content["patrol"]
    return Record(
        authority="—".join(content["parties"]),
        title="联合巡查报告",
        number=patrol["number"],
        head=_head(content),
        figure=Plate("", picture, (LEGEND,)),
        parts=_parts(content),
        tables=_tables(content),
        plates=tuple(plates),
        plates_title="现场照片",
        remark=f"供{made_for}使用，内容以该单位按备忘录可见的为限。内容 SHA-256：{digest}",
    )


def photo_plate(number: int, file: StoredFile, data: bytes | None) -> Plate:
    """A photo of a finding, which the number names; of one that is lost or altered that is said."""
    lines = [f"{file.uploaded_by_name}　SHA-256：{file.sha256}"]
    if data is None:
        lines.append("照片缺失或与封存时不一致，未印出。")
    picture = smaller_photo(data) if data is not None else None
    return Plate(f"发现{number}　{file.name}", picture, tuple(lines))


def moment(text: str | None) -> str:
    """A moment of the content in local time: 11月23日14:05."""
    if not text:
        return "—"
    local = datetime.fromisoformat(text).astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M}"


def length(metres: float) -> str:
    """Metres as people read them."""
    return f"{metres / 1000:.2f} 公里" if metres >= 1000 else f"{metres:.0f} 米"


def span(seconds: float | None) -> str:
    """Seconds as hours and minutes."""
    if seconds is None:
        return "—"
    minutes = round(seconds / 60)
    return f"{minutes // 60} 小时 {minutes % 60} 分" if minutes >= 60 else f"{minutes} 分"


def _head(content: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    patrol, figures = content["patrol"], content["figures"]
    crew = "、".join(f"{one['name']}（{one['bureau']}）" for one in content["crew"])
    craft = "、".join(f"{one['name']}（{one['bureau']}）" for one in content["craft"])
    truth = content["truth"]
    score = (
        f"{truth['level']}（{truth['score']}分）" if truth["score"] is not None else "尚无法评估"
    )
    rows = [
        ("巡查", patrol["title"]),
        ("依据和区域", f"{patrol['agreement_number']}　{patrol['zone_name']}"),
        ("计划时段", f"{moment(patrol['starts_at'])}至{moment(patrol['ends_at'])}"),
        ("实际时段", f"{moment(patrol['started_at'])}至{moment(patrol['ended_at'])}"),
        ("人员", crew),
        ("船艇车辆", craft),
        ("里程", f"{length(figures['distance_m'])}（各单元轨迹合计；计划路线"
                 f"{length(patrol['route_length_m'])}）"),
        ("分侧用时", "；".join(f"{one['name']} {span(one['seconds'])}、"
                               f"{length(one['distance_m'])}" for one in figures["sides"])),
        ("区域覆盖", f"{figures['share'] * 100:.1f}%（轨迹两侧{figures['reach_m']:.0f}米以内）"),
        ("发现", f"{len(content['findings'])} 处"),
        ("证据评估", score),
    ]  # fmt: skip
    return tuple((label, text) for label, text in rows if text)


def _parts(content: dict[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    checklist = tuple(
        f"{n}. {one['text']}：{'已查' if one.get('done') else '未记录'}"
        for n, one in enumerate(content["patrol"]["checklist"], 1)
    )
    records = tuple(
        f"{one['number']}（{one['state']}）"
        + (f"，封存 SHA-256 {one['sealed_hash']}" if one["sealed_hash"] else "")
        for one in content["inspections"]
    )
    reviews = tuple(line for one in content["reviews"] for line in _review(one))
    parts = (("检查事项", checklist), ("现场笔录", records), ("双方复盘", reviews))
    return tuple((heading, lines) for heading, lines in parts if lines)


def _review(one: dict[str, Any]) -> list[str]:
    marks = "，".join(f"{SCALE_NAMES[code]}{mark}" for code, mark in one["ratings"].items())
    lines = [f"{one['bureau_name']}（{one['user_name']}）：{marks}；平均{one['mean']:.1f}分。"]
    for label, name in (("做得好的", "went_well"), ("要改进的", "to_improve"),
                        ("下一步", "next_step")):  # fmt: skip
        if one[name]:
            lines.append(f"{label}：{one[name]}")
    return lines


def _arrival(one: dict[str, Any]) -> str:
    """What became of a waypoint."""
    if one["how"] is None:
        return "没有到达记录"
    words = f"{ARRIVALS[one['how']]} {moment(one['at'])} {one['unit_name']}"
    return f"{words}；任务完成" if one["task_done"] else words


def _tables(content: dict[str, Any]) -> tuple[Sheet, ...]:
    units = Sheet(
        "各单元轨迹",
        (("单元", 3), ("里程", 2), ("用时", 2), ("移动", 2)),
        tuple(
            (one["name"], length(one["distance_m"]), span(one["duration_s"]), span(one["moving_s"]))
            for one in content["units"]
        ),
    )
    waypoints = Sheet(
        "计划的途经点",
        (("序号", 1), ("名称", 3), ("任务", 2), ("说明", 4), ("到达", 5)),
        tuple(
            (
                str(one["number"]),
                one["name"],
                one["task_name"] or "—",
                one["task_text"] or "—",
                _arrival(one),
            )
            for one in content["waypoints"]
        ),
    )
    findings = Sheet(
        "发现",
        (("序号", 1), ("编号", 3), ("时间", 3), ("属地", 2), ("情况", 7), ("处理", 2)),
        tuple(
            (str(n), one["number"], moment(one["found_at"]), one["side_bureau_name"] or "—",
             _seen(one), one["state_name"] or "—")
            for n, one in enumerate(content["findings"], 1)
        ),
    )  # fmt: skip
    log = Sheet(
        "巡查日志",
        (("时间", 3), ("人员", 2), ("事项", 2), ("内容", 6)),
        tuple(
            (moment(one["at"]), one["unit_name"], KINDS.get(one["kind"], one["kind"]),
             "：".join(part for part in (one["subject"], one["note"]) if part))
            for one in content["log"]
        ),
    )  # fmt: skip
    reasons = Sheet(
        "证据评估的理由",
        (("项目", 3), ("结论", 2), ("说明", 8)),
        tuple(
            (one["name"], one["stand"], f"{one['unit'] + '：' if one['unit'] else ''}{one['text']}")
            for one in content["truth"]["reasons"]
        ),
    )
    return tuple(table for table in (units, waypoints, findings, log, reasons) if table.rows)


def _seen(one: dict[str, Any]) -> str:
    if one["text"] is None:
        return "内容未共享"
    place = f"（{one['lon']:.6f}, {one['lat']:.6f}）" if one["lon"] is not None else ""
    facts = "".join(f"；{one[name]}" for name in ("details_text", "firm_name") if one[name])
    return f"{one['category_name']}：{one['text']}{facts}{place}"
