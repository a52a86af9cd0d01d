"""Which change concerns whom: a table by kind and verb."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hub.access import Right
from hub.errors import Text


class Topic(StrEnum):
    """What a person can mute."""

    AGREEMENT = "agreement"
    PATROL = "patrol"
    SHARE = "share"
    ACCESS = "access"
    CASE = "case"
    REQUEST = "request"
    PETITION = "petition"
    MEETING = "meeting"
    PACKAGE = "package"
    DEADLINE = "deadline"
    EMERGENCY = "emergency"


TOPIC_NAMES: dict[Topic, Text] = {
    Topic.AGREEMENT: _l("备忘录与区域"),
    Topic.PATROL: lazy_pgettext("数量", "联合巡查"),
    Topic.SHARE: _l("共享与签收"),
    Topic.ACCESS: lazy_pgettext("数量", "查看申请"),
    Topic.CASE: _l("经办的案件"),
    Topic.REQUEST: _l("协查移送"),
    Topic.PETITION: _l("信访与共调"),
    Topic.MEETING: _l("联席会议与办理事项"),
    Topic.PACKAGE: _l("数据交换"),
    Topic.DEADLINE: lazy_pgettext("导航", "期限"),
    Topic.EMERGENCY: _l("紧急查阅"),
}
# Alerts that nobody can switch off.
ALWAYS = frozenset({Topic.EMERGENCY})


class Side(StrEnum):
    """Of which bureaus people are told."""

    # Those that did not do it themselves.
    OTHERS = "others"
    ALL = "all"


@dataclass(frozen=True)
class Concern:
    """Who is told of a change: people of a side who hold a right, and the record's handlers."""

    topic: Topic
    right: Right | None
    side: Side = Side.OTHERS
    handlers: bool = False


def _each(kind: str, verbs: str, concern: Concern) -> dict[tuple[str, str], Concern]:
    return {(kind, verb): concern for verb in verbs.split()}


AGREED = Concern(Topic.AGREEMENT, Right.AGREEMENT_PROPOSE)
DATED = Concern(Topic.AGREEMENT, Right.AGREEMENT_PROPOSE, Side.ALL)
ZONED = Concern(Topic.AGREEMENT, Right.ZONE_APPROVE)
PATROLLED = Concern(Topic.PATROL, Right.PATROL_PLAN)
# Of a meeting: who arranges meetings at the other bureaus, and everybody who is invited.
MET = Concern(Topic.MEETING, Right.MEETING_WORK, handlers=True)
RECEIVED = Concern(Topic.SHARE, Right.SHARE_ANSWER)
ANSWERED = Concern(Topic.SHARE, Right.SHARE, handlers=True)

CONCERNS: dict[tuple[str, str], Concern] = {
    **_each(
        "agreement",
        "created signed amendment_proposed amendment_withdrawn suspended resumed terminated",
        AGREED,
    ),
    **_each("agreement", "begun expired", DATED),
    **_each("zone", "created updated approved", ZONED),
    **_each("patrol", "created updated approved time_proposed time_accepted cancelled", PATROLLED),
    **_each("patrol", "started ended", PATROLLED),
    ("inspection", "sealed"): PATROLLED,
    ("patrol_review", "given"): PATROLLED,
    ("patrol", "substituted"): Concern(Topic.PATROL, Right.PATROL_PLAN, handlers=True),
    ("patrol", "unanswered"): Concern(Topic.PATROL, Right.PATROL_PLAN, Side.ALL),
    **_each("patrol_series", "created updated approved excepted ended", PATROLLED),
    **_each("patrol_series", "made not_made", Concern(Topic.PATROL, Right.PATROL_PLAN, Side.ALL)),
    **_each(
        "crossing",
        "crossed_side crossed_entered crossed_left",
        Concern(Topic.PATROL, Right.PATROL_PLAN, Side.ALL),
    ),
    # Of lost contact also whoever is on duty at a station.
    **_each(
        "crossing",
        "contact_lost contact_heard",
        Concern(Topic.PATROL, Right.PATROL_PLAN, Side.ALL, handlers=True),
    ),
    # A swap concerns the two persons; running a station together those who keep stations.
    **_each(
        "station",
        "swap_asked swap_accepted swap_declined",
        Concern(Topic.PATROL, None, Side.ALL, handlers=True),
    ),
    **_each(
        "station",
        "joint_asked joint_accepted joint_ended",
        Concern(Topic.PATROL, Right.STATION_EDIT),
    ),
    **_each("share", "shared recalled ended", RECEIVED),
    **_each("share", "accepted refused acted purged", ANSWERED),
    ("share", "onward_asked"): Concern(Topic.ACCESS, Right.SHARE, handlers=True),
    **_each("share", "onward_consented onward_refused", Concern(Topic.ACCESS, Right.SHARE_ANSWER)),
    ("share", "access_asked"): Concern(Topic.ACCESS, Right.SHARE, handlers=True),
    **_each(
        "share",
        "access_granted access_refused access_withdrawn access_ended",
        Concern(Topic.ACCESS, Right.SHARE_ANSWER),
    ),
    **_each("case", "updated", Concern(Topic.CASE, None, Side.ALL, handlers=True)),
    ("case", "approval_asked"): Concern(Topic.CASE, Right.CASE_APPROVE, Side.ALL),
    **_each(
        "case",
        "approval_granted approval_refused approval_lapsed",
        Concern(Topic.CASE, None, Side.ALL, handlers=True),
    ),
    **_each(
        "request",
        "send acknowledge accept decline withdraw reply supplement report close message "
        "dispute designate return end due_near",
        Concern(Topic.REQUEST, Right.SHARE_ANSWER),
    ),
    # In a shared workspace its handlers alone are told, and of tasks first of all.
    **_each(
        "request",
        "contributed task task_done item_withdrawn",
        Concern(Topic.REQUEST, None, Side.ALL, handlers=True),
    ),
    # What is late goes to those who answer for the bureau, on both sides.
    **_each("request", "escalated report_superior", Concern(Topic.REQUEST, Right.SHARE, Side.ALL)),
    # Of a petition: who works on petitions at the other bureau, and its handler.
    **_each(
        "petition",
        "ask_joint join decline_joint withdraw_joint visit mediation note agree fail answer "
        "approve_close closed",
        Concern(Topic.PETITION, Right.PETITION_WORK, handlers=True),
    ),
    ("petition", "created"): Concern(Topic.PETITION, Right.PETITION_WORK, Side.ALL),
    **_each("meeting", "created updated people", Concern(Topic.MEETING, Right.MEETING_WORK)),
    **_each("meeting", "fix_agenda notify reopen cancel convene end countersign sealed", MET),
    **_each("meeting", "decision_proposed decision_adopted", MET),
    **_each(
        "action_item",
        "created note report confirm return postpone assign",
        Concern(Topic.MEETING, Right.MEETING_WORK, handlers=True),
    ),
    # Of a package its own bureau alone is told: who approves, who carries it, who imports.
    **_each("package", "created waiting", Concern(Topic.PACKAGE, Right.PACKAGE_APPROVE, Side.ALL)),
    **_each(
        "package",
        "sealed receipt receipt_due",
        Concern(Topic.PACKAGE, Right.PACKAGE_BUILD, Side.ALL),
    ),
    ("package", "imported"): Concern(Topic.PACKAGE, Right.PACKAGE_IMPORT, Side.ALL),
    ("meeting", "package"): Concern(Topic.PACKAGE, Right.PACKAGE_IMPORT),
    # Emergency access: at home whoever reviews it, at the partner whoever answers for shares.
    **_each(
        "emergency",
        "begun ended review_late reviewed",
        Concern(Topic.EMERGENCY, Right.EMERGENCY_REVIEW, Side.ALL),
    ),
    ("share", "emergency"): Concern(Topic.EMERGENCY, Right.SHARE_ANSWER),
    ("finding", "emergency"): Concern(Topic.EMERGENCY, Right.SHARE_ANSWER),
    ("request", "emergency"): Concern(Topic.EMERGENCY, Right.SHARE_ANSWER),
    # Of a deadline: the person it is laid on, else liaisons and officials of both sides.
    **_each("clock", "near overdue", Concern(Topic.DEADLINE, Right.SHARE_ANSWER, Side.ALL)),
}
