"""Demo agreements: the Wuxing–Wujiang memorandum, on the table; an older one, in force.

The wording is ours. Of the real memorandum (April 2023) only press summaries are public: one
kilometre on each side of a 4.6 km line, joint meetings, joint enforcement, information sharing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.agreements import services
from hub.agreements.models import Agreement
from hub.agreements.template import standard_terms
from hub.bureaus.models import Bureau
from hub.clock import SHANGHAI
from hub.db import utc_now


def local_midnight(moment: datetime) -> datetime:
    """The start of the local day of a moment."""
    return moment.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)


def _clause(number: str, zh: str, en: str) -> dict[str, str]:
    return {"number": number, "zh": zh, "en": en}


def demo_text(a: Bureau, b: Bureau, line: dict[str, Any]) -> dict[str, Any]:
    """Preamble, clauses and what is said of the line, in both languages."""
    return {
        "preamble": {
            "zh": f"{a.name}与{b.name}为共同保护交界区域生态环境，按照环境共管、问题共治、"
            "风险共防、信访共调的原则，订立本备忘录。（演示文本，非正式文件）",
            "en": f"{a.name_en} and {b.name_en}, to protect the environment along their border "
            "together, agree on this memorandum. (Demo text, not an official document.)",
        },
        "clauses": [
            _clause(
                "第一条",
                "双方以行政区域界线为准，在界线两侧各一公里范围内划定交叉联合执法区域。"
                "区域由双方在图上划定，经双方确认同一版本后生效。",
                "Along the boundary line the parties open one kilometre on each side as the joint "
                "zone. It is drawn on the map and binds once both have approved the same version.",
            ),
            _clause(
                "第二条",
                "执法权限不因本备忘录改变：违法行为由发生地一方管辖。",
                "Powers do not change: a violation is handled by the side on which it happens.",
            ),
            _clause(
                "第三条",
                "区域内的联合执法由属地一方牵头，属地持证执法人员不少于两人；另一方人员为协助人员，"
                "事先登记。",
                "In the zone the host leads with at least two licensed officers; the other side's "
                "people assist and are recorded beforehand.",
            ),
            _clause(
                "第四条",
                "联合巡查方案须经双方确认；方案、路线、人员、轨迹及发现的问题双方共享。"
                "方案确认后有改动的，须重新确认。",
                "Joint patrols need both approvals; plan, route, crew, track and findings are "
                "shared. Any later change needs both approvals again.",
            ),
            _clause(
                "第五条",
                "区域内的案件，双方即时共享类别、阶段、地点、当事人、污染情况、措施和办理情况；"
                "附件仅告知。"
                "内部意见、办案笔录和举报人信息不共享。",
                "Cases in the zone are shared at once: category, stage, place, party, substance, "
                "measures and progress; of files only that they exist. Internal opinions, "
                "investigation records and reporters are never shared.",
            ),
            _clause(
                "第六条",
                "区域外的案件，经分管领导同意可以通报其有无及基本情况。",
                "Of cases outside the zone an official may share existence and basics.",
            ),
            _clause(
                "第七条",
                "每季度召开一次联席会议，轮流主持；共享信息不得转交第三方，保存不超过两年。",
                "A joint meeting each quarter, chaired in turn. What is shared is not passed on "
                "and kept for two years at most.",
            ),
            _clause(
                "第八条",
                "双方可以互发协查函、移交线索、移送案件、商请联合办案，收函后三个工作日内答复是否受理；"
                "不予受理的，说明理由。",
                "The parties may ask each other for assistance, hand over leads and cases and "
                "handle cases together; the receiver says within three working days whether it "
                "takes them on, and if not, why.",
            ),
            _clause(
                "第九条",
                "跨界信访事项由受理一方商请共调，双方共同核查、调解，经双方确认后办结；"
                "信访人的身份只由受理一方掌握，任何情况下不提供给对方。",
                "Complaints that reach across the line are settled together when the bureau that "
                "took them asks: both look into them, mediate, and close them by two keys. Who "
                "complained is known to that bureau alone and never given to the other side.",
            ),
        ],
        "line": line,
    }


def _actor(session: Session, username: str) -> Any:
    return make_actor(session.scalars(select(User).where(User.username == username)).one())


def add_agreements(session: Session) -> None:
    """Put the story's memorandum on the table and an older agreement in force."""
    bureaus = {row.code: row for row in session.scalars(select(Bureau))}
    today = local_midnight(utc_now())
    wuxing, wujiang = bureaus["wuxing"], bureaus["wujiang"]
    services.propose(
        session,
        _actor(session, "wujiang-official"),
        title="吴兴—吴江跨区域生态环境联防联控协作机制备忘录",
        title_en="Wuxing–Wujiang Memorandum on Joint Environmental Enforcement",
        party_ids=[wuxing.id, wujiang.id],
        draft=services.Draft(
            valid_from=today,
            valid_to=today + timedelta(days=3 * 365),
            terms=standard_terms().to_dict(),
            text=demo_text(
                wuxing,
                wujiang,
                {
                    "adcodes": ["330502", "320509"],
                    "declared_length_m": 4600,
                    "max_width_m": 1000,
                    "note": {
                        "zh": "备忘录写明界线长4.6公里，未载明起止点；演示中的起止点由演示自选。",
                        "en": "The text names 4.6 km and no end points; the demo chooses them.",
                    },
                },
            ),
        ),
    )
    _add_older(session, bureaus["changxing"], bureaus["yixing"], today)


def _add_older(session: Session, changxing: Bureau, yixing: Bureau, today: datetime) -> Agreement:
    agreement = services.propose(
        session,
        _actor(session, "changxing-official"),
        title="长兴—宜兴生态环境联合执法合作框架（演示）",
        title_en="Changxing–Yixing Framework for Joint Enforcement (demo)",
        party_ids=[changxing.id, yixing.id],
        draft=services.Draft(
            valid_from=today - timedelta(days=400),
            valid_to=today + timedelta(days=695),
            terms=standard_terms().to_dict(),
            text=demo_text(
                changxing, yixing, {"adcodes": ["330522", "320282"], "max_width_m": 2000}
            ),
        ),
    )
    for username in ("changxing-official", "yixing-official"):
        services.sign(
            session, _actor(session, username), agreement.id, agreement.current.content_hash
        )
    return agreement
