"""Input and output of the shared workspace."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from hub.accounts.schemas import Strict
from hub.patrols.field_schemas import FileOut


class ItemIn(Strict):
    """A note or a task; files go as multipart."""

    sort: Literal["note", "task"]
    text: str = Field(min_length=1, max_length=8000)
    assignee_id: Annotated[str, Field(max_length=36)] | None = Field(
        default=None, description="task: a handler of either side"
    )
    due_at: AwareDatetime | None = Field(default=None, description="task: until when")


class DoneIn(Strict):
    """How a task was done."""

    text: str = Field(default="", max_length=4000)


class PersonOut(BaseModel):
    """A handler."""

    id: str
    name: str
    bureau_id: str
    bureau_name: str


class ItemOut(BaseModel):
    """A contribution; `hidden`: taken back, or the terms do not show it now."""

    id: str
    sort: str
    bureau_id: str
    bureau_name: str
    own: bool
    who: str
    at: str
    hidden: bool
    text: str | None
    file: FileOut | None
    assignee_id: str | None
    assignee_name: str | None
    mine: bool
    due_at: str | None
    overdue: bool
    may_finish: bool
    done_at: str | None
    done_by_name: str | None
    done_text: str | None
    withdrawn_at: str | None
    withdrawn_by_name: str | None


class WorkspaceOut(BaseModel):
    """The workspace as one of its handlers sees it."""

    request_id: str
    version: int
    open: bool
    people: list[PersonOut]
    items: list[ItemOut]
    next: str | None
