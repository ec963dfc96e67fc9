from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizer import LOOK_BEHIND, Verdict
from guardrail.detect.text.recognizers import keyed
from guardrail.detect.text.recognizers.keyed import KeyedRecognizer, Link


class _WordRecognizer(KeyedRecognizer):
    ENTITY = "PASSWORD"
    PATTERN = "(?i)code"
    TRIGGERS = ("(?i)code",)
    BACKWARD = r"[^\s]{1,20}"
    LONGEST = 16
    VALUE = re.compile("[A-Za-z0-9]{3,16}")

    def weigh(
        self, text: str, word: re.Match[str], value: re.Match[str], link: Link
    ) -> Verdict | None:
        score = (0.6, 0.7, 0.8)[link]
        return Verdict(start=value.start(), end=value.end(), score=score, reason="context")


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("code: abc", 0.8),
        ("code=abc", 0.8),
        ('"code": "abc"', 0.8),
        ("code от сайта: abc", 0.8),
        ("code (new): abc", 0.8),
        ("code мой: abc", 0.8),
        ("code - abc", 0.7),
        ("code это abc", 0.7),
        ("| code | abc |", 0.7),
        ("code abc", 0.6),
    ],
)
def test_the_link_tells_how_surely_a_value_is_set(text: str, score: float) -> None:
    (result,) = _WordRecognizer().scan(text, 0)
    assert (text[result.start : result.end], result.score) == ("abc", score)


def test_without_link_or_value_there_is_nothing() -> None:
    assert list(_WordRecognizer().scan("code; abc code: a! code", 0)) == []


def test_the_word_may_stand_before_what_is_examined() -> None:
    text = "code от сайта: abc"
    (result,) = _WordRecognizer().scan(text, text.index("abc"))
    assert result.start == text.index("abc")
    assert list(_WordRecognizer().scan(text, text.index("abc") + 1)) == []


def test_a_word_with_its_link_fits_into_what_is_looked_at_behind() -> None:
    width = re._parser.parse(keyed._LINK.pattern, keyed._LINK.flags).getwidth()[1]  # type: ignore[attr-defined]
    assert width + 40 <= LOOK_BEHIND + 24


def test_weighing_is_left_to_its_kinds() -> None:
    class Undecided(_WordRecognizer):
        weigh = KeyedRecognizer.weigh

    with pytest.raises(NotImplementedError):
        list(Undecided().scan("code: abc", 0))


@pytest.mark.parametrize(
    "text", ["code: abc", "my code от сайта x: abc; code=a code-abc", "code code code: abc"]
)
def test_streams_find_the_same(streamed_alike: Callable[..., None], text: str) -> None:
    streamed_alike([_WordRecognizer], text)
