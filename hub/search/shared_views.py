"""What is searched of cases and petitions: of a partner's, what is open to the reader."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases import views as case_views
from hub.cases.beside import beside
from hub.cases.link_views import Looking
from hub.cases.models import Case
from hub.cases.party_views import Audience
from hub.petitions import views as petition_views
from hub.petitions.models import Petition
from hub.search.source import View
from hub.shares.deciding import Judge


def case_record(session: Session, judge: Judge, row: Case) -> View:
    near = beside(session, [row.id], judge.at)
    who = Looking(row.owner_bureau_id, row.classification)
    return case_views.record_of(row, judge, who, near, Audience.BUREAU)


def cases_seen(
    session: Session, actor: Actor, judge: Judge, rows: Collection[Case]
) -> dict[str, View]:
    views = case_views.views_of(session, actor.reader, rows, judge, actor.user_id)
    return {view["id"]: view for view in views if view is not None}


def petition_record(session: Session, judge: Judge, row: Petition) -> View:
    near = petition_views.beside(session, [row])
    return petition_views.record_of(row, judge, near, row.owner_bureau_id)


def petitions_seen(
    session: Session, actor: Actor, judge: Judge, rows: Collection[Petition]
) -> dict[str, View]:
    views = petition_views.petition_views(session, actor.reader, list(rows), judge)
    return {view["id"]: view for view in views}
