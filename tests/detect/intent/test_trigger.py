from __future__ import annotations

from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.intent.trigger import Trigger
from guardrail.detect.intent.words import words_of

_TRIGGER = Trigger(files("guardrail.detect.intent") / "data" / "trigger.npz")


def test_a_request_fires_and_small_talk_does_not() -> None:
    assert _TRIGGER.strength(words_of("Identify the man by his face")) > _TRIGGER.threshold
    assert _TRIGGER.strength(words_of("Good morning, thanks!")) < _TRIGGER.threshold


@given(st.text(max_size=100))
def test_more_words_never_make_a_text_less_suspicious(other: str) -> None:
    words = words_of("Identify the man by his face")
    assert _TRIGGER.strength([*words, *words_of(other)]) >= _TRIGGER.strength(words)
