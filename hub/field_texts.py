"""What a schema says about a field, in the reader's language.

APIFlask hands on pydantic's sentence alone, without its type, so that it is known by its words.
"""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l

from hub.errors import Text

# Pydantic's sentence -> ours; named groups are filled in.
_TEXTS: tuple[tuple[str, Text], ...] = (
    (r"Field required|String should have at least 1 character", _l("请填写此项。")),
    (r"(?:String|Data) should have at least (?P<n>\d+) \w+", _l("至少%(n)s个字。")),
    (r"(?:String|Data) should have at most (?P<n>\d+) \w+", _l("最多%(n)s个字。")),
    (r"\w+ should have at least (?P<n>\d+) items? after validation.*", _l("至少%(n)s项。")),
    (r"\w+ should have at most (?P<n>\d+) items? after validation.*", _l("最多%(n)s项。")),
    (r"Input should be greater than or equal to (?P<n>\S+)", _l("不能小于%(n)s。")),
    (r"Input should be less than or equal to (?P<n>\S+)", _l("不能大于%(n)s。")),
    (r"Input should be greater than (?P<n>\S+)", _l("应大于%(n)s。")),
    (r"Input should be less than (?P<n>\S+)", _l("应小于%(n)s。")),
    (r"Input should be a valid integer.*", _l("应为整数。")),
    (r"Input should be a (?:valid|finite) number.*", _l("应为数字。")),
    (r"Input should be a valid boolean.*", _l("应为是或否。")),
    (r"Input should be a valid datetime.*", _l("请填写日期和时间。")),
    (r"Input should be a valid date.*|Datetimes provided to dates .*", _l("请填写日期。")),
    (r"Input should have timezone info", _l("时间应写明时区。")),
    (r"Input should be a valid string", _l("应为文字。")),
    (r"Input should be a valid (?:list|tuple|set)", _l("应为列表。")),
    (r"Input should be (?P<n>'.*)", _l("没有这个选项，可选：%(n)s。")),
    (r"Extra inputs are not permitted", _l("没有这一项。")),
    (r"String should match pattern .*|Input should be a valid UUID.*", _l("格式不对。")),
)
_KNOWN = [(re.compile(pattern, re.DOTALL), text) for pattern, text in _TEXTS]


def field_text(message: str) -> str:
    """A schema's sentence about a field in the reader's language; an unknown one as it is."""
    for pattern, text in _KNOWN:
        found = pattern.fullmatch(message)
        if found is not None:
            return str(text) % found.groupdict() if found.groupdict() else str(text)
    return message
