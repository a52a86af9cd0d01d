"""What a signed record says, without how it looks: a form's head, its text, signatures, photos."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Signed:
    """A signature as it is printed: PNG or nothing yet; `at` in Chinese form."""

    label: str
    name: str
    picture: bytes | None
    at: str = ""


@dataclass(frozen=True)
class Plate:
    """A photo of the annex: JPEG or, where it cannot be shown, None; and the lines under it."""

    title: str
    picture: bytes | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A table: its heading, the names of its columns with their shares of the width, its rows."""

    heading: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Record:
    """Texts as they are printed; nothing in them is markup."""

    authority: str
    title: str
    number: str
    # Label and value of the form's head, in its order.
    head: tuple[tuple[str, str], ...]
    # Headed parts of running text.
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    # A picture under the head, e.g. a map; tables after the text.
    figure: Plate | None = None
    tables: tuple[Sheet, ...] = ()
    # What the party says of it, above the signatures.
    closing: tuple[str, ...] = ()
    signed: tuple[Signed, ...] = ()
    # Those whose signatures stand at the foot of every page.
    foot: tuple[Signed, ...] = ()
    plates: tuple[Plate, ...] = ()
    plates_title: str = "照片附件"
    remark: str = ""

    def texts(self) -> list[str]:
        """Every text, for those who need its characters."""
        found = [self.authority, self.title, self.number, self.plates_title, self.remark]
        for label, value in self.head:
            found += [label, value]
        for heading, lines in self.parts:
            found += [heading, *lines]
        for one in (*self.signed, *self.foot):
            found += [one.label, one.name, one.at]
        for table in self.tables:
            found += [table.heading, *(name for name, _share in table.columns)]
            found += [cell for row in table.rows for cell in row]
        for plate in (*self.plates, *([self.figure] if self.figure else [])):
            found += [plate.title, *plate.lines]
        return [*found, *self.closing]
