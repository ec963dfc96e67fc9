from guardrail.disclose.marks import Unmarkable


def test_what_cant_be_marked_says_why_in_a_slug() -> None:
    error = Unmarkable("truncated")
    assert (error.reason, str(error)) == ("truncated", "truncated")
