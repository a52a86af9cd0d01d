"""A sealed record as evidence of the case that its finding became."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases.lookups import KIND as CASE
from hub.cases.models import Case
from hub.errors import Conflict
from hub.files import services as files
from hub.inspections.labels import DOCUMENT, PHOTO
from hub.inspections.models import InspectionRecord, InspectionState
from hub.inspections.opening import tell
from hub.patrols.models import Finding
from hub.shares.services import after_update


def attach_to_case(session: Session, actor: Actor, row: InspectionRecord) -> tuple[str, int]:
    """Enter the sealed documents and the photos in the case; its id, and how many files were new.

    Nothing is copied: the same sealed originals with who and when. From then on they are shared as
    the case's files are.

    Args:
        row: of the actor's bureau, locked.

    Raises:
        Conflict: not sealed, no case of the own bureau, or attached already.
    """
    if row.state != InspectionState.SEALED:
        raise Conflict(_l("封存后的笔录才能作为案件证据。"), extra={"rule": "inspection.unsealed"})
    finding = session.get(Finding, row.finding_id) if row.finding_id else None
    case_id = finding.case_id if finding is not None else None
    case = session.get(Case, case_id, with_for_update=True) if case_id else None
    if case is None or case.owner_bureau_id != actor.bureau_id:
        raise Conflict(
            _l("所查的问题还没有立案；立案后再附入案件。"), extra={"rule": "inspection.no_case"}
        )
    carried = [
        file
        for kind in (DOCUMENT, PHOTO)
        for file in files.carry(session, actor, source=(kind, row.id), target=(CASE, case.id))
    ]
    if not carried:
        raise Conflict(_l("笔录已在案件的证据中。"), extra={"rule": "inspection.attached"})
    case.version += 1
    session.flush()
    after_update(session, actor, case)
    tell(session, actor, row, "attached", case=case.id, files=len(carried))
    return case.id, len(carried)
