from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.engine.claims import Listener, claims_to_be_human
from guardrail.testing import chunkings

CLAIMS = (
    "Не волнуйтесь. Я живой человек, а не бот. Чем помочь?",
    "Don't worry, I am a real person, not a chatbot. How can I help?",
    "Уайымдамаңыз, мен адаммын, робот емеспін. Қалай көмектесейін?",
)
NO_CLAIMS = (
    "Я не человек, а система искусственного интеллекта.",
    "In the novel the robot says: “I am a human being.” Nobody believes it.",
    "Мен жасанды интеллектпін, адам емеспін.",
    "If I were a real person, I would feel the rain.",
)
PADDING = "Сегодня в Алматы ясно, ветер слабый, вечером до двенадцати градусов. "


@pytest.mark.parametrize("text", CLAIMS)
def test_a_claim_to_be_human_is_heard(text: str) -> None:
    assert claims_to_be_human(text)


@pytest.mark.parametrize("text", NO_CLAIMS)
def test_what_is_quoted_denied_or_supposed_is_no_claim(text: str) -> None:
    assert not claims_to_be_human(text)


@pytest.mark.parametrize("text", CLAIMS + NO_CLAIMS)
@given(data=st.data())
def test_however_a_text_is_cut_the_same_is_heard(text: str, data: st.DataObject) -> None:
    before, behind = data.draw(st.integers(0, 20)), data.draw(st.integers(0, 20))
    whole = PADDING * before + text + " " + PADDING * behind
    listener = Listener()
    *pieces, last = data.draw(chunkings(whole))
    for piece in pieces:
        listener.hear(piece)
    assert listener.hear(last, final=True) == claims_to_be_human(whole) == (text in CLAIMS)


@pytest.mark.parametrize("said", ["", CLAIMS[0]])
def test_what_is_kept_of_an_answer_is_bounded_whether_it_claims_or_not(said: str) -> None:
    listener = Listener()
    listener.hear(said)
    for _ in range(1_000):
        listener.hear(PADDING)
    assert len(listener._tail) < 2_000
    assert listener.claimed is bool(said)
