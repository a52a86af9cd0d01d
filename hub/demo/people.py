"""Demo bureaus and accounts. Names are invented; the passwords work in demo mode only."""

# ruff: noqa: E501 - a table reads better in long lines
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Role
from hub.accounts import services as accounts
from hub.accounts.models import User
from hub.accounts.secrets import hash_password
from hub.bureaus.models import Bureau
from hub.bureaus.registry import BureauTexts, add_bureau
from hub.changes import SYSTEM

PASSWORD = "lianfang-demo-2026"  # noqa: S105 - shown on the sign-in page of a demo


@dataclass(frozen=True)
class DemoBureau:
    """A demo party."""

    code: str
    name: str
    name_en: str
    short_name: str
    short_name_en: str
    adcode: str
    surnames: str


BUREAUS = [
    DemoBureau(
        "wuxing", "湖州市生态环境局吴兴分局", "Wuxing Branch, Huzhou Ecology and Environment Bureau",
        "吴兴", "Wuxing", "330502", "沈钱章姚潘施",
    ),
    DemoBureau(
        "wujiang", "苏州市吴江生态环境局", "Suzhou Wujiang Ecology and Environment Bureau",
        "吴江", "Wujiang", "320509", "顾陆费金周庞",
    ),
    DemoBureau(
        "nanxun", "湖州市生态环境局南浔分局", "Nanxun Branch, Huzhou Ecology and Environment Bureau",
        "南浔", "Nanxun", "330503", "张刘庞邱梅邢",
    ),
    DemoBureau(
        "changxing", "湖州市生态环境局长兴分局",
        "Changxing Branch, Huzhou Ecology and Environment Bureau",
        "长兴", "Changxing", "330522", "吴臧丁朱许王",
    ),
    DemoBureau(
        "yixing", "无锡市宜兴生态环境局", "Wuxi Yixing Ecology and Environment Bureau",
        "宜兴", "Yixing", "320282", "蒋徐储周任路",
    ),
]  # fmt: skip

# role suffix of the user name -> roles, given name, licensed
POSTS: list[tuple[str, list[Role], str, bool]] = [
    ("official", [Role.OFFICIAL], "建国", True),
    ("planner", [Role.PLANNER], "志远", True),
    ("liaison", [Role.LIAISON], "晓燕", False),
    ("officer1", [Role.OFFICER], "海涛", True),
    ("officer2", [Role.OFFICER], "秋萍", True),
    ("officer3", [Role.OFFICER], "一鸣", True),
    ("sysadmin", [Role.SYSADMIN], "系统", False),
    ("secadmin", [Role.SECADMIN], "安全", False),
    ("auditor", [Role.AUDITOR], "审计", False),
    ("mediator", [Role.MEDIATOR], "和平", False),
]


def add_people(session: Session) -> None:
    """Add the demo bureaus and their people."""
    one_hash = hash_password(PASSWORD)  # slow on purpose; once is enough for a public password
    for number, spec in enumerate(BUREAUS):
        area = "0572" if spec.adcode.startswith("33") else "0512"
        bureau = add_bureau(
            session,
            SYSTEM,
            code=spec.code,
            adcode=spec.adcode,
            texts=BureauTexts(
                name=spec.name,
                name_en=spec.name_en,
                short_name=spec.short_name,
                short_name_en=spec.short_name_en,
                duty_phone=f"{area}-000{number}369",
            ),
        )
        for position, (suffix, roles, given, licensed) in enumerate(POSTS):
            accounts.add_account(
                session,
                SYSTEM,
                bureau=bureau,
                username=f"{spec.code}-{suffix}",
                name=spec.surnames[position % len(spec.surnames)] + given,
                password_hash=one_hash,
                roles=roles,
                clearance=3,
                license_no=f"{spec.adcode}{2600 + position}" if licensed else None,
            )


def demo_accounts(session: Session) -> Iterator[tuple[str, str, str]]:
    """(user name, person, bureau) of the demo accounts of the story, for the sign-in page."""
    rows = session.scalars(select(User).join(Bureau).order_by(Bureau.adcode, User.username))
    for user in rows:
        yield user.username, user.name, user.bureau.short_name
