"""Codes that cases bear: hazardous wastes by category, common pollutants by name.

The 46 categories stand in the national list of hazardous wastes (2025 edition); a waste's code ends
with the number of its category. The pollutants are suggestions for what is typed, no closed list.
"""

from __future__ import annotations

import json
from pathlib import Path

_DATA = json.loads(Path(__file__).with_name("codes.json").read_text(encoding="utf-8"))
WASTES: dict[str, str] = _DATA["wastes"]
POLLUTANTS: tuple[str, ...] = tuple(_DATA["pollutants"])


def waste_name(code: str | None) -> str | None:
    """The category of a waste's code: HW, its number and its name; None for none."""
    category = (code or "")[-2:]
    return f"HW{category} {WASTES[category]}" if category in WASTES else None
