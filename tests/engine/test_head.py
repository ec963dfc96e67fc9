"""Nothing can be hidden in a request's head, so personal data there is refused."""

from __future__ import annotations

import pytest

from guardrail.detect import TextDetector
from guardrail.engine.head import caller, expect_plain_head
from guardrail.errors import BadInput
from guardrail.facts import Headers, RawRequest

IIN = "900101300017"
KEY = "AIzaSyD-9001013000171234567890123456789"
"""Of the form that Google's have."""


def expect(
    detector: TextDetector, *, path: str = "/v1/x", query: str = "", headers: Headers = ()
) -> None:
    expect_plain_head(RawRequest(method="POST", path=path, query=query, headers=headers), detector)


@pytest.mark.parametrize(
    "query",
    [
        *(IIN, "%39" + IIN[1:], f"who={IIN}&x=1", "%2B7+701+123+45+67"),
        *(f"key={IIN}", f"a=1&key={IIN}", f"key=iin+{IIN}+of+somebody"),
    ],
)
def test_a_value_in_the_query_is_refused_and_not_repeated(
    detector: TextDetector, query: str
) -> None:
    with pytest.raises(BadInput) as caught:
        expect(detector, query=query)
    assert caught.value.code == "personal_data_in_head"
    assert query not in str(caught.value)


@pytest.mark.parametrize(
    "query",
    ["", "api-version=2026-10-21", "%ff", f"key={KEY}", f"alt=sse&key={KEY}", f"key={KEY}&alt=sse"],
)
def test_any_other_query_passes(detector: TextDetector, query: str) -> None:
    expect(detector, query=query)


def test_a_value_in_the_path_is_refused(detector: TextDetector) -> None:
    with pytest.raises(BadInput):
        expect(detector, path=f"/v1/people/{IIN}")


@pytest.mark.parametrize("value", [IIN.encode(), b"=?base64?OTAwMTAxMzAwMDE3?="])
def test_a_value_in_a_header_field_is_refused(detector: TextDetector, value: bytes) -> None:
    with pytest.raises(BadInput):
        expect(detector, headers=((b"x-note", value),))


@pytest.mark.parametrize(
    "name", [b"authorization", b"x-request-id", b"guardrail-subject", b"mcp-session-id"]
)
def test_credentials_and_ids_are_no_text(detector: TextDetector, name: bytes) -> None:
    expect(detector, headers=((name, IIN.encode()),))


def test_a_forms_boundary_is_no_value_and_what_stands_before_it_may_be_one(
    detector: TextDetector,
) -> None:
    boundary = b"; boundary=" + IIN.encode()
    expect(detector, headers=((b"content-type", b"multipart/form-data" + boundary),))
    with pytest.raises(BadInput):
        expect(detector, headers=((b"content-type", b"x/" + IIN.encode() + boundary),))


SIGNED = b"AWS4-HMAC-SHA256 Credential=%b/20261122/eu/bedrock/aws4_request, Signature=%b"


@pytest.mark.parametrize(
    ("first", "again", "other"),
    [
        (b"authorization: Bearer a", b"authorization: Bearer a", b"authorization: Bearer b"),
        (b"x-api-key: a", b"x-api-key: a", b"x-api-key: b"),
        (b"x-goog-api-key: a", b"x-goog-api-key: a", b""),
        (
            b"authorization: " + SIGNED % (b"AKIA1", b"aa"),
            b"authorization: " + SIGNED % (b"AKIA1", b"bb"),
            b"authorization: " + SIGNED % (b"AKIA2", b"aa"),
        ),
    ],
    ids=["bearer", "anthropic", "google", "signed"],
)
def test_a_caller_is_known_by_his_key(first: bytes, again: bytes, other: bytes) -> None:
    def known(line: bytes) -> bytes:
        name, _, value = line.partition(b": ")
        return caller(RawRequest(method="POST", path="/", headers=((name, value),)))

    assert known(first) == known(again) != known(other)


def test_a_key_in_the_query_tells_callers_apart() -> None:
    asked = [RawRequest(method="POST", path="/", query=f"alt=sse&key={KEY}{x}") for x in "aab"]
    assert caller(asked[0]) == caller(asked[1]) != caller(asked[2])


def test_words_of_programs_that_sound_like_names_pass(detector: TextDetector) -> None:
    expect(detector, headers=((b"user-agent", b"Mozilla/5.0 Safari Dart Ruby Crystal Julia"),))
