"""The raster of effort as a picture to lay over the map."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from geo.effort import Effort

# From little to much: light to strong teal, each (red, green, blue, alpha).
_RAMP = np.array(
    [(178, 223, 219, 150), (77, 182, 172, 170), (0, 137, 123, 190), (0, 77, 64, 210)], dtype=float
)
_NEVER = (214, 69, 65, 60)
LEAST_FULL_S = 60.0
"""A zone with less than a minute anywhere is not drawn as strongly as a busy one."""


def effort_png(raster: Effort) -> bytes:
    """PNG over the raster's bounds: strong where much time was spent (by the logarithm of its
    seconds), red where nobody was, clear outside of the zone; north is up."""
    seconds = np.where(raster.covered, raster.seconds, 0.0)
    most = max(float(seconds.max(initial=0.0)), LEAST_FULL_S)
    level = np.log1p(seconds) / np.log1p(most) * (len(_RAMP) - 1)
    low = np.clip(level.astype(int), 0, len(_RAMP) - 2)
    part = (level - low)[..., None]
    picture = _RAMP[low] * (1 - part) + _RAMP[low + 1] * part
    picture[~raster.covered] = _NEVER
    picture[~raster.ground.inside] = 0
    out = io.BytesIO()
    Image.fromarray(np.flipud(picture).astype(np.uint8), "RGBA").save(out, "PNG")
    return out.getvalue()
