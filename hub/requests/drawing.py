"""Drawing the letter of an act before its transaction, and telling whether it still fits in it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from hub.db import read_only
from hub.errors import Conflict
from hub.files import services as files
from hub.files.api import file_store
from hub.requests.access import access_request
from hub.requests.acting import Given, check, possible_acts
from hub.requests.escalation import superior_is_next
from hub.requests.letters import letter_of, make_files
from hub.requests.models import Request
from hub.requests.replies import LetterOutdated, answers_with_letter, reply_letter
from hub.requests.schemas import ActIn
from hub.web.identity import current_actor


@dataclass(frozen=True)
class Drawn:
    """A letter that lies in the store, not yet entered: its files, its number, what it was made of.

    Attributes:
        made_of: the version of the request then, as `writer` counts; None: there is no letter to
            draw.
        writer: id of the bureau whose letter it is.
    """

    files: tuple[files.Prepared, ...] = ()
    number: str | None = None
    made_of: int | None = None
    writer: str = ""

    def check(self, row: Request, act: str) -> None:
        """Refuse a letter whose request was changed between the drawing and the act.

        Raises:
            Conflict: the text may be another one; its sender should look again before he sends it.
            LetterOutdated: an answer is drawn again with what came in between.
        """
        if self.made_of is None or row.version_for(self.writer) == self.made_of + 1:
            return
        if act == "send":
            raise Conflict(_l("函件在发出前有改动，请重新打开后再发。"))
        raise LetterOutdated


def draw(request_id: str, body: ActIn) -> Drawn:
    """The letter of an act that the caller is about to do; nothing for acts without one.

    Raises:
        NotFound, Forbidden, Conflict, Invalid: as `acting.do`.
    """
    actor = current_actor()
    with read_only() as session:
        row = access_request(session, actor, request_id)
        superior = superior_is_next(session, row)
        if body.act not in dict(possible_acts(actor.reader, row, superior=superior)):
            return Drawn()  # Refused within the transaction, with the reason of that moment.
        if body.act == "send":
            letter = letter_of(session, row)
        elif answers_with_letter(row, body.act):
            given = Given(**body.model_dump(exclude={"act"}))
            check(session, actor, row, body.act, given)  # Before anything is written to the disk.
            letter = reply_letter(session, actor, row, body.act, given)
        else:
            return Drawn()
        version = row.version_for(actor.bureau_id)
    made = files.aside(make_files, file_store(), letter)
    return Drawn(tuple(made), letter.number, version, actor.bureau_id)
