# ruff: noqa: S311 - the texts are made up, not secret
from __future__ import annotations

from random import Random

import pytest

from training.names.things import THINGS, thing

LABELS = {
    "city": "LOCATION",
    "country": "LOCATION",
    "org": "ORG",
    "street": "ADDRESS",
    "historic": "HISTORIC",
    "hsurname": "HISTORIC",
}


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@pytest.mark.parametrize("kind", sorted(THINGS))
@pytest.mark.parametrize("case", ["nom", "gen"])
def test_every_thing_has_words_and_a_label(lang: str, kind: str, case: str) -> None:
    for seed in range(60):
        text, label = thing(kind, case, lang, Random(seed))
        assert text.strip()
        assert label == LABELS[kind]
