from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from guardrail.consent import ConsentRecord, withdraw
from guardrail.engine import Guard, ReplyStream
from guardrail.engine import kept_labels as module
from guardrail.engine.case import Case, Decided
from guardrail.engine.conversations import Conversations
from guardrail.engine.kept_labels import HALF_SECONDS, KeptLabels
from guardrail.evidence.pseudonyms import EpochKey, fresh_key
from guardrail.facts import RawReply, RawRequest

Make = Callable[..., Guard]
IIN, OTHER_IIN = "900101300017", "850101400011"
KEY = (b"authorization", b"Bearer one")
OTHER_KEY = (b"authorization", b"Bearer two")
SUBJECT = "p:" + "1" * 64
NAMES = fresh_key("2026h2", b"m" * 64)
JSON = (b"content-type", b"application/json")


@pytest.fixture
def guard(make_guard: Make) -> Guard:
    guard = make_guard("pseudonymise")
    guard.kept = KeptLabels(Conversations(b"k" * 32))
    return guard


class Talk:
    """A caller of the Responses format."""

    def __init__(self, guard: Guard, now: datetime, key: tuple[bytes, bytes] = KEY) -> None:
        self.guard, self.now, self.key = guard, now, key
        self.names: EpochKey | None = None
        self.subject = ""
        self.records: Sequence[ConsentRecord] = ()

    def asks(self, text: str = "", path: str = "/v1/responses", **more: str) -> tuple[Decided, str]:
        """Return the decided request, and its body as it goes on."""
        body = json.dumps({"model": "m", "input": text, **more}).encode() if text else b""
        method = "POST" if text else "GET"
        raw = RawRequest(method=method, path=path, headers=(JSON, self.key), body=body)
        route = self.guard.route(method, path)
        examined = self.guard.examine(
            raw, route, request_id="r", label_id="urn:uuid:1", names=self.names
        )
        examined.case.query = replace(examined.case.query, subject=self.subject)
        enacted = self.guard.enact(self.guard.decide(examined, self.records, self.now))
        assert enacted.refusal is None
        return enacted.decided, enacted.body.decode()

    def gets(self, asked: Decided, text: str, name: str) -> str:
        """Return the text of an answer called `name`, as it leaves."""
        content = [{"type": "output_text", "text": text}]
        item = {"type": "message", "role": "assistant", "content": content}
        body = json.dumps({"id": name, "object": "response", "output": [item]}).encode()
        raw = RawReply(status=200, headers=(JSON,), body=body)
        examined = self.guard.examine_reply(asked.examined.case, raw)
        made = self.guard.enact(self.guard.decide(examined, (), self.now)).body
        return str(json.loads(made)["output"][0]["content"][0]["text"])

    def begins(self, text: str = f"My IIN is {IIN}", name: str = "resp_1") -> str:
        """Have a first turn; return the pseudonym in it."""
        asked, body = self.asks(text)
        self.gets(asked, "Noted.", name)
        return "<" + body.partition("<")[2].partition(">")[0] + ">"


def test_what_an_earlier_turn_issued_is_put_back_where_the_provider_keeps_the_turn(
    guard: Guard, now: datetime
) -> None:
    talk = Talk(guard, now)
    label = talk.begins()
    for name in ("resp_2", "resp_3"):
        asked, body = talk.asks("Which was it?", previous_response_id="resp_1")
        assert IIN not in body
        assert talk.gets(asked, f"It was {label}.", name).endswith(f"It was {IIN}.")
    asked, _ = talk.asks("And?", previous_response_id="resp_3")
    assert talk.gets(asked, label, "resp_4").endswith(IIN)


def test_an_answer_made_in_the_background_has_the_values_when_it_is_fetched(
    guard: Guard, now: datetime
) -> None:
    talk = Talk(guard, now)
    label = talk.begins()
    asked, _ = talk.asks(path="/v1/responses/resp_1")
    assert talk.gets(asked, f"It is {label}.", "resp_1").endswith(f"It is {IIN}.")


def test_a_streamed_answer_is_known_from_its_first_event(guard: Guard, now: datetime) -> None:
    talk = Talk(guard, now)
    asked, body = talk.asks(f"My IIN is {IIN}", stream="yes")
    stream = ReplyStream(guard, asked, guard.wires.named("openai-responses").stream(), now)
    created = {"type": "response.created", "response": {"id": "resp_1", "output": []}}
    stream.receive(b"data: " + json.dumps(created).encode() + b"\n\n", now)
    label = "<" + body.partition("<")[2].partition(">")[0] + ">"
    asked, _ = talk.asks(path="/v1/responses/resp_1")
    assert talk.gets(asked, label, "resp_1").endswith(IIN)


@pytest.mark.parametrize("said", [{}, {"previous_response_id": "resp_9"}])
def test_other_conversations_keep_their_labels(
    guard: Guard, now: datetime, said: dict[str, str]
) -> None:
    talk = Talk(guard, now)
    label = talk.begins()
    asked, _ = talk.asks("Which was it?", **said)
    assert talk.gets(asked, label, "resp_2").endswith(label)


def test_another_caller_gets_no_values(guard: Guard, now: datetime) -> None:
    label = Talk(guard, now).begins()
    other = Talk(guard, now, OTHER_KEY)
    asked, _ = other.asks("Which was it?", previous_response_id="resp_1")
    assert other.gets(asked, label, "resp_2").endswith(label)


def test_they_are_forgotten_after_a_day(guard: Guard, now: datetime) -> None:
    label = Talk(guard, now).begins()
    for later, end in ((HALF_SECONDS + 1, IIN), (3 * HALF_SECONDS + 2, label)):
        talk = Talk(guard, now + timedelta(seconds=later))
        asked, _ = talk.asks("Which was it?", previous_response_id="resp_1")
        assert talk.gets(asked, label, "resp_2").endswith(end)
    assert len(guard.kept) == 0


def of_a_person(guard: Guard, now: datetime, subject: str = SUBJECT) -> Talk:
    talk = Talk(guard, now)
    talk.subject, talk.names = subject, NAMES
    return talk


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_consent_withdrawn_since_ends_what_is_remembered_for_the_person(
    guard: Guard, now: datetime, record: ConsentRecord, hours: int
) -> None:
    label = of_a_person(guard, now).begins()
    talk = of_a_person(guard, now + timedelta(hours=2))
    talk.records = [withdraw(record, now=now + timedelta(hours=hours))]
    assert guard.kept.knows(SUBJECT)
    asked, _ = talk.asks("Which was it?", previous_response_id="resp_1")
    has_ended = hours > 0
    assert guard.kept.knows(SUBJECT) is not has_ended
    assert (len(guard.kept) == 0) is has_ended
    assert talk.gets(asked, label, "resp_2").endswith(label if has_ended else IIN)


def test_what_is_remembered_for_somebody_whose_data_was_erased_is_forgotten(
    guard: Guard, now: datetime
) -> None:
    label, other = of_a_person(guard, now).begins(), of_a_person(guard, now, "p:other")
    other.begins(name="resp_7")
    talk = of_a_person(guard, now)
    talk.names = NAMES.without(SUBJECT, b"f" * 32)
    asked, _ = talk.asks("Which was it?", previous_response_id="resp_1")
    assert talk.gets(asked, label, "resp_2").endswith(label)
    assert not guard.kept.knows(SUBJECT)
    assert guard.kept.knows("p:other"), "others' stay"


def test_a_half_years_end_forgets_nobody(guard: Guard, now: datetime) -> None:
    label = of_a_person(guard, now).begins()
    talk = of_a_person(guard, now)
    talk.names = fresh_key("2027h1", b"n" * 64)
    asked, _ = talk.asks("Which was it?", previous_response_id="resp_1")
    assert talk.gets(asked, label, "resp_2").endswith(IIN)


def _kept(guard: Guard, now: datetime, names: Sequence[str]) -> list[Case]:
    talk = Talk(guard, now)
    cases = []
    for name in names:
        asked, _ = talk.asks(f"IINs {IIN} and {OTHER_IIN}")
        talk.gets(asked, "Noted.", name)
        cases.append(asked.examined.case)
    return cases


def test_the_oldest_are_forgotten_where_there_are_too_many(guard: Guard, now: datetime) -> None:
    guard.kept = KeptLabels(Conversations(b"k" * 32), most=8)
    names = [f"resp_{number}" for number in range(5)]
    _kept(guard, now, names)
    assert len(guard.kept) <= 8
    known = []
    for name in names:
        asked, _ = Talk(guard, now).asks("Which?", previous_response_id=name)
        known.append(len(asked.examined.case.masker.issued))
    assert known == [0, 0, 2, 2, 2]


def test_of_one_conversation_the_last_are_kept(
    guard: Guard, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_OF_ONE", 1)
    _kept(guard, now, ["resp_1"])
    asked, _ = Talk(guard, now).asks("Which?", previous_response_id="resp_1")
    assert list(asked.examined.case.masker.issued.values()) == [OTHER_IIN]


def test_nothing_is_kept_where_nothing_was_issued_or_nothing_has_a_name(
    guard: Guard, now: datetime
) -> None:
    talk = Talk(guard, now)
    talk.begins("Good morning")
    talk.begins(name="")
    assert len(guard.kept) == 0
