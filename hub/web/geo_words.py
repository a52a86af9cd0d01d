"""Where in a file something is wrong and why, in the reader's language: values inside a refusal.

The places are those that the readers of `geo.track_files` name; the reasons are the words of the
parsers of XML and JSON. Whatever is not listed stays as it is.
"""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

WHAT: dict[str, Any] = {
    "lon": lazy_pgettext("文件里的值", "经度"),
    "lat": lazy_pgettext("文件里的值", "纬度"),
    "time": lazy_pgettext("文件里的值", "时间"),
}
REASONS: dict[str, Any] = {
    "no element found": _l("文件没有写完"),
    "unclosed token": _l("文件没有写完"),
    "mismatched tag": _l("标签不成对"),
    "not well-formed (invalid token)": _l("格式不正确"),
    "syntax error": _l("格式不正确"),
    "undefined entity": _l("引用了没有定义的实体"),
    "junk after document element": _l("文件结束之后还有内容"),
    "duplicate attribute": _l("属性重复"),
    "unbound prefix": _l("前缀没有声明"),
    "too deeply nested": _l("嵌套过深"),
    "a document type is not accepted": _l("不接受文档类型声明"),
    "Expecting value": _l("此处缺少值"),
    "Expecting property name enclosed in double quotes": _l("此处应为双引号中的名称"),
    "Expecting ',' delimiter": _l("此处缺少逗号"),
    "Expecting ':' delimiter": _l("此处缺少冒号"),
    "Extra data": _l("文件结束之后还有内容"),
    "Unterminated string starting at": _l("文字没有结束"),
    "UnicodeDecodeError": _l("不是UTF-8文本"),
    "RecursionError": _l("嵌套过深"),
}
_LINE = re.compile(r"line (\d+)(?: (.+))?")
_ELEMENT = re.compile(r"feature(?:s\[(\d+)\])?(?:\[(\d+)\])?(?:\.coordinates\[(\d+)\])?")


def worded(key: str, value: object) -> str:
    """A parameter of a refusal as a person writes it."""
    if isinstance(value, float):
        return f"{value:.10g}"
    text = str(value)
    if key == "at":
        return _place(text)
    return str({"what": WHAT, "reason": REASONS}.get(key, {}).get(text, text))


def _place(at: str) -> str:
    if line := _LINE.fullmatch(at):
        words = [str(_("文件第%(n)s行", n=line[1])), _place(line[2]) if line[2] else ""]
        return str(_("，")).join(word for word in words if word)
    found = _ELEMENT.fullmatch(at)
    if found is None:
        return at
    feature, part, place = (None if n is None else int(n) + 1 for n in found.groups())
    words = [
        _("第%(n)s个要素", n=feature) if feature else _("要素"),
        _("第%(n)s部分", n=part) if part else "",
        _("第%(n)s个位置", n=place) if place else "",
    ]
    return str(_("，")).join(word for word in words if word)
