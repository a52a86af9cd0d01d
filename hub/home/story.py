"""The first steps of a partnership, for a newcomer: what comes next, who does it, where."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.agreements.access import visible_to
from hub.agreements.effect import in_force_of
from hub.agreements.models import Agreement
from hub.patrols.models import PatrolState
from hub.patrols.plan_list import Filters, own_patrols
from hub.zones.services import binding_zones
from sharing.models import Share


@dataclass(frozen=True)
class Step:
    """A step, whether it is done, and where it is done."""

    title: str
    sub: str
    url: str
    done: bool


def steps(session: Session, actor: Actor) -> list[Step]:
    """The steps in order; empty once all of them are done."""
    own = actor.bureau_id
    agreement = session.scalars(
        select(Agreement).where(visible_to(own)).order_by(Agreement.id).limit(1)
    ).first()
    planned = session.scalars(own_patrols(actor, Filters()).limit(1)).first()
    logged = session.scalars(
        own_patrols(actor, Filters(states=(PatrolState.IN_PROGRESS, PatrolState.COMPLETED))).limit(
            1
        )
    ).first()
    either = (Share.owner_bureau_id == own) | (Share.partner_bureau_id == own)
    shared = session.scalars(select(Share.id).where(either).limit(1)).first()
    zoned = any(own in a.party_ids for _zone, _version, a in binding_zones(session))
    found = [
        Step(
            _("签署协作备忘录"),
            _("双方的分管领导阅读同一文本并签署；全部签署后生效。"),
            f"/agreements/{agreement.id}" if agreement else "/agreements",
            bool(in_force_of(session, own)),
        ),
        Step(
            _("划定交叉联合执法区域"),
            _("指挥员在分界线上标出起止点和宽度，双方确认同一版本。"),
            f"/map?agreement={agreement.id}" if agreement else "/map?build=1",
            zoned,
        ),
        Step(
            _("提出联合巡查"),
            _("指挥员画路线、定人员船车，双方批准同一方案。"),
            "/patrols/new",
            planned is not None,
        ),
        Step(
            _("用手机巡查并记录"),
            _("执法人员开始巡查，记录轨迹、问题和照片；断网时先存在手机上，联网后补发。"),
            "/patrols",
            logged is not None,
        ),
        Step(
            _("共享案件并签收"),
            _("问题转为案件后按条款共享；联络员签收，经过全程留痕。"),
            "/cases",
            shared is not None,
        ),
    ]
    return [] if all(step.done for step in found) else found
