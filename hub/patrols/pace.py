"""How fast a patrol goes, by foot, car or boat: constants with their reasons, changed per plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Kilometres per hour on the way, looking as one goes; each plan may say otherwise.
# foot: DIN 33466 reckons 4 km/h for walkers on level ground.
# car: field roads and dykes; roads without a centre line are capped at 30 km/h within towns and
#   40 km/h outside (道路交通安全法实施条例, art. 45). Our own estimate below that, looking around.
# boat: canals with moored boats and soft banks, wash kept low. Our own estimate.
SPEEDS_KMH: Mapping[str, float] = {"foot": 4.0, "car": 25.0, "boat": 12.0}
SLOWEST_KMH, FASTEST_KMH = 0.5, 120.0
DEFAULT_MODE = "boat"


@dataclass(frozen=True)
class Pace:
    """How one goes where no waypoint says otherwise, and speeds that differ from the constants."""

    mode: str = DEFAULT_MODE
    speeds_kmh: Mapping[str, float] = field(default_factory=dict)

    def speed_m_s(self, mode: str) -> float:
        """Metres per second of a mode."""
        return self.speeds_kmh.get(mode, SPEEDS_KMH[mode]) / 3.6

    def to_json(self) -> dict[str, Any]:
        """As a patrol keeps it."""
        return {"mode": self.mode, "speeds_kmh": dict(sorted(self.speeds_kmh.items()))}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> Pace:
        """What a patrol keeps; None: nothing was said."""
        return cls(kept["mode"], kept["speeds_kmh"]) if kept else cls()

    def view(self) -> dict[str, Any]:
        """With the constants, for forms and readers."""
        return {**self.to_json(), "default_speeds_kmh": dict(SPEEDS_KMH)}
