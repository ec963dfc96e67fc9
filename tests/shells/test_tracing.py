from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from guardrail.facts import Action, Decision
from guardrail.settings import Telemetry
from guardrail.shells.tracing import Tracing, answered_with, parent_in
from guardrail.telemetry import CURRENT
from guardrail.telemetry.outbox import Outbox

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{CALLER}-01".encode()
SENT = ((b"a", b"b"), (b"traceparent", PARENT), (b"tracestate", b"v=1"))


def outbox() -> Outbox:
    return Outbox(64, lambda _: None)


def names(headers: tuple[tuple[bytes, bytes], ...]) -> list[bytes]:
    return [name for name, _ in headers]


def test_the_callers_trace_goes_on_to_the_upstream_as_the_guards_span() -> None:
    box = outbox()
    tracing = Tracing(Telemetry(traces="otlp"), box)
    with tracing.follow("POST", SENT) as trail:
        onward = tracing.onward(SENT)
    assert onward[0] == (b"a", b"b")
    assert onward[1:] == ((b"traceparent", f"00-{TRACE}-{trail.span_id}-01".encode()),)
    assert (trail.trace_id, trail.parent) == (TRACE, CALLER)
    assert trail.span_id not in {CALLER, ""}
    assert box.trails.take(9) == [trail]
    assert trail.begun <= trail.ended


def test_who_began_the_trace_has_decided_whether_it_is_sampled() -> None:
    tracing = Tracing(Telemetry(traces="otlp", sampling=0), outbox())
    with tracing.follow("POST", SENT) as trail:
        assert trail.sampled
    tracing = Tracing(Telemetry(traces="otlp", sampling=1), outbox())
    unsampled = ((b"traceparent", PARENT[:-1] + b"0"),)
    with tracing.follow("POST", unsampled) as trail:
        assert not trail.sampled
        assert tracing.onward(())[0][1].endswith(b"-00")


def test_an_untrusted_caller_chooses_neither_trace_nor_sampling() -> None:
    box = outbox()
    tracing = Tracing(Telemetry(traces="otlp", trust_traceparent=False, sampling=0), box)
    with tracing.follow("POST", SENT) as trail:
        assert trail.trace_id != TRACE
        assert (trail.parent, trail.link, trail.sampled) == ("", (TRACE, CALLER), False)
        assert TRACE.encode() not in b"".join(value for _, value in tracing.onward(SENT))
    assert len(box.trails) == 0


def test_without_spans_a_trusted_callers_trace_passes_and_an_untrusted_ones_doesnt() -> None:
    for trusted, passes in ((True, True), (False, False)):
        tracing = Tracing(Telemetry(trust_traceparent=trusted))
        with tracing.follow("POST", SENT) as trail:
            assert trail.span_id == ""
            assert ((b"traceparent", PARENT) in tracing.onward(SENT)) is passes


def test_the_trace_state_of_vendors_passes_only_where_it_may() -> None:
    for settings, inside, passes in (
        (Telemetry(), False, False),
        (Telemetry(pass_tracestate=True), False, True),
        (Telemetry(), True, True),
        (Telemetry(pass_tracestate=True, trust_traceparent=False), False, False),
    ):
        tracing = Tracing(settings, inside=inside)
        assert (b"tracestate" in names(tracing.onward(SENT))) is passes


def test_a_request_is_known_while_it_lasts_and_no_longer() -> None:
    with Tracing().follow("POST", ()) as outer:
        assert CURRENT.get() is outer
        with Tracing().follow("GET", ()) as inner:
            assert CURRENT.get() is inner
            answered_with(404)
        assert CURRENT.get() is outer
    assert CURRENT.get() is None
    answered_with(200)
    assert (inner.status, outer.status) == (404, 0)


def test_without_spans_what_was_refused_is_told_all_the_same() -> None:
    box = outbox()
    tracing = Tracing(Telemetry(logs="otlp"), box)
    for action in (Action.ALLOW, Action.REFUSE):
        with tracing.follow("POST", SENT) as trail:
            trail.made.append((1, "request", Decision(action=action), ()))
    (told,) = box.trails.take(9)
    assert told.made[0][2].action is Action.REFUSE


def test_a_request_that_fails_is_told_too() -> None:
    box = outbox()
    with suppress(ZeroDivisionError), Tracing(Telemetry(traces="otlp"), box).follow("POST", ()):
        _ = 1 / 0
    assert len(box.trails) == 1


def test_a_parent_is_read_as_w3c_has_it() -> None:
    found = (TRACE, CALLER, True)
    cases = {
        PARENT: found,
        PARENT[:-2] + b"00": (TRACE, CALLER, False),
        PARENT[:-2] + b"03": found,
        b"01" + PARENT[2:] + b"-more": found,
        PARENT + b"-more": None,
        b"ff" + PARENT[2:]: None,
        PARENT.upper(): None,
        PARENT[:-1]: None,
        b"00-" + b"0" * 32 + PARENT[35:]: None,
        PARENT[:36] + b"0" * 16 + b"-01": None,
        b"": None,
    }
    for value, expected in cases.items():
        assert parent_in(((b"traceparent", value),)) == expected, value
    assert parent_in(((b"traceparent", PARENT), (b"traceparent", PARENT))) is None
    assert parent_in(((b"a", PARENT),)) is None


@given(st.binary(max_size=80))
def test_no_bytes_in_a_parent_are_a_fault(value: bytes) -> None:
    found = parent_in(((b"traceparent", value),))
    assert found is None or len(found[0]) == 32


def test_traces_that_begin_here_are_sampled_in_the_share_that_is_set() -> None:
    tracing = Tracing(Telemetry(traces="otlp", sampling=0.25), outbox())
    sampled = 0
    for _ in range(4_000):
        with tracing.follow("POST", ()) as trail:
            sampled += trail.sampled
            # The last 56 bits decide (W3C Trace Context, level 2): another tool decides the same.
            assert trail.sampled is (int(trail.trace_id[-14:], 16) >= 3 << 54)
    assert 800 < sampled < 1_200
