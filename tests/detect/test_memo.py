from __future__ import annotations

from guardrail.detect.memo import Memo


def test_what_was_put_is_got() -> None:
    memo: Memo[str] = Memo()
    assert memo.get(b"a") is None
    memo.put(b"a", "x")
    assert memo.get(b"a") == "x"


def test_no_more_than_the_bound_is_kept() -> None:
    memo: Memo[int] = Memo(100)
    for number in range(1000):
        memo.put(str(number).encode(), number)
        assert len(memo) <= 100
    assert memo.get(b"999") == 999
    assert memo.get(b"0") is None


def test_what_is_asked_for_stays() -> None:
    memo: Memo[int] = Memo(10)
    memo.put(b"kept", 1)
    for number in range(100):
        memo.put(str(number).encode(), number)
        assert memo.get(b"kept") == 1
