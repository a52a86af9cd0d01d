"""What a reader sees of the links of a case: none that leads to a case which is not his to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.bureaus.models import Bureau
from hub.cases.beside import Beside
from hub.cases.link_models import CaseLink, LinkKind
from hub.cases.models import Case
from hub.cases.subjects import subject_of
from hub.shares.deciding import Judge
from sharing.canonical import utc_text
from sharing.terms import Allowed, Denied

# The field group in which a case shows its links.
GROUP = "basics"
KINDS = {
    LinkKind.RELATED: _l("互相关联"),
    LinkKind.SAME_FIRM: _l("同一当事人"),
    LinkKind.FOLLOW_UP: _l("后续案件"),
    LinkKind.REOPENS: _l("重新办理的原案"),
}
# The same from the other end.
BACK = KINDS | {
    LinkKind.FOLLOW_UP: _l("前案"),
    LinkKind.REOPENS: _l("重新办理为"),
}


@dataclass(frozen=True)
class Looking:
    """Who looks: a bureau, up to a classification.

    `shown_to`: who asks how it looks to that bureau; what he may not see himself is left out.
    """

    bureau_id: str
    clearance: int
    shown_to: Looking | None = None


def shown_links(case: Case, near: Beside, judge: Judge, who: Looking) -> list[dict[str, Any]]:
    """The links of a case whose other end the reader may see at this moment.

    A link that was drawn from the other end shows where that case shows its links as well.
    """
    views = [_shown(case, link, near, judge, who) for link in near.links.get(case.id, [])]
    return [view for view in views if view is not None]


def _shown(
    case: Case, link: CaseLink, near: Beside, judge: Judge, who: Looking
) -> dict[str, Any] | None:
    if who.shown_to is not None:
        return _shown_on_behalf(case, link, near, judge, who, who.shown_to)
    outgoing = link.from_case_id == case.id
    other = near.linked.get(link.to_case_id if outgoing else link.from_case_id)
    open_groups = None if other is None else _open_groups(other, near, judge, who)
    if other is None or open_groups is None or not (outgoing or GROUP in open_groups):
        return None
    owner = judge.row(Bureau, other.owner_bureau_id)
    kind = LinkKind(link.kind)
    shown = {
        "id": link.id,
        "kind": kind.value,
        "kind_name": str(KINDS[kind] if outgoing else BACK[kind]),
        "outgoing": outgoing,
        "case_id": other.id,
        "number": other.number,
        "owner_name": owner.name if owner else "",
        "own": other.owner_bureau_id == who.bureau_id,
        "at": utc_text(link.at),
    }
    if GROUP in open_groups:
        shown |= {"title": other.title, "stage": other.stage}
    drawn_here = (case if outgoing else other).owner_bureau_id == who.bureau_id
    return shown | {"note": link.note, "by_name": link.by_name} if drawn_here else shown


def _shown_on_behalf(
    case: Case, link: CaseLink, near: Beside, judge: Judge, who: Looking, asking: Looking
) -> dict[str, Any] | None:
    """A link as one bureau sees it, told to another: what both may read of it."""
    theirs = _shown(case, link, near, judge, Looking(who.bureau_id, who.clearance))
    mine = _shown(case, link, near, judge, asking)
    if theirs is None or mine is None:
        return None
    return {name: value for name, value in theirs.items() if name in mine}


def _open_groups(case: Case, near: Beside, judge: Judge, who: Looking) -> frozenset[str] | None:
    """The field groups that a reader sees of a case; None when not even that it exists."""
    if who.clearance < case.classification:
        return None
    if case.owner_bureau_id == who.bureau_id:
        return frozenset({GROUP})
    running = near.shares.get(case.id, [])
    share = next((one for one in running if one.partner_bureau_id == who.bureau_id), None)
    decision = judge.effective(subject_of(case), share)
    if isinstance(decision, Denied):
        return None
    return decision.field_groups if isinstance(decision, Allowed) else frozenset()
