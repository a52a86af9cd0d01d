"""The state machine of meetings, as data: who may do what in which state, and what comes of it."""

from __future__ import annotations

from enum import StrEnum

from hub.access import Right
from hub.machines import Act as AnyAct
from hub.meetings.models import MeetingState as State


class Whose(StrEnum):
    """Whose act it is."""

    HOST = "host"
    CHAIR = "chair"
    PARTY = "party"


Act = AnyAct[State, Whose]
WORK, SIGN = Right.MEETING_WORK, Right.MEETING_SIGN
BEFORE = (State.PROPOSED, State.AGENDA_FIXED)

ACTS: dict[str, Act] = {
    "fix_agenda": Act((State.PROPOSED,), State.AGENDA_FIXED, Whose.HOST, WORK),
    "notify": Act((State.AGENDA_FIXED,), None, Whose.HOST, WORK),
    "reopen": Act((State.AGENDA_FIXED,), State.PROPOSED, Whose.HOST, WORK, "must"),
    "convene": Act((State.AGENDA_FIXED,), State.CONVENED, Whose.CHAIR, WORK),
    "end": Act((State.CONVENED,), State.MINUTES_DRAFT, Whose.CHAIR, WORK),
    "countersign": Act((State.MINUTES_DRAFT,), None, Whose.PARTY, SIGN),
    "cancel": Act(BEFORE, State.CANCELLED, Whose.HOST, WORK, "must", danger=True),
}

# States in which each part may be changed.
AGENDA_OPEN = (State.PROPOSED, State.AGENDA_FIXED, State.CONVENED)
FACTS_OPEN = BEFORE
PEOPLE_OPEN = (*BEFORE, State.CONVENED)
PRESENCE_OPEN = (State.AGENDA_FIXED, State.CONVENED)
MINUTES_OPEN = (State.CONVENED, State.MINUTES_DRAFT)
# States in which the shared screen is open.
ROOM_OPEN = (State.AGENDA_FIXED, State.CONVENED, State.MINUTES_DRAFT)
SEALED = (State.COUNTERSIGNED, State.ACTIONS_OPEN, State.ACTIONS_CLOSED)
ENDED = (State.ACTIONS_CLOSED, State.CANCELLED)
