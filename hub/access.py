"""Who is acting and what his roles allow: the roles, the rights and the Actor.

The functions that turn an id into a record live beside each feature's models, in its
`access.py`; all of them take an Actor and answer `NotFound` alike for absent and not yours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from hub.errors import Forbidden


class Role(StrEnum):
    """Roles of a person in his bureau (DESIGN section 5)."""

    OFFICER = "officer"
    LIAISON = "liaison"
    PLANNER = "planner"
    OFFICIAL = "official"
    MEDIATOR = "mediator"
    SYSADMIN = "sysadmin"
    SECADMIN = "secadmin"
    AUDITOR = "auditor"


ROLE_NAMES = {
    Role.OFFICER: _l("执法人员"),
    Role.LIAISON: _l("联络员"),
    Role.PLANNER: _l("指挥员"),
    Role.OFFICIAL: _l("分管领导"),
    Role.MEDIATOR: _l("信访调解员"),
    Role.SYSADMIN: _l("系统管理员"),
    Role.SECADMIN: _l("安全管理员"),
    Role.AUDITOR: _l("审计管理员"),
}
ADMIN_ROLES = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR})
BUSINESS_ROLES = frozenset(Role) - ADMIN_ROLES


class Right(StrEnum):
    """What a role may do inside his own bureau; what lies between bureaus is decided by sharing."""

    WORK_VIEW = "work.view"
    AGREEMENT_PROPOSE = "agreement.propose"
    AGREEMENT_SIGN = "agreement.sign"
    ZONE_DRAW = "zone.draw"
    ZONE_APPROVE = "zone.approve"
    STATION_EDIT = "station.edit"
    PATROL_PLAN = "patrol.plan"
    PATROL_APPROVE = "patrol.approve"
    PATROL_LOG = "patrol.log"
    CASE_EDIT = "case.edit"
    CASE_APPROVE = "case.approve"
    SHARE = "share"
    SHARE_ANSWER = "share.answer"
    REQUEST_WORK = "request.work"
    MEETING_WORK = "meeting.work"
    MEETING_SIGN = "meeting.sign"
    FEED_READ = "feed.read"
    USER_MANAGE = "user.manage"
    ROLE_GRANT = "role.grant"
    # To be the second person of a change of rights, or of a new way to sign in.
    ROLE_CONFIRM = "role.confirm"
    AUDIT_READ = "audit.read"
    # Which files of the bureau are missing or altered: by id, nothing of their content.
    STORE_READ = "store.read"
    CALENDAR_EDIT = "calendar.edit"
    RULE_EDIT = "rule.edit"
    KEY_MANAGE = "key.manage"
    KEY_CONFIRM = "key.confirm"
    PACKAGE_BUILD = "package.build"
    PACKAGE_APPROVE = "package.approve"
    PACKAGE_IMPORT = "package.import"
    PETITION_WORK = "petition.work"
    PETITION_DECIDE = "petition.decide"
    # To look at who brought a petition; each look is entered.
    PETITION_REPORTER = "petition.reporter"
    EMERGENCY_USE = "emergency.use"
    EMERGENCY_REVIEW = "emergency.review"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OFFICER: frozenset(
        {
            Right.WORK_VIEW,
            Right.FEED_READ,
            Right.PATROL_LOG,
            Right.CASE_EDIT,
            Right.REQUEST_WORK,
            Right.EMERGENCY_USE,
        }
    ),
    Role.LIAISON: frozenset(
        {
            Right.WORK_VIEW,
            Right.FEED_READ,
            Right.SHARE_ANSWER,
            Right.STATION_EDIT,
            Right.REQUEST_WORK,
            Right.PACKAGE_BUILD,
            Right.PACKAGE_IMPORT,
            Right.MEETING_WORK,
            Right.PETITION_WORK,
        }
    ),
    Role.PLANNER: frozenset(
        {
            Right.WORK_VIEW,
            Right.FEED_READ,
            Right.AGREEMENT_PROPOSE,
            Right.ZONE_DRAW,
            Right.ZONE_APPROVE,
            Right.STATION_EDIT,
            Right.PATROL_PLAN,
            Right.PATROL_APPROVE,
            Right.MEETING_WORK,
        }
    ),
    Role.OFFICIAL: frozenset(
        {
            Right.WORK_VIEW,
            Right.FEED_READ,
            Right.AGREEMENT_PROPOSE,
            Right.AGREEMENT_SIGN,
            Right.ZONE_APPROVE,
            Right.PATROL_APPROVE,
            Right.CASE_APPROVE,
            Right.SHARE,
            Right.SHARE_ANSWER,
            Right.RULE_EDIT,
            Right.REQUEST_WORK,
            Right.KEY_CONFIRM,
            Right.PACKAGE_BUILD,
            Right.PACKAGE_APPROVE,
            Right.PACKAGE_IMPORT,
            Right.MEETING_WORK,
            Right.MEETING_SIGN,
            Right.EMERGENCY_USE,
            Right.EMERGENCY_REVIEW,
            Right.PETITION_WORK,
            Right.PETITION_DECIDE,
            Right.ROLE_CONFIRM,
        }
    ),
    Role.MEDIATOR: frozenset(
        {
            Right.WORK_VIEW,
            Right.FEED_READ,
            Right.PETITION_WORK,
            Right.PETITION_REPORTER,
        }
    ),
    Role.SYSADMIN: frozenset({Right.USER_MANAGE, Right.CALENDAR_EDIT, Right.STORE_READ}),
    Role.SECADMIN: frozenset(
        {
            Right.ROLE_GRANT,
            Right.ROLE_CONFIRM,
            Right.KEY_MANAGE,
            Right.KEY_CONFIRM,
            Right.EMERGENCY_REVIEW,
        }
    ),
    Role.AUDITOR: frozenset({Right.AUDIT_READ, Right.STORE_READ}),
}


class ReaderClass(NamedTuple):
    """All readers who are shown the same: content is rendered once per class, not per person.

    A tuple, because it is looked up for every socket at every change.
    """

    bureau_id: str
    rights: frozenset[Right]
    clearance: int


@dataclass(frozen=True)
class Actor:
    """The person (or his token) on whose behalf a service acts."""

    user_id: str
    name: str
    bureau_id: str
    bureau_name: str
    roles: frozenset[Role]
    clearance: int
    rights: frozenset[Right]
    session_id: str | None = None
    token_id: str | None = None
    # A token without the `write` scope: its owner's rights to read, and no writing door opens.
    read_only: bool = False

    @cached_property
    def reader(self) -> ReaderClass:
        """The class of readers this actor belongs to."""
        return ReaderClass(self.bureau_id, self.rights, self.clearance)

    def may(self, right: Right) -> bool:
        """Whether one of the actor's roles grants the right."""
        return right in self.rights

    def require(self, right: Right) -> None:
        """Refuse the act unless a role grants it.

        Raises:
            Forbidden: names the roles that could do it.
        """
        self.require_any(right)

    def require_any(self, *rights: Right) -> None:
        """Refuse the act unless a role grants one of some rights; raises as `require`."""
        if self.rights.isdisjoint(rights):
            able = "、".join(
                str(ROLE_NAMES[role]) for role in Role if not RIGHTS[role].isdisjoint(rights)
            )
            raise Forbidden(_l("此操作需要的角色：%(roles)s。", roles=able))


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """All rights that the roles together grant."""
    return frozenset(right for role in roles for right in RIGHTS[role])


def check_role_set(roles: Iterable[Role]) -> bool:
    """Whether one person may hold these roles: an administrator holds one role and no other."""
    held = frozenset(roles)
    return bool(held) and (len(held) == 1 or not held & ADMIN_ROLES)
