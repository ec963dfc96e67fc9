from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrail.facts import Headers
from guardrail.shells.forward import to_caller, to_upstream

SENT: Headers = (
    (b"host", b"guard"),
    (b"authorization", b"Bearer caller"),
    (b"content-type", b"application/json"),
    (b"content-length", b"7"),
    (b"content-encoding", b"gzip"),
    (b"accept-encoding", b"br"),
    (b"expect", b"100-continue"),
    (b"baggage", b"user=17"),
    (b"guardrail-consent", b"token"),
    (b"guardrail-subject", b"u-17"),
    (b"traceparent", b"00-1"),
    (b"x-a", b"1"),
    (b"x-a", b"2"),
)


def test_the_upstream_gets_what_is_for_it_in_order_and_is_asked_for_no_encoding() -> None:
    assert to_upstream(SENT) == (
        (b"authorization", b"Bearer caller"),
        (b"content-type", b"application/json"),
        (b"traceparent", b"00-1"),
        (b"x-a", b"1"),
        (b"x-a", b"2"),
        (b"accept-encoding", b"identity"),
    )


def test_a_key_of_the_operators_replaces_every_one_of_the_callers() -> None:
    sent = ((b"authorization", b"a"), (b"authorization", b"b"))
    assert to_upstream(sent, key="sk-1") == (
        (b"authorization", b"Bearer sk-1"),
        (b"accept-encoding", b"identity"),
    )


def test_the_upstream_cant_speak_in_the_guards_name() -> None:
    came: Headers = (
        (b"content-type", b"application/json"),
        (b"content-length", b"7"),
        (b"content-encoding", b"gzip"),
        (b"transfer-encoding", b"chunked"),
        (b"server", b"x"),
        (b"guardrail-decision", b"allowed"),
        (b"guardrail-anything", b"x"),
        (b"x-request-id", b"7"),
    )
    assert to_caller(came) == ((b"content-type", b"application/json"), (b"x-request-id", b"7"))


NAMES = st.sampled_from([name for name, _ in SENT] + [b"guardrail-x", b"server", b"x-b"])


@given(
    st.lists(st.tuples(NAMES, st.binary(max_size=4)), max_size=12).map(tuple), st.text(max_size=3)
)
def test_nothing_of_consent_goes_out_and_nothing_of_ours_comes_in(
    fields: Headers, key: str
) -> None:
    out = to_upstream(fields, key=key)
    assert not {name for name, _ in out} & {b"guardrail-consent", b"guardrail-subject", b"baggage"}
    back = to_caller(fields)
    assert not any(name.startswith(b"guardrail-") for name, _ in back)
    passed = [field for field in fields if field in back]
    assert passed == list(back)
