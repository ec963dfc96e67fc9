from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.disguises.revealed import reveal


def test_plain_text_keeps_its_places() -> None:
    plain = reveal("abc", 1, 3, [])
    assert (plain.text, plain.span(0, 2)) == ("bc", (1, 3))


def test_a_unit_is_covered_whole() -> None:
    plain = reveal("a%40b", 0, 5, [(1, 4, "@")])
    assert plain.text == "a@b"
    assert [plain.span(place, place + 1) for place in range(3)] == [(0, 1), (1, 4), (4, 5)]


def test_units_may_say_nothing_or_more_than_one_character() -> None:
    plain = reveal("9-9 x", 0, 5, [(1, 2, ""), (4, 5, "10")])
    assert plain.text == "99 10"
    assert plain.span(0, 2) == (0, 3)
    assert plain.span(3, 4) == plain.span(4, 5) == (4, 5)


def test_neighbouring_units_may_share_characters() -> None:
    plain = reveal("QUJD!", 0, 5, [(0, 2, "A"), (1, 3, "B"), (2, 4, "C")])
    assert plain.text == "ABC!"
    assert plain.span(1, 2) == (1, 3)


def test_what_is_revealed_folds_like_any_text() -> None:
    plain = reveal("a&#8203;b&#65297;", 0, 17, [(1, 8, "\u200b"), (9, 17, "\uff11")])
    assert plain.text == "ab1"
    assert plain.span(1, 3) == (8, 17)


@given(
    text=st.text(alphabet="ab%1\u200b\u0661", max_size=30),
    bounds=st.lists(st.integers(0, 30), max_size=6),
    plain=st.sampled_from(["", "x", "\u200b", "\u0661y"]),
)
def test_every_character_leads_back_into_the_text(text: str, bounds: list[int], plain: str) -> None:
    places = sorted({min(place, len(text)) for place in bounds})
    units = [(a, b, plain) for a, b in zip(places[::2], places[1::2], strict=False)]
    revealed = reveal(text, 0, len(text), units)
    assert len(revealed.text) == len(revealed.starts) == len(revealed.ends)
    assert list(revealed.starts) == sorted(revealed.starts)
    for place in range(len(revealed.text)):
        first, last = revealed.span(place, place + 1)
        assert 0 <= first < last <= len(text)
