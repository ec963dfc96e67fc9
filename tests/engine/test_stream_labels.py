from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.disclose import LabelSigner, hash_of, label
from guardrail.engine.stream_labels import CommentLabels, Unlabelled, member
from guardrail.facts import Label
from guardrail.wire import StreamEvent
from guardrail.wire.framing import SSE

BOM = b"\xef\xbb\xbf"
LAST = StreamEvent(raw=b"data: 1\n\n", done=True)
SIGNER = LabelSigner(Ed25519PrivateKey.from_private_bytes(b"k" * 32), "kid-1")


def made() -> Label:
    return label(id="urn:uuid:1", model="m", created=5)


def labels() -> CommentLabels:
    return CommentLabels(SSE.comment, made, SIGNER)


def said(comment: bytes, word: bytes) -> dict[str, Any]:
    assert comment.startswith(b": " + word + b" ")
    assert comment.endswith(b"\n\n")
    assert comment.count(b"\n") == 2
    told: dict[str, Any] = json.loads(comment[len(word) + 3 :])
    return told


def test_the_label_stands_before_the_first_bytes_once() -> None:
    one = labels()
    assert one.first(b"") == b""
    first = one.first(b"data: 1\n\n")
    assert first.endswith(b"\n\ndata: 1\n\n")
    told = said(first.removesuffix(b"data: 1\n\n"), b"guardrail-disclosure")
    assert told["level"] == "ai-generated"
    assert told["id"] == "urn:uuid:1"
    assert "sig" not in told
    assert one.first(b"data: 2\n\n") == b"data: 2\n\n"


def test_what_is_exempt_says_nothing_unless_it_turns_out_not_to_be() -> None:
    exempt = True
    one = CommentLabels(SSE.comment, made, SIGNER, is_exempt=lambda: exempt)
    assert one.first(b"data: 1\n\n") == b"data: 1\n\n"
    one.heard("a", "x")
    one.left()
    assert one.last() == b""
    exempt = False
    assert said(one.last(), b"guardrail-label")["sha256"] == hash_of(["x"])


def test_both_labels_name_the_entry_that_the_stream_began_with() -> None:
    one = labels()
    one.logged("w1-7")
    first = one.first(b"x")
    assert said(first.removesuffix(b"x"), b"guardrail-disclosure")["log"] == "w1-7"
    assert said(one.last(), b"guardrail-label")["log"] == "w1-7"
    assert "log" not in json.loads(member(made(), None))


def test_a_mark_of_the_byte_order_stays_the_very_first() -> None:
    assert labels().first(BOM + b"data: 1\n\n").startswith(BOM + b": guardrail-disclosure ")


def test_the_last_label_is_of_what_left() -> None:
    one = labels()
    one.first(b"x")
    one.heard("a", "Сә")
    one.left()
    one.heard("a", "лем")
    one.left()
    one.heard("a", "!")
    one.drop()
    told = said(one.last(), b"guardrail-label")
    assert told["sha256"] == hash_of(["Сәлем"])
    assert told["kid"] == "kid-1"


def test_where_nobody_knows_what_left_nothing_is_signed() -> None:
    one = labels()
    one.first(b"x")
    one.heard("a", "b")
    one.left()
    one.lose()
    one.heard("a", "c")
    one.left()
    assert "sig" not in said(one.last(), b"guardrail-label")


def test_a_stream_without_a_text_has_nothing_to_sign() -> None:
    one = labels()
    one.first(b"x")
    one.heard("a", "")
    one.left()
    assert "sha256" not in said(one.last(), b"guardrail-label")


def test_a_stream_of_which_nothing_left_has_no_label() -> None:
    assert labels().last() == b""


def test_what_cant_be_labelled_stays_as_it_is() -> None:
    one = Unlabelled()
    one.heard("a", "b")
    one.left()
    one.drop()
    one.lose()
    assert one.first(LAST.raw, LAST) == LAST.raw
    assert one.last() == b""
    assert one.last(b"data: 2\n\n", b"data: 3\n\n") == b"data: 2\n\ndata: 3\n\n"


def test_the_last_label_stands_behind_what_is_said_and_before_the_end() -> None:
    one = labels()
    one.first(b"x")
    left = one.last(b"data: 2\n\n", b"data: [DONE]\n\n")
    assert left.startswith(b"data: 2\n\n: guardrail-label {")
    assert left.endswith(b"}\n\ndata: [DONE]\n\n")


def test_a_stream_of_one_event_has_both_labels() -> None:
    one = labels()
    one.heard("a", "Hi")
    one.left()
    left = one.first(BOM + LAST.raw, LAST)
    assert left.startswith(BOM + b": guardrail-disclosure ")
    assert left.index(b": guardrail-disclosure ") < left.index(b": guardrail-label ")
    assert left.endswith(b"\n\ndata: 1\n\n")
