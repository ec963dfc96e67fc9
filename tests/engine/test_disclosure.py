"""What people are told on which turn, where it stands, and what evidence says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.consent import Terms
from guardrail.detect import TextDetector
from guardrail.disclose import read_notice
from guardrail.disclose.banner import MARK
from guardrail.engine import Decided, Enacted, Guard
from guardrail.engine.disclosure import FIRST_NOTICE, NOWHERE, REMINDER, expect_words
from guardrail.errors import ConfigError
from guardrail.facts import Duty, RawReply, RawRequest
from guardrail.policy import Judge, load_packs
from guardrail.settings import Disclosure, Service, Settings
from guardrail.shipped import shipped
from guardrail.wire import Wires

Json = Any
Make = Callable[..., Guard]

RESPONSES, CHAT = "/v1/responses", "/v1/chat/completions"
HOUR = timedelta(hours=1)


class Talk:
    """Turns of one caller's through one guard, as the runner takes them."""

    def __init__(self, guard: Guard, now: datetime, key: bytes = b"Bearer one") -> None:
        self.guard, self.now, self.key = guard, now, key

    def ask(self, body: Json, path: str = RESPONSES, **headers: str) -> Decided:
        named = ((name.replace("_", "-").encode(), said.encode()) for name, said in headers.items())
        sent = (*((b"content-type", b"application/json"), (b"authorization", self.key)), *named)
        raw = RawRequest(method="POST", path=path, headers=sent, body=json.dumps(body).encode())
        route = self.guard.route(raw.method, raw.path)
        examined = self.guard.examine(raw, route, request_id="req_1", label_id="urn:uuid:1")
        return self.guard.decide(examined, (), self.now)

    def reply(self, asked: Decided, body: Json, content_type: str = "application/json") -> Enacted:
        """Return what leaves of a whole reply; the guard remembers it as released."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = ((b"content-type", content_type.encode()),)
        case = asked.examined.case
        examined = self.guard.examine_reply(case, RawReply(status=200, headers=headers, body=data))
        seconds = int(self.now.timestamp())
        enacted = self.guard.enact(self.guard.decide(examined, (), self.now), now=seconds)
        where = str(enacted.entry.fields.get("disclosed", ""))
        self.guard.disclosure.remember(case, examined.names, where, seconds)
        return enacted

    def turn(self, reply_id: str, said: Json, **asked: object) -> Enacted:
        """Return what leaves of a reply of the Responses API."""
        request = {"model": "m", "input": "Hello there", **asked}
        return self.reply(self.ask(request), response(reply_id, said))

    def chat(self, *said: str, **headers: str) -> Enacted:
        """Return what leaves of a chat's answer; the person and the assistant speak in turn."""
        roles = ("user", "assistant")
        messages = [{"role": roles[at % 2], "content": text} for at, text in enumerate(said)]
        asked = self.ask({"model": "m", "messages": messages}, CHAT, **headers)
        message = {"role": "assistant", "content": "Fine."}
        return self.reply(asked, {"choices": [{"index": 0, "message": message}]})


def response(reply_id: str, said: Json) -> Json:
    text = [{"type": "output_text", "text": said, "annotations": []}]
    item = {"type": "message", "id": "msg_1", "role": "assistant", "content": text}
    call = {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": "{}"}
    output = [item if isinstance(said, str) else call]
    return {"id": reply_id, "object": "response", "model": "m", "output": output}


def told(enacted: Enacted) -> object:
    return enacted.entry.fields.get("disclosed")


def notices(enacted: Enacted) -> list[str]:
    found = enacted.entry.fields.get("notices", ())
    return [str(one) for one in found] if isinstance(found, (list, tuple)) else []


@pytest.fixture
def fresh(detector: TextDetector, wires: Wires) -> Callable[..., Guard]:
    """Return a maker of guards that nobody else has talked to."""

    def make(*packs: str, **more: object) -> Guard:
        names = packs or ("kz-230-viii",)
        settings = Settings.model_validate({"personal_data": "mask", "policy": names, **more})
        return Guard(
            settings,
            wires=wires,
            detector=detector,
            judge=Judge(load_packs(shipped("policies"), names)),
            terms=Terms(purpose="p", audience="a", issuers={}),
            key=b"k" * 32,
        )

    return make


@pytest.fixture
def talk(fresh: Callable[..., Guard], now: datetime) -> Talk:
    return Talk(fresh(), now)


# ------------------------------------------------------------------ the first turn


def test_a_conversation_that_nobody_here_knows_is_told(talk: Talk) -> None:
    assert told(talk.turn("resp_9", "Fine.", previous_response_id="resp_8")) == "text"


def test_the_first_turn_of_a_named_conversation_is_told_and_its_next_isnt(talk: Talk) -> None:
    for named in ("conv_1", {"id": "conv_2"}):
        name = named if isinstance(named, str) else named["id"]
        first = talk.reply(
            talk.ask({"model": "m", "input": "Hello there", "conversation": named}),
            response("resp_" + name, "Fine.") | {"conversation": {"id": name}},
        )
        assert told(first) == "text"
        assert told(talk.turn("resp_x", "Fine.", conversation=named)) is None


@given(st.integers(1, 6))
def test_every_later_turn_of_a_chain_of_answers_is_known(make_guard: Make, turns: int) -> None:
    guard = make_guard()
    talk = Talk(guard, datetime.fromisoformat("2026-11-22T05:00:00+00:00"), f"{turns}".encode())
    assert told(talk.turn("resp_0", "Fine.")) == "text"
    for turn in range(turns):
        later = talk.turn(f"resp_{turn + 1}", "Fine.", previous_response_id=f"resp_{turn}")
        assert told(later) is None
        assert json.loads(later.body)["output"][0]["content"][0]["text"] == "Fine."


def test_another_callers_conversation_is_told_again(talk: Talk) -> None:
    talk.turn("resp_1", "Fine.")
    other = Talk(talk.guard, talk.now, b"Bearer two")
    assert told(other.turn("resp_2", "Fine.", previous_response_id="resp_1")) == "text"


def test_who_got_a_tool_call_first_is_told_in_the_first_words_that_follow(talk: Talk) -> None:
    assert told(talk.turn("resp_1", None)) == "header"
    later = talk.turn("resp_2", "Fine.", previous_response_id="resp_1")
    assert told(later) == "text"
    assert told(talk.turn("resp_3", "Fine.", previous_response_id="resp_2")) is None


def test_a_history_of_tool_calls_alone_has_told_nobody_anything(talk: Talk) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "Hello there"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": "12"},
    ]
    asked = talk.ask({"model": "m", "messages": messages}, CHAT)
    message = {"role": "assistant", "content": "Twelve."}
    enacted = talk.reply(asked, {"choices": [{"index": 0, "message": message}]})
    assert told(enacted) == "text"


def test_who_got_nothing_but_code_is_told_in_the_first_prose_that_follows(talk: Talk) -> None:
    assert told(talk.chat("Hello there", "```\nx\n```", "And why?")) == "text"
    assert told(talk.chat("Hello there", "```\nx\n```\n\nIt prints.", "And why?")) is None
    assert told(talk.chat("Hello there", '{"a": 1}', "And why?", "So.", "Oh")) is None


def test_an_answer_whose_beginning_the_request_brings_gets_no_notice_into_its_middle(
    talk: Talk,
) -> None:
    assert told(talk.chat("Hello there", '{"a": ')) is None


def test_a_picture_behind_code_is_a_turn_too(talk: Talk) -> None:
    shown = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    messages = [
        {"role": "user", "content": "Hello there"},
        {"role": "assistant", "content": '{"a": 1}'},
        {"role": "user", "content": [shown]},
    ]
    asked = talk.ask({"model": "m", "messages": messages}, CHAT)
    assert asked.examined.case.exchange.first_turn


def test_of_a_long_history_of_code_no_more_is_looked_at_than_a_part(talk: Talk) -> None:
    code = f"```\n{'x' * 70_000}\n```"
    assert told(talk.chat("Hello there", code, "And why?")) is None


def test_an_answer_of_code_is_not_remembered_as_told(talk: Talk) -> None:
    assert told(talk.turn("resp_1", '{"a": 1}')) == "header"
    assert told(talk.turn("resp_2", "Fine.", previous_response_id="resp_1")) == "text"
    assert told(talk.turn("resp_3", "Fine.", previous_response_id="resp_2")) is None


def test_a_history_of_answers_that_programs_read_is_no_first_turn(talk: Talk) -> None:
    messages = [
        {"role": "user", "content": "Hello there"},
        {"role": "assistant", "content": '{"a": 1}'},
        {"role": "user", "content": "And now?"},
    ]
    asked = {"model": "m", "messages": messages, "response_format": {"type": "json_object"}}
    message = {"role": "assistant", "content": '{"a": 2}'}
    enacted = talk.reply(talk.ask(asked, CHAT), {"choices": [{"index": 0, "message": message}]})
    assert told(enacted) is None


def test_a_conversation_that_programs_read_is_told_once_and_in_the_header(talk: Talk) -> None:
    data = {"text": {"format": {"type": "json_object"}}}
    first = talk.turn("resp_1", '{"a":1}', **data)
    assert told(first) == "header"
    assert json.loads(first.body)["output"][0]["content"][0]["text"] == '{"a":1}'
    assert told(talk.turn("resp_2", "{}", previous_response_id="resp_1", **data)) is None


def test_a_reply_that_never_left_has_told_nobody(talk: Talk) -> None:
    asked = talk.ask({"model": "m", "input": "Hello there", "conversation": "conv_1"})
    examined = talk.guard.examine_reply(
        asked.examined.case,
        RawReply(status=200, body=json.dumps(response("resp_1", "Fine.")).encode()),
    )
    talk.guard.enact(talk.guard.decide(examined, (), talk.now))  # and its evidence fails
    assert told(talk.turn("resp_1", "Fine.", conversation="conv_1")) == "text"


# ------------------------------------------------------------------ reminders


def test_a_conversation_that_goes_on_for_three_hours_is_reminded_in_california(
    fresh: Callable[..., Guard], now: datetime
) -> None:
    talk = Talk(fresh("us-ca"), now)
    assert notices(talk.chat("Hello there")) == [FIRST_NOTICE]
    for hours, reminded in (
        (1, False),
        (2.9, False),
        (3, True),
        (3.1, False),
        (5.9, False),
        (6, True),
    ):
        talk.now = now + hours * HOUR
        later = talk.chat("Hello there", "Hi, I am AI.", "And now?")
        assert notices(later) == ([REMINDER] if reminded else []), hours
        said = json.loads(later.body)["choices"][0]["message"]["content"]
        assert said.startswith("Reminder: you are talking to AI") is reminded
        assert said.endswith("Fine.")


def test_nobody_is_reminded_where_no_law_and_no_operator_asks(talk: Talk, now: datetime) -> None:
    talk.chat("Hello there")
    talk.now = now + 90 * HOUR
    assert notices(talk.chat("Hello there", "Hi.", "And now?")) == []


def test_the_operator_may_remind_more_often_than_the_law_and_not_less(
    fresh: Callable[..., Guard], now: datetime
) -> None:
    for hours, due in ((1, 1), (30, 3)):
        talk = Talk(fresh("us-ca", disclosure={"remind_hours": hours}), now)
        talk.chat("Hello there")
        talk.now = now + due * HOUR - timedelta(seconds=1)
        assert notices(talk.chat("Hello there", "Hi.", "And?")) == []
        talk.now = now + due * HOUR
        assert notices(talk.chat("Hello there", "Hi.", "And?")) == [REMINDER]


def test_in_kazakhstan_a_reminder_is_in_both_languages(
    fresh: Callable[..., Guard], now: datetime
) -> None:
    talk = Talk(fresh(disclosure={"remind_hours": 3}), now)
    talk.chat("Сәлем")
    talk.now = now + 3 * HOUR
    later = talk.chat("Сәлем", "Сәлем!", "Ал қазір ше?")
    assert later.entry.fields["lang"] == "kk+ru"
    said = json.loads(later.body)["choices"][0]["message"]["content"]
    assert said.index("Еске саламыз") < said.index("Напоминаем") < said.index("Fine.")


def test_a_chain_of_answers_keeps_its_clock(fresh: Callable[..., Guard], now: datetime) -> None:
    talk = Talk(fresh("us-ca"), now)
    talk.turn("resp_0", "Fine.")
    reminded = []
    for turn in range(1, 8):
        talk.now = now + turn * HOUR
        later = talk.turn(f"resp_{turn}", "Fine.", previous_response_id=f"resp_{turn - 1}")
        reminded += [turn] * (notices(later) == [REMINDER])
    assert reminded == [3, 6]


def test_two_persons_who_begin_alike_have_clocks_of_their_own(
    fresh: Callable[..., Guard], now: datetime
) -> None:
    guard = fresh("us-ca", consent={"trust_subject_header": True})
    one, two = Talk(guard, now), Talk(guard, now + 2 * HOUR)
    one.chat("Hello there", guardrail_subject="u-1")
    two.chat("Hello there", guardrail_subject="u-2")
    one.now = two.now = now + 3 * HOUR
    said = ("Hello there", "Hi.", "And now?")
    assert notices(one.chat(*said, guardrail_subject="u-1")) == [REMINDER]
    assert notices(two.chat(*said, guardrail_subject="u-2")) == []


def shown(data: str, *more: str) -> Json:
    """Return a chat that begins with a picture and no words."""
    url = {"url": f"data:image/png;base64,{data}"}
    first = {"role": "user", "content": [{"type": "image_url", "image_url": url}]}
    rest = [{"role": ("assistant", "user")[at % 2], "content": one} for at, one in enumerate(more)]
    return {"model": "m", "messages": [first, *rest]}


def test_conversations_that_begin_with_pictures_have_clocks_of_their_own(
    fresh: Callable[..., Guard], now: datetime
) -> None:
    talk = Talk(fresh("us-ca"), now)
    fine = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Fine."}}]}
    one, other = "QUFBQQ" + "A" * 6_000, "QkJCQg" + "A" * 6_000

    def told_of(*said: str) -> list[str]:
        return notices(talk.reply(talk.ask(shown(*said), CHAT), fine))

    told_of(one)
    talk.now = now + HOUR
    told_of(one, "Hi.", "And?")
    talk.now = now + 2 * HOUR
    told_of(other)
    talk.now = now + 2.5 * HOUR
    assert told_of(other, "Hi.", "And?") == []
    talk.now = now + 3 * HOUR
    assert told_of(one, "Hi.", "And?") == [REMINDER]
    assert told_of(other, "Hi.", "And?") == []


def test_a_long_conversation_that_was_never_seen_begins_its_clock_now(
    fresh: Callable[..., Guard], now: datetime
) -> None:
    talk = Talk(fresh("us-ca"), now)
    said = ("Hello there", "Hi.", "And now?")
    assert notices(talk.chat(*said)) == []
    talk.now = now + 3 * HOUR
    assert notices(talk.chat(*said)) == [REMINDER]


# ------------------------------------------------------------------ more that is told


def test_for_whom_an_agent_acts_that_it_decides_and_that_it_is_at_work_is_told_first(
    make_guard: Make, now: datetime
) -> None:
    guard = make_guard(
        packs=("kz-230-viii",),
        disclosure=Disclosure(on_behalf_of="Мысал ЖШС", decision=True),
        service=Service(contexts=("work",)),
    )
    enacted = Talk(guard, now).chat("Сәлем, қалайсың?")
    keys = ["chat.first", "agent.on-behalf", "decision.notice", "work.notice"]
    assert notices(enacted) == keys
    said = json.loads(enacted.body)["choices"][0]["message"]["content"]
    first, second, rest = said.split("\n", 2)
    assert "Мысал ЖШС атынан" in first
    assert "от имени Мысал ЖШС" in second
    assert all("{name}" not in line for line in (first, second, rest))
    assert "қайта қарауын" in first
    assert "пересмотр человеком" in second
    assert rest == "\nFine."


@pytest.mark.parametrize(
    ("packs", "speaks", "key"),
    [
        (("kz-230-viii", "eu-ai-act"), True, "call.preface"),
        (("kz-230-viii", "eu-ai-act"), False, "chat.first"),
        (("us-co",), True, "chat.first"),
        (("kz-230-viii", "kr-ai-basic"), True, "call.preface"),
    ],
)
def test_a_call_has_words_of_its_own_where_a_pack_has_them(
    fresh: Callable[..., Guard], now: datetime, packs: tuple[str, ...], key: str, *, speaks: bool
) -> None:
    guard = fresh(*packs)
    case = Talk(guard, now).ask({"model": "m", "input": "Сәлем!"}).examined.case
    case.speaks = speaks
    said = guard.disclosure.notice(case)
    texts = guard.judge.notices[key].texts
    assert any(text in said for text in texts.values())


@pytest.mark.parametrize(
    ("told_of", "key"),
    [
        (Disclosure(on_behalf_of="X"), "agent.on-behalf"),
        (Disclosure(decision=True), "decision.notice"),
        (Disclosure(), REMINDER),
        (Disclosure(), FIRST_NOTICE),
    ],
)
def test_a_guard_without_the_words_that_it_is_to_say_doesnt_start(
    told_of: Disclosure, key: str
) -> None:
    (pack,) = load_packs(shipped("policies"), ["us-ca"])
    expect_words(Judge([pack]), Settings(disclosure=told_of))
    known = {name: notice for name, notice in pack.notices.items() if name != key}
    bare = Judge([replace(pack, notices=known)])
    with pytest.raises(ConfigError, match=key):
        expect_words(bare, Settings(disclosure=told_of))


# ------------------------------------------------------------------ pages and headers

PAGE = "<!doctype html><html><body class=a><p>Ответ</p></body></html>".encode()


def test_a_page_has_the_notice_as_a_banner_and_evidence_says_so(
    make_guard: Make, now: datetime
) -> None:
    talk = Talk(make_guard(unmatched="generic"), now)
    asked = talk.ask({"question": "Привет"}, "/v1/ask", accept_language="ru")
    enacted = talk.reply(asked, PAGE, "text/html; charset=utf-8")
    assert told(enacted) == "page"
    before, _, behind = enacted.body.partition(b"<aside")
    aside, _, rest = behind.partition(b"</aside>")
    assert before == b"<!doctype html><html><body class=a>"
    assert rest == "<p>Ответ</p></body></html>".encode()
    assert aside.index(b'lang="ru"') < aside.index(b'lang="kk"')


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<p>a piece of a page</p>", "text/html"),
        (PAGE.replace(b"<p>", b'<aside role="note" %b><p>' % MARK, 1), "text/html"),
        (PAGE, "text/plain"),
        (b'{"html": "<body>"}', "application/json"),
    ],
)
def test_what_is_no_page_or_has_its_banner_stays_and_is_told_in_the_header(
    make_guard: Make, now: datetime, body: bytes, content_type: str
) -> None:
    talk = Talk(make_guard(unmatched="generic"), now)
    enacted = talk.reply(talk.ask({"q": "Hi"}, "/v1/ask"), body, content_type)
    assert enacted.body == body
    assert (told(enacted), notices(enacted)) == ("header", ["banner.short"])


def test_a_pack_that_asks_for_no_label_still_gets_its_notice_into_the_header(
    fresh: Callable[..., Guard], now: datetime
) -> None:
    talk = Talk(fresh("us-co"), datetime(2027, 2, 1, tzinfo=now.tzinfo))
    enacted = talk.turn("resp_1", None)
    case, decision = enacted.decided.examined.case, enacted.decided.decision
    assert decision.duties == {Duty.DISCLOSE}
    assert told(enacted) == "header"
    headers = talk.guard.reply_headers(case, decision, "", 0)
    assert [name for name, _ in headers] == [b"guardrail-notice"]
    assert read_notice(headers) == "You are chatting with AI"


def test_where_nobody_can_be_told_evidence_says_that_nobody_was(
    fresh: Callable[..., Guard], now: datetime
) -> None:
    guard = fresh("cn-labelling")  # every answer is to be told, not the first alone
    raw = RawRequest(
        method="CALL",
        path="/f",
        headers=((b"content-type", b"application/json"),),
        body=b'{"q":"Hi"}',
    )
    examined = guard.examine(raw, guard.function_route(), request_id="req_1", label_id="l")
    asked = guard.decide(examined, (), now)
    assert told(Talk(guard, now).reply(asked, {"a": "b"})) == NOWHERE


def test_a_headers_words_are_those_of_the_packs_in_force(make_guard: Make, now: datetime) -> None:
    one = make_guard()
    talk = Talk(one, now)
    case = talk.ask({"model": "m", "input": "Hello there"}).examined.case
    before = one.disclosure.header(case)
    assert one.disclosure.header(case) == before
    short = one.judge.notices["banner.short"]
    told = replace(short, texts=dict.fromkeys(short.texts, "Жаңа сөз"))
    one.judge.notices = {**one.judge.notices, "banner.short": told}
    assert read_notice(one.disclosure.header(case)) == "Жаңа сөз"
