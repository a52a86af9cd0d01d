"""Every table of the program, in one import: for migrations and nothing else."""

from __future__ import annotations

from sqlalchemy import MetaData

import hub.accounts.models
import hub.action_items.models
import hub.agreements.models
import hub.approvals.models
import hub.audit.models
import hub.availability.models
import hub.bureaus.models
import hub.calendar.models
import hub.cases.approval_models
import hub.cases.link_models
import hub.cases.measure_models
import hub.cases.models
import hub.cases.note_models
import hub.cases.party_models
import hub.deadlines.models
import hub.emergency.models
import hub.exchange.models
import hub.field.crossing_models
import hub.field.models
import hub.files.check_models
import hub.files.models
import hub.inspections.models
import hub.jobs.models
import hub.keys.models
import hub.matches.models
import hub.meetings.minutes_models
import hub.meetings.models
import hub.notifications.models
import hub.numbering.models
import hub.patrol_series.models
import hub.patrols.condensed_models
import hub.patrols.draft_models
import hub.patrols.finding_closure_models
import hub.patrols.guide_models
import hub.patrols.models
import hub.patrols.waypoint_models
import hub.petitions.models
import hub.requests.joint_models
import hub.requests.models
import hub.reviews.models
import hub.schedule.reminder_models
import hub.search.models
import hub.shares.models
import hub.shares.onward_models
import hub.stations.models
import hub.stations.roster_models
import hub.zones.models  # noqa: F401 - imported for its tables, like all of these
import sharing.models
from hub.db import Base

METADATA: list[MetaData] = [Base.metadata, sharing.models.Base.metadata]
