"""What the live data propose for an agenda, as its reader may see it at this moment.

Nothing is stored: each source asks the feature that owns the records, with the reader's own
rights, and every title is made by that feature's view. What the reader may not see is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.action_items.clock import end_of_day
from hub.action_items.listing import ActionFilter, action_items_query
from hub.action_items.models import ActionItem
from hub.action_items.views import is_overdue
from hub.agreements.models import Agreement
from hub.clock import local_day
from hub.db import utc_now
from hub.deadlines.views import length_words
from hub.home.spoken import spoken_all
from hub.matches.finding import find_matches
from hub.matches.services import why as match_words
from hub.meetings.models import AgendaItem, Meeting
from hub.patrols.finding_closure_models import UNTAKEN, FindingState
from hub.patrols.models import Finding, Patrol, PatrolState
from hub.petitions.access import TOGETHER as SETTLED_TOGETHER
from hub.petitions.access import near as petitions_near
from hub.petitions.machine import ENDED as PETITION_ENDED
from hub.petitions.models import JointState, Petition
from hub.requests.listing import RequestFilter, requests_query
from hub.requests.machine import machine_of
from hub.requests.models import Request
from hub.reviews.labels import KIND as REVIEW
from hub.reviews.models import PatrolReview
from hub.shares.clock import asks
from hub.zones.binding import binding_zones
from sharing.models import Receipt, Rung, Share

GAP_DAYS = 30
ENDING = timedelta(days=90)
MOST = 100
# What a bureau said of a match: not dismissed.
OPEN_MATCHES = ("new", "seen", "linked")


@dataclass(frozen=True)
class Proposal:
    """A record that should be talked about: why, whose turn it is, since when."""

    code: str
    kind: str
    id: str
    bureau_id: str
    why: str
    since: datetime
    title: str = ""
    url: str = ""

    @property
    def source(self) -> tuple[str, str, str]:
        """What it is known by on an agenda."""
        return self.code, self.kind, self.id


@dataclass(frozen=True)
class Looking:
    """One look at the live data."""

    session: Session
    actor: Actor
    meeting: Meeting
    at: datetime
    gap_days: int = GAP_DAYS


def proposals(
    session: Session, actor: Actor, meeting: Meeting, gap_days: int = GAP_DAYS
) -> list[Proposal]:
    """All that the reader may see, by source, oldest first; on the agenda already or not."""
    look = Looking(session, actor, meeting, utc_now(), gap_days)
    return _named(look, _unnamed(look))


def _unnamed(look: Looking) -> list[Proposal]:
    return [one for source in SOURCES for one in sorted(source(look), key=lambda one: one.since)]


def _named(look: Looking, found: Collection[Proposal]) -> list[Proposal]:
    """Those whose record the reader may see, with its name; read kind by kind."""
    names = spoken_all(look.session, look.actor.reader, ((one.kind, one.id) for one in found))
    return [
        replace(
            one,
            title=_("%(kind)s %(name)s", kind=named.kind_name, name=named.title),
            url=named.url,
        )
        for one in found
        if (named := names[one.kind, one.id]).url is not None
    ]


def find_proposal(
    session: Session, actor: Actor, meeting: Meeting, source: tuple[str, str, str]
) -> Proposal | None:
    """One of them, however short its gap; None when it is not proposed to this reader."""
    look = Looking(session, actor, meeting, utc_now(), gap_days=1)
    found = _named(look, [one for one in _unnamed(look) if one.source == source])
    return found[0] if found else None


def _actions(look: Looking) -> Iterator[Proposal]:
    """Items of earlier meetings come back until they are closed."""
    wanted = ActionFilter(agreement=look.meeting.agreement_id, open_only=True)
    query = action_items_query(look.actor, wanted)
    query = query.where(ActionItem.meeting_id != look.meeting.id).limit(MOST)
    for row in look.session.scalars(query):
        late = is_overdue(row, look.at)
        due = end_of_day(row)
        length = length_words(abs(look.at - due))
        why = _("逾期%(time)s", time=length) if late else _("还剩%(time)s", time=length)
        if row.state == "reported":
            why = _("已报告办结，待确认销号")
        code = "action_overdue" if late else "action_open"
        yield Proposal(code, "action_item", row.id, row.bureau_id, why, due)


def _requests(look: Looking) -> Iterator[Proposal]:
    """Letters between the parties to which an answer is owed."""
    parties = look.meeting.party_ids
    query = requests_query(look.actor, RequestFilter(open_only=True)).where(
        Request.sender_bureau_id.in_(parties),
        Request.receiver_bureau_id.in_(parties),
        Request.sent_at.is_not(None),
    )
    for row in look.session.scalars(query.limit(MOST)):
        if row.state in machine_of(row.kind).owed and row.sent_at is not None:
            why = _("发出%(time)s未答复", time=length_words(look.at - row.sent_at))
            owes = row.receiver_bureau_id or row.sender_bureau_id
            yield Proposal("request_waiting", "request", row.id, owes, why, row.sent_at)


def _shares(look: Looking) -> Iterator[Proposal]:
    """What one party opened to another and nobody has signed for."""
    parties, own = look.meeting.party_ids, look.actor.bureau_id
    answered = exists().where(
        Receipt.share_id == Share.id, Receipt.rung.in_((Rung.ACCEPTED, Rung.REFUSED))
    )
    query = select(Share).where(
        Share.owner_bureau_id.in_(parties),
        Share.partner_bureau_id.in_(parties),
        (Share.owner_bureau_id == own) | (Share.partner_bureau_id == own),
        Share.running(look.at),
        ~answered,
        asks(),
    )
    for row in look.session.scalars(query.order_by(Share.id).limit(MOST)):
        why = _("共享%(time)s未签收", time=length_words(look.at - row.created_at))
        yield Proposal("share_waiting", "share", row.id, row.partner_bureau_id, why, row.created_at)


def _zones(look: Looking) -> Iterator[Proposal]:
    """Zones of the agreement in which no patrol ended for so many days."""
    rows = look.session.execute(
        select(Patrol.zone_id, func.max(Patrol.ended_at).label("at"))
        .where(Patrol.state == PatrolState.COMPLETED)
        .group_by(Patrol.zone_id)
    )
    latest = {row.zone_id: row.at for row in rows}
    for zone, version, agreement in binding_zones(look.session):
        if agreement.id != look.meeting.agreement_id:
            continue
        since = latest.get(zone.id) or version.created_at
        days = (look.at - since).days
        if days >= look.gap_days:
            never = latest.get(zone.id) is None
            why = (
                ngettext("划定%(n)s天以来没有巡查", "划定%(n)s天以来没有巡查", days, n=days)
                if never
                else ngettext("%(n)s天没有巡查", "%(n)s天没有巡查", days, n=days)
            )
            host = look.meeting.host_bureau_id
            yield Proposal("zone_gap", "zone", zone.id, host, why, since)


def _agreement(look: Looking) -> Iterator[Proposal]:
    """The agreement itself, when it soon runs out."""
    agreement = look.session.get_one(Agreement, look.meeting.agreement_id)
    ends = agreement.version_at(look.at).valid_to
    if look.at <= ends <= look.at + ENDING:
        why = _("还剩%(time)s到期", time=length_words(ends - look.at))
        host = look.meeting.host_bureau_id
        yield Proposal("agreement_ending", "agreement", agreement.id, host, why, ends)


def _findings(look: Looking) -> Iterator[Proposal]:
    """What patrols of the agreement found and nobody has taken up, or a firm is late with."""
    patrols = select(Patrol.id).where(Patrol.agreement_id == look.meeting.agreement_id)
    late = (Finding.state == FindingState.TASKED.value) & (Finding.due_on < local_day(look.at))
    query = select(Finding).where(Finding.patrol_id.in_(patrols), Finding.state.in_(UNTAKEN) | late)
    for row in look.session.scalars(query.order_by(Finding.id).limit(MOST)):
        owes = row.taken_by_id or row.referred_to_id or row.bureau_id
        why = _("发现%(time)s未处理", time=length_words(look.at - row.found_at))
        yield Proposal("finding_open", "finding", row.id, owes, why, row.found_at)


def _petitions(look: Looking) -> Iterator[Proposal]:
    """Petitions that the parties settle together, or are asked to, until they are closed."""
    parties = look.meeting.party_ids
    query = select(Petition).where(
        petitions_near(look.actor.reader),
        Petition.owner_bureau_id.in_(parties),
        Petition.partner_bureau_id.in_(parties),
        Petition.joint_state.in_(SETTLED_TOGETHER),
        Petition.state.not_in(PETITION_ENDED),
    )
    for row in look.session.scalars(query.order_by(Petition.id).limit(MOST)):
        # The neighbour knows since when it was asked, whatever the terms show of the rest.
        since = row.joint_asked_at or row.created_at
        why = _("商请共调%(time)s未办结", time=length_words(look.at - since))
        waits = row.joint_state == JointState.ASKED and row.partner_bureau_id
        owes = waits or row.owner_bureau_id
        yield Proposal("petition_open", "petition", row.id, owes, why, since)


def _matches(look: Looking) -> Iterator[Proposal]:
    """Records of the other parties that seem to be of the same matter as an own one of the reader.

    The point is about the other side's record, which both sides see; the own one stays with its
    reader.
    """
    told: set[tuple[str, str]] = set()
    for one in find_matches(look.session, look.actor, look.at)[:MOST]:
        other = one.other
        fits = other.owner_id in look.meeting.party_ids and one.state in OPEN_MATCHES
        if fits and (other.kind, other.id) not in told:
            told.add((other.kind, other.id))
            why, since = match_words(one), one.since or look.at
            yield Proposal("match_new", other.kind, other.id, other.owner_id, why, since)


def _review_steps(look: Looking) -> Iterator[Proposal]:
    """Next steps that a side named after a patrol, until a meeting has had them on its agenda."""
    had = select(AgendaItem.source_id).where(
        AgendaItem.source_kind == REVIEW, AgendaItem.meeting_id != look.meeting.id
    )
    query = (
        select(PatrolReview, Patrol)
        .join(Patrol, Patrol.id == PatrolReview.patrol_id)
        .where(
            Patrol.agreement_id == look.meeting.agreement_id,
            PatrolReview.next_step != "",
            PatrolReview.id.not_in(had),
        )
        .order_by(PatrolReview.at.desc())
        .limit(MOST)
    )
    for row, patrol in look.session.execute(query):
        why = _("巡查%(number)s", number=patrol.number)
        yield Proposal("review_step", REVIEW, row.id, row.bureau_id, why, row.at)


Source = Callable[[Looking], Iterator[Proposal]]
# In the order in which they are shown.
SOURCES: tuple[Source, ...] = (_actions, _requests, _shares, _zones, _agreement, _findings,
                              _petitions, _matches, _review_steps)  # fmt: skip
