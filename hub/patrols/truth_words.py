"""The words of a patrol's judgement: each reason a sentence that names figures, nobody's guilt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from geo.truth.reasons import Reason, Stand

LEVELS = {
    "sound": _l("证据充分"),
    "look": _l("需要核看"),
    "doubtful": _l("存疑，请双方核实"),
    "unknown": _l("尚无法评估"),
}
STANDS = {
    Stand.SUPPORTS: _l("支持"),
    Stand.QUESTIONS: _l("存疑"),
    Stand.SILENT: _l("无法判断"),
}
NAMES = {
    "repeats_earlier": _l("与以往轨迹比对"),
    "same_as_other": _l("与同次其他轨迹比对"),
    "on_plan_exactly": _l("与计划路线的贴合"),
    "impossible_speed": _l("速度与跳点"),
    "too_even": _l("走动的自然起伏"),
    "too_restless": _l("定位点的连贯"),
    "photos": _l("照片的时间地点"),
    "clock": _l("手机时钟"),
    "standing": _l("停留"),
    "off_route": _l("偏离路线"),
    "plan_covered": _l("计划路线完成"),
    "observed": _l("有轨迹的时间"),
    "together": _l("双方同行"),
}
HOW = {
    "exact": _l("定位点逐一重合"),
    "in_step": _l("连续十分钟以上快慢与走向相同"),
    "shape": _l("缩放、旋转或倒放后形状与快慢相同"),
}
_SAID: dict[tuple[str, Stand], Any] = {
    ("repeats_earlier", Stand.QUESTIONS): _l("与%(of)s的轨迹相同：%(how)s。"),
    ("repeats_earlier", Stand.SUPPORTS): _l("与本区域此前%(compared)s条轨迹都不相同。"),
    ("repeats_earlier", Stand.SILENT): _l("本区域此前没有可比对的轨迹。"),
    ("same_as_other", Stand.QUESTIONS): _l(
        "%(share)s的定位点与%(of)s的轨迹逐一重合；两台设备不会如此。"
    ),
    ("same_as_other", Stand.SUPPORTS): _l("与同次%(compared)s条其他轨迹各自独立。"),
    ("same_as_other", Stand.SILENT): _l("同次没有其他轨迹。"),
    ("on_plan_exactly", Stand.QUESTIONS): _l(
        "%(fixes)s个定位点离计划路线通常只有%(usual_m)s米，手机定位达不到。"
    ),
    ("on_plan_exactly", Stand.SUPPORTS): _l("离计划路线通常%(usual_m)s米，合乎定位误差。"),
    ("on_plan_exactly", Stand.SILENT): _l("走动中的定位点太少（%(fixes)s个）。"),
    ("impossible_speed", Stand.QUESTIONS): _l(
        "最快%(fastest_m_s)s米/秒；%(jumps)s个跳点，占%(share)s。"
    ),
    ("impossible_speed", Stand.SUPPORTS): _l(
        "最快%(fastest_m_s)s米/秒，%(jumps)s个跳点，均属正常。"
    ),
    ("impossible_speed", Stand.SILENT): _l("轨迹不足一分钟，看不出速度。"),
    ("too_even", Stand.QUESTIONS): _l(
        "速度起伏%(speed_spread)s，%(straight_share)s的定位点在一条直线上，像是画出来的。"
    ),
    ("too_even", Stand.SUPPORTS): _l("速度起伏%(speed_spread)s，合乎实际走动。"),
    ("too_even", Stand.SILENT): _l("走动时间太短，无法判断。"),
    ("too_restless", Stand.QUESTIONS): _l(
        "相邻定位点的速度变化通常达%(usual_m_s2)s米/秒²，不像接收机所记。"
    ),
    ("too_restless", Stand.SUPPORTS): _l("相邻定位点的速度变化通常%(usual_m_s2)s米/秒²，正常。"),
    ("too_restless", Stand.SILENT): _l("定位间隔较长，无法判断。"),
    ("photos", Stand.QUESTIONS): _l(
        "%(photos)s张照片中有%(away)s张的拍摄地点不在当时的轨迹附近，最远%(farthest_m)s米。"
    ),
    ("photos", Stand.SUPPORTS): _l("%(photos)s张照片的时间地点与轨迹相符。"),
    ("photos", Stand.SILENT): _l("没有带时间和地点的照片。"),
    ("clock", Stand.QUESTIONS): _l(
        "手机时钟与系统不一致：最小时差%(least_delay_s)s秒，%(impossible)s个定位点的时间不在巡查期间。"
    ),
    ("clock", Stand.SUPPORTS): _l("手机时钟与系统一致，最小时差%(least_delay_s)s秒。"),
    ("clock", Stand.SILENT): _l("轨迹都是事后上传的，无法核对手机时钟。"),
    ("standing", Stand.QUESTIONS): _l("%(minutes)s分钟中有%(share)s停在原地。"),
    ("standing", Stand.SUPPORTS): _l("%(minutes)s分钟中停留占%(share)s。"),
    ("standing", Stand.SILENT): _l("停留情况不足以说明问题。"),
    ("off_route", Stand.QUESTIONS): _l("%(share)s的航程离计划路线%(off_m)s米以上。"),
    ("off_route", Stand.SUPPORTS): _l("离计划路线%(off_m)s米以上的航程只占%(share)s。"),
    ("off_route", Stand.SILENT): _l("%(share)s的航程离计划路线%(off_m)s米以上。"),
    ("plan_covered", Stand.QUESTIONS): _l("计划路线只有%(share)s走到%(reach_m)s米以内。"),
    ("plan_covered", Stand.SUPPORTS): _l("计划路线的%(share)s走到%(reach_m)s米以内。"),
    ("plan_covered", Stand.SILENT): _l("计划路线的%(share)s走到%(reach_m)s米以内。"),
    ("observed", Stand.QUESTIONS): _l("巡查期间只有%(share)s的时间有轨迹。"),
    ("observed", Stand.SUPPORTS): _l("巡查期间%(share)s的时间有轨迹。"),
    ("observed", Stand.SILENT): _l("巡查期间%(share)s的时间有轨迹。"),
    ("together", Stand.QUESTIONS): _l("双方都有轨迹的时间里，只有%(share)s相距500米以内。"),
    ("together", Stand.SUPPORTS): _l("双方都有轨迹的时间里，%(share)s相距500米以内。"),
    ("together", Stand.SILENT): _l("双方轨迹的共同时间不足以判断是否同行。"),
}
SHARES = frozenset({"share", "straight_share", "speed_spread"})


def said(reason: Reason, names: Mapping[str, str]) -> str:
    """A reason as a sentence in the reader's language.

    Args:
        names: what other tracks are called, by the key that a reason gives in `of`.
    """
    values = {key: _worded(key, value, names) for key, value in reason.values.items()}
    sentence = _SAID[reason.code, reason.stand]
    return str(sentence) % values


def _worded(key: str, value: object, names: Mapping[str, str]) -> str:
    if key in SHARES:
        return f"{float(str(value)):.0%}"
    if key == "of":
        return names.get(str(value), "")
    if key == "how":
        return str(HOW[str(value)])
    return f"{value:g}" if isinstance(value, float) else str(value)
