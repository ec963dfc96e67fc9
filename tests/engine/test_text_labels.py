"""Labels in replies: headers, JSON, documents and streams, signed over what leaves."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import settings as tried

from guardrail.consent import Terms
from guardrail.detect import TextDetector
from guardrail.disclose import LabelSigner, Signed, label, read_signed
from guardrail.disclose.marks import read
from guardrail.disclose.signature import verify
from guardrail.engine import Decided, Enacted, Guard, ReplyStream
from guardrail.engine.beside import Beside
from guardrail.engine.labels import note_media
from guardrail.facts import (
    Action,
    Category,
    Inspected,
    RawReply,
    RawRequest,
    Refusal,
    Seen,
    Tier,
    Verdict,
)
from guardrail.policy import Choices, Judge, load_packs
from guardrail.settings import Settings
from guardrail.shipped import shipped
from guardrail.testing import chunkings
from guardrail.wire import Wires
from guardrail.wire.framing import FRAMINGS

Build = Callable[..., Guard]

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
SIGNER = LabelSigner(KEY, "kid-1")
ID = "urn:uuid:00000000-0000-4000-8000-000000000001"
SECONDS = 1_795_323_600
IIN = "900101300017"
CHAT = "/v1/chat/completions"
ASKED = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
"""A first turn: its answer begins with a notice."""
LATER = {"model": "m", "messages": [{"role": "assistant", "content": "Hi"}, *ASKED["messages"]]}


@pytest.fixture(scope="module")
def build(detector: TextDetector, wires: Wires) -> Build:
    packs = load_packs(shipped("policies"), ("kz-230-viii", "eu-ai-act"))
    masking = Choices(personal_data=Action.MASK, reply_personal_data=Action.MASK)

    def make(*, unmatched: str = "refuse", **labels: object) -> Guard:
        settings = Settings.model_validate(
            {
                "policy": ("kz-230-viii", "eu-ai-act"),
                "personal_data": "mask",
                "labels": labels,
                "unmatched": {"ai": unmatched},
                "service": {"provider": "Example LLP", "owner": "Мысал ЖШС", "bin": "990140000123"},
            }
        )
        return Guard(
            settings,
            wires=wires,
            detector=detector,
            judge=Judge(packs, masking),
            terms=Terms(purpose="assistant.answer", audience="guardrail", issuers={}),
            key=b"k" * 32,
            signer=SIGNER,
        )

    return make


def asked(guard: Guard, now: datetime, body: object = ASKED, path: str = CHAT) -> Decided:
    raw = RawRequest(
        method="POST",
        path=path,
        headers=((b"content-type", b"application/json"),),
        body=json.dumps(body).encode(),
    )
    route = guard.route(raw.method, raw.path)
    examined = guard.examine(raw, route, request_id="req_1", label_id=ID, now=now)
    return guard.decide(examined, (), now)


def answered(
    guard: Guard, decided: Decided, body: bytes, now: datetime, *, kind: str = "application/json"
) -> Enacted:
    raw = RawReply(status=200, headers=((b"content-type", kind.encode()),), body=body)
    examined = guard.examine_reply(decided.examined.case, raw)
    return guard.enact(guard.decide(examined, (), now), now=SECONDS)


def chat(*contents: str, **more: object) -> bytes:
    choices = [
        {"index": at, "message": {"role": "assistant", "content": text}}
        for at, text in enumerate(contents)
    ]
    return json.dumps({"id": "c", "model": "m-1", "choices": choices, **more}).encode()


def contents(body: bytes) -> list[str]:
    return [one["message"]["content"] for one in json.loads(body)["choices"]]


def in_header(guard: Guard, made: Enacted) -> Signed:
    """Return the label as the header of a reply has it, a while later."""
    case, decision = made.decided.examined.case, made.decided.decision
    fields = guard.reply_headers(case, decision, "m-1", SECONDS + 3, made.signed)
    signed = read_signed(fields)
    assert signed is not None
    return signed


def in_json(member: dict[str, Any], created: int = SECONDS) -> Signed:
    """Return the label as JSON has it."""
    said = label(id=member["id"], level=member["level"], kind=member["class"], created=created)
    return Signed(label=said, sha256="", signature=b64decode(member["sig"]), kid=member["kid"])


def holds(signed: Signed, *texts: str) -> bool:
    return verify(signed, texts, KEY.public_key())


def test_an_answer_is_labelled_in_its_header_and_beside_it(build: Build, now: datetime) -> None:
    guard = build()
    body = chat("Сәлем")
    made = answered(guard, asked(guard, now, LATER), body, now)
    member = json.loads(made.body).pop("ai_disclosure")
    assert member["id"] == ID
    assert member["level"] == "ai-generated"
    assert member["class"] == "result"
    assert member["system"] == {"name": "m-1"}
    assert member["provider"] == "Example LLP"
    assert holds(in_json(member), "Сәлем")
    assert holds(in_header(guard, made), "Сәлем")
    assert made.entry.fields["marks"] == {"json_member": 1}
    assert made.entry.fields["label"] == ID


def test_the_label_says_who_answers_who_watched_and_which_packs_apply(
    build: Build, now: datetime
) -> None:
    guard = build()
    member = json.loads(answered(guard, asked(guard, now), chat("Сәлем"), now).body)[
        "ai_disclosure"
    ]
    assert member["owner"] == {"name": "Мысал ЖШС", "bin": "990140000123", "jur": "KZ"}
    assert member["oversight"] == "prompt_guided"
    assert member["packs"] == list(guard.judge.refs)
    assert len(member["packs"]) == 2


def test_what_the_provider_says_of_its_texts_is_handed_on_as_its_word(
    build: Build, now: datetime
) -> None:
    guard = build(text_watermark="Example Mark")
    member = json.loads(answered(guard, asked(guard, now), chat("Hi"), now).body)["ai_disclosure"]
    assert member["watermark"] == {"name": "Example Mark", "basis": "asserted_by_provider"}


def test_packs_that_come_later_are_named_from_then_on(build: Build, now: datetime) -> None:
    guard = build()
    guard.use(Judge(load_packs(shipped("policies"), ("eu-ai-act",)), Choices()))
    member = json.loads(answered(guard, asked(guard, now), chat("Hi"), now).body)["ai_disclosure"]
    assert [one.partition("@")[0] for one in member["packs"]] == ["eu-ai-act"]
    assert "jur" not in member["owner"]


@pytest.mark.parametrize(
    ("level", "mode", "oversight"),
    [
        ("ai-assisted", b"mode=ai-modified", "human_validated"),
        ("ai-generated", b"mode=ai-originated", "prompt_guided"),
        ("ai-autonomous", b"mode=machine-generated", "fully_autonomous"),
    ],
)
def test_the_operators_level_stands_in_every_carrier(
    build: Build, now: datetime, level: str, mode: bytes, oversight: str
) -> None:
    guard = build(unmatched="generic", level=level)
    made = answered(guard, asked(guard, now, LATER), chat("Сәлем"), now)
    member = json.loads(made.body)["ai_disclosure"]
    assert (member["level"], member["oversight"]) == (level, oversight)
    assert holds(in_header(guard, made), "Сәлем")
    assert in_header(guard, made).label.level == level
    case, decision = made.decided.examined.case, made.decided.decision
    fields = dict(guard.reply_headers(case, decision, "", SECONDS))
    assert fields[b"ai-disclosure"].startswith(mode)
    told = events(streamed(guard, asked(guard, now, LATER), [STREAM], now))
    assert said(told[0], "disclosure")["level"] == said(told[-2], "label")["level"] == level
    page = answered(
        guard, asked(guard, now, {"prompt": "a"}, "/v1/page"), PAGE, now, kind="text/html"
    )
    found = {one.technique: one.level for one in read(page.body, media_type="text/html")}
    assert found["html:meta"] == level
    assert guard.said(case, "", SECONDS).label.level == level


KAZAKH = "Маған мысықтың суретін салып берші, өтінемін"


def seen(entity: str, medium: str = "image/png") -> Inspected:
    one = Seen(
        entity=entity, category=Category.BIOMETRIC, tier=Tier.CERTAIN, score=0.9, recognizer="r"
    )
    return Inspected(verdict=Verdict.INSPECTED, medium=medium, seen=(one,))


@pytest.mark.parametrize(
    ("inspected", "kind"),
    [
        (seen("FACE"), "synthetic_person"),
        (seen("VOICE", "audio/wav"), "synthetic_person"),
        (seen("FACE", "video/mp4"), "synthetic_person"),
        (seen("FINGERPRINT"), "synthetic"),
        (Inspected(verdict=Verdict.INSPECTED, medium="image/png"), "synthetic"),
    ],
)
def test_a_face_or_a_voice_makes_a_class_of_its_own_with_a_warning(
    build: Build, now: datetime, inspected: Inspected, kind: str
) -> None:
    guard = build(media={"watermark": False})
    decided = asked(guard, now, {"prompt": KAZAKH}, "/v1/images/generations")
    drawn = RawReply(status=200, body=b'{"created": 1, "data": [{"b64_json": "AAAA"}]}')
    examined = guard.examine_reply(decided.examined.case, drawn)
    case = guard.decide(replace(examined, inspected=(inspected,)), (), now).examined.case
    told = guard.said(case, "", SECONDS)
    assert told.label.kind == kind
    warns = told.words[0].startswith("Ескерту: ")
    assert warns is (kind == "synthetic_person")
    assert told.words[warns].startswith("Жасанды интеллект жасаған\n")
    assert told.words[-1].startswith("ЖИ · ИИ")
    assert len(told.words) == 3 + warns


def test_a_stream_is_of_that_class_from_when_a_face_was_seen(build: Build, now: datetime) -> None:
    guard = build()
    request = {"model": "m", "prompt": "a", "stream": True}
    decided = asked(guard, now, request, "/v1/images/generations")
    stream = ReplyStream(guard, decided, decided.examined.case.route.adapter.stream(), now)
    begun = b"".join(out.data for out in stream.receive(b'data: {"type": "ping"}\n\n', now))
    assert said(events(begun)[0], "disclosure")["class"] == "result"
    stream.receive(b'data: {"type": "image_generation.completed", "b64_json": "AAAA"}\n\n', now)
    stream.looked((seen("FACE"),), now)
    left = stream.fail(Refusal(status=502, code="upstream_reset", message="m")).data
    assert said(events(left)[0], "label")["class"] == "synthetic_person"


def test_a_face_in_a_document_makes_no_person_of_it(build: Build, now: datetime) -> None:
    case = asked(build(), now).examined.case
    note_media(case, (), (seen("FACE", "application/pdf"),), unread=False)
    assert not case.synthetic
    assert not case.shows_person


def test_what_a_person_made_with_help_isnt_called_made_by_an_ai(
    build: Build, now: datetime
) -> None:
    guard = build(level="ai-assisted")
    request = {"model": "m", "messages": [{"role": "user", "content": KAZAKH}]}
    words = guard.said(asked(guard, now, request).examined.case, "", SECONDS).words
    assert words[0].startswith("Жасанды интеллект көмегімен дайындалған\nПодготовлено с помощью")
    assert not any("жасаған" in one for one in words)
    assert words[-1].startswith("ЖИ · ИИ")


EXEMPT = {"/v1/chat/*": "source_code", "/v1/page": "assistive_editing"}


def test_an_exempt_reply_is_labelled_in_headers_alone_and_evidence_says_why(
    build: Build, now: datetime
) -> None:
    guard = build(unmatched="generic", exempt=EXEMPT)
    body = chat("x = 1")
    made = answered(guard, asked(guard, now, LATER), body, now)
    assert made.body == body
    assert in_header(guard, made).label.kind == "result"
    assert holds(in_header(guard, made), "x = 1")
    assert made.entry.fields["exempt"] == "source_code"
    page = answered(
        guard, asked(guard, now, {"prompt": "a"}, "/v1/page"), PAGE, now, kind="text/html"
    )
    assert read(page.body, media_type="text/html") == ()
    assert page.entry.fields["exempt"] == "assistive_editing"
    assert guard.said(page.decided.examined.case, "", SECONDS).words == ()
    assert b": guardrail" not in streamed(guard, asked(guard, now, LATER), [STREAM], now)


@pytest.mark.parametrize("path", ["/v1/other", "/v1/chat/../chat/x", "/v1/page/below"])
def test_only_the_paths_that_are_named_are_exempt(build: Build, now: datetime, path: str) -> None:
    guard = build(unmatched="generic", exempt=EXEMPT)
    decided = asked(guard, now, {"prompt": "a"}, path)
    assert decided.examined.case.exempt == ""
    made = answered(guard, decided, PAGE, now, kind="text/html")
    assert "exempt" not in made.entry.fields


def test_all_but_the_label_keeps_its_bytes(build: Build, now: datetime) -> None:
    guard = build()
    body = b'{ "choices" : [{"message":{"content":"\\u0041 \\/","role":"assistant"}} ],"x":1.0}\n'
    made = answered(guard, asked(guard, now, LATER), body, now)
    start, end = made.body.index(b'"ai_disclosure"'), made.body.index(b' "choices"')
    assert made.body[:start] + made.body[end:] == body


def test_the_signature_is_over_the_words_that_leave(build: Build, now: datetime) -> None:
    guard = build()
    made = answered(guard, asked(guard, now), chat(f"Her IIN is {IIN}.", "No."), now)
    left = contents(made.body)
    assert IIN not in made.body.decode()
    assert len(left[0]) > 60  # the notice stands before it
    assert holds(in_header(guard, made), *left)
    assert not holds(in_header(guard, made), f"Her IIN is {IIN}.", "No.")


def test_what_a_program_reads_is_no_text_of_the_label(build: Build, now: datetime) -> None:
    guard = build()
    content = '{"name": "none"}'
    request = {**LATER, "response_format": {"type": "json_object"}}
    made = answered(guard, asked(guard, now, request), chat(content), now)
    assert contents(made.body) == [content]
    assert "ai_disclosure" in json.loads(made.body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": {"message": "no"}}',
        b'{"error": {"message": "no"}, "choices": []}',
        b'{"object": "list", "data": []}',
    ],
)
def test_what_is_no_answer_has_no_member(build: Build, now: datetime, body: bytes) -> None:
    guard = build()
    assert answered(guard, asked(guard, now), body, now).body == body


def test_a_label_that_is_there_stays(build: Build, now: datetime) -> None:
    guard = build()
    first = answered(guard, asked(guard, now, LATER), chat("Сәлем"), now)
    assert answered(guard, asked(guard, now, LATER), first.body, now).body == first.body


def test_an_operator_may_want_headers_only(build: Build, now: datetime) -> None:
    guard = build(json_member=False, stream_comments=False)
    body = chat("Сәлем")
    made = answered(guard, asked(guard, now, LATER), body, now)
    assert made.body == body
    assert holds(in_header(guard, made), "Сәлем")
    assert b": guardrail" not in streamed(guard, asked(guard, now, LATER), [STREAM], now)


def test_without_a_key_labels_stand_in_headers_alone(
    make_guard: Build, send: Callable[..., Enacted], answer: Callable[..., Enacted]
) -> None:
    guard = make_guard()
    body = chat("Сәлем")
    made = answer(guard, send(guard, json.dumps(LATER).encode()).decided, body)
    assert made.body == body
    fields = guard.reply_headers(made.decided.examined.case, made.decided.decision, "", SECONDS)
    assert read_signed(fields) is None
    assert guard.labels.keys == {"keys": []}


@pytest.mark.parametrize(
    ("path", "body", "reply"),
    [
        ("/v1/messages", {"model": "m", "max_tokens": 9, "messages": ASKED["messages"]},
         {"type": "message", "content": [{"type": "text", "text": "Hi"}]}),
        ("/v1/responses", {"model": "m", "input": "Hello"},
         {"object": "response", "error": None, "output": [{"type": "message", "role": "assistant",
          "content": [{"type": "output_text", "text": "Hi"}]}]}),
        ("/v1/completions", {"model": "m", "prompt": "Hello"}, {"choices": [{"text": "Hi"}]}),
        ("/api/chat", ASKED, {"message": {"role": "assistant", "content": "Hi"}, "done": True}),
        ("/api/generate", {"model": "m", "prompt": "Hello"}, {"response": "Hi", "done": True}),
        ("/v2/chat", ASKED, {"message": {"role": "assistant", "content": "Hi"}}),
        ("/v2/models/m/generate", {"text_input": "Hi"}, {"model_name": "m", "text_output": "Hi"}),
        ("/v1beta/models/m:generateContent", {"contents": [{"parts": [{"text": "Hi"}]}]},
         {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hi"}]}}]}),
    ],
)  # fmt: skip
def test_each_format_that_has_room_takes_it(
    build: Build, now: datetime, path: str, body: object, reply: object
) -> None:
    guard = build()
    made = answered(guard, asked(guard, now, body, path), json.dumps(reply).encode(), now)
    assert json.loads(made.body)["ai_disclosure"]["level"] == "ai-generated"


@pytest.mark.parametrize(
    ("path", "body", "reply"),
    [
        ("/v1beta/models/m:embedContent", {"content": {"parts": [{"text": "Hi"}]}},
         {"embedding": {"values": [0.5]}}),
        ("/v1/embeddings", {"model": "m", "input": "Hi"}, {"data": [{"embedding": [0.5]}]}),
    ],
)  # fmt: skip
def test_a_format_without_room_is_labelled_in_headers_alone(
    build: Build, now: datetime, path: str, body: object, reply: object
) -> None:
    guard = build()
    made = answered(guard, asked(guard, now, body, path), json.dumps(reply).encode(), now)
    assert "ai_disclosure" not in json.loads(made.body)


def test_a_tools_result_takes_it_where_its_protocol_has_room(build: Build, now: datetime) -> None:
    guard = build()
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "t"}}
    decided = asked(guard, now, call, "/mcp")
    result = {"content": [{"type": "text", "text": "12 degrees"}]}
    reply = {"jsonrpc": "2.0", "id": 1, "result": result}
    made = answered(guard, decided, json.dumps(reply).encode(), now)
    assert json.loads(made.body)["result"]["_meta"]["ai_disclosure"]["id"] == ID


PAGE = b"<!doctype html><html><head><title>t</title></head><body><p>Hello</p></body></html>"


def test_a_page_says_to_machines_what_it_is(build: Build, now: datetime) -> None:
    guard = build(unmatched="generic")
    decided = asked(guard, now, {"prompt": "a page"}, "/v1/page")
    made = answered(guard, decided, PAGE, now, kind="text/html; charset=utf-8")
    found = read(made.body, media_type="text/html")
    assert {one.technique for one in found} >= {"html:meta", "schema.org:digitalSourceType"}
    assert {one.level for one in found} == {"ai-generated"}
    assert made.entry.fields["marks"] == {"html": 1}
    assert holds(in_header(guard, made), made.body.decode())


def test_markdown_says_it_in_its_front_matter(build: Build, now: datetime) -> None:
    guard = build(unmatched="generic")
    decided = asked(guard, now, {"prompt": "a page"}, "/v1/page")
    made = answered(guard, decided, b"# Title\n\nText\n", now, kind="text/markdown")
    assert b"ai-disclosure: ai-generated" in made.body
    assert made.body.endswith(b"# Title\n\nText\n")


def test_plain_text_has_a_line_where_the_operator_wants_one(build: Build, now: datetime) -> None:
    for documents, begins in ((("html",), b"Text"), (("plain",), "Жасанды интеллект".encode())):
        guard = build(unmatched="generic", documents=documents)
        decided = asked(guard, now, {"prompt": "a text"}, "/v1/page")
        made = answered(guard, decided, b"Text\n", now, kind="text/plain")
        assert made.body.startswith(begins)
        assert holds(in_header(guard, made), made.body.decode())


def test_a_page_that_cant_be_marked_leaves_as_it_is(build: Build, now: datetime) -> None:
    guard = build(unmatched="generic")
    decided = asked(guard, now, {"prompt": "a page"}, "/v1/page")
    made = answered(guard, decided, b"no tags at all", now, kind="text/html")
    assert b"ai-disclosure" not in made.body


@pytest.mark.parametrize(
    ("kind", "body", "labels", "wanted"),
    [
        ("text/html", PAGE, {}, True),
        ("text/markdown", b"# A", {}, True),
        ("text/plain", b"A", {}, False),
        ("text/plain", b"A", {"manifests": ["plain"]}, True),
        ("text/html", PAGE, {"manifests": []}, False),
        ("text/html", b"", {}, False),
        ("text/html", PAGE, {"exempt": {"/v1/page": "source_code"}}, False),
        ("application/json", b'{"a": "b"}', {}, False),
    ],
)
def test_which_texts_get_a_manifest_is_the_operators_choice(
    build: Build, now: datetime, kind: str, body: bytes, labels: dict[str, object], *, wanted: bool
) -> None:
    guard = build(unmatched="generic", **labels)
    case = asked(guard, now, {"prompt": "a"}, "/v1/page").examined.case
    raw = RawReply(status=200, headers=((b"content-type", kind.encode()),), body=body)
    decided = guard.decide(guard.examine_reply(case, raw), (), now)
    assert guard.labels.is_vouched_for(decided) is wanted


def test_a_page_names_its_manifest_where_there_is_one(build: Build, now: datetime) -> None:
    guard = build(unmatched="generic")
    case = asked(guard, now, {"prompt": "a"}, "/v1/page").examined.case
    raw = RawReply(status=200, headers=((b"content-type", b"text/html"),), body=PAGE)
    decided = guard.decide(guard.examine_reply(case, raw), (), now)
    made = guard.enact(decided, beside=Beside(address="/m/1.c2pa"), now=SECONDS)
    assert b'<link rel="c2pa-manifest" type="application/c2pa" href="/m/1.c2pa">' in made.body
    assert (made.linked, made.entry.fields["layers"]) == (True, {"beside": 1})
    without = guard.enact(decided, beside=Beside(reason="timeout"), now=SECONDS)
    assert b"c2pa-manifest" not in without.body
    assert (without.linked, without.entry.fields["unmarked"]) == (False, {"signed_timeout": 1})


DONE = b"data: [DONE]\n\n"


def event(text: str = "", finish: str | None = None) -> bytes:
    delta = {"content": text} if text else {}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    data = {"id": "c", "object": "chat.completion.chunk", "created": 7, "choices": [choice]}
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


def streamed(
    guard: Guard,
    decided: Decided,
    chunks: Sequence[bytes],
    now: datetime,
    *,
    framing: str = "text/event-stream",
) -> bytes:
    codec = decided.examined.case.route.adapter.stream(FRAMINGS[framing])
    stream = ReplyStream(guard, decided, codec, now)
    left = b"".join(out.data for chunk in chunks for out in stream.receive(chunk, now))
    return left if stream.ended else left + b"".join(out.data for out in stream.finish(now))


def events(data: bytes) -> list[str]:
    return data.decode().split("\n\n")[:-1]


def said(comment: str, word: str) -> dict[str, Any]:
    head = f": guardrail-{word} "
    assert comment.startswith(head)
    told: dict[str, Any] = json.loads(comment.removeprefix(head))
    return told


def text_of(data: bytes) -> str:
    """Return what a client reads in a stream."""
    lines = [one.removeprefix("data: ") for one in events(data) if one.startswith("data: {")]
    return "".join(
        choice["delta"].get("content", "")
        for line in lines
        for choice in json.loads(line).get("choices", ())
    )


STREAM = b"".join(
    [event("Сә"), event("лем! "), event(f"{IIN} "), event("Cafe"), event("\u0301."),
     event(finish="stop"), DONE]
)  # fmt: skip


def test_a_stream_says_at_its_start_what_it_is_and_signs_what_left(
    build: Build, now: datetime
) -> None:
    guard = build()
    left = streamed(guard, asked(guard, now), [STREAM], now)
    told = events(left)
    assert said(told[0], "disclosure")["level"] == "ai-generated"
    assert told[-1] == "data: [DONE]"
    last = said(told[-2], "label")
    assert holds(in_json(last, int(now.timestamp())), text_of(left))
    assert IIN not in left.decode()


@tried(max_examples=60, deadline=None)
@given(chunks=chunkings(b"\xef\xbb\xbf" + STREAM))
def test_every_cut_of_a_stream_leaves_with_the_same_labels(
    build: Build, now: datetime, chunks: list[bytes]
) -> None:
    guard = build()
    left = streamed(guard, asked(guard, now), chunks, now)
    whole = streamed(guard, asked(guard, now), [b"\xef\xbb\xbf" + STREAM], now)
    assert left.startswith(b"\xef\xbb\xbf: guardrail-disclosure ")
    labels = [one for one in events(left) if one.lstrip("\ufeff").startswith(":")]
    assert labels == [one for one in events(whole) if one.lstrip("\ufeff").startswith(":")]
    assert holds(in_json(said(labels[1], "label"), int(now.timestamp())), text_of(left))


def test_a_stream_that_is_refused_signs_what_left_before(build: Build, now: datetime) -> None:
    guard = build()
    decided = asked(guard, now, LATER)
    stream = ReplyStream(guard, decided, decided.examined.case.route.adapter.stream(), now)
    left = b"".join(out.data for out in stream.receive(event("Hello there. "), now))
    left += stream.fail(Refusal(status=502, code="upstream_reset", message="m")).data
    told = events(left)
    assert told[-1] == "data: [DONE]"
    (last,) = [said(one, "label") for one in told if one.startswith(": guardrail-label")]
    assert holds(in_json(last, int(now.timestamp())), text_of(left))


def test_where_what_was_given_out_got_lost_nothing_is_signed(build: Build, now: datetime) -> None:
    guard = build()
    decided = asked(guard, now, LATER)
    stream = ReplyStream(guard, decided, decided.examined.case.route.adapter.stream(), now)
    stream.receive(event("Hello there. "), now)
    data = stream.fail(Refusal(status=503, code="x", message="m"), lost=True).data
    assert "sig" not in said(events(data)[0], "label")


def test_a_stream_without_an_end_of_its_own_is_signed_behind_its_last_event(
    build: Build, now: datetime
) -> None:
    guard = build()
    left = streamed(guard, asked(guard, now, LATER), [event("Hello").rstrip(b"\n")], now)
    assert text_of(left) == "Hello"
    assert holds(in_json(said(events(left)[-1], "label"), int(now.timestamp())), "Hello")


def test_a_stream_of_nothing_stays_empty(build: Build, now: datetime) -> None:
    guard = build()
    assert streamed(guard, asked(guard, now), [], now) == b""


def test_the_labels_of_a_guard_before_this_one_give_way(build: Build, now: datetime) -> None:
    guard = build()
    first = streamed(guard, asked(guard, now, LATER), [STREAM], now)
    again = streamed(guard, asked(guard, now, LATER), [first], now)
    assert again.count(b": guardrail-") == 2
    assert text_of(again) == text_of(first)


def test_a_stream_without_comments_has_its_labels_in_its_events(
    build: Build, now: datetime
) -> None:
    line = b'{"message":{"role":"assistant","content":"Hello"},"done":true}\n'
    for guard in (build(stream_comments=False), build(json_member=False)):
        decided = asked(guard, now, LATER, "/api/chat")
        left = streamed(guard, decided, [line], now, framing="application/x-ndjson")
        if not guard.settings.labels.json_member:
            assert left == line
            continue
        assert left.endswith(line[1:])
        assert holds(in_json(json.loads(left)["ai_disclosure"], int(now.timestamp())), "Hello")
