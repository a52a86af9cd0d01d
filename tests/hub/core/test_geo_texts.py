"""Every refusal of geometry has its sentence, with the same parameters."""

from __future__ import annotations

import re

from geo.errors import CODES
from hub.web.geo_texts import TEXTS


def test_every_code_has_a_text_and_no_text_is_left_over(world):
    assert set(TEXTS) == set(CODES)


def test_texts_use_only_parameters_that_the_error_carries(world):
    with world.app.app_context():
        for code, text in TEXTS.items():
            used = set(re.findall(r"%\((\w+)\)s", str(text)))
            assert used <= set(re.findall(r"\{(\w+)\}", CODES[code])), code
