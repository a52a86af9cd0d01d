"""The words that stand in the fields of a world's records, and finding them in any answer."""

from __future__ import annotations

import re
from collections import defaultdict

# Field of a case -> the mark in its text. What each is asked for by the search: the same letters.
MARKS = {
    "number": "num", "title": "ttl", "place": "plc", "firm": "frm", "person": "prs",
    "witness": "wit", "firm_phone": "tel", "person_address": "adr", "pollutant": "pol",
    "description": "dsc", "files": "fil", "measures": "mea", "progress": "prg",
    "handler_notes": "nts", "bureau_notes": "mmo", "own_number": "ono", "created_by_name": "opn",
}  # fmt: skip
# The same for what stands beside the case; the part after the dot is the field, or what it is.
OTHERS = {
    "finding.number": "fnu", "finding.patrol_number": "fpn", "finding.patrol_title": "fpt",
    "finding.recorded_by_name": "frb", "finding.text": "ftx", "finding.referral_note": "frn",
    "finding.files": "ffi", "finding.close_note": "fcl", "finding.closed_by_name": "fcb",
    "finding.task_firm": "ftf", "finding.task_text": "ftt", "finding.steps": "fst",
    "finding.after_files": "faf", "finding.details": "fdt", "finding.firm_name": "ffn",
    "request.number": "rnu", "request.title": "rti", "request.body": "rbo",
    "request.private_words": "rpw", "request.sender_words": "rsw",
    "request.receiver_words": "rrw", "request.sender_file": "rsf",
    "request.sender_file_later": "rsl", "request.receiver_file": "rrf",
    "request.receiver_file_later": "rrl", "request.lead_description": "rld",
    "item.sender_note": "isn", "item.sender_gone": "isg", "item.sender_item": "isi",
    "petition.number": "pnu", "petition.title": "pti", "petition.place": "ppl",
    "petition.firm_name": "pfi", "petition.text": "ptx", "petition.handler_name": "pha",
    "petition.created_by_name": "pcb", "petition.settlement": "pse", "petition.reply": "pre",
    "petition.said": "psa", "petition.said_before": "psb", "petition.said_privately": "psp",
    "petition.visited": "psv", "petition.reporter": "pwh",
    "item.receiver_note": "irn", "item.receiver_gone": "irg", "item.receiver_item": "iri",
}  # fmt: skip
ALL = MARKS | OTHERS
_NAMES = {letters: name for name, letters in ALL.items()}
_MARK = re.compile(rf"({'|'.join(_NAMES)})(\d{{5}})z")
Facts = dict[int, frozenset[str]]


def mark(name: str, number: int) -> str:
    """The word that stands in one field of one world."""
    return f"{ALL[name]}{number:05d}z"


def marks(text: str) -> Facts:
    """The marked fields that stand in a text, by world."""
    found: dict[int, set[str]] = defaultdict(set)
    for letters, number in _MARK.findall(text):
        found[int(number)].add(_NAMES[letters])
    return {number: frozenset(names) for number, names in found.items()}
