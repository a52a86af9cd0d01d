"""What may be written into a case: clean text, no state secrets, a real credit code."""

from __future__ import annotations

import re
import unicodedata

from flask_babel import lazy_gettext as _l
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from hub.cases.codes import waste_name
from hub.db import utc_now
from hub.errors import field_error
from hub.plain_texts import HALVES, LINES, UNSEEN, plain

# Marks of state secrets (保守国家秘密法). Trade secrets and personal secrets are none.
_MARK = re.compile("机密|绝密|(?<!商业)(?<!个人)(?<!技术)秘密")  # data, not screen text
_WASTE = re.compile(r"[0-9]{3}-[0-9]{3}-[0-9]{2}")
_IDENTITY = re.compile(r"[0-9]{17}[0-9X]")


def clean(text: str | None, *, lines: bool = False) -> str:
    """Text in NFC without control and invisible direction characters, without outer spaces.

    With `lines` line breaks and tabs stay. Keeps what people read the same as what is stored.
    """
    return plain(text or "", LINES if lines else frozenset(), UNSEEN | HALVES).strip()


def refuse_secrets(field: str, text: str) -> None:
    """Refuse a text that bears the mark of a state secret.

    Raises:
        Invalid: names the field; such records must not enter the hub at all.
    """
    if _MARK.search(re.sub(r"\s", "", unicodedata.normalize("NFKC", text))):
        raise field_error(field, _l("内容带有国家秘密标志，不得录入本系统。"))


def checked_uscc(text: str | None, field: str = "party_uscc") -> str | None:
    """A unified social credit code with a right check digit (GB 32100), or None for none.

    Raises:
        Invalid: length, characters or check digit are wrong.
    """
    compact = _compact(text)
    if not compact:
        return None
    if not uscc.is_valid(compact):
        raise field_error(field, _l("统一社会信用代码不正确，请核对18位代码和校验位。"))
    return compact


def checked_identity(text: str | None, field: str = "code") -> str | None:
    """An identity number with a real day of birth and a right check digit (GB 11643), or None.

    Raises:
        Invalid: length, day or check digit are wrong.
    """
    compact = _compact(text)
    if not compact:
        return None
    if not _is_identity(compact):
        raise field_error(field, _l("居民身份证号不正确，请核对18位号码、出生日期和校验位。"))
    return compact


def _is_identity(number: str) -> bool:
    """Form, day of birth and check digit. Not the place: numbers were given out from 1984 on, so
    a code may be younger than its bearer, and the library's list of places is not complete."""
    if not _IDENTITY.fullmatch(number) or number[-1] != ric.calc_check_digit(number):
        return False
    try:
        return bool(ric.get_birth_date(number) <= utc_now().date())
    except ValidationError:
        return False


def checked_waste_code(text: str | None) -> str | None:
    """A code of the national list of hazardous wastes (industry-number-category), or None.

    Raises:
        Invalid: not three, three and two digits, or the last two are no category of the list.
    """
    compact = _compact(text)
    if not compact:
        return None
    if not _WASTE.fullmatch(compact):
        raise field_error(
            "waste_code", _l("危险废物代码应为“336-064-17”的形式：3位、3位、2位数字。")
        )
    if waste_name(compact) is None:
        raise field_error(
            "waste_code", _l("名录中没有类别HW%(last)s，请核对末两位。", last=compact[-2:])
        )
    return compact


def _compact(text: str | None) -> str:
    """Capitals and digits as on the form: full-width ones made plain, blanks left out."""
    plain = unicodedata.normalize("NFKC", clean(text)).upper()
    return re.sub(r"\s", "", plain).replace("–", "-").replace("—", "-")
