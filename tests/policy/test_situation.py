import pytest

from guardrail.facts import Direction
from guardrail.policy.situation import Choices, Situation


def test_a_situation_says_nothing_that_it_wasnt_told() -> None:
    bare = Situation(direction=Direction.REQUEST)
    assert (bare.standings, bare.opaque) == ((), ())
    assert (bare.first_turn, bare.synthetic, bare.ai_reply) == (False, False, False)


def test_without_a_choice_the_pack_decides() -> None:
    bare = Choices()
    assert (bare.personal_data, bare.reply_personal_data, bare.opaque) == (None, None, None)


def test_choices_cant_change_later() -> None:
    with pytest.raises(AttributeError):
        Choices().opaque = None  # type: ignore[misc] # that it fails is the point
