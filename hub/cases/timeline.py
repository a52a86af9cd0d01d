"""One timeline of a case: everything that happened to it, as far as the reader may see it.

It reads no table of its own content: what stands in it comes from the views that the page, the API
and the feed show to this reader, and what only the owning bureau has (steps, clocks, its trail) is
asked for the owner alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_pgettext
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.audit.services import record_trail
from hub.audit.words import action_words
from hub.cases.access import case_to_read
from hub.cases.labels import OUTCOMES
from hub.cases.lookups import KIND
from hub.cases.models import Outcome
from hub.cases.steps import steps_view
from hub.cases.terms import subjects_of
from hub.deadlines.extensions import extensions_of
from hub.shares.lookups import shares_by_record
from hub.shares.views import share_views
from hub.web.clauses import clause_name

KINDS = {
    "step": lazy_pgettext("经过", "步骤"),
    "note": lazy_pgettext("经过", "记录"),
    "measure": lazy_pgettext("经过", "措施"),
    "file": lazy_pgettext("经过", "附件"),
    "share": lazy_pgettext("经过", "共享"),
    "receipt": lazy_pgettext("经过", "签收"),
    "request": lazy_pgettext("经过", "函件"),
    "deadline": lazy_pgettext("经过", "期限"),
    "link": lazy_pgettext("经过", "关联"),
    "edit": lazy_pgettext("经过", "修改"),
}
# What the trail tells that nothing else here does.
TRAILED = frozenset({
    "case.edited", "case.party_added", "case.party_changed", "case.party_removed",
    "case.party_revealed", "case.transferred", "case.measure_changed", "case.note_withdrawn",
    "case.link_removed", "case.classified", "case.imported",
})  # fmt: skip
TRAIL = 500


@dataclass(frozen=True)
class Event:
    """Something that happened, or will be due, at a moment (ISO 8601, UTC)."""

    kind: str
    at: str
    title: str
    text: str = ""
    who: str | None = None
    url: str | None = None
    # neutral, info, ok, warn or danger
    tone: str = "info"
    # The bureau it is about, by its name.
    bureau: str | None = None
    # The moment is a deadline that has not come.
    ahead: bool = False


def timeline(
    session: Session, actor: Actor, view: dict[str, Any], requests: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The events of a case, newest first; `view` and `requests` are what the reader sees of it."""
    own = view["own"]
    found = [*_opened(view), *_notes(view), *_measures(view), *_files(view), *_links(view)]
    found += _shares(session, view)
    found += _requests(requests)
    if own:
        found += _owners(session, actor, view["id"], view.get("outcome"))
    newest = sorted(found, key=lambda one: one.at, reverse=True)
    return [asdict(one) | {"kind_name": str(KINDS[one.kind])} for one in newest]


def _opened(view: dict[str, Any]) -> Iterator[Event]:
    if view.get("opened_at"):
        who = view.get("created_by_name")
        yield Event("step", view["opened_at"], _("登记案件"), who=who)


def _notes(view: dict[str, Any]) -> Iterator[Event]:
    for field in ("handler_notes", "bureau_notes", "progress"):
        for note in view.get(field, ()):
            if not note.get("withdrawn_at"):
                url = f"#note-{note['id']}"
                who = note.get("by_name")
                yield Event("note", note["at"], note["kind_name"], note["text"], who, url)


def _measures(view: dict[str, Any]) -> Iterator[Event]:
    for one in view.get("measures", ()):
        who, name = one.get("entered_by_name"), one["kind_name"]
        text = " · ".join(filter(None, [_money(one), one["document_number"], one["description"]]))
        yield Event("measure", one["starts_at"], name, text, who, "#measures-h", "warn")
        if one["ended_at"]:
            ended = _("：").join((name, one["outcome_name"]))
            tone = "danger" if one["outcome"] == "unfulfilled" else "ok"
            yield Event("measure", one["ended_at"], ended, one["outcome_text"], tone=tone)
        yield from _due(one["clocks"], name)


def _money(measure: dict[str, Any]) -> str:
    total = measure["total"]
    return "" if total is None else _("%(amount)s元", amount=f"{total:,.2f}")


def _due(clocks: Iterable[dict[str, Any]], name: str = "") -> Iterator[Event]:
    """A clock that runs stands where it is due; one that was met late says so."""
    for clock in clocks:
        title = f"{name} · {clock['rule_name']}" if name else clock["rule_name"]
        late = clock["overdue"] or clock["late"]
        if clock["state"] in ("running", "overdue", "paused") or late:
            text = f"{clock['remaining']} · {clock['legal_ref']}"
            tone = "danger" if late else "warn" if clock["near"] else "neutral"
            ahead = clock["state"] in ("running", "paused")
            yield Event("deadline", clock["due_at"], title, text, tone=tone, ahead=ahead)


def _files(view: dict[str, Any]) -> Iterator[Event]:
    for file in view.get("files", ()):
        yield Event("file", file["at"], file["name"], who=file["uploaded_by_name"], url=file["url"])


def _links(view: dict[str, Any]) -> Iterator[Event]:
    for link in view.get("links", ()):
        name = " ".join(filter(None, [link["number"], link.get("title")]))
        url = f"/cases/{link['case_id']}"
        yield Event("link", link["at"], link["kind_name"], name, link.get("by_name"), url)


def _shares(session: Session, view: dict[str, Any]) -> Iterator[Event]:
    """The shares that the reader's bureau gave, or the one that it holds, with their receipts."""
    held = None if view["own"] else view["access"]["share_id"]
    for share in share_views(session, shares_by_record(session, KIND, view["id"])):
        if not view["own"] and share["id"] != held:
            continue
        name = share["partner_name"]
        title = _("共享") if view["own"] else _("本单位收到共享")
        text = " ".join(filter(None, [share["agreement_number"], clause_name(share["clause"])]))
        yield Event("share", share["created_at"], title, text, bureau=name)
        if share["ended_at"]:
            who, why = share["ended_by_name"], share["end_reason"] or ""
            at, ended = share["ended_at"], _("共享结束")
            yield Event("share", at, ended, why, who, tone="danger", bureau=name)
        yield from _receipts(share)


def _receipts(share: dict[str, Any]) -> Iterator[Event]:
    for rung in share["receipts"]:
        if rung["at"]:
            name = share["partner_name"]
            tone = "danger" if rung["state"] == "refused" else "ok"
            why = rung["reason"] or ""
            who = rung["who"]
            yield Event("receipt", rung["at"], rung["label"], why, who, tone=tone, bureau=name)
    if share["running"] and share["answer"] is None and share["answer_due"]:
        title, name = _("签收期限"), share["partner_name"]
        late = share["overdue"]
        tone = "danger" if late else "neutral"
        due = share["answer_due"]
        yield Event("deadline", due, title, tone=tone, ahead=not late, bureau=name)
    yield from _access(share)


def _access(share: dict[str, Any]) -> Iterator[Event]:
    wish = share["access_request"]
    if wish is None:
        return
    who, name = wish["asked_by_name"], share["partner_name"]
    yield Event("share", wish["asked_at"], _("申请查看"), wish["reason"], who, bureau=name)
    if wish["answered_at"]:
        said = _("同意查看") if wish["state"] == "granted" else _("查看申请已答复")
        answer, by = wish["answer"] or "", wish["answered_by_name"]
        yield Event("share", wish["answered_at"], said, answer, by)


def _requests(requests: Iterable[dict[str, Any]]) -> Iterator[Event]:
    for one in requests:
        url = f"/requests/{one['id']}"
        for step in one["steps"]:
            title = _("：").join((str(one["kind_name"]), str(step["label"])))
            who = f"{step['bureau_name']} {step['who'] or ''}".strip()
            text = step["text"] or one["title"]
            yield Event("request", step["at"], title, text, who, url)


def _owners(session: Session, actor: Actor, case_id: str, outcome: str | None) -> Iterator[Event]:
    """Steps, clocks and trail: the owning bureau's alone."""
    # Whoever reads the case, in an emergency too, reads what happened to it.
    case, _use = case_to_read(session, actor, case_id)
    steps = steps_view(session, case)
    for step in steps["items"]:
        yield _step(step, outcome)
    yield from _due(steps["clocks"])
    for given in extensions_of(session, subjects_of(session, case)):
        text = _("延长%(amount)s%(unit)s：%(ground)s", **given)
        yield Event("deadline", given["at"], given["rule_name"], text, given["by_name"])
    for item in record_trail(session, actor.bureau_id, KIND, case_id, TRAIL):
        if item["action"] in TRAILED:
            title = action_words(item["action"])
            yield Event("edit", item["at"], title, who=item["who"], tone="neutral")


def _step(step: dict[str, Any], outcome: str | None) -> Event:
    decided = Outcome(outcome) if outcome and step["to_stage"] == "decided" else None
    parts = [
        str(OUTCOMES[decided]) if decided else "",
        step["document_number"],
        step["reason"],
        _("补录") if step["late_entry"] else "",
    ]
    text = " · ".join(filter(None, parts))
    return Event("step", step["at"], step["stage_name"], text, step["by_name"], tone="ok")
