"""What the state machines of records have in common: an act as data, and the step it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.access import Right
from hub.db import Id, Moment, Name, PrimaryId

StateT = TypeVar("StateT")
SideT = TypeVar("SideT")


@dataclass(frozen=True)
class Act(Generic[StateT, SideT]):
    """An act: from which states to which (None: it stays), whose it is, with which right."""

    froms: tuple[StateT, ...]
    to: StateT | None
    side: SideT
    right: Right
    # Whether words belong to it: they must be given, may be given, or there are none.
    words: str = "none"
    # What it takes beside words, by the machine's own names; empty: nothing.
    form: str = ""
    # It ends or refuses something.
    danger: bool = False


class StepColumns:
    """What a table of steps holds of each: which act by whom, when, and what the state was then.

    Steps are never changed and never removed.
    """

    id: Mapped[PrimaryId]
    act: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(20))
    bureau_id: Mapped[Id]
    user_id: Mapped[Id]
    user_name: Mapped[Name]
    at: Mapped[Moment]
    text: Mapped[str | None] = mapped_column(Text)
