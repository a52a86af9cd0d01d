"""What a letter says, without how it looks: the parts of GB/T 9704 that these letters have."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.documents.lines import balanced

# 2号 characters (22 points) in a line of 156 mm.
TITLE_CHARACTERS = 20


@dataclass(frozen=True)
class Letter:
    """Texts as they are printed; nothing in them is markup."""

    # Name of the authority at the head.
    authority: str
    # E.g. 长兴环协〔2026〕3号.
    number: str
    title: str
    addressee: str
    paragraphs: tuple[str, ...]
    # Headed parts of running text.
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    # Numbered lists under a heading each.
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()
    attachments: tuple[str, ...] = ()
    signer: str = ""
    # In Chinese form, e.g. 2026年11月23日.
    date: str = ""
    contact: str = ""
    # Of minutes: who was there, as (出席, a line for each bureau), ...; and who countersigned.
    attendance: tuple[tuple[str, tuple[str, ...]], ...] = ()
    endorsements: tuple[str, ...] = ()
    # Under the signature in small print: what is compared by letter (digests, keys).
    fine: tuple[str, ...] = ()
    # A line at the foot that names what kind of document it is (demo, copy).
    remark: str = field(default="")

    def title_lines(self) -> list[str]:
        """The title as it is broken into lines."""
        return balanced(self.title, TITLE_CHARACTERS)

    def notes(self) -> tuple[str, ...]:
        """What stands under the signature, below a rule, line by line."""
        return (*self.fine, self.remark) if self.remark else self.fine

    def attendance_lines(self) -> list[tuple[str, tuple[str, ...]]]:
        """Attendance and countersignatures as (label, lines), as they are printed."""
        signed = [("会签", self.endorsements)] if self.endorsements else []
        return [*self.attendance, *signed]

    def texts(self) -> list[str]:
        """Every text, for those who need its characters."""
        found = [self.authority, self.number, self.title, self.addressee, self.signer, self.date]
        found += [*self.paragraphs, *self.attachments, self.contact, *self.notes()]
        for heading, items in (*self.parts, *self.lists, *self.attendance_lines()):
            found += [heading, *items]
        return found
