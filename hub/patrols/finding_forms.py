"""What is asked of a finding besides words: a table of fields for each category.

Nothing is obligatory: a record in the field takes three presses, and old findings have no such
facts. What is given has to be of its field, on the phone and on the hub by the same table.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.cases.texts import clean, refuse_secrets
from hub.errors import Text, field_error

BASICS, PARTY = "basics", "party"
MOST_LETTERS = 120


@dataclass(frozen=True)
class FormField:
    """A fact: one of `choices`, a number from `least` to `most`, or a text (of `pattern`)."""

    name: str
    label: Text
    choices: Mapping[str, Text] = field(default_factory=dict)
    least: float | None = None
    most: float | None = None
    unit: str = ""
    pattern: str = ""
    hint: str = ""
    # The field group that an agreement opens it by.
    group: str = BASICS

    @property
    def kind(self) -> str:
        """choice, number or text."""
        return "choice" if self.choices else "number" if self.most is not None else "text"


YES_NO = {"yes": _l("是"), "no": _l("否")}
COLOUR = FormField("colour", _l("颜色"), {
    "clear": _l("无色"), "yellow": _l("发黄"), "grey": _l("灰白"), "black": _l("发黑"),
    "red": _l("发红"), "green": _l("发绿"), "other": _l("其他颜色"),
})  # fmt: skip
SMELL = FormField("smell", _l("气味"), {
    "none": _l("无异味"), "slight": _l("轻微"), "strong": _l("明显"), "sharp": _l("刺鼻"),
})  # fmt: skip
FLOW = FormField("flow", _l("流量"), {
    "dry": _l("无水流出"), "drip": _l("滴漏"), "thin": _l("细流"), "steady": _l("持续排放"),
    "heavy": _l("大量排放"),
})  # fmt: skip
PH = FormField("ph", _l("pH值"), least=0, most=14)
OUTLET = FormField("outlet", _l("排放口编号"), pattern=r"[A-Z]{2}[0-9]{3}", hint="DW001")
AMOUNT = FormField("amount_t", _l("数量"), least=0, most=1_000_000, unit="t")
AREA = FormField("area_m2", _l("面积"), least=0, most=100_000_000, unit="m²")
FIRM = FormField("firm_name", _l("涉及单位"), group=PARTY)
# Seen on a sign or a paper, so its form is asked for and not its check digit.
USCC = FormField("firm_uscc", _l("统一社会信用代码"), pattern=r"[0-9A-HJ-NP-RTUWXY]{18}",
                 hint="91330500MA2B00000X", group=PARTY)  # fmt: skip

FORMS: Mapping[str, tuple[FormField, ...]] = {
    "water": (COLOUR, SMELL, FLOW, PH, OUTLET, FIRM),
    "outfall": (COLOUR, SMELL, FLOW, PH, OUTLET),
    "air": (
        FormField("source", _l("来源"), {
            "stack": _l("排气筒"), "workshop": _l("车间无组织"), "burning": _l("露天焚烧"),
            "vessel": _l("船舶车辆"),
        }),
        SMELL,
        FormField("blackness", _l("林格曼黑度（级）"), least=0, most=5),
        FormField("outlet", _l("排放口编号"), pattern=r"[A-Z]{2}[0-9]{3}", hint="DA001"),
        FIRM,
    ),
    "dust": (
        FormField("source", _l("来源"), {
            "site": _l("建筑工地"), "yard": _l("堆场码头"), "road": _l("道路运输"),
            "quarry": _l("矿山"),
        }),
        FormField("covered", _l("遮盖"), {
            "whole": _l("全部遮盖"), "part": _l("部分遮盖"), "none": _l("未遮盖"),
        }),
        FormField("sprayed", _l("喷淋开启"), YES_NO),
        AREA,
        FIRM,
    ),
    "solid_waste": (
        FormField("sort", _l("种类"), {
            "industrial": _l("一般工业固废"), "construction": _l("建筑垃圾"),
            "sludge": _l("污泥"), "household": _l("生活垃圾"), "unknown": _l("尚不清楚"),
        }),
        AMOUNT,
        FormField("storage", _l("存放"), {
            "open": _l("露天"), "covered": _l("有遮盖"), "buried": _l("填埋"),
            "loaded": _l("车船装载"),
        }),
        FIRM,
    ),
    "hazardous_waste": (
        FormField("waste_code", _l("危废代码"), pattern=r"[0-9]{3}-[0-9]{3}-[0-9]{2}",
                  hint="900-214-08"),
        AMOUNT,
        FormField("container", _l("容器"), {
            "drum": _l("桶"), "bag": _l("吨袋"), "tank": _l("储罐"), "pit": _l("池坑"),
            "none": _l("无容器"),
        }),
        FormField("labelled", _l("有危废标识"), YES_NO),
        FormField("leaking", _l("泄漏"), YES_NO),
        FIRM,
    ),
    "noise": (
        FormField("level_db", _l("声级"), least=0, most=180, unit="dB(A)"),
        FormField("source", _l("来源"), {
            "industry": _l("工业设备"), "building": _l("施工"), "vessel": _l("船舶车辆"),
            "shop": _l("商业娱乐"),
        }),
        FIRM,
    ),
    "litter": (
        FormField("sort", _l("种类"), {
            "plants": _l("水草蓝藻"), "household": _l("生活垃圾"),
            "construction": _l("建筑垃圾"), "carcass": _l("动物尸体"), "oil": _l("油污"),
        }),
        AREA,
    ),
    "unlicensed": (
        FIRM,
        USCC,
        FormField("permit", _l("许可情况"), {
            "none": _l("无排污许可"), "expired": _l("许可过期"), "beyond": _l("超出许可范围"),
            "registered": _l("只有登记"),
        }),
        FormField("trade", _l("生产经营内容")),
        FormField("working", _l("正在生产"), YES_NO),
    ),
    "other": (),
}  # fmt: skip


def form_views() -> dict[str, list[dict[str, Any]]]:
    """The forms as a phone shows them, in the reader's language."""
    return {code: [_form_view(one) for one in form] for code, form in FORMS.items()}


def _form_view(one: FormField) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": str(one.label),
        "kind": one.kind,
        "choices": {code: str(text) for code, text in one.choices.items()},
        "least": one.least,
        "most": one.most,
        "unit": one.unit,
        "pattern": one.pattern,
        "hint": one.hint,
    }


def checked(category: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that were given, each of its field; empty ones are left out.

    Raises:
        Invalid: a fact that the category does not ask for, or a value that is none of its field.
    """
    form = {one.name: one for one in FORMS[category]}
    found = {}
    for name, value in given.items():
        if name not in form:
            raise field_error(f"details.{name[:40]}", _l("此类别没有这一项。"))
        if value is not None and value != "":
            found[name] = _checked(form[name], value)
    return {name: value for name, value in found.items() if value != ""}


def _checked(one: FormField, value: object) -> str | float:
    where = f"details.{one.name}"
    if one.kind == "number":
        return _number(one, value, where)
    if not isinstance(value, str) or len(value) > MOST_LETTERS:
        raise field_error(where, _l("请填写不超过%(n)s字的文字。", n=MOST_LETTERS))
    text = clean(value)
    if one.choices and text not in one.choices:
        raise field_error(where, _l("请从选项中选择。"))
    if one.pattern and text and re.fullmatch(one.pattern, text) is None:
        raise field_error(where, _l("格式不对，例如%(example)s。", example=one.hint))
    refuse_secrets(where, text)
    return text


def _number(one: FormField, value: object, where: str) -> float:
    least, most = one.least or 0.0, one.most or 0.0
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not math.isfinite(float(value)) or not least <= float(value) <= most:  # type: ignore[arg-type]
        raise field_error(
            where, _l("请填写%(least)s到%(most)s之间的数。", least=f"{least:g}", most=f"{most:g}")
        )
    return float(value)  # type: ignore[arg-type]


def facts_record(category: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a finding's view that come of its facts, in the reader's language."""
    shown = [
        {"name": one.name, "label": str(one.label), "value": details[one.name],
         "text": in_words(one, details[one.name])}
        for one in FORMS[category]
        if one.group == BASICS and one.name in details
    ]  # fmt: skip
    return {
        "details": shown,
        "details_text": told(shown),
        "firm_name": details.get(FIRM.name),
        "firm_uscc": details.get(USCC.name),
    }


def field_of(category: str, name: str) -> FormField | None:
    """A field of a category's form."""
    return next((one for one in FORMS[category] if one.name == name), None)


def in_words(one: FormField, value: Any) -> str:
    """A fact in the reader's language, with its unit."""
    if one.choices:
        return str(one.choices.get(value, value))
    number = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f"{number} {one.unit}".strip()


def told(details: list[dict[str, Any]]) -> str:
    """The shown facts as one text."""
    return str(_("；")).join(f"{one['label']}{_('：')}{one['text']}" for one in details)


def with_facts(text: str, view: Mapping[str, Any]) -> str:
    """Words with the facts that a view shows, for a record that is made of a finding."""
    return "\n".join(part for part in (text, view.get("details_text")) if part)


# What the view shows of it -> the field group that opens it.
FACTS = {
    "details": BASICS,
    "details_text": BASICS,
    "firm_name": PARTY,
    "firm_uscc": PARTY,
}
