import pytest

from guardrail.disclose.marks import Unmarkable
from guardrail.disclose.marks.octets import number, patched, sized, take


@pytest.mark.parametrize(("at", "size"), [(0, 4), (3, 1), (-1, 1), (0, -1)])
def test_what_isnt_there_isnt_taken(at: int, size: int) -> None:
    with pytest.raises(Unmarkable, match="truncated"):
        take(b"abc", at, size)


def test_numbers_are_read_and_written_in_both_orders() -> None:
    assert (number(b"\1\2", 0, 2), number(b"\1\2", 0, 2, "little")) == (258, 513)
    assert (sized(258, 2), sized(513, 2, "little")) == (b"\1\2", b"\1\2")


@pytest.mark.parametrize("value", [256, -1])
def test_a_number_that_doesnt_fit_isnt_written(value: int) -> None:
    with pytest.raises(Unmarkable, match="too_large"):
        sized(value, 1)


def test_edits_are_made_in_the_order_of_their_places() -> None:
    assert patched(b"abcdef", [(4, 5, b"X"), (1, 1, b"--"), (2, 4, b"")]) == b"a--bXf"
