"""What a schema finds wrong is said in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from hub.field_texts import field_text


class Sheet(BaseModel):
    """One field for each way to be wrong."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=2, max_length=3)] = "ab"
    code: Annotated[str, Field(pattern=r"^\d{6}$")] = "330522"
    least: Annotated[int, Field(ge=1, le=5)] = 1
    more: Annotated[float, Field(gt=0, lt=1)] = 0.5
    day: date = date(2026, 1, 1)
    at: AwareDatetime | None = None
    yes: bool = True
    choice: Literal["white", "gray"] = "white"
    items: Annotated[list[str], Field(min_length=1, max_length=2)] = ["a"]


WRONG: list[dict[str, Any]] = [
    {"text": "a"}, {"text": "abcd"}, {"text": 1}, {"code": "x"}, {"least": 0}, {"least": 6},
    {"least": "x"}, {"least": 1.5}, {"more": 0}, {"more": 1}, {"more": "x"},
    {"more": float("inf")}, {"day": "x"}, {"day": "2026-01-01T10:00:00"}, {"at": "x"},
    {"at": "2026-01-01T10:00:00"}, {"yes": "x"}, {"choice": "x"}, {"items": []},
    {"items": ["a", "b", "c"]}, {"items": "x"}, {"unknown": 1},
]  # fmt: skip


def test_every_sentence_of_a_schema_has_words_of_ours(world):
    with world.app.test_request_context():
        for given in WRONG:
            with pytest.raises(ValidationError) as refused:
                Sheet.model_validate(given)
            for error in refused.value.errors():
                assert field_text(error["msg"]) != error["msg"], error["msg"]
        assert field_text("String should have at most 3 characters") == "最多3个字。"


def test_a_door_says_what_is_wrong_with_a_field(world):
    answer = world.as_("changxing-officer1").post("/cases", {"title": ""})
    said = {one["field"]: one["message"] for one in answer.body["errors"]}
    assert (said["title"], said["lon"]) == ("请填写此项。", "请填写此项。")
