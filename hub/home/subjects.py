"""Name and page of a record that something else points at: a clock, a notification."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import ReaderClass
from hub.cases.measure_models import CaseMeasure, MeasureKind
from hub.cases.measure_views import KIND as MEASURE
from hub.cases.measure_views import KINDS as MEASURES
from hub.home.activity import KINDS, name_of, page_of
from hub.realtime.renderers import RENDERERS
from hub.shares.models import AccessRequest
from hub.shares.onward_models import OnwardRequest


@dataclass(frozen=True)
class Named:
    """A record in words, with its page; without one it is gone, or not the reader's to see."""

    kind_name: str
    title: str
    url: str | None


def describe(session: Session, reader: ReaderClass, kind: str, record_id: str) -> Named:
    """A record as the reader may see it at this moment."""
    if kind == "access_request":
        asked = session.get(AccessRequest, record_id)
        named = describe(session, reader, "share", asked.share_id if asked else "")
        return Named(_("查看申请"), named.title, named.url)
    if kind == MEASURE:
        return _measure(session, reader, record_id)
    if kind == "onward_request":
        wish = session.get(OnwardRequest, record_id)
        named = describe(session, reader, "share", wish.share_id if wish else "")
        return Named(_("转交申请"), named.title, named.url)
    render = RENDERERS.get(kind)
    view = render(session, reader, record_id) if render else None
    kind_name = str(KINDS.get(kind, kind))
    if view is None:
        return Named(kind_name, _("已收回或不再可见"), None)
    return Named(kind_name, name_of(view), page_of(kind, view))


def _measure(session: Session, reader: ReaderClass, measure_id: str) -> Named:
    """A measure by its kind and case; it is looked at where its case is."""
    measure = session.get(CaseMeasure, measure_id)
    named = describe(session, reader, "case", measure.case_id if measure else "")
    if measure is None or named.url is None:
        return named
    return Named(str(MEASURES[MeasureKind(measure.kind)]), named.title, f"{named.url}#measures-h")
