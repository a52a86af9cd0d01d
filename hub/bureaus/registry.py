"""Bureaus: entered when a hub is set up, changed when they are called or reached otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.models import Bureau, Jurisdiction
from hub.changes import record_act
from hub.errors import FieldError, Invalid, NotFound, field_error
from hub.plain_texts import plain

CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")
# The most characters of each text; all but the telephone must be given.
LONGEST = {
    "name": 200, "name_en": 200, "short_name": 20, "short_name_en": 40, "duty_phone": 40,
}  # fmt: skip


@dataclass(frozen=True)
class BureauTexts:
    """How a bureau is called, in full and on maps and badges, and whom to ask."""

    name: str
    name_en: str
    short_name: str
    short_name_en: str
    duty_phone: str = ""


def add_bureau(
    session: Session, actor: Actor, *, code: str, adcode: str, texts: BureauTexts
) -> Bureau:
    """Enter a bureau.

    Args:
        code: its name in user names, numbers and commands, e.g. ``wuxing``; it stays.
        adcode: GB/T 2260 code of the jurisdiction in which it has powers; its outline is in use.

    Raises:
        Invalid: a text is missing or too long, the code malformed or taken, the jurisdiction
            unknown or another bureau's.
    """
    if not CODE.fullmatch(code):
        raise field_error("code", _l("代码由2至40位小写字母、数字、横线组成，以字母开头。"))
    if session.scalar(select(Bureau.id).where(Bureau.code == code)):
        raise field_error("code", _l("代码已被使用。"))
    ground = session.get(Jurisdiction, adcode)
    if ground is None:
        raise field_error("adcode", _l("没有%(code)s的界线，请先导入界线数据。", code=adcode))
    holder = session.scalar(select(Bureau).where(Bureau.adcode == adcode))
    if holder is not None:
        text = _l("%(place)s已由%(name)s管辖。", place=ground.name, name=holder.name)
        raise field_error("adcode", text)
    row = Bureau(code=code, adcode=adcode, province=ground.province, **_checked(asdict(texts)))
    session.add(row)
    session.flush()
    _record(session, actor, row, "created", {"code": code, "adcode": adcode})
    return row


def change_bureau(session: Session, actor: Actor, code: str, changes: Mapping[str, str]) -> Bureau:
    """Call a bureau otherwise; texts that are not in `changes` stay, an empty telephone is none.

    Raises:
        NotFound: no bureau has this code.
        Invalid: a text is missing or too long.
    """
    row = bureau_of_code(session, code)
    for name, value in _checked(changes).items():
        setattr(row, name, value)
    row.version += 1
    _record(session, actor, row, "updated", {"fields": sorted(changes)})
    return row


def bureau_of_code(session: Session, code: str) -> Bureau:
    """A bureau by its code.

    Raises:
        NotFound: no bureau has it.
    """
    row = session.scalar(select(Bureau).where(Bureau.code == code))
    if row is None:
        raise NotFound
    return row


def _checked(texts: Mapping[str, str]) -> dict[str, str | None]:
    kept = {name: plain(text).strip() for name, text in texts.items()}
    wrong = []
    for name, text in kept.items():
        if not text and name != "duty_phone":
            wrong.append(FieldError(name, _l("请填写。")))
        if len(text) > LONGEST[name]:
            wrong.append(FieldError(name, _l("最多%(most)s个字。", most=LONGEST[name])))
    if wrong:
        raise Invalid(errors=wrong)
    return {name: text or None for name, text in kept.items()}


def _record(
    session: Session, actor: Actor, row: Bureau, verb: str, detail: Mapping[str, object]
) -> None:
    """In the hub's own chain and the bureau's."""
    record_act(
        session, actor, action=f"bureau.{verb}", kind="bureau", record_id=row.id,
        chains=[row.id], detail=detail,
    )  # fmt: skip
