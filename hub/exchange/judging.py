"""What importing a package would do, record by record, without doing it.

Records are read one after the other and let go, so that a large package takes no more memory than
a small one; of what is found only the outcome is kept, and of that no more than people look at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.models import Case
from hub.cases.texts import refuse_secrets
from hub.errors import Conflict, Invalid, Text
from hub.exchange.choice import SOURCES
from hub.exchange.models import ExchangePackage, ReceivedRecord
from hub.exchange.naming import title_of
from hub.exchange.telling import Telling, Untold
from hub.patrols.models import Finding, Patrol
from hub.petitions.models import Petition
from sharing.manifest import PackageKind
from sharing.package_records import PackedRecord
from sharing.packages import Package

IN = "in"
# So many outcomes are told one by one, and as many refusals; the rest is counted.
MOST_TOLD = 1000
# So many missing packages are named.
MOST_MISSING = 50
_OWN = {"case": Case, "finding": Finding, "patrol": Patrol, "petition": Petition}
OUTCOMES = {
    "new": _l("新增"),
    "changed": _l("更新"),
    "same": _l("无变化"),
    "withdrawn": _l("对方已收回"),
    "older": _l("比已有的旧，保留已有的"),
    "refused": _l("拒绝"),
}
REFUSED = {
    "own_record": _l("标识与本系统的记录相同，不能由外来数据覆盖"),
    "kind_unknown": _l("不认识的记录类型"),
    "state_secret": _l("含有国家秘密标志，不得进入本系统"),
}


@dataclass(frozen=True)
class Item:
    """What an import would do with one record, and why."""

    kind: str
    id: str
    version: int
    # What people call it.
    title: str
    outcome: str
    why: str | None = None


@dataclass
class Report:
    """A dry run: what is new, changed, the same, withdrawn, older or refused; or done already."""

    package: Package
    # How many of each outcome.
    counts: Counter[str] = field(default_factory=Counter)
    # The first of them, and apart the first that stop the import.
    items: list[Item] = field(default_factory=list)
    refused: list[Item] = field(default_factory=list)
    # The import that brought this very package before, if any.
    before: ExchangePackage | None = None
    # Sequence numbers of packages in between that never came; the first of them.
    missing: list[int] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Count an outcome, and keep it while there is room."""
        self.counts[item.outcome] += 1
        kept = self.refused if item.outcome == "refused" else self.items
        if len(kept) < MOST_TOLD:
            kept.append(item)


def dry_run(
    session: Session, actor: Actor, package: Package, telling: Telling | None = None
) -> Report:
    """What importing a verified package would do; writes nothing.

    Args:
        telling: to whom it is told how many records are done.

    Raises:
        Forbidden: the actor is neither liaison nor official.
        Conflict: it is older than one imported already, or another under the same id.
    """
    report = begun(session, actor, package)
    with (telling or Untold()).step("compare", package.manifest.records) as told:
        for number, _judgement in enumerate(judged(session, actor, report), 1):
            told(number)
    return report


def begun(session: Session, actor: Actor, package: Package) -> Report:
    """A report without records yet: whether this package may come now at all; as `dry_run`."""
    actor.require(Right.PACKAGE_IMPORT)
    manifest = package.manifest
    if manifest.kind is not PackageKind.EXCHANGE:
        raise Conflict(_l("这是证据包，供保存和核验，不能导入。"))
    earlier = _imported(session, actor, manifest.sender.adcode)
    for row in earlier:
        if row.digest == package.digest:
            return Report(package, before=row)
        if row.package_id == manifest.id:
            raise Conflict(_l("已导入过同一编号但内容不同的数据包，请向对方核实。"))
    last = max((row.sequence or 0 for row in earlier), default=0)
    if manifest.sequence <= last:
        raise Conflict(
            _l("这是旧的数据包（第%(n)s个），已导入过更新的（第%(last)s个）。",
               n=manifest.sequence, last=last),
            extra={"reason": "replayed"},
        )  # fmt: skip
    return Report(package, missing=list(range(last + 1, manifest.sequence)[:MOST_MISSING]))


def judged(session: Session, actor: Actor, report: Report) -> Iterator[tuple[Item, PackedRecord]]:
    """Each record with what would be done with it, which is entered in the report."""
    if report.before is not None:
        return
    for record in report.package.records():
        item = _judged(session, actor, record)
        report.add(item)
        yield item, record


def _imported(session: Session, actor: Actor, adcode: str) -> list[ExchangePackage]:
    return list(
        session.scalars(
            select(ExchangePackage).where(
                ExchangePackage.bureau_id == actor.bureau_id,
                ExchangePackage.direction == IN,
                ExchangePackage.partner_adcode == adcode,
            )
        )
    )


def held(session: Session, bureau_id: str, record: PackedRecord) -> ReceivedRecord | None:
    """What the receiver has of a record already."""
    return session.scalars(
        select(ReceivedRecord).where(
            ReceivedRecord.bureau_id == bureau_id,
            ReceivedRecord.owner_adcode == record.owner,
            ReceivedRecord.kind == record.kind,
            ReceivedRecord.foreign_id == record.id,
        )
    ).one_or_none()


def _judged(session: Session, actor: Actor, record: PackedRecord) -> Item:
    outcome, why = _outcome(session, actor, record)
    return Item(
        record.kind, record.id, record.version, title_of(record.view, record.id), outcome, why
    )


def _outcome(session: Session, actor: Actor, record: PackedRecord) -> tuple[str, str | None]:
    why = _refusal(session, actor, record)
    if why is not None:
        return "refused", why
    have = held(session, actor.bureau_id, record)
    if record.view is None:
        return ("withdrawn" if have is not None and have.view is not None else "same"), None
    if have is None or have.view is None:
        return "new", None
    if have.foreign_version > record.version:
        return "older", None
    return ("same" if have.view == dict(record.view) else "changed"), None


def _refusal(session: Session, actor: Actor, record: PackedRecord) -> str | None:
    if record.kind not in SOURCES:
        return "kind_unknown"
    own = session.get(_OWN[record.kind], record.id)
    if own is not None and _owner(own) == actor.bureau_id:
        return "own_record"
    if any(_secret(text) for text in _texts(record.view)):
        return "state_secret"
    return None


def _owner(row: Any) -> str:
    for name in ("owner_bureau_id", "bureau_id", "proposing_bureau_id"):
        found: str | None = getattr(row, name, None)
        if found is not None:
            return found
    raise TypeError(type(row).__name__)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _secret(text: str) -> bool:
    try:
        refuse_secrets("view", text)
    except Invalid:
        return True
    return False


def words_of(item: Item) -> Text:
    """Why a record is refused, in words."""
    return REFUSED[item.why] if item.why else OUTCOMES[item.outcome]
