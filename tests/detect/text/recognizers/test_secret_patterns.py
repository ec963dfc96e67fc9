from __future__ import annotations

import re

import pytest
import re2

from guardrail.detect.text.recognizers.secret_patterns import (
    LONGEST_TOKEN,
    SHAPES,
    STARTS,
    TOKEN,
    Shape,
)


def test_names_are_unique() -> None:
    assert len({one.name for one in SHAPES}) == len(SHAPES)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda one: str(one.name))
def test_every_shape_has_one_group_and_a_bounded_length(shape: Shape) -> None:
    assert re.compile(shape.prefix).groups == re.compile(shape.rest).groups == 0
    width = re._parser.parse(shape.prefix + shape.rest).getwidth()  # type: ignore[attr-defined]
    assert 16 <= width[0] <= width[1] <= LONGEST_TOKEN


def test_groups_count_shapes_and_both_patterns_are_for_re2() -> None:
    assert re.compile(TOKEN).groups == len(SHAPES)
    re2.compile(TOKEN)
    re2.compile(STARTS)
