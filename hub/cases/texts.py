"""What may be written into a case: clean text, no state secrets, a real credit code."""

from __future__ import annotations

import re
import unicodedata

from flask_babel import lazy_gettext as _l
from stdnum.cn import uscc

from hub.errors import field_error

# Marks of state secrets (保守国家秘密法). Trade secrets and personal secrets are none.
_MARK = re.compile("机密|绝密|(?<!商业)(?<!个人)(?<!技术)秘密")  # data, not screen text
_LINES = frozenset("\n\t")


def clean(text: str | None, *, lines: bool = False) -> str:
    """Text in NFC without control and invisible direction characters, without outer spaces.

    With `lines` line breaks and tabs stay. Keeps what people read the same as what is stored.
    """
    kept = _LINES if lines else frozenset()
    normal = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n")
    return "".join(
        c for c in normal if c in kept or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    ).strip()


def refuse_secrets(field: str, text: str) -> None:
    """Refuse a text that bears the mark of a state secret.

    Raises:
        Invalid: names the field; such records must not enter the hub at all.
    """
    if _MARK.search(re.sub(r"\s", "", unicodedata.normalize("NFKC", text))):
        raise field_error(field, _l("内容带有国家秘密标志，不得录入本系统。"))


def checked_uscc(text: str | None) -> str | None:
    """A unified social credit code with a right check digit (GB 32100), or None for none.

    Raises:
        Invalid: length, characters or check digit are wrong.
    """
    compact = clean(text).upper().replace(" ", "")
    if not compact:
        return None
    if not uscc.is_valid(compact):
        raise field_error("party_uscc", _l("统一社会信用代码不正确，请核对18位代码和校验位。"))
    return compact
