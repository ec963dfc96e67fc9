from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.visible.office.lines import lines_of
from guardrail.disclose.visible.office.sizes import box_of

WORDS = lines_of("Жасанды интеллект жасаған\nСоздано искусственным интеллектом\nAI-generated")


def test_words_stand_on_one_line_where_there_is_room() -> None:
    box = box_of(720, 540, WORDS)
    assert [len(row) for row in box.rows] == [3]
    assert box.size == 0.02 * 540
    assert [len(row) for row in box_of(300, 540, WORDS).rows] == [1, 1, 1]


@given(st.floats(1, 5_000), st.floats(1, 5_000))
def test_every_box_is_on_the_slide_at_its_foot(wide: float, high: float) -> None:
    left, top, across, down = box_of(wide, high, WORDS).place
    assert 0 <= left <= left + across <= wide + 1e-6
    assert top >= 0
    assert abs(top + down - high) < 1e-6
