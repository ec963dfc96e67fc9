from __future__ import annotations

import pytest

from guardrail.detect.text.names.skeleton import skeleton


@pytest.mark.parametrize(
    "spellings",
    [
        ("айгерім", "айгерим", "aigerim", "áigerim"),
        ("нұрлан", "нурлан", "nurlan", "nūrlan"),
        ("қайрат", "кайрат", "qairat", "kairat", "qayrat"),
        ("юлия", "yulia", "iuliia", "yuliya"),
        ("шолпан", "sholpan", "şolpan"),
        ("жанар", "zhanar", "janar"),
        ("хасан", "khasan", "hasan"),
    ],
)
def test_one_name_has_one_skeleton_in_every_spelling(spellings: tuple[str, ...]) -> None:
    assert len({skeleton(one) for one in spellings}) == 1


def test_other_names_have_other_skeletons() -> None:
    assert skeleton("айгерім") != skeleton("айгүл")
    assert skeleton("иван") != skeleton("ивана")
