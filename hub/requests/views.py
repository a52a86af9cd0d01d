"""The one way from a request to what a reader sees: list, detail, feed, export and page call it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.agreements.models import Agreement
from hub.bureaus.services import bureau
from hub.errors import Text
from hub.files.models import StoredFile
from hub.files.services import LETTER
from hub.files.views import file_view
from hub.requests.access import may_see
from hub.requests.acting import possible_acts, side_of, trail
from hub.requests.beside import Beside, beside
from hub.requests.cases_named import CasesNamed
from hub.requests.escalation import may_go_to_superior
from hub.requests.guards import missing_documents
from hub.requests.labels import ACTS, GROUNDS, KINDS, STATES, TONES
from hub.requests.machine import ENDED, TIMED, Side, machine_of
from hub.requests.models import Kind, Request, RequestStep
from hub.requests.permission import open_groups
from hub.requests.steps import ATTACHED
from hub.shares.deciding import Judge
from sharing.canonical import utc_text

KIND = "request"
_PLAIN = (
    "id", "number", "kind", "state", "sender_bureau_id", "receiver_bureau_id", "title",
    "body", "legal_basis", "questions", "wanted", "contact_name", "contact_phone",
    "classification", "answers", "document_number", "signed_by_name", "clause",
)  # fmt: skip


def request_view(session: Session, reader: ReaderClass, row: Request) -> dict[str, Any] | None:
    """What a reader may see of a request at this moment, or None when not even that it exists."""
    return next(iter(request_views(session, reader, [row])), None)


def _view(
    session: Session, reader: ReaderClass, row: Request, near: Beside, cases: CasesNamed,
    judge: Judge,
) -> dict[str, Any]:  # fmt: skip
    now = judge.at
    out = reader.bureau_id == row.sender_bureau_id
    steps = trail(near.steps.get(row.id, []), reader, row)
    view = {name: getattr(row, name) for name in _PLAIN} | _parties(session, row, out=out)
    clocks = near.clocks.get(row.id, [])
    shown = _Shown(reader, row, judge)
    kept = {file.id for file in near.files.get(row.id, []) if not shown.file(file)}
    steps = [step for step in steps if step.act != ATTACHED or step.file_id not in kept]
    return view | {
        "version": row.version_for(reader.bureau_id),
        "kind_name": str(KINDS[row.kind]),
        "state_name": title(STATES[row.state]),
        "tone": TONES.get(row.state, "info"),
        "due_at": _time(row.due_at),
        "overdue": is_overdue(row, now) or any(clock.overdue for clock in clocks),
        "waits_for": _waits_for(reader, row),
        "sent_at": _time(row.sent_at),
        "created_at": utc_text(row.created_at),
        "created_by_name": row.created_by_name if out else None,
        "agreement_number": _agreement(judge, row),
        "finding_id": row.finding_id if out else None,
        "opens_case": row.opens_case if out else None,
        "case": cases.seen(row.case_id),
        "result_case": cases.became(row.result_case_id),
        "ladder": _ladder(row, steps),
        "steps": [_step(step, shown) for step in steps],
        "files": [
            file_view(file, reader.bureau_id) | {"bureau_id": file.owner_bureau_id}
            for file in near.files.get(row.id, [])
            if file.id not in kept
        ],
        "letters": _letters(reader, row, near.letters.get(row.id, []), steps),
        "clocks": [clock.to_dict(reader.bureau_id) for clock in clocks],
        "acts": [
            {"act": name, "label": title(ACTS[name]), "words": act.words, "form": act.form,
             "timed": name in TIMED, "danger": act.danger}
            for name, act in possible_acts(
                reader, row, superior=may_go_to_superior(row, clocks, near.steps.get(row.id, ()))
            )
        ],
    } | _details(session, row, near, out=out)  # fmt: skip


def _parties(session: Session, row: Request, *, out: bool) -> dict[str, Any]:
    receiver = bureau(session, row.receiver_bureau_id) if row.receiver_bureau_id else None
    return {
        "direction": "out" if out else "in",
        "sender_name": bureau(session, row.sender_bureau_id).name,
        "receiver_name": receiver.name if receiver else row.addressee,
    }


def _waits_for(reader: ReaderClass, row: Request) -> str | None:
    """Whose turn it is: the reader's own bureau, the partner, or nobody's."""
    turn = machine_of(row.kind).turns.get(row.state)
    if turn is None:
        return None
    return "own" if turn[0] is side_of(reader.bureau_id, row) else "partner"


def is_overdue(row: Request, at: datetime) -> bool:
    """Whether the answer that the sender asked for by a date is late."""
    owed = row.state in machine_of(row.kind).owed
    return owed and row.due_at is not None and row.due_at < at


def title(text: Text) -> str:
    """A word as it begins a line, in languages that have capitals."""
    words = str(text)
    return words[:1].upper() + words[1:]


def _time(at: datetime | None) -> str | None:
    return utc_text(at) if at else None


def _agreement(judge: Judge, row: Request) -> str | None:
    agreement = judge.row(Agreement, row.agreement_id) if row.agreement_id else None
    return agreement.number if agreement else None


def _ladder(row: Request, steps: Sequence[RequestStep]) -> list[dict[str, Any]]:
    """The rungs in order, reached or not: who and when; a refusal takes the place of its rung."""
    reached: dict[str, RequestStep] = {}
    for step in steps:
        reached.setdefault(step.state, step)
    states = list(machine_of(row.kind).ladder)
    if row.state not in states and row.state in reached:
        passed = max((n for n, state in enumerate(states) if state in reached), default=-1)
        # What ends the way replaces the rungs ahead; what is on the way stands before them.
        ahead = [] if not machine_of(row.kind).turns.get(row.state) else states[passed + 1 :]
        states[passed + 1 :] = [row.state, *ahead]
    bad = ("declined", "withdrawn", "denied", "not_filed", "upheld", "returned", "disputed")
    decided = [state for state in states if state in reached and _by_superior(reached[state])]
    # Who accepts has received and signed for it, even if he never pressed the earlier button.
    for before, after in pairwise(reversed(states)):
        if before in reached and before not in (*bad, *decided) and row.kind != Kind.POLICE:
            reached.setdefault(after, reached[before])
    if decided:
        # The superior's word ends the way: nobody signs for it or takes it on any more.
        states = [state for state in states if state in reached]
    return [
        {
            "state": state,
            "label": title(STATES[state]),
            "at": _time(reached[state].moment) if state in reached else None,
            "who": _who(reached[state]) if state in reached else None,
            "mark": None if state not in reached else "refused" if state in bad else "done",
        }
        for state in states
    ]


def _by_superior(step: RequestStep) -> bool:
    return step.act == "designate"


def _who(step: RequestStep) -> str:
    """Whose deed a rung is: who entered what the superior decided did not decide it."""
    return str(_l("指定管辖")) if _by_superior(step) else step.user_name


def _letters(
    reader: ReaderClass, row: Request, rows: Sequence[StoredFile], steps: Sequence[RequestStep]
) -> list[dict[str, Any]]:
    """The files of the request's own letter and of its answers, each with number and act."""
    acts = {step.document_number: step for step in steps if step.document_number}
    found = []
    for file in rows:
        number = file.name.rpartition(".")[0]
        step = acts.get(number)
        found.append(
            file_view(file, reader.bureau_id)
            | {
                "number": number,
                "bureau_id": file.owner_bureau_id,
                "act": step.act if step else "send",
                "label": title(ACTS[step.act]) if step else str(KINDS[row.kind]),
            }
        )
    return found


def _step(step: RequestStep, shown: _Shown) -> dict[str, Any]:
    return {
        "act": step.act,
        "label": title(ACTS[step.act]),
        "state": step.state,
        "state_name": title(STATES[step.state]),
        "bureau_id": step.bureau_id,
        "bureau_name": bureau(shown.judge.session, step.bureau_id).short_name,
        "own": step.bureau_id == shown.reader.bureau_id,
        "who": step.user_name,
        "at": utc_text(step.at),
        "happened_at": _time(step.happened_at),
        "text": step.text if shown.words(step) else None,
        "hidden": step.text is not None and not shown.words(step),
        "ground": str(GROUNDS[step.code]) if step.code in GROUNDS else None,
        "document_number": step.document_number,
        "file_id": step.file_id,
    }


class _Shown:
    """What of the other side's words and files a reader gets now; the terms are asked once."""

    def __init__(self, reader: ReaderClass, row: Request, judge: Judge) -> None:
        self.reader, self.row, self.judge = reader, row, judge
        self._groups: frozenset[str] | None = None

    def _open(self, group: str) -> bool:
        """Joint handling shows the other side's work as far as the terms go at this moment."""
        if self.row.kind != Kind.JOINT:
            return True
        if self._groups is None:
            self._groups = open_groups(self.judge, self.row)
        return group in self._groups

    def words(self, step: RequestStep) -> bool:
        """Whether the words of a step are shown."""
        own = step.bureau_id == self.reader.bureau_id
        return own or step.act != "message" or self._open("substance")

    def file(self, file: StoredFile) -> bool:
        """Whether a file is shown: one's own always, the other's once it was sent."""
        if file.owner_bureau_id == self.reader.bureau_id or file.kind == LETTER:
            return True
        theirs = side_of(file.owner_bureau_id, self.row) is Side.SENDER
        until = self.row.sender_files_until if theirs else self.row.receiver_files_until
        released = until is not None and file.at <= until
        # A file carried in from another record has that record's time and goes with the first.
        released = released or (file.carried_from is not None and until is not None)
        return released and self._open("files")


def shows_file(session: Session, row: Request, reader: ReaderClass, file: StoredFile) -> bool:
    """Whether a reader who may see a request may open one of its files."""
    return may_see(reader, row) and _Shown(reader, row, Judge(session)).file(file)


def _details(session: Session, row: Request, near: Beside, *, out: bool) -> dict[str, Any]:
    details = row.details
    lead = details.get("lead")
    if lead is not None and not out:
        lead = {name: lead[name] for name in details.get("shown", ()) if name in lead}
    return {
        "lead": lead,
        "handlers": {b: [{"id": i, "name": near.names.get(i, "")} for i in ids]
                     for b, ids in row.handlers_by_bureau.items()},
        "dispute": details.get("dispute"),
        "checklist": details.get("checklist") or {},
        "absent": details.get("absent") or {},
        "missing": missing_documents(session, row)
        if row.kind == Kind.POLICE and row.state not in ENDED else [],
        "opinion_at": details.get("opinion_at"),
        "major": bool(details.get("major")),
        "escalated_at": _time(row.escalated_at),
    }  # fmt: skip


def request_views(
    session: Session, reader: ReaderClass, rows: Sequence[Request]
) -> list[dict[str, Any]]:
    """The views of many requests, in order; those that are not the reader's are left out."""
    seen = [row for row in rows if may_see(reader, row)]
    near = beside(session, seen)
    return _views(session, reader, seen, near, Judge(session))


def _views(
    session: Session, reader: ReaderClass, seen: Sequence[Request], near: Beside, judge: Judge
) -> list[dict[str, Any]]:
    cases = CasesNamed(session, reader, seen, judge)
    return [_view(session, reader, row, near, cases, judge) for row in seen]


def render_request(session: Session, reader: ReaderClass, request_id: str) -> dict[str, Any] | None:
    """The view that a change of a request carries in the feed."""
    return render_requests(session, [(reader, [request_id])])[0].get(request_id)


def render_requests(
    session: Session, wanted: Sequence[tuple[ReaderClass, Collection[str]]]
) -> list[dict[str, dict[str, Any]]]:
    """The same for many readers, in their order, of the requests they ask for, by id.

    Those that are not a reader's are left out. What stands beside them is read once for all.
    """
    asked = {one for _reader, ids in wanted for one in ids}
    rows = {row.id: row for row in session.scalars(select(Request).where(Request.id.in_(asked)))}
    near, judge = beside(session, list(rows.values())), Judge(session)
    found: list[dict[str, dict[str, Any]]] = []
    for reader, ids in wanted:
        works = Right.WORK_VIEW in reader.rights
        theirs = [rows[one] for one in ids if works and one in rows and may_see(reader, rows[one])]
        views = _views(session, reader, theirs, near, judge)
        found.append({view["id"]: view for view in views})
    return found
