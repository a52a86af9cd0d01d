"""What there is to do because a date has come: each job finds its items, and does one.

An item is done in a transaction of its own that first looks again whether it is still due: done
twice, by two workers or after a kill, it happens once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts import once
from hub.agreements import beginning, running_out
from hub.db import Database
from hub.deadlines import reminders
from hub.emergency import clock as emergency
from hub.exchange import arrived, keeping
from hub.exchange import waiting as packages
from hub.field import contact, crossings
from hub.files import checking, uploads
from hub.meetings import series
from hub.notifications import digests, invitations, outbox
from hub.patrol_series import making
from hub.patrols import condensed
from hub.requests import escalation
from hub.schedule import reminders as near
from hub.shares import endings


@dataclass(frozen=True)
class Job:
    """A kind of thing that falls due."""

    name: str
    # Ids of the items that are due at a moment; reads only.
    find: Callable[[Session, datetime], Sequence[str]]
    # Does one item in one transaction, if it is still due; whether it was.
    act: Callable[[Session, str, datetime], bool] | None = None
    # Or in transactions of its own, where something slow lies between them.
    work: Callable[[Database, str, datetime], bool] | None = None


# In this order: what an agreement begins or ends decides what its shares and clocks still do.
JOBS: tuple[Job, ...] = (
    Job("agreement.begin", beginning.waiting, beginning.begin_one),
    Job("agreement.end", running_out.run_out, running_out.end_one),
    Job("share.end", endings.shares_over, endings.end_share),
    Job("grant.end", endings.grants_over, endings.end_grant),
    Job("emergency.end", emergency.run_out, emergency.end_one),
    Job("emergency.review", emergency.late, emergency.remind),
    Job("request.near", escalation.coming_near, escalation.remind),
    Job("request.late", escalation.late_ones, escalation.escalate),
    Job("meeting.call", series.series_due, series.call_due),
    Job("patrol.propose", making.due, making.make_due),
    Job("patrol.near", near.near, near.remind),
    Job("patrol.unanswered", near.unanswered, near.tell_unanswered),
    Job("clock.near", reminders.coming_near, reminders.tell_near),
    Job("clock.overdue", reminders.overdue, reminders.tell_overdue),
    Job("package.remind", packages.to_remind_of, packages.remind),
    Job("unit.crossing", crossings.waiting, crossings.judge_patrol),
    Job("unit.contact", contact.due, contact.tell),
    Job("track.condense", condensed.due, condensed.condense),
    Job("mail.invite", invitations.invitations_due, invitations.make_invitation),
    Job("mail.digest", digests.persons_due, digests.make_digest),
    Job("mail.send", outbox.due, work=outbox.send),
    Job("received.expire", keeping.kept_long_enough, work=keeping.remove_content),
    Job("package.forget", arrived.forgotten, work=arrived.forget),
    Job("upload.forget", uploads.old_uploads, work=uploads.forget),
    Job("store.check", checking.due, work=checking.go_on),
    Job("key.forget", once.old_keys, once.forget_keys),
)
