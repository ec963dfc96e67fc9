# ruff: noqa: S311 - the texts are made up, not secret
from __future__ import annotations

import re
from random import Random

import pytest

from training.names.values import KINDS

SHAPES = {
    "phone": r"[+\d() -]{10,20}",
    "date": r"\d{2,4}[./-]\d{2}[./-]\d{2,4}",
    "time": r"\d{1,2}:\d{2}",
    "email": r"[\w.]+@[\w.]+",
    "num": r"\d{1,2}",
    "n": r"\d",
    "id": r"\d{6,12}",
    "iin": r"\d{12}",
    "sum": r"\d{1,3} \d{3}",
    "code": r"[A-Z]\d{5}",
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_value_has_its_shape(kind: str) -> None:
    for seed in range(30):
        assert re.fullmatch(SHAPES[kind], KINDS[kind](Random(seed)))
