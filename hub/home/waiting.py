"""What of each feature waits for a person's own hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.change_views import waiting as changes_of_accounts
from hub.action_items.listing import waiting as action_items_of
from hub.agreements import listing as agreements
from hub.agreements.models import AgreementState
from hub.agreements.services import effective_state
from hub.approvals import services as approvals
from hub.bureaus.services import bureau
from hub.cases.approval_views import waiting_approvals
from hub.db import utc_now
from hub.emergency.services import to_review as emergencies_of
from hub.exchange import waiting as packages_of
from hub.home.items import Badge, Item
from hub.meetings import listing as meetings
from hub.patrols.models import Patrol, PatrolState
from hub.patrols.plan import open_proposals
from hub.patrols.plan_list import Filters, own_patrols
from hub.requests import listing as requests
from hub.requests.joint import open_tasks
from hub.shares import listing as shares
from hub.web.clauses import clause_name
from hub.zones.access import agreement_of
from hub.zones.services import OPEN_STATES, zones_of

MOST = 50


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _missing(session: Session, actor: Actor, kind: str, record_id: str, version: int) -> bool:
    given = approvals.standing(session, kind, record_id, version)
    return all(approval.bureau_id != actor.bureau_id for approval in given)


def account_changes(session: Session, actor: Actor) -> Iterator[Item]:
    """Changes of accounts of the own bureau for which this person is the second."""
    if not actor.may(Right.ROLE_CONFIRM):
        return
    for view in changes_of_accounts(session, actor):
        if view["may_confirm"]:
            what = _("登录码") if view["kind"] == "sign_in" else _("角色和可阅密级")
            sub = _("%(what)s，%(who)s提出", what=what, who=view["proposed_by_name"])
            yield Item(view["name"], sub, "/people", "people", Badge(_("待确认账号变更")))


def agreements_to_sign(session: Session, actor: Actor) -> Iterator[Item]:
    """Agreements on the table that the own bureau has not signed."""
    if not actor.may(Right.AGREEMENT_SIGN):
        return
    found = agreements.agreements(session, actor, AgreementState.PROPOSED)
    for view in found.all(session, MOST):
        signed = {party["bureau_id"] for party in view["parties"] if party["signed"]}
        if actor.bureau_id not in signed:
            others = [p["short_name"] for p in view["parties"] if p["bureau_id"] in signed]
            sub = _("%(names)s已签署", names="、".join(others)) if others else view["number"]
            url = f"/agreements/{view['id']}"
            yield Item(view["title"], sub, url, "agreement", Badge(_("待签署")))


def zones_to_approve(session: Session, actor: Actor) -> Iterator[Item]:
    """Versions of zones on the table that the own bureau has not approved."""
    if not actor.may(Right.ZONE_APPROVE):
        return
    for zone in zones_of(session, actor):
        open_now = effective_state(agreement_of(session, zone)) in OPEN_STATES
        settled = zone.binding_version == zone.current_version
        if settled or not open_now:
            continue
        if _missing(session, actor, "zone", zone.id, zone.current_version):
            proposer = bureau(session, zone.proposed_by).short_name
            sub = _("第%(n)s版，%(who)s提出", n=zone.current_version, who=proposer)
            yield Item(zone.name, sub, f"/zones/{zone.id}", "polygon", Badge(_("待确认区域")))


def _proposed_patrols(session: Session, actor: Actor) -> list[Patrol]:
    waiting = Filters(states=(PatrolState.PROPOSED, PatrolState.APPROVED))
    return list(session.scalars(own_patrols(actor, waiting).limit(MOST)))


def patrols_to_approve(session: Session, actor: Actor) -> Iterator[Item]:
    """Plans of joint patrols that the own bureau has not approved."""
    if not actor.may(Right.PATROL_APPROVE):
        return
    for patrol in _proposed_patrols(session, actor):
        if patrol.state == PatrolState.PROPOSED and _missing(
            session, actor, "patrol", patrol.id, patrol.plan_version
        ):
            yield Item(
                patrol.title,
                patrol.number,
                f"/patrols/{patrol.id}",
                "route",
                Badge(_("待批准方案")),
                due=patrol.starts_at,
            )


def times_to_answer(session: Session, actor: Actor) -> Iterator[Item]:
    """Other times that a partner proposes for a patrol."""
    if not actor.may(Right.PATROL_PLAN):
        return
    for patrol in _proposed_patrols(session, actor):
        for row in open_proposals(session, patrol):
            if row.bureau_id != actor.bureau_id:
                who = bureau(session, row.bureau_id).short_name
                yield Item(
                    patrol.title,
                    _("%(who)s建议改期", who=who),
                    f"/patrols/{patrol.id}",
                    "calendar",
                    Badge(_("待答复")),
                    due=row.starts_at,
                )


def shares_to_answer(session: Session, actor: Actor) -> Iterator[Item]:
    """Cases shared with the own bureau that nobody has answered, and recalls to confirm."""
    for view in shares.waiting(session, actor, MOST):
        recalled = not view["running"]
        badge = Badge(_("待确认清除"), "danger") if recalled else Badge(_("待签收"))
        if view["overdue"]:
            badge = Badge(_("逾期未签收"), "danger")
        yield Item(
            _("案件 %(number)s", number=view["record_number"] or view["record_id"][:8]),
            _(
                "%(owner)s共享（%(clause)s）",
                owner=view["owner_name"],
                clause=clause_name(view["clause"]),
            ),
            f"/cases/{view['record_id']}",
            "case",
            badge,
            due=None if recalled else _moment(view["answer_due"]),
            deadline=True,
        )


def shares_overdue(session: Session, actor: Actor) -> Iterator[Item]:
    """Cases that a partner has not answered within the term."""
    for view in shares.unanswered_by_partners(session, actor, MOST):
        yield Item(
            _("案件 %(number)s", number=view["record_number"] or view["record_id"][:8]),
            _("%(partner)s尚未签收", partner=view["partner_name"]),
            f"/cases/{view['record_id']}",
            "case",
            Badge(_("逾期未签收"), "danger"),
            due=_moment(view["answer_due"]),
            deadline=True,
        )


def access_to_answer(session: Session, actor: Actor) -> Iterator[Item]:
    """Requests of partners to see more of a case of the own bureau."""
    for view in shares.requests_to_answer(session, actor, MOST):
        asked = view["access_request"]
        yield Item(
            _("案件 %(number)s", number=view["record_number"] or view["record_id"][:8]),
            _("%(partner)s申请查看", partner=view["partner_name"]),
            f"/cases/{view['record_id']}",
            "request",
            Badge(_("逾期未答复"), "danger") if asked["overdue"] else Badge(_("待答复")),
            due=datetime.fromisoformat(asked["due_at"]),
            deadline=True,
        )


def approvals_to_give(session: Session, actor: Actor) -> Iterator[Item]:
    """What officers of the own bureau asked of its head about a case."""
    for case, view in waiting_approvals(session, actor, MOST):
        sub = f"{case.number} · {view['asked_by_name']}"
        url = f"/cases/{case.id}#case-approvals"
        yield Item(view["title"], sub, url, "clock", Badge(_("待批准")))


def emergencies_to_review(session: Session, actor: Actor) -> Iterator[Item]:
    """Uses of emergency access in the own bureau that somebody else has to review."""
    for row in emergencies_of(session, actor, MOST):
        sub = _("案件 %(number)s", number=row.case_number)
        badge = Badge(_("紧急查阅待复核"), "warn")
        yield Item(row.user_name, sub, f"/emergencies/{row.id}", "lock", badge,
                   due=row.review_due, deadline=True)  # fmt: skip


def onward_to_answer(session: Session, actor: Actor) -> Iterator[Item]:
    """Wishes of partners to pass a case of the own bureau on."""
    for view in shares.onward_to_answer(session, actor, MOST):
        for wish in (one for one in view["onward"] if one["state"] == "open"):
            yield Item(
                _("案件 %(number)s", number=view["record_number"] or view["record_id"][:8]),
                _("%(partner)s申请转交给%(to)s", partner=view["partner_name"], to=wish["to_name"]),
                f"/cases/{view['record_id']}",
                "request",
                Badge(_("逾期未答复"), "danger") if wish["overdue"] else Badge(_("待答复")),
                due=_moment(wish["due_at"]),
                deadline=True,
            )


def requests_to_act(session: Session, actor: Actor) -> Iterator[Item]:
    """Requests in which it is this person's turn."""
    for view in requests.waiting(session, actor, MOST):
        yield _request_item(view)


def joint_tasks(session: Session, actor: Actor) -> Iterator[Item]:
    """Tasks of joint handling that are laid on this person."""
    for item, row in open_tasks(session, actor, MOST):
        yield Item(
            item.text.split("\n", 1)[0][:80],
            _("%(who)s安排的任务 · %(case)s", who=item.user_name, case=row.title),
            f"/requests/{row.id}?show=task#workspace",
            "check",
            Badge(_("待办")),
            due=item.due_at,
            deadline=item.due_at is not None,
        )


def requests_late(session: Session, actor: Actor) -> Iterator[Item]:
    """Requests of the own bureau that the other side has not answered in time."""
    for view in requests.late_elsewhere(session, actor, MOST):
        yield _request_item(view)


def _request_item(view: dict[str, Any]) -> Item:
    late = view["overdue"]
    other = view["receiver_name"] if view["direction"] == "out" else view["sender_name"]
    clocks = [
        clock["due_at"] for clock in view["clocks"] if clock["state"] in ("running", "overdue")
    ]
    due = min([*clocks, *filter(None, [view["due_at"]])], default=None)
    return Item(
        view["title"],
        f"{view['kind_name']} · {other}",
        f"/requests/{view['id']}",
        "request",
        Badge(_("逾期"), "danger") if late else Badge(view["state_name"], view["tone"]),
        due=_moment(due) if due else None,
    )


def meetings_to_answer(session: Session, actor: Actor) -> Iterator[Item]:
    """Joint meetings to which the person is invited and has not answered."""
    for row in meetings.invitations(session, actor):
        url = f"/meetings/{row.id}"
        badge = Badge(_("请答复是否参加"))
        yield Item(row.title, row.place or row.number, url, "meeting", badge, due=row.starts_at)


def decisions_to_approve(session: Session, actor: Actor) -> Iterator[Item]:
    """Decisions of joint meetings that the own bureau's official has not approved."""
    for row, decision in meetings.decisions_to_approve(session, actor):
        url = f"/meetings/{row.id}?tab=minutes"
        yield Item(decision.text[:60], row.title, url, "key", Badge(_("议定事项待确认")))


def minutes_to_sign(session: Session, actor: Actor) -> Iterator[Item]:
    """Minutes that a partner has countersigned and the own bureau has not."""
    for row, signed in meetings.minutes_to_sign(session, actor):
        names = "、".join(bureau(session, one).short_name for one in signed)
        url = f"/meetings/{row.id}?tab=minutes"
        sub = _("%(names)s已会签", names=names)
        yield Item(row.title, sub, url, "meeting", Badge(_("纪要待会签")))


def action_items(session: Session, actor: Actor) -> Iterator[Item]:
    """What meetings laid on the person, and what he can confirm as done."""
    for view in action_items_of(session, actor, MOST):
        state = _("逾期") if view["overdue"] else view["state_name"]
        confirms = not view["own"]
        yield Item(
            view["title"],
            f"{view['number']} · {view['bureau_name']}",
            f"/action-items/{view['id']}",
            "checks",
            Badge(_("待确认销号")) if confirms else Badge(state, view["tone"]),
            due=None if confirms else _moment(view["due_at"]),
            deadline=True,
        )


def packages(session: Session, actor: Actor) -> Iterator[Item]:
    """Data packages to approve, and those whose receipt should be here by now."""
    for row in packages_of.to_approve(session, actor):
        sub = _("%(name)s生成，交给%(partner)s", name=row.created_by_name, partner=row.partner_name)
        badge = Badge(_("数据包待批准"))
        yield Item(row.number, sub, f"/packages/{row.id}", "package", badge)
    for row in packages_of.without_receipt(session, actor, utc_now()):
        badge = Badge(_("尚无回执"))
        yield Item(row.number, row.partner_name, f"/packages/{row.id}", "package", badge,
                   due=row.expires_at, deadline=True)  # fmt: skip
