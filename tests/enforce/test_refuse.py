import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.enforce import param, refuse, refuse_error
from guardrail.errors import BadInput, EvidenceError, UpstreamError
from guardrail.facts import Action, Decision, Hit, Refusal, Segment

HIT = Hit(rule="kz.pd.consent", article="94-V art. 7", pack="kz@1", action=Action.REFUSE)


def test_a_refusal_carries_the_rules_and_the_place() -> None:
    decision = Decision(action=Action.REFUSE, hits=(HIT, HIT))
    assert refuse(
        decision, message="Жоқ.", param="messages[0].content", request_id="r1"
    ) == Refusal(
        status=400,
        code="content_policy_violation",
        message="Жоқ.",
        param="messages[0].content",
        rules=("kz.pd.consent",),
        request_id="r1",
    )


def test_what_is_held_says_so() -> None:
    refusal = refuse(Decision(action=Action.HOLD), message="Later.")
    assert (refusal.status, refusal.code) == (400, "held_for_review")


@pytest.mark.parametrize("action", [Action.ALLOW, Action.MASK, Action.PSEUDONYMISE])
def test_a_decision_that_refuses_nothing_makes_no_refusal(action: Action) -> None:
    with pytest.raises(KeyError):
        refuse(Decision(action=action), message="")


def test_an_error_keeps_its_status_code_and_words() -> None:
    error = BadInput("nested too deep", code="too_deep", fix="flatten it")
    assert refuse_error(error, request_id="r1") == Refusal(
        status=400, code="too_deep", message="nested too deep; flatten it", request_id="r1"
    )


def test_the_callers_words_take_the_place_of_an_errors() -> None:
    assert refuse_error(UpstreamError("reset"), message="Кейінірек.").message == "Кейінірек."
    assert refuse_error(EvidenceError("disk full")).status == 503


def test_a_place_reads_like_a_path() -> None:
    segment = Segment(place=("messages", 2, "content", 0, "text"), text="")
    assert param(segment) == "messages[2].content[0].text"


def test_a_name_that_may_be_a_personal_value_is_not_repeated() -> None:
    assert param(Segment(place=("metadata", "870101300001"), text="")) == "metadata.*"
    assert param(Segment(place=("metadata", "aliya"), text="aliya", key=True)) == "metadata"


@given(st.lists(st.text() | st.integers(0, 9)))
def test_every_place_gives_plain_ascii_without_digits_of_names(place: list[str | int]) -> None:
    said = param(Segment(place=tuple(place), text=""))
    assert said.isascii()
    assert said.isprintable()
