"""Letters that answer a request: 复函, 回执, and those that a dispute or a refusal asks for.

Each is numbered in the series of the bureau that writes it, drawn before the transaction and kept
in it, sealed like the letter that it answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.services import bureau, jurisdiction
from hub.cases.texts import clean
from hub.db import utc_now
from hub.documents.letter import Letter
from hub.errors import Conflict
from hub.files import services as files
from hub.numbering.services import coming_number, next_number
from hub.requests.handover import superior_of
from hub.requests.letters import LETTER, chinese_date, letter_title
from hub.requests.models import Kind, Request
from hub.requests.reply_words import ANSWERS, PROSECUTOR, TO_SUPERIOR, contact_line, opening, series

if TYPE_CHECKING:
    from hub.requests.acting import Given


class LetterOutdated(Conflict):
    """The letter was drawn for a number or a state that is not the one of this moment."""

    code = "letter-outdated"

    def __init__(self) -> None:
        super().__init__(_l("函件刚有变化，文书需要重新生成，请再试一次。"))


def answers_with_letter(row: Request, act: str) -> bool:
    """Whether an act goes out as a letter of its own."""
    return (Kind(row.kind), act) in ANSWERS


def reply_letter(session: Session, actor: Actor, row: Request, act: str, given: Given) -> Letter:
    """The letter of an act that is about to be done, with the number that it will get."""
    answering = ANSWERS[Kind(row.kind), act]
    writer = bureau(session, actor.bureau_id)
    now = utc_now()
    words = answering.words(session, actor, row, given)
    said = [line for line in clean(given.text, lines=True).split("\n") if line.strip()]
    named = letter_title(row)
    theirs = actor.bureau_id != row.sender_bureau_id
    return Letter(
        authority=writer.name,
        number=coming_number(session, series(writer.short_name, answering), now, width=1),
        title=answering.title.format(named),
        addressee=_addressee(session, row, act, theirs=theirs),
        paragraphs=(
            opening(row, act, named, theirs=theirs),
            *words,
            *said,
            answering.closing,
        ),
        attachments=_attached(session, actor, row) if answering.with_files else (),
        signer=writer.name,
        date=chinese_date(now),
        contact=contact_line(actor.name, writer.duty_phone),
    )


def _addressee(session: Session, row: Request, act: str, *, theirs: bool) -> str:
    sender = bureau(session, row.sender_bureau_id)
    if act == "ask_supervision":
        return f"{jurisdiction(session, sender.adcode).name}{PROSECUTOR}"
    if row.receiver_bureau_id is None:
        return row.addressee
    receiver = bureau(session, row.receiver_bureau_id)
    if act in TO_SUPERIOR:
        return superior_of(session, sender, receiver)
    return sender.name if theirs else receiver.name


def _attached(session: Session, actor: Actor, row: Request) -> tuple[str, ...]:
    """Names of the writer's files that go out for the first time with this act."""
    theirs = actor.bureau_id != row.sender_bureau_id
    until = row.receiver_files_until if theirs else row.sender_files_until
    own = [
        f
        for f in files.files_of(session, "request", row.id)
        if f.owner_bureau_id == actor.bureau_id
    ]
    return tuple(file.name for file in own if until is None or file.at > until)


def keep(session: Session, actor: Actor, row: Request, act: str, given: Given) -> str | None:
    """Give the drawn letter of an act its number and keep it; None when the act has no letter.

    Raises:
        LetterOutdated: another letter took the number meanwhile; draw it again.
    """
    if not given.letters or not answers_with_letter(row, act):
        return None
    answering = ANSWERS[Kind(row.kind), act]
    short_name = bureau(session, actor.bureau_id).short_name
    number = next_number(session, series(short_name, answering), utc_now(), width=1)
    if given.letter_number != number:
        raise LetterOutdated
    keep_files(session, actor, row, given.letters)
    return number


def keep_files(
    session: Session, actor: Actor, row: Request, letters: Sequence[files.Prepared]
) -> None:
    """Enter the files of a letter, as the bureau's that wrote it."""
    for letter in letters:
        files.store(session, actor, kind=LETTER, record_id=row.id,
                    owner_bureau_id=actor.bureau_id, prepared=letter)  # fmt: skip
