"""One difference as every reader of it gets it."""

from __future__ import annotations

from typing import Any

from hub.agreements.differences import Effect
from hub.agreements.labels import EFFECTS


def change_row(effect: Effect, text: str, who: str = "", **more: Any) -> dict[str, Any]:
    """A difference: its effect, a sentence, who sees more or less, and details for programs."""
    row = {"effect": effect.value, "effect_name": str(EFFECTS[effect]), "text": text, "who": who}
    return row | more
