"""A WebSocket's two ways: one case, messages one by one, a stream without an end."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.detect.media.raw_sound import ULAW, RawSound
from guardrail.disclose import LabelSigner, hash_of
from guardrail.engine import Enacted, Guard, ReplyStream, Session
from guardrail.engine import session as sessions
from guardrail.engine.session import _TEXTS
from guardrail.engine.stream_media import rhythm, rhythm_ms
from guardrail.errors import BadInput, UpstreamError
from guardrail.facts import Action, Category, Duty, Inspected, RawRequest, Seen, Tier, Verdict
from guardrail.wire import WEBSOCKET, channels, stream
from guardrail.wire.frames import framed, messages

Json = Any
Make = Callable[..., Guard]
SIGNER = LabelSigner(Ed25519PrivateKey.from_private_bytes(b"k" * 32), "kid-1")

IIN, OTHER_IIN = "900101300017", "850101400011"
MASKED = "<KZ_IIN_1>"


class Talk:
    """A session under way."""

    def __init__(self, guard: Guard, now: datetime, path: str = "/v1/realtime") -> None:
        raw = RawRequest(method=WEBSOCKET, path=path)
        route = guard.route(raw.method, raw.path)
        examined = guard.examine(raw, route, request_id="req_1", label_id="urn:uuid:1")
        opened = guard.enact(guard.decide(examined, (), now))
        self.guard, self.now = guard, now
        self.session = Session(guard, opened.decided)
        self.stream = ReplyStream(guard, opened.decided, self.session.codec(), now)
        self.stream.open()

    def take(self, message: str) -> tuple[str, Enacted]:
        """Return a message of the caller's as it goes on."""
        raw = framed(message)
        examined = self.session.examine(raw)
        enacted = self.guard.enact(self.guard.decide(examined, (), self.now))
        if enacted.refusal is not None:
            return "", enacted
        return messages(self.session.sent(raw, enacted))[0], enacted

    def says(self, message: Json) -> str:
        return self.take(json.dumps(message, ensure_ascii=False))[0]

    def bring(self, *sent: str) -> list[str]:
        """Return messages of the upstream's as they go on."""
        out: list[str] = []
        for one in sent:
            outs = self.stream.receive(framed(one), self.now)
            out += messages(b"".join(step.data for step in outs))
            self.session.refresh(self.stream)
        return out

    def brings(self, *events: Json) -> list[Json]:
        texts = [json.dumps(event, ensure_ascii=False) for event in events]
        return [json.loads(one) for one in self.bring(*texts)]


def delta(text: str, item: str = "item_1") -> Json:
    return {
        "type": "response.output_text.delta",
        "event_id": "e",
        "response_id": "r_1",
        "item_id": item,
        "output_index": 0,
        "content_index": 0,
        "delta": text,
    }


def done(text: str, item: str = "item_1") -> Json:
    return {**delta("", item), "type": "response.output_text.done", "text": text}


def user(text: str) -> Json:
    content = [{"type": "input_text", "text": text}]
    item = {"type": "message", "role": "user", "content": content}
    return {"type": "conversation.item.create", "item": item}


def spoken(events: Sequence[Json]) -> str:
    return "".join(one.get("delta", "") for one in events)


@pytest.fixture
def talk(make_guard: Make, now: datetime) -> Talk:
    return Talk(make_guard("mask"), now)


@pytest.fixture
def few_names(monkeypatch: pytest.MonkeyPatch) -> int:
    """There is room for so few names that a short session fills it."""
    for module in (channels, stream):
        monkeypatch.setattr(module, "MAX_NAMES", 16)
    return 16


@pytest.fixture
def generic(make_guard: Make, now: datetime) -> Talk:
    return Talk(make_guard("mask", unmatched="generic"), now, "/v1/other")


def test_every_cut_of_an_answer_leaves_as_the_whole(make_guard: Make, now: datetime) -> None:
    text = f"ИИН {IIN}!"
    seen = set()
    for at in range(len(text) + 1):
        talk = Talk(make_guard("mask"), now)
        events = talk.brings(delta(text[:at]), delta(text[at:]), done(text))
        assert events[-1]["text"] == spoken(events)
        seen.add(spoken(events))
    [said] = seen
    assert said.endswith(f"ИИН {MASKED}!")


def test_an_error_between_two_pieces_of_an_answer_cuts_no_value(talk: Talk) -> None:
    error = {"type": "error", "event_id": "e", "error": {"type": "invalid_request_error"}}
    text = f"ИИН {IIN}!"
    events = talk.brings(delta(text[:8]), error, delta(text[8:]), done(text))
    assert spoken(events).endswith(f"ИИН {MASKED}!")


def test_one_value_has_one_label_on_both_ways(talk: Talk) -> None:
    sent = json.loads(talk.says(user(f"ЖСН {IIN}")))
    assert sent["item"]["content"][0]["text"] == f"ЖСН {MASKED}"
    assert spoken(talk.brings(delta(f"ЖСН {IIN}."), done(f"ЖСН {IIN}."))).endswith(f"ЖСН {MASKED}.")


def test_each_answer_is_signed_by_itself_and_the_session_says_at_its_start_what_it_is(
    make_guard: Make, now: datetime, few_names: int
) -> None:
    talk = Talk(make_guard("mask", signs=SIGNER), now)
    [created] = talk.brings({"type": "session.created", "event_id": "e", "session": {}})
    assert created.pop("ai_disclosure")["level"] == "ai-generated"
    for at in range(3 * few_names):
        item, text = f"item_{at}", f"ИИН {IIN}, {at}."
        content = [{"type": "output_text", "text": text}, {"type": "audio", "transcript": "Всё."}]
        said = {"id": item, "type": "message", "role": "assistant", "content": content}
        response = {"id": f"r_{at}", "status": "completed", "output": [said]}
        told = talk.brings(
            delta(text, item),
            done(text, item),
            {"type": "response.output_item.done", "event_id": "e", "item": said},
            {"type": "response.done", "event_id": "e", "response": response},
        )
        label = told[-1].pop("ai_disclosure")
        left = told[-1]["response"]["output"][0]["content"]
        assert left[0]["text"].endswith(f"ИИН {MASKED}, {at}.")
        assert label["sha256"] == hash_of([left[0]["text"], left[1]["transcript"]])
        assert not any("ai_disclosure" in one for one in told)


def test_pseudonyms_come_back_as_the_values(make_guard: Make, now: datetime) -> None:
    talk = Talk(make_guard("pseudonymise"), now)
    sent = json.loads(talk.says(user(f"ЖСН {IIN}")))["item"]["content"][0]["text"]
    assert IIN not in sent
    text = f"Иә: {sent.removeprefix('ЖСН ')}."
    assert spoken(talk.brings(delta(text), done(text))).endswith(f"Иә: {IIN}.")


def test_a_session_remembers_the_labels_given_last(
    make_guard: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_LABELS", 1)
    talk = Talk(make_guard("pseudonymise"), now)
    labels = [
        json.loads(talk.says(user(f"ЖСН {value}")))["item"]["content"][0]["text"][4:]
        for value in (IIN, OTHER_IIN)
    ]
    said = spoken(talk.brings(delta(" ".join(labels)), done(" ".join(labels))))
    assert said.endswith(f"{labels[0]} {OTHER_IIN}")


def test_a_message_without_findings_stays_as_it_is(talk: Talk) -> None:
    text = ' {"type" : "response.create", "x": 1.50}\n'
    assert talk.take(text)[0] is not None
    raw = framed(text)
    enacted = talk.guard.enact(talk.guard.decide(talk.session.examine(raw), (), talk.now))
    assert talk.session.sent(raw, enacted) is raw


def test_a_refused_message_names_its_place_and_the_callers_id(
    make_guard: Make, now: datetime
) -> None:
    talk = Talk(make_guard("refuse"), now)
    _, enacted = talk.take(json.dumps({**user(f"ЖСН {IIN}"), "event_id": "mine"}))
    assert enacted.refusal is not None
    assert enacted.refusal.param == "item.content[0].text"
    case = enacted.decided.examined.case
    _, _, body = case.route.adapter.error(enacted.refusal, case.exchange.echo)
    told = json.loads(body)
    assert told["type"] == "error"
    assert told["error"]["event_id"] == "mine"
    assert IIN.encode() not in body


def test_the_first_answer_begins_with_a_notice_in_the_language_spoken_last(talk: Talk) -> None:
    talk.says(user("Добрый день, как ваши дела сегодня?"))
    talk.says(user("Қайырлы күн, бүгін қалайсыз, жақсысыз ба?"))
    said = spoken(talk.brings(delta("Жақсы."), done("Жақсы.")))
    assert said.startswith("Сіз")
    again = spoken(talk.brings(delta("Тағы.", "item_2"), done("Тағы.", "item_2")))
    assert again == "Тағы."


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("response.output_audio_transcript.delta", "Сізбен адам емес, жасанды интеллект сөйлесіп"),
        ("response.output_text.delta", "Сіз адаммен емес, жасанды интеллект жүйесімен"),
    ],
)
def test_what_is_spoken_begins_with_the_words_for_a_call(
    talk: Talk, event: str, words: str
) -> None:
    talk.says(user("Қайырлы күн, бүгін қалайсыз, жақсысыз ба?"))
    said = spoken(talk.brings({**delta("Жақсы емес пе?"), "type": event}))
    assert said.startswith(words)
    assert "искусствен" in said


def test_whoever_sends_earlier_answers_gets_no_notice(talk: Talk) -> None:
    item = user("Сәлем!")
    item["item"]["role"] = "assistant"
    talk.says(item)
    assert spoken(talk.brings(delta("Иә."), done("Иә."))) == "Иә."


def test_a_message_that_cannot_be_read_is_bad_input(talk: Talk) -> None:
    for text in ("hello", "{", "[]", '{"a":1,"a":2}'):
        with pytest.raises(BadInput):
            talk.session.examine(framed(text))


def test_only_messages_that_say_something_are_put_on_record(
    make_guard: Make, now: datetime
) -> None:
    talk = Talk(make_guard("mask", media="pass"), now)
    sound = '{"type": "input_audio_buffer.append", "audio": "UklGRiQAAABXQVZF"}'
    told = [
        talk.session.tells(talk.take(one)[1])
        for one in (sound, sound, '{"type": "response.cancel"}', json.dumps(user("Сәлем")))
    ]
    assert told == [True, False, False, True]


def test_binary_messages_are_judged_as_media(make_guard: Make, now: datetime) -> None:
    for media, action in (("pass", Action.ALLOW), ("refuse", Action.REFUSE)):
        talk = Talk(make_guard("mask", media=media), now)
        examined = talk.session.examine_unread(b"\x00")
        assert talk.guard.decide(examined, (), now).decision.action is action
        outs = talk.stream.unread("binary", now)
        assert talk.stream.ended == (media == "refuse")
        assert bool(outs[-1].entries), "both are on record"
        if media == "pass":
            assert not talk.stream.unread("binary", now)[-1].entries, "once"


def test_a_value_across_two_messages_of_the_caller_is_seen(generic: Talk) -> None:
    for first, second in (("900101", "300017"), ('{"t": "900101"}', '{"t":"300017 so"}')):
        assert generic.take(first)[0] == first
        across = generic.session.across(generic.session.examine(framed(second)))
        assert across is not None
        assert generic.guard.decide(across, (), generic.now).decision.action is Action.MASK
    whole = generic.session.examine(framed('{"other": "300017", "t": "hello"}'))
    assert generic.session.across(whole) is None


def test_texts_of_a_known_format_are_not_taken_for_each_others_ends(talk: Talk) -> None:
    talk.says(user("900101"))
    examined = talk.session.examine(framed(json.dumps(user("300017"))))
    assert talk.session.across(examined) is None


def test_a_value_across_two_messages_of_the_upstream_ends_the_session(generic: Talk) -> None:
    assert generic.bring("900101") == ["900101"]
    with pytest.raises(UpstreamError, match="pieces"):
        generic.bring("300017")


def test_what_is_known_of_messages_is_bounded(generic: Talk) -> None:
    many = {f"a{number}": "word" for number in range(_TEXTS + 50)}
    generic.says(many)
    assert len(generic.session._ends) == _TEXTS
    sent = json.dumps(many)
    for number in range(4):
        assert generic.bring(sent) == [sent]
        odd = json.dumps({f"{number} {n}": "x" for n in range(400)})
        assert generic.bring(odd) == [odd]


def test_a_session_of_many_answers_goes_on(few_names: int, talk: Talk) -> None:
    for number in range(few_names * 4):
        response = f"resp {number}"
        item = {"id": f"odd id {number}", "type": "message", "role": "assistant"}
        events = talk.brings(
            {"type": "response.created", "response": {"id": response}},
            {"type": "response.done", "response": {"id": response, "output": [item]}},
        )
        assert len(events) == 2
    assert not talk.stream.ended


def test_a_session_is_renewed_only_between_answers(few_names: int, talk: Talk) -> None:
    talk.brings({"type": "response.created", "response": {"id": "r_1"}}, delta("Вот ИИН 9001"))
    assert not talk.stream.settled
    for number in range(few_names // 2 + 4):
        talk.brings({"type": "response.done", "response": {"id": f"odd id {number}"}})
    events = talk.brings(delta("01300017."), done(f"Вот ИИН {IIN}."))
    assert spoken(events).endswith(f"{MASKED}.")
    assert events[-1]["text"].endswith(f"Вот ИИН {MASKED}.")


def appended(data: bytes, **more: str) -> str:
    audio = b64encode(data).decode()
    return json.dumps({"type": "input_audio_buffer.append", "audio": audio, **more})


def test_frames_of_sound_are_known_and_what_only_looks_like_them_is_examined(talk: Talk) -> None:
    raw = framed(appended(b"\1\2", event_id="mine"))
    found = talk.session.frame(raw)
    assert found is not None
    assert (found.raw, found.data, found.echo["event_id"]) == (raw, b"\1\2", "mine")
    for text in (
        appended(b"\1\2", item_id="more"),
        '{"type": "input_audio_buffer.append", "audio": "no base64 at all"}',
        '{"type": "input_audio_buffer.append", "audio": "AAAA", "audio": "AAAA"}',
        '{"type": "input_audio_buffer.append", "audio": ""',
        '{"type": "input_audio_buffer.append", "audio": 7}',
        json.dumps(user("audio")),
    ):
        assert talk.session.frame(framed(text)) is None


def test_other_formats_have_no_frames(generic: Talk) -> None:
    assert generic.session.frame(framed(appended(b"\1\2"))) is None


def test_what_was_heard_belongs_to_what_is_said_later(make_guard: Make, now: datetime) -> None:
    talk = Talk(make_guard("mask"), now)
    seen = Seen(
        entity="VOICE",
        category=Category.BIOMETRIC,
        tier=Tier.CERTAIN,
        score=0.9,
        recognizer="ear@1",
    )
    inspected = Inspected(verdict=Verdict.INSPECTED, medium="audio/x-raw", seen=(seen,))
    frame = talk.session.frame(framed(appended(bytes(48_000), event_id="mine")))
    assert frame is not None
    talk.session.sound.codings.tell({"type": "session.created"})
    talk.session.sound.take(frame)
    due = talk.session.sound.due()
    assert due is not None
    examined = talk.session.examine_sound(due)
    assert examined.case.exchange.echo["event_id"] == "mine"
    heard = replace(examined, inspected=(inspected,))
    enacted = talk.guard.enact(talk.guard.decide(heard, (), now))
    assert [talk.session.tells(enacted), talk.session.tells(enacted)] == [True, False]
    assert talk.session.heard(due, enacted) == [frame.raw]
    later = talk.session.examine(framed(json.dumps(user("Сәлем"))))
    assert later.case.materials == {"VOICE"}


def test_an_items_recording_is_listened_to_as_the_session_is_written(talk: Talk) -> None:
    talk.bring('{"type": "session.created", "session": {"input_audio_format": "g711_ulaw"}}')
    audio = b64encode(b"\1\2\3").decode()
    content = [{"type": "input_audio", "audio": audio}]
    item = {"type": "message", "role": "user", "content": content}
    sent = framed(json.dumps({"type": "conversation.item.create", "item": item}))
    [medium] = talk.session.examine(sent).media
    assert isinstance(medium.held, RawSound)
    assert (medium.held, medium.held.coding, medium.held.whole) == (b"\1\2\3", ULAW, True)


# ------------------------------------------------------------------ a label that is heard


def sounded(data: bytes, item: str = "item_1") -> Json:
    kind = "response.output_audio.delta"
    return {**delta(b64encode(data).decode(), item), "type": kind}


def cut(item: str, played: int) -> Json:
    kind = "conversation.item.truncate"
    return {"type": kind, "item_id": item, "content_index": 0, "audio_end_ms": played}


def test_what_the_model_says_first_begins_with_a_rhythm_and_cuts_are_told_without_it(
    talk: Talk,
) -> None:
    talk.session.greeting(talk.stream)
    created = {"type": "session.created", "session": {"output_audio_format": "pcm16"}}
    assert talk.brings(created) == [created]
    first, second, other = talk.brings(
        sounded(bytes(48)), sounded(bytes(48)), sounded(bytes(48), "item_2")
    )
    assert first == {**sounded(bytes(48)), "delta": rhythm() + b64encode(bytes(48)).decode()}
    assert (second, other) == (sounded(bytes(48)), sounded(bytes(48), "item_2"))
    assert json.loads(talk.says(cut("item_1", 1_500))) == cut("item_1", 1_500 - rhythm_ms())
    assert json.loads(talk.says(cut("item_1", 300))) == cut("item_1", 0)
    assert json.loads(talk.says(cut("item_2", 1_500))) == cut("item_2", 1_500)
    [closed] = talk.stream.abandon()
    assert closed.fields["layers"] == {"visible": 1}


def test_where_no_duty_asks_for_a_label_no_rhythm_is_heard(make_guard: Make, now: datetime) -> None:
    talk = Talk(make_guard("mask", packs=("gdpr",)), now)
    assert Duty.LABEL not in talk.stream.decision.duties
    talk.session.greeting(talk.stream)
    talk.brings({"type": "session.created", "session": {"output_audio_format": "pcm16"}})
    assert talk.brings(sounded(bytes(48))) == [sounded(bytes(48))]
