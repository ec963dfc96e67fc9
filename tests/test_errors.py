from __future__ import annotations

import pytest

from guardrail.errors import (
    BadInput,
    ConfigError,
    EvidenceError,
    GuardrailError,
    UpstreamError,
    nearest,
)


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        (GuardrailError, "guardrail_error", 500),
        (ConfigError, "config_error", 500),
        (BadInput, "bad_input", 400),
        (UpstreamError, "upstream_error", 502),
        (EvidenceError, "evidence_unavailable", 503),
    ],
)
def test_each_error_says_whose_fault_it_is(
    kind: type[GuardrailError], code: str, status: int
) -> None:
    error = kind("so it is")
    assert (str(error), error.code, error.status, error.fix) == ("so it is", code, status, "")
    assert isinstance(error, GuardrailError)


def test_code_status_and_fix_can_be_told_more_exactly() -> None:
    error = BadInput("too large", code="body_too_large", status=413, fix="send less")
    assert (error.code, error.status, error.fix) == ("body_too_large", 413, "send less")
    # The class itself stays as it was.
    assert (BadInput.code, BadInput.status) == ("bad_input", 400)


@pytest.mark.parametrize(
    ("word", "said"),
    [("prot", " (did you mean 'port'?)"), ("port", " (did you mean 'port'?)"), ("zzz", "")],
)
def test_the_nearest_word_is_named_where_one_is_near(word: str, said: str) -> None:
    assert nearest(word, ["port", "host"]) == said
    assert nearest(word, []) == ""
