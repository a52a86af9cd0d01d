"""What a reader sees of the notes on a case: three fields, each of one field group.

Opinions are for handlers, memos for the bureau that wrote them, progress for partners too where
their terms open it. A correction stands in the place of what it corrects; the bureau that wrote
it reads the earlier wordings as well, a partner learns only that there was one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.cases.note_models import CaseNote, NoteKind
from sharing.canonical import utc_text

KINDS = {
    NoteKind.OPINION: _l("内部意见"),
    NoteKind.MEMO: _l("工作记录"),
    NoteKind.PROGRESS: _l("办理情况"),
}
READERS = {
    NoteKind.OPINION: _l("只限承办人，永不共享"),
    NoteKind.MEMO: _l("本单位可见，永不共享"),
    NoteKind.PROGRESS: _l("协作单位按条款可见"),
}
# Field of the view -> kind of note that it holds.
FIELDS = {
    "handler_notes": NoteKind.OPINION,
    "bureau_notes": NoteKind.MEMO,
    "progress": NoteKind.PROGRESS,
}


def note_fields(notes: Sequence[CaseNote], bureau_id: str, *, outside: bool) -> dict[str, Any]:
    """The three fields of notes as a bureau may see them; `outside` it does not own the case.

    Of opinions and memos only those of the reader's own bureau are there at all.
    """
    return {
        field: [
            _view(note, earlier, outside=outside)
            for note, earlier in _threads(notes, kind)
            if kind is NoteKind.PROGRESS or note.bureau_id == bureau_id
            if not (outside and note.withdrawn_at)
        ]
        for field, kind in FIELDS.items()
    }


def _threads(
    notes: Sequence[CaseNote], kind: NoteKind
) -> Iterable[tuple[CaseNote, list[CaseNote]]]:
    """The newest wording of each note with the earlier ones, oldest first."""
    by_id = {note.id: note for note in notes}
    corrected = {note.corrects_id for note in notes}
    for note in notes:
        if note.kind == kind and note.id not in corrected:
            earlier, at = [], note.corrects_id
            while at is not None:
                earlier.append(by_id[at])
                at = by_id[at].corrects_id
            yield note, earlier[::-1]


def _view(note: CaseNote, earlier: list[CaseNote], *, outside: bool) -> dict[str, Any]:
    first = earlier[0] if earlier else note
    shown: dict[str, Any] = {
        "id": note.id,
        "kind": note.kind,
        "kind_name": str(KINDS[NoteKind(note.kind)]),
        "text": note.text,
        "at": utc_text(first.at),
        "corrected_at": utc_text(note.at) if earlier else None,
    }
    if outside:
        return shown
    return shown | {
        "by": note.by,
        "by_name": note.by_name,
        "earlier": [
            {"text": one.text, "at": utc_text(one.at), "by_name": one.by_name} for one in earlier
        ],
        "withdrawn_at": utc_text(note.withdrawn_at) if note.withdrawn_at else None,
        "withdrawn_by_name": note.withdrawn_by_name,
        "withdrawn_reason": note.withdrawn_reason,
    }
