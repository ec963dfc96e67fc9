from __future__ import annotations

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.octets import number, take


def test_numbers_are_read_in_both_orders() -> None:
    assert number(b"\x01\x02\x03", 1, 2) == 0x0203
    assert number(b"\x01\x02\x03", 1, 2, "little") == 0x0302


@pytest.mark.parametrize(("at", "size"), [(-1, 1), (0, -1), (0, 4), (3, 1), (9, 9)])
def test_what_isnt_there_is_uninspectable(at: int, size: int) -> None:
    with pytest.raises(Uninspectable, match="truncated"):
        take(b"abc", at, size)
