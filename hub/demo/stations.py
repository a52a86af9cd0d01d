"""Demo stations: invented ones in real towns near the lines, with invented boats and vehicles."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.stations import services


@dataclass(frozen=True)
class DemoStation:
    """A station, its place (WGS 84) and its craft as (name, kind, plate)."""

    bureau: str
    name: str
    name_en: str
    lon: float
    lat: float
    duty: str
    craft: tuple[tuple[str, str, str], ...]


# The texts are data of the demo, not screen text.
STATIONS = [
    DemoStation(
        "wuxing", "织里生态联勤警务站（演示）", "Zhili Station (demo)", 120.2570, 30.8680,
        "24小时值班；公安、生态环境常驻，水利、港航轮值",
        (("浙环巡01", "boat", "浙湖巡1101"), ("织里执法车", "vehicle", "浙E·D0101")),
    ),
    DemoStation(
        "wuxing", "八里店生态联勤警务站（演示）", "Balidian Station (demo)", 120.1700, 30.8730,
        "8:00—20:00；生态环境、综合执法",
        (("浙环巡02", "boat", "浙湖巡1102"), ("八里店执法车", "vehicle", "浙E·D0102")),
    ),
    DemoStation(
        "wujiang", "七都生态联勤警务站（演示）", "Qidu Station (demo)", 120.3920, 30.9500,
        "24小时值班；公安、生态环境常驻，渔政轮值",
        (("苏环巡11", "boat", "苏吴巡2101"), ("七都执法车", "vehicle", "苏E·D0201")),
    ),
    DemoStation(
        "wujiang", "震泽生态联勤警务站（演示）", "Zhenze Station (demo)", 120.5050, 30.9130,
        "8:00—20:00；生态环境、交通",
        (("苏环巡12", "boat", "苏吴巡2102"), ("震泽执法车", "vehicle", "苏E·D0202")),
    ),
    DemoStation(
        "changxing", "夹浦生态联勤警务站（演示）", "Jiapu Station (demo)", 119.9250, 31.1050,
        "24小时值班；公安、生态环境常驻",
        (("浙环巡31", "boat", "浙湖巡1301"), ("夹浦执法车", "vehicle", "浙E·D0301")),
    ),
    DemoStation(
        "yixing", "丁蜀生态联勤警务站（演示）", "Dingshu Station (demo)", 119.8650, 31.2550,
        "8:00—20:00；公安、生态环境",
        (("苏环巡41", "boat", "苏宜巡2401"), ("丁蜀执法车", "vehicle", "苏B·D0401")),
    ),
]  # fmt: skip


def add_stations(session: Session) -> None:
    """Add the demo stations with their craft, each by the liaison of its bureau."""
    for number, spec in enumerate(STATIONS):
        username = f"{spec.bureau}-liaison"
        user = session.scalars(select(User).where(User.username == username)).one()
        actor = make_actor(user)
        station = services.create(
            session,
            actor,
            name=spec.name,
            name_en=spec.name_en,
            lon=spec.lon,
            lat=spec.lat,
            phone=f"000-0000{number}110",
            duty=spec.duty,
            active=True,
        )
        for name, kind, plate in spec.craft:
            services.add_craft(session, actor, station, name=name, kind=kind, plate=plate)
