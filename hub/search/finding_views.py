"""What is searched of findings: what a reader sees of each, its facts in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from hub.patrols.finding_forms import BASICS, facts_record
from hub.patrols.finding_views import GROUPS, SEARCHED, records_for_owner, view_for
from hub.patrols.models import Finding
from hub.search.course_views import seen_on_course
from hub.search.source import Entry
from hub.shares.deciding import Judge

View = dict[str, Any]
LANGUAGES = ("zh", "en")
# The facts are kept as codes: who logged one in one language is found by it in the other.
FACT_WORDS = "fact_words"
FINDING_GROUPS = {name: GROUPS[name] for name in SEARCHED} | {FACT_WORDS: BASICS}


def finding_entries(session: Session, _judge: Judge, rows: Sequence[Finding]) -> list[Entry]:
    """Every searched field of some findings, each as the recorder's bureau reads it."""
    records = records_for_owner(session, rows)
    return [Entry(_named(record, row)) for record, row in zip(records, rows, strict=True)]


def _named(view: View, row: Finding) -> View:
    return view | {"owner_bureau_id": row.bureau_id, FACT_WORDS: _fact_words(view)}


def _fact_words(view: View) -> list[str]:
    """The shown facts, a text for each language."""
    details = {one["name"]: one["value"] for one in view.get("details") or ()}
    if not details:
        return []
    words = []
    for language in LANGUAGES:
        with force_locale(language):
            words.append(str(facts_record(view["category"], details)["details_text"]))
    return list(dict.fromkeys(words))


finding_views = seen_on_course(view_for, _named)
