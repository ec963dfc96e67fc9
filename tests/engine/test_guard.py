"""What the guard makes of requests and whole replies, with the real rooms and no I/O at all."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from guardrail.consent import ConsentRecord, Signer, Terms, issue
from guardrail.detect import Options, TextDetector
from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.payload import respelt
from guardrail.engine import Decided, Enacted, Guard, Handling
from guardrail.engine.disclosure import FIRST_NOTICE
from guardrail.errors import BadInput, ConfigError, UpstreamError
from guardrail.facts import (
    Action,
    Category,
    Consent,
    Finding,
    Inspected,
    RawReply,
    RawRequest,
    Seen,
    Tier,
    Verdict,
)
from guardrail.policy import Judge
from guardrail.settings import Settings
from guardrail.testing import biometrics
from guardrail.wire import Wires

IIN, OTHER_IIN, EMAIL = "900101300017", "850101400011", "aigerim@example.kz"
Json = Any
Make = Callable[..., Guard]
Send = Callable[..., Enacted]


def chat(text: str, **more: object) -> bytes:
    payload = {"model": "m", "messages": [{"role": "user", "content": text}], **more}
    return json.dumps(payload, ensure_ascii=False).encode()


def reply(text: str | None, **more: object) -> bytes:
    message = {"role": "assistant", "content": text, **more}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return json.dumps({"id": "c", "model": "m-2", "choices": [choice]}, ensure_ascii=False).encode()


def said(enacted: Enacted) -> Json:
    return json.loads(enacted.body)["choices"][0]["message"]["content"]


def entry(enacted: Enacted) -> str:
    return json.dumps(
        {"req": enacted.entry.req, **enacted.entry.fields}, default=dict, ensure_ascii=False
    )


# ------------------------------------------------------------------ routes


@pytest.fixture
def routed(make_guard: Make, detector: TextDetector, wires: Wires) -> Guard:
    """Return a guard that looks for no IINs on one route."""
    usual = make_guard()
    route = "/v1/chat/completions"
    return Guard(
        Settings.model_validate({"personal_data": "mask", "detect": {"routes": {route: {}}}}),
        wires=wires,
        detector=detector,
        detectors={route: detector.but(Options(without=frozenset({"KZ_IIN"})))},
        judge=usual.judge,
        terms=Terms(purpose="assistant.answer", audience="guardrail", issuers={}),
        key=bytes(32),
    )


def test_a_route_may_have_a_detector_of_its_own(
    routed: Guard, send: Send, answer: Callable[..., Enacted], detector: TextDetector
) -> None:
    text = f"ЖСН {IIN}, {EMAIL}"
    own = send(routed, chat(text))
    assert [one.entity for one in own.decided.examined.findings] == ["EMAIL_ADDRESS"]
    assert own.entry.fields["det"] not in {"", detector.digest}
    made = answer(routed, own.decided, reply(text))
    assert IIN in said(made)
    assert EMAIL not in said(made)
    assert made.entry.fields["det"] == own.entry.fields["det"]
    other = send(routed, chat(text), path="/openai/v1/chat/completions")
    assert len(other.decided.examined.findings) == 2
    assert other.entry.fields["det"] == detector.digest


@pytest.fixture
def named(make_guard: Make, detector: TextDetector, wires: Wires) -> Callable[..., Guard]:
    """Return a maker of guards whose settings name the formats of some paths."""

    def make(**paths: str) -> Guard:
        return Guard(
            Settings.model_validate({"wires": {f"/{path}": wire for path, wire in paths.items()}}),
            wires=wires,
            detector=detector,
            judge=make_guard().judge,
            terms=Terms(purpose="assistant.answer", audience="guardrail", issuers={}),
            key=bytes(32),
        )

    return make


def test_a_path_may_be_given_a_format_which_wins_over_the_formats_own(
    named: Callable[..., Guard],
) -> None:
    guard = named(tools="mcp", v1="json-rpc")
    for path in ("/tools", "/tools/weather", "/v1/chat/completions"):
        route = guard.route("POST", path)
        assert route.adapter.name == ("json-rpc" if path.startswith("/v1") else "mcp")
        assert (route.handling, route.operation.bodiless) == (Handling.EXAMINE, False)
    assert guard.route("GET", "/tools").operation.bodiless
    assert guard.route("OPTIONS", "/tools").handling is Handling.PASS
    assert guard.route("POST", "/toolsmith").handling is Handling.PASS
    # What is known of paths below holds below; what may mean another path is refused.
    openai = named(ai="openai-chat")
    assert openai.route("GET", "/ai/v1/models").operation.name == "models"
    assert openai.route("POST", "/ai//v1").handling is Handling.REFUSE


def test_a_format_that_isnt_there_ends_the_start(named: Callable[..., Guard]) -> None:
    with pytest.raises(ConfigError, match=r"no wire spec 'mpc'.*did you mean 'mcp'"):
        named(tools="mpc")


# ------------------------------------------------------------------ requests


def test_a_request_without_personal_data_leaves_byte_for_byte(make_guard: Make, send: Send) -> None:
    text = "\\u0421әлем"
    body = f' {{"model":"m",  "messages":[{{"role":"user","content":"{text}"}}],"x":1.0}}'.encode()
    enacted = send(make_guard(), body)
    assert enacted.refusal is None
    assert enacted.body == body
    assert enacted.decided.decision.action is Action.ALLOW


def test_an_uncovered_value_is_refused_in_the_persons_language(
    make_guard: Make, send: Send
) -> None:
    messages = {
        text: send(make_guard("refuse"), chat(text)).refusal
        for text in (f"Менің ЖСН {IIN}, тексеріңізші.", f"Мой ИИН {IIN}.", f"My IIN is {IIN}.")
    }
    for refusal in messages.values():
        assert refusal is not None
        assert (refusal.status, refusal.code) == (400, "content_policy_violation")
        assert refusal.param == "messages[0].content"
        assert refusal.rules == ("kz.10.personal-data",)
        assert refusal.request_id == "req_1"
        assert IIN not in repr(refusal)
    # The person's own language comes first; Kazakh and Russian are there for everybody.
    assert len({refusal.message for refusal in messages.values() if refusal}) == 3


def test_an_uncovered_value_is_masked_and_equal_values_stay_equal(
    make_guard: Make, send: Send
) -> None:
    enacted = send(make_guard("mask"), chat(f"{IIN} и {OTHER_IIN}, снова {IIN}"))
    sent = json.loads(enacted.body)["messages"][0]["content"]
    assert sent == "<KZ_IIN_1> и <KZ_IIN_2>, снова <KZ_IIN_1>"
    assert enacted.decided.decision.action is Action.MASK


def test_a_pseudonym_is_stable_for_one_caller_and_unlike_for_another(
    make_guard: Make, send: Send
) -> None:
    guard = make_guard("pseudonymise")
    caller, other = (b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")
    first = send(guard, chat(f"ИИН {IIN}"), caller).body
    assert first == send(guard, chat(f"ИИН {IIN}"), caller).body
    assert first != send(guard, chat(f"ИИН {IIN}"), other).body
    assert IIN.encode() not in first


def test_a_pseudonym_expires(make_guard: Make, send: Send, now: datetime) -> None:
    guard = make_guard("pseudonymise")
    days = guard.settings.pseudonym_days
    begun = now - timedelta(seconds=now.timestamp() % (days * 86_400))
    last = begun + timedelta(days=days, seconds=-1)
    first = send(guard, chat(f"ИИН {IIN}"), now=begun).body
    assert first == send(guard, chat(f"ИИН {IIN}"), now=last).body
    assert first != send(guard, chat(f"ИИН {IIN}"), now=last + timedelta(seconds=1)).body


def test_a_token_and_a_record_let_the_persons_value_pass(
    make_guard: Make, send: Send, record: ConsentRecord, token: bytes
) -> None:
    body = chat(f"Мой ИИН {IIN}")
    enacted = send(make_guard("refuse"), body, (b"guardrail-consent", token), records=[record])
    assert enacted.refusal is None
    assert enacted.body == body
    assert [standing.consent for standing in enacted.decided.standings] == [Consent.COVERED]
    names = enacted.decided.examined.case.names
    assert enacted.entry.fields["sub"] == names.of(record.subject)


def test_persons_and_bodies_are_named_by_the_half_year_in_which_an_exchange_began(
    make_guard: Make, send: Send, record: ConsentRecord, token: bytes, now: datetime
) -> None:
    guard, body = make_guard("mask"), chat("Сәлем")
    first, again, later = (
        send(guard, body, (b"guardrail-consent", token), records=[record], now=when).entry.fields
        for when in (now, now + timedelta(days=1), now + timedelta(days=60))
    )
    assert str(first["sub"]).startswith("p:2026h2:")
    assert str(later["sub"]).startswith("p:2027h1:")
    assert (first["sub"], first["in"]) == (again["sub"], again["in"])
    assert first["in"] != later["in"]


def test_a_token_without_its_record_is_worth_nothing(
    make_guard: Make, send: Send, token: bytes
) -> None:
    enacted = send(make_guard("refuse"), chat(IIN), (b"guardrail-consent", token))
    assert enacted.refusal is not None


def test_consent_does_not_cover_a_second_persons_value(
    make_guard: Make, send: Send, record: ConsentRecord, token: bytes
) -> None:
    body = chat(f"Мой ИИН {IIN}, а у мужа {OTHER_IIN}")
    enacted = send(make_guard("mask"), body, (b"guardrail-consent", token), records=[record])
    assert {s.consent for s in enacted.decided.standings} == {Consent.THIRD_PERSON}
    assert IIN.encode() not in enacted.body


def test_a_second_person_in_the_reply_is_a_third_person_too(
    make_guard: Make, send: Send, answer: Send, record: ConsentRecord, token: bytes
) -> None:
    guard = make_guard("mask")
    enacted = send(guard, chat(IIN), (b"guardrail-consent", token), records=[record])
    assert enacted.body == chat(IIN)
    same = answer(guard, enacted.decided, reply(f"Ваш ИИН {IIN}"))
    assert same.body.decode().count(IIN) == 1
    other = answer(guard, enacted.decided, reply(f"А у мужа {OTHER_IIN}"))
    assert [s.consent for s in other.decided.standings] == [Consent.THIRD_PERSON]
    assert OTHER_IIN.encode() not in other.body


def test_many_values_of_a_kind_are_not_kept_in_memory(make_guard: Make, send: Send) -> None:
    mails = " ".join(f"a{n}@example.kz" for n in range(50))
    case = send(make_guard(), chat(mails)).decided.examined.case
    assert len(case.known["EMAIL_ADDRESS"]) == 2


IMAGE = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]


def test_media_that_cant_be_read_are_refused_or_pass_as_configured(
    make_guard: Make, send: Send
) -> None:
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": IMAGE}]}).encode()
    refused = send(make_guard(), body)
    assert refused.refusal is not None
    assert "kz.media-uninspectable" in refused.refusal.rules
    assert refused.refusal.param is None
    passed = send(make_guard(media="pass"), body)
    assert passed.refusal is None
    assert passed.body == body
    assert [one.opaque.medium for one in passed.decided.examined.media] == ["image"]


@pytest.mark.parametrize("sent", [(), ((b"content-type", b"text/plain"),)])
def test_what_doesnt_call_itself_json_is_refused(
    make_guard: Make, sent: tuple[tuple[bytes, bytes], ...]
) -> None:
    guard = make_guard()
    raw = RawRequest(method="POST", path="/v1/chat/completions", headers=sent, body=chat("x"))
    with pytest.raises(BadInput) as caught:
        guard.examine(raw, guard.route("POST", raw.path), request_id="req_1", label_id="l")
    assert (caught.value.code, caught.value.status) == ("unsupported_media_type", 415)


def _asked_as(guard: Guard, now: datetime, *types: bytes, body: bytes) -> Enacted:
    raw = RawRequest(
        method="POST",
        path="/v1/files",
        headers=tuple((b"content-type", said) for said in types),
        body=body,
    )
    examined = guard.examine(raw, guard.route("POST", raw.path), request_id="r", label_id="l")
    return guard.enact(guard.decide(examined, (), now))


def test_the_boundary_of_a_form_is_no_value_and_the_form_is_masked(
    make_guard: Make, now: datetime
) -> None:
    form = b'--%b\r\nContent-Disposition: form-data; name="a"\r\n\r\nIIN %b\r\n--%b--'
    boundary = b"-" * 27 + OTHER_IIN.encode()
    said = b"multipart/form-data; boundary=" + boundary
    guard = make_guard("mask")
    enacted = _asked_as(guard, now, said, body=form % (boundary, IIN.encode(), boundary))
    assert enacted.body == form % (boundary, b"<KZ_IIN_1>", boundary)


def test_a_body_that_says_two_things_of_itself_is_refused(make_guard: Make, now: datetime) -> None:
    types = b"multipart/form-data; boundary=a", b"multipart/form-data; boundary=b"
    with pytest.raises(BadInput) as caught:
        _asked_as(make_guard(), now, *types, body=b"--a--")
    assert caught.value.code == "unsupported_media_type"


@pytest.mark.parametrize("sent", [b"Application/JSON ; charset=utf-8", b"application/vnd.x+json"])
def test_json_by_any_of_its_names_is_read(make_guard: Make, sent: bytes) -> None:
    guard = make_guard()
    headers = ((b"content-type", sent),)
    raw = RawRequest(method="POST", path="/v1/chat/completions", headers=headers, body=chat("x"))
    route = guard.route("POST", raw.path)
    assert guard.examine(raw, route, request_id="req_1", label_id="l").segments


# ------------------------------------------------------------------ routes


def test_a_list_of_models_passes_without_being_examined(make_guard: Make) -> None:
    assert make_guard().route("GET", "/v1/models").handling is Handling.PASS


@pytest.mark.parametrize(
    ("unmatched", "handling"),
    [("refuse", Handling.REFUSE), ("generic", Handling.EXAMINE), ("pass", Handling.PASS)],
)
def test_an_unknown_ai_path_is_handled_as_configured(
    make_guard: Make, unmatched: str, handling: Handling
) -> None:
    route = make_guard(unmatched=unmatched).route("POST", "/v1/classify")
    assert route.handling is handling
    assert route.adapter.name == "generic-json"


def test_other_paths_pass(make_guard: Make) -> None:
    assert make_guard().route("GET", "/favicon.ico").handling is Handling.PASS


@pytest.mark.parametrize(
    "path",
    [
        "//v1/chat/completions",
        "/x/../v1/chat/completions",
        "/./v1/chat/completions",
        "/V1/chat/completions",
        "\\v1\\chat\\completions",
        "/v1//",
    ],
)
def test_no_spelling_of_an_ai_path_passes_unexamined(make_guard: Make, path: str) -> None:
    assert make_guard().route("POST", path).handling is Handling.REFUSE


def test_what_the_upstreams_own_prefix_makes_an_ai_path_is_one(make_guard: Make) -> None:
    guard = make_guard(upstream="https://api.example.com/v1")
    assert guard.route("POST", "/classify").handling is Handling.REFUSE
    assert guard.route("POST", "/chat/completions").handling is Handling.EXAMINE


# ------------------------------------------------------------------ replies


@pytest.mark.parametrize(
    ("asked", "first"), [("Сәлем, қалайсың?", "kk"), ("Привет", "ru"), ("Hello there", "en")]
)
def test_the_first_answer_begins_with_the_notice_in_the_persons_language_first(
    make_guard: Make, send: Send, answer: Send, asked: str, first: str
) -> None:
    guard = make_guard()
    enacted = answer(guard, send(guard, chat(asked)).decided, reply("Жауап"))
    texts = guard.judge.notices[FIRST_NOTICE].texts
    assert said(enacted).startswith(texts[first])
    assert all(texts[language] in said(enacted) for language in ("kk", "ru"))
    assert said(enacted).endswith("Жауап")
    assert enacted.entry.fields["disclosed"] == "text"


def test_each_choice_is_told_once(make_guard: Make, send: Send, answer: Send) -> None:
    guard = make_guard()
    choices = [
        {"index": n, "message": {"role": "assistant", "content": f"{n}", "refusal": "no"}}
        for n in range(2)
    ]
    body = json.dumps({"choices": choices}).encode()
    decided = send(guard, chat("Hi there", n=2)).decided
    enacted = answer(guard, decided, body)
    notice = guard.disclosure.notice(decided.examined.case)
    for choice in json.loads(enacted.body)["choices"]:
        assert (
            json.dumps(choice, ensure_ascii=False).count(
                json.dumps(notice, ensure_ascii=False)[1:-1]
            )
            == 1
        )
        assert choice["message"]["content"].startswith(notice)


def test_what_the_model_thinks_aloud_is_not_its_first_word(
    make_guard: Make, send: Send, answer: Send
) -> None:
    guard = make_guard()
    decided = send(guard, chat("Hello there")).decided
    message = {"role": "assistant", "reasoning_content": "hm", "content": "Hi"}
    body = json.dumps({"choices": [{"index": 0, "message": message}]}).encode()
    made = json.loads(answer(guard, decided, body).body)["choices"][0]["message"]
    assert made["reasoning_content"] == "hm"
    assert made["content"] == guard.disclosure.notice(decided.examined.case) + "Hi"


def test_a_later_turn_is_not_told_again(make_guard: Make, send: Send, answer: Send) -> None:
    guard = make_guard()
    messages = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"},
        {"role": "user", "content": "c"},
    ]
    decided = send(guard, json.dumps({"model": "m", "messages": messages}).encode()).decided
    enacted = answer(guard, decided, reply("d"))
    assert enacted.body == reply("d")
    assert "disclosed" not in enacted.entry.fields


def test_where_a_program_reads_the_answer_the_notice_stays_in_the_header(
    make_guard: Make, send: Send, answer: Send, now: datetime
) -> None:
    guard = make_guard()
    decided = send(guard, chat("Hi there", response_format={"type": "json_object"})).decided
    enacted = answer(guard, decided, reply('{"a":1}'))
    assert enacted.body == reply('{"a":1}')
    assert enacted.entry.fields["disclosed"] == "header"
    headers = dict(
        guard.reply_headers(
            decided.examined.case, enacted.decided.decision, "", int(now.timestamp())
        )
    )
    assert b"ai-disclosure" in headers


def test_a_tool_call_is_not_told_and_its_arguments_are_examined(
    make_guard: Make, send: Send, answer: Send
) -> None:
    guard = make_guard("mask")
    call = {
        "id": "c1",
        "type": "function",
        "function": {"name": "f", "arguments": json.dumps({"iin": IIN})},
    }
    enacted = answer(guard, send(guard, chat("Hi there")).decided, reply(None, tool_calls=[call]))
    made = json.loads(enacted.body)["choices"][0]["message"]
    assert made["content"] is None
    assert json.loads(made["tool_calls"][0]["function"]["arguments"]) == {"iin": "<KZ_IIN_1>"}
    assert enacted.entry.fields["disclosed"] == "header"


def test_a_value_in_the_reply_is_masked_or_refused(
    make_guard: Make, send: Send, answer: Send
) -> None:
    guard = make_guard("mask")
    masked = answer(guard, send(guard, chat("Привет")).decided, reply(f"почта {EMAIL}"))
    assert said(masked).endswith("почта <EMAIL_ADDRESS_1>")
    guard = make_guard("refuse")
    refused = answer(guard, send(guard, chat("Привет")).decided, reply(f"почта {EMAIL}"))
    assert refused.refusal is not None
    assert refused.refusal.param is None
    assert refused.body == b""


def test_pseudonyms_are_restored_and_new_values_are_not(
    make_guard: Make, send: Send, answer: Send
) -> None:
    guard = make_guard("pseudonymise")
    enacted = send(guard, chat(f"ИИН {IIN}"))
    label = json.loads(enacted.body)["messages"][0]["content"].removeprefix("ИИН ")
    back = answer(guard, enacted.decided, reply(f"Ваш {label.lower()}, не {OTHER_IIN}"))
    assert f"Ваш {IIN}, не <KZ_IIN_" in said(back)
    assert OTHER_IIN not in said(back)
    plain = answer(guard, enacted.decided, reply("без меток"))
    assert said(plain).endswith("без меток")


def test_an_upstreams_error_is_examined_but_neither_labelled_nor_told(
    make_guard: Make, send: Send, answer: Send
) -> None:
    guard = make_guard("mask")
    decided = send(guard, chat("Hi there")).decided
    body = json.dumps({"error": {"message": f"bad {IIN}", "type": "x"}}).encode()
    enacted = answer(guard, decided, body, 400)
    assert json.loads(enacted.body)["error"]["message"] == "bad <KZ_IIN_1>"
    assert guard.reply_headers(decided.examined.case, enacted.decided.decision, "", 0) == ()


def test_a_label_names_the_model_that_the_reply_named(
    make_guard: Make, send: Send, answer: Send
) -> None:
    guard = make_guard()
    enacted = answer(guard, send(guard, chat("Hi there")).decided, reply("x"))
    case, decision = enacted.decided.examined.case, enacted.decided.decision
    named = guard.reply_headers(case, decision, enacted.decided.examined.model, 0)
    asked = guard.reply_headers(case, decision, "", 0)
    assert b"m-2" in b"".join(value for _, value in named)
    assert b"m-2" not in b"".join(value for _, value in asked)


def test_a_reply_that_cant_be_read_is_the_upstreams_fault(
    make_guard: Make, send: Send, answer: Send
) -> None:
    guard = make_guard()
    with pytest.raises(UpstreamError):
        answer(guard, send(guard, chat("Hi there")).decided, b"<html>")


# ------------------------------------------------------------------ evidence


def test_entries_hold_no_personal_value(
    make_guard: Make, send: Send, answer: Send, record: ConsentRecord, token: bytes
) -> None:
    for action in ("refuse", "mask", "pseudonymise"):
        guard = make_guard(action)
        for records in ((), (record,)):
            headers = ((b"guardrail-consent", token), (b"authorization", b"Bearer sk-secret"))
            asked = send(guard, chat(f"{IIN} {EMAIL}"), *headers, records=records)
            told = answer(guard, asked.decided, reply(f"{IIN} {OTHER_IIN} {EMAIL}"))
            for text in (entry(asked), entry(told)):
                for value in (IIN, OTHER_IIN, EMAIL, "sk-secret", token.decode()):
                    assert value not in text
                assert "EMAIL_ADDRESS" in text


def test_entries_carry_keyed_digests_of_what_came_and_what_left(
    make_guard: Make, send: Send
) -> None:
    enacted = send(make_guard("mask"), chat(IIN))
    names = enacted.decided.examined.case.names
    assert enacted.entry.fields["in"] == names.digest(chat(IIN))
    assert enacted.entry.fields["out"] == names.digest(enacted.body)
    refused = send(make_guard("refuse"), chat(IIN))
    assert "out" not in refused.entry.fields


def test_a_guard_without_words_for_the_notice_doesnt_start(
    detector: TextDetector, wires: Wires
) -> None:
    with pytest.raises(ConfigError, match=FIRST_NOTICE):
        Guard(
            Settings(),
            wires=wires,
            detector=detector,
            judge=Judge([]),
            terms=Terms(purpose="p", audience="a", issuers={}),
            key=b"k" * 32,
        )


def test_a_functions_arguments_are_read_as_json_and_nobody_is_told(
    make_guard: Make, answer: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    headers = ((b"content-type", b"application/json"),)
    raw = RawRequest(method="CALL", path="/f", headers=headers, body=b'{"q":"900101300017"}')
    examined = guard.examine(raw, guard.function_route(), request_id="req_1", label_id="l")
    enacted = guard.enact(guard.decide(examined, (), now))
    assert json.loads(enacted.body) == {"q": "<KZ_IIN_1>"}
    assert answer(guard, enacted.decided, b'{"result":"x"}').body == b'{"result":"x"}'


@pytest.mark.parametrize(
    "field",
    [
        (b"x-user-phone", b"+7 701 123 45 67"),
        (b"user-agent", b"IIN " + IIN.encode()),
        (b"mcp-param-iin", IIN.encode()),
        (b"mcp-param-who", b"=?base64?" + b64encode(f"ЖСН {IIN}".encode()) + b"?="),
        (b"mcp-param-who", b"=?BASE64?" + b64encode(IIN.encode()).rstrip(b"=") + b"?="),
    ],
)
def test_a_value_in_a_header_field_is_refused_for_it_cant_be_hidden_there(
    make_guard: Make, send: Send, field: tuple[bytes, bytes]
) -> None:
    with pytest.raises(BadInput) as caught:
        send(make_guard("mask"), chat("Привет"), field)
    assert caught.value.code == "personal_data_in_head"


def test_credentials_are_no_text(make_guard: Make, send: Send) -> None:
    send(make_guard(), chat("Привет"), (b"authorization", b"Bearer " + IIN.encode()))
    for name in (b"x-goog-api-key", b"mcp-session-id", b"sec-websocket-key", b"x-amz-date"):
        send(make_guard(), chat("Привет"), (name, IIN.encode()))


@pytest.mark.parametrize("value", [b"=?base64?A?=", b"=?base64??=", b"=?base64?/w==?=", b"\xff"])
def test_a_header_field_may_be_encoded_badly(make_guard: Make, send: Send, value: bytes) -> None:
    send(make_guard(), chat("Привет"), (b"mcp-param-who", value))


@pytest.mark.parametrize("charset", [b"utf-7", b"utf-16", b"cp1251"])
def test_json_in_another_charset_is_refused(make_guard: Make, charset: bytes) -> None:
    guard = make_guard()
    headers = ((b"content-type", b"application/json; charset=" + charset),)
    raw = RawRequest(method="POST", path="/v1/chat/completions", headers=headers, body=chat("x"))
    with pytest.raises(BadInput) as caught:
        guard.examine(raw, guard.route("POST", raw.path), request_id="req_1", label_id="l")
    assert caught.value.status == 415


def test_a_label_repeats_no_model_name_that_holds_a_value(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    body = json.dumps({"model": f"m {IIN}", "messages": []}).encode()
    case = send(guard, body).decided.examined.case
    fields = guard.reply_headers(case, guard.judge_reply(case, (), now), "", 1)
    assert fields
    assert IIN.encode() not in b"".join(value for _, value in fields)


def test_what_is_asked_for_without_a_body_is_examined_as_it_comes(
    make_guard: Make, answer: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    raw = RawRequest(method="GET", path="/v1/responses/resp_1")
    route = guard.route(raw.method, raw.path)
    assert route.handling is Handling.EXAMINE
    enacted = guard.enact(
        guard.decide(guard.examine(raw, route, request_id="req_1", label_id="l"), (), now)
    )
    assert (enacted.refusal, enacted.body) == (None, b"")
    said = json.dumps({"output": [{"role": "assistant", "content": f"ИИН {IIN}"}]}).encode()
    answered = json.loads(answer(guard, enacted.decided, said).body)
    assert answered["output"][0]["content"] == "ИИН <KZ_IIN_1>"
    filled = RawRequest(method="GET", path="/v1/responses/resp_1", body=b"x")
    with pytest.raises(BadInput):
        guard.examine(filled, route, request_id="req_1", label_id="l")


# ------------------------------------------------------------------ media

FACE = Seen(
    entity="FACE",
    category=Category.BIOMETRIC,
    tier=Tier.CERTAIN,
    score=0.9,
    recognizer="YuNet@2023mar",
    box=(1, 2, 3, 4),
)
PLACE = Seen(
    entity="GEO_LOCATION",
    category=Category.PERSONAL,
    tier=Tier.CERTAIN,
    score=1.0,
    recognizer="Exif@1",
    reason="exif gps",
)
PNG = biometrics.wsq() + bytes(range(256))
NEW = b"\x89PNG\r\n\x1a\n\xff\xfe\x00new" * 9


def shown(*seen: Seen) -> Inspected:
    return Inspected(verdict=Verdict.INSPECTED, medium="image/png", seen=seen)


def asking(*parts: object, text: str = "Hi", **more: object) -> bytes:
    content = [{"type": "text", "text": text}, *parts]
    message = {"role": "user", "content": content}
    return json.dumps({"model": "m", "messages": [message], **more}, ensure_ascii=False).encode()


def image(data: bytes = PNG) -> dict[str, object]:
    url = f"data:image/png;base64,{b64encode(data).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def looked(  # noqa: PLR0913 - a request and what was seen in it
    guard: Guard,
    now: datetime,
    body: bytes,
    *inspected: Inspected,
    path: str = "/v1/chat/completions",
    content_type: bytes = b"application/json",
    headers: Sequence[tuple[bytes, bytes]] = (),
    records: Sequence[ConsentRecord] = (),
) -> Decided:
    """Take a request up to its decision, as if this had been seen and no use were asked for."""
    sent = ((b"content-type", content_type), *headers)
    raw = RawRequest(method="POST", path=path, headers=sent, body=body)
    examined = guard.examine(raw, guard.route("POST", path), request_id="r", label_id="l", now=now)
    assert len(examined.media) == len(inspected)
    findings = tuple(one for one in examined.findings if one.category is not Category.PROHIBITED)
    return guard.decide(replace(examined, findings=findings, inspected=inspected), records, now)


def redacted(guard: Guard, decided: Decided) -> bytes:
    """Return what leaves once every medium that is to be is replaced by `NEW`."""
    media = decided.examined.media
    new = {index: respelt(media[index].held, NEW) for index in guard.redactions(decided)}
    assert new
    enacted = guard.enact(decided, new)
    assert enacted.refusal is None
    return enacted.body


def test_what_media_show_is_weighed_and_counted_but_never_told(
    make_guard: Make, now: datetime
) -> None:
    guard = make_guard("mask")
    decided = looked(guard, now, asking(image()), shown(FACE, replace(PLACE, reason="exif gps")))
    assert [one.finding.entity for one in decided.standings] == ["FACE", "GEO_LOCATION"]
    assert decided.examined.case.materials == {"FACE", "GEO_LOCATION"}
    fields = guard.enact(decided, {0: respelt(decided.examined.media[0].held, NEW)}).entry.fields
    assert fields["media"] == {"image_png": 1}
    assert "opaque" not in fields


def test_media_that_were_looked_into_and_show_nobody_pass(make_guard: Make, now: datetime) -> None:
    guard, body = make_guard("mask"), asking(image(), image())
    enacted = guard.enact(looked(guard, now, body, shown(), shown()))
    assert (enacted.refusal, enacted.body) == (None, body)


def test_one_that_couldnt_be_looked_into_is_enough_to_refuse(
    make_guard: Make, now: datetime
) -> None:
    broken = Inspected(verdict=Verdict.UNINSPECTABLE, reason="truncated")
    guard = make_guard("mask")
    enacted = guard.enact(looked(guard, now, asking(image(), image()), shown(), broken))
    assert enacted.refusal is not None
    assert "kz.media-uninspectable" in enacted.refusal.rules
    assert enacted.entry.fields["opaque"] == {"truncated": 1}
    assert enacted.entry.fields["media"] == {"image_png": 1}


def test_media_only_pointed_at_are_told_apart_from_those_unread(
    make_guard: Make, now: datetime
) -> None:
    remote = {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}
    guard = make_guard("mask")
    unseen = Inspected(verdict=Verdict.UNINSPECTABLE)
    enacted = guard.enact(looked(guard, now, asking(remote), unseen))
    assert enacted.refusal is not None
    assert enacted.entry.fields["opaque"] == {"reference": 1}


@pytest.fixture
def consented(record: ConsentRecord) -> ConsentRecord:
    return replace(record, pii=frozenset({"bio.face", "location"}), explicit=True)


def test_consent_covers_one_face_and_a_second_is_somebody_elses(
    make_guard: Make, now: datetime, consented: ConsentRecord, signer: Signer
) -> None:
    def standings(*inspected: Inspected, record: ConsentRecord = consented) -> list[Consent]:
        token = issue(record, signer=signer, audience="guardrail", now=now, token_id="t2")
        decided = looked(
            make_guard("mask"),
            now,
            asking(*(image() for _ in inspected)),
            *inspected,
            headers=[(b"guardrail-consent", token.encode())],
            records=[record],
        )
        return [one.consent for one in decided.standings]

    assert standings(shown(FACE)) == [Consent.COVERED]
    assert standings(shown(FACE), shown(FACE)) == [Consent.COVERED] * 2
    assert standings(shown(FACE, FACE, PLACE)) == [
        *([Consent.THIRD_PERSON] * 2),
        Consent.COVERED,
    ]
    frames = shown(replace(FACE, part="frame 1"), replace(FACE, part="frame 2"))
    assert standings(frames) == [Consent.COVERED] * 2
    unsaid = replace(consented, explicit=False)
    assert standings(shown(FACE, PLACE), record=unsaid) == [
        Consent.NOT_COVERED,
        Consent.COVERED,
    ]


def test_without_consent_nothing_that_media_show_is_covered(
    make_guard: Make, now: datetime
) -> None:
    decided = looked(make_guard("mask"), now, asking(image()), shown(FACE, PLACE))
    assert {one.consent for one in decided.standings} == {Consent.MISSING}


def test_a_place_in_a_picture_is_redacted_like_one_in_the_text(
    make_guard: Make, now: datetime
) -> None:
    guard = make_guard("mask")
    body = asking(image(), image(), text=f"Менің ЖСН {IIN}")
    decided = looked(guard, now, body, shown(), shown(PLACE))
    assert guard.redactions(decided) == {1: Redaction(entities=frozenset({"GEO_LOCATION"}))}
    made = json.loads(redacted(guard, decided))["messages"][0]["content"]
    assert IIN not in made[0]["text"]
    assert made[1] == image()
    assert made[2] == image(NEW)
    refused = make_guard("refuse")
    assert refused.redactions(looked(refused, now, body, shown(), shown(PLACE))) == {}


def test_base64_of_the_format_is_redacted_in_its_alphabet(make_guard: Make, now: datetime) -> None:
    guard = make_guard("mask")
    spelt = urlsafe_b64encode(PNG).decode().rstrip("=")
    assert "-" in spelt or "_" in spelt
    part = {"inlineData": {"mimeType": "image/png", "data": spelt}}
    body = json.dumps({"contents": [{"role": "user", "parts": [{"text": "Hi"}, part]}]}).encode()
    path = "/v1beta/models/gemini-2.5-flash:generateContent"
    made = json.loads(redacted(guard, looked(guard, now, body, shown(PLACE), path=path)))
    new = made["contents"][0]["parts"][1]["inlineData"]
    assert new == {"mimeType": "image/png", "data": urlsafe_b64encode(NEW).decode().rstrip("=")}


def test_bytes_of_a_form_are_redacted_as_bytes(make_guard: Make, now: datetime) -> None:
    guard = make_guard("mask")
    disposition = b'Content-Disposition: form-data; name="%b"'
    body = (
        b"--XX\r\n" + disposition % b"model" + b"\r\n\r\nwhisper-1\r\n"
        b"--XX\r\n" + disposition % b"file" + b'; filename="a.wav"\r\n'
        b"Content-Type: audio/wav\r\n\r\n" + PNG + b"\r\n--XX--\r\n"
    )
    decided = looked(
        guard,
        now,
        body,
        shown(PLACE),
        path="/v1/audio/transcriptions",
        content_type=b"multipart/form-data; boundary=XX",
    )
    assert redacted(guard, decided) == body.replace(PNG, NEW)


@pytest.mark.parametrize("escape", ["/", "\\/"])
def test_media_hidden_in_a_tools_result_are_redacted_in_its_text(
    make_guard: Make, now: datetime, escape: str
) -> None:
    guard = make_guard("mask")
    spelt = b64encode(PNG).decode().replace("/", escape)
    result = f'The file of {EMAIL} is {{"data": "{spelt}"}}, as asked.'
    call = {"id": "c1", "type": "function", "function": {"name": "get", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": result},
    ]
    body = json.dumps({"model": "m", "messages": messages}).encode()
    made = json.loads(redacted(guard, looked(guard, now, body, shown(PLACE))))
    text = made["messages"][2]["content"]
    assert EMAIL not in text
    new = b64encode(NEW).decode().replace("/", escape)
    assert text.endswith(f' is {{"data": "{new}"}}, as asked.')


def test_numbers_by_chance_in_base64_dont_hinder_its_redaction(
    make_guard: Make, now: datetime
) -> None:
    guard = make_guard("mask")
    blob = b64encode(PNG * 4).decode()
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": f"see {blob}"}]})
    decided = looked(guard, now, body.encode(), shown(PLACE))
    finding = Finding(
        segment=decided.examined.media[0].segment or 0,
        start=90,
        end=99,
        entity="KZ_IIN",
        category=Category.PERSONAL,
        score=1.0,
        recognizer="r",
    )
    examined = replace(decided.examined, findings=(finding,))
    made = json.loads(redacted(guard, guard.decide(examined, (), now)))
    assert made["messages"][0]["content"] == f"see {b64encode(NEW).decode()}"


def test_a_replys_media_are_redacted_too(make_guard: Make, send: Send, now: datetime) -> None:
    guard = make_guard("mask", unlabelled_media="pass")
    asked = send(guard, chat("Draw me a map"))
    data = b64encode(PNG).decode()
    body = reply("Here", audio={"id": "a", "data": data, "transcript": "Hi"})
    examined = guard.examine_reply(asked.decided.examined.case, RawReply(status=200, body=body))
    assert [one.held for one in examined.media] == [data]
    decided = guard.decide(replace(examined, inspected=(shown(PLACE),)), (), now)
    message = json.loads(redacted(guard, decided))["choices"][0]["message"]
    assert message["audio"]["data"] == b64encode(NEW).decode()


def test_a_refusal_names_the_place_of_the_medium(make_guard: Make, now: datetime) -> None:
    guard = make_guard("mask")
    template = replace(FACE, entity="BIOMETRIC_TEMPLATE")
    enacted = guard.enact(looked(guard, now, asking(image()), shown(template)))
    assert enacted.refusal is not None
    assert "kz.biometric" in enacted.refusal.rules
    assert enacted.refusal.param == "messages[0].content[1].image_url.url"
