from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrail.engine.conversations import MAX_CHARS, Conversations

KEY = b"k" * 32
PARTS = st.lists(st.text(max_size=8) | st.binary(max_size=8), max_size=4)


def test_a_conversation_that_was_told_is_known_with_the_time_it_was() -> None:
    known = Conversations(KEY)
    name = known.name("caller", "resp_1")
    assert known.told([name]) is None
    known.note([name], 50)
    assert known.told([known.name("caller", "resp_1")]) == 50
    assert known.told([known.name("other", "resp_1")]) is None


def test_of_several_names_the_last_telling_counts() -> None:
    known = Conversations(KEY)
    one, two = known.name("1"), known.name("2")
    known.note([one], 10)
    known.note([two], 20)
    assert known.told([two, one, known.name("3")]) == 20


@given(PARTS, PARTS)
def test_every_two_lists_of_parts_have_two_names(
    one: list[str | bytes], two: list[str | bytes]
) -> None:
    known = Conversations(KEY)
    alike = [_raw(part) for part in one] == [_raw(part) for part in two]
    assert (known.name(*one) == known.name(*two)) is alike


def _raw(part: str | bytes) -> bytes:
    return part if isinstance(part, bytes) else part.encode()


def test_without_the_key_nobody_can_tell_a_name() -> None:
    assert Conversations(KEY).name("resp_1") != Conversations(b"x" * 32).name("resp_1")


@given(st.lists(st.integers(0, 30), max_size=60))
def test_however_many_there_are_only_the_last_ones_are_remembered(ids: list[int]) -> None:
    known = Conversations(KEY, most=8)
    for one in ids:
        known.note([known.name(str(one))], 1)
    last = list(dict.fromkeys(reversed(ids)))
    assert len(known) <= 8
    assert all(known.told([known.name(str(one))]) == 1 for one in last[:4])


def test_who_is_heard_of_is_not_forgotten() -> None:
    known = Conversations(KEY, most=4)
    first = known.name("first")
    known.note([first], 1)
    for one in range(20):
        known.note([known.name(str(one))], 2)
        assert known.told([first]) == 1
    assert known.told([known.name("0")]) is None


def test_a_long_text_is_told_by_its_beginning_and_a_broken_one_has_a_name() -> None:
    known = Conversations(KEY)
    assert known.name("a" * MAX_CHARS) == known.name("a" * (MAX_CHARS + 1))
    assert known.name("\ud800") != known.name("")
