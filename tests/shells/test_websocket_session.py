"""A session takes messages both ways in the runner's order, and knows when it must end."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from guardrail.errors import UpstreamError
from guardrail.facts import RawRequest
from guardrail.settings import Disclosure, Service, Unmatched
from guardrail.shells.answers import Admitted
from guardrail.shells.assembly import Assembly
from guardrail.shells.websocket_session import (
    INTERNAL_ERROR,
    LARGE,
    NORMAL,
    POLICY_VIOLATION,
    LiveSession,
    Told,
    open_session,
)
from guardrail.testing import MemoryLog, sounds

Assembled = Callable[..., tuple[Assembly, MemoryLog]]
Json = Any
IIN, MASKED = "900101300017", "<KZ_IIN_1>"


async def session(assembled: Assembled, personal_data: str) -> LiveSession:
    assembly, _ = assembled(personal_data=personal_data, unmatched=Unmatched(ai="generic"))
    return await opened(assembly, "/v1/other")


async def speaking(assembly: Assembly) -> LiveSession:
    live = await opened(assembly, "/v1/realtime")
    await live.bring(CREATED)
    return live


async def opened(assembly: Assembly, path: str) -> LiveSession:
    runner = assembly.runner()
    admitted = await runner.admit(RawRequest(method="WEBSOCKET", path=path))
    assert isinstance(admitted, Admitted)
    live = await open_session(runner, admitted)
    assert isinstance(live, LiveSession)
    return live


def pcm(samples: sounds.Samples) -> bytes:
    """Return a second of 24,000 samples for each of 16,000."""
    at = np.arange(len(samples) * 3 // 2) / 1.5
    wide = np.interp(at, np.arange(len(samples)), samples)
    return (wide * 32_767).astype("<i2").tobytes()


VOICE, TONE = pcm(sounds.voice(2.5)), pcm(sounds.tone(2.5))
COMMIT = json.dumps({"type": "input_audio_buffer.commit"})
CREATED = json.dumps({"type": "session.created", "session": {"input_audio_format": "pcm16"}})


def appended(data: bytes) -> str:
    audio = b64encode(data).decode()
    return json.dumps({"type": "input_audio_buffer.append", "event_id": "mine", "audio": audio})


def cut(data: bytes, size: int = 4_800) -> list[str]:
    return [appended(data[at : at + size]) for at in range(0, len(data), size)]


async def taken(live: LiveSession, *sent: str) -> tuple[list[str], list[Json]]:
    """Return what goes on, and what the caller is told."""
    went, told = [], []
    for one in sent:
        for out in await live.take(one):
            if isinstance(out, Told):
                told.append(json.loads(out.text))
            else:
                went.append(str(out))
    return went, told


async def test_messages_are_masked_both_ways_and_the_session_goes_on(assembled: Assembled) -> None:
    live = await session(assembled, "mask")
    assert await live.take(f"my {IIN}") == [f"my {MASKED}"]
    assert await live.take("hello") == ["hello"]
    assert await live.bring(f"your {IIN}") == [f"your {MASKED}"]
    assert live.close_code is None
    assert await live.finish() == []
    assert live.close_code == NORMAL


async def test_text_in_binary_messages_is_masked_and_stays_binary(assembled: Assembled) -> None:
    live = await session(assembled, "mask")
    asked, sent = f'{{"iin": "{IIN}"}}'.encode(), f'{{"iin": "{MASKED}"}}'.encode()
    assert await live.take(asked) == [sent]
    assert await live.take("ә\n".encode()) == ["ә\n".encode()]
    assert await live.bring(asked) == [sent]
    [told] = await live.take(b'{"iin": 1')
    assert isinstance(told, Told)
    assert "malformed_json" in told.text


@pytest.mark.parametrize("data", [b"\x00text", b"\xff\xd8\xff", b"\x1b[1m"])
async def test_binary_messages_that_arent_text_are_no_text(
    assembled: Assembled, data: bytes
) -> None:
    live = await session(assembled, "mask")
    [told] = await live.take(data)
    assert isinstance(told, Told), "media that can't be looked into are refused"
    assert data not in await live.bring(data)


async def test_in_a_format_of_its_own_a_binary_message_is_no_text(assembled: Assembled) -> None:
    assembly, _ = assembled(personal_data="mask")
    [told] = await (await speaking(assembly)).take(b"text")
    assert isinstance(told, Told)


async def test_a_refused_message_stays_here_and_a_refused_answer_ends_it(
    assembled: Assembled,
) -> None:
    live = await session(assembled, "refuse")
    [told] = await live.take(f"my {IIN}")
    assert isinstance(told, Told)
    assert "content_policy_violation" in told.text
    assert live.close_code is None
    said = await live.bring(f"your {IIN}")
    assert not any(IIN in str(one) for one in said)


@pytest.mark.parametrize("code", ["upstream_reset"])
async def test_a_fault_ends_it_with_an_error(assembled: Assembled, code: str) -> None:
    live = await session(assembled, "mask")
    said = await live.break_off(UpstreamError("gone", code=code))
    assert code in str(said)
    assert live.close_code == INTERNAL_ERROR
    assert live.close_code != POLICY_VIOLATION


@pytest.mark.xdist_group("media")
async def test_a_callers_sound_is_listened_to_and_goes_on_in_order(assembled: Assembled) -> None:
    assembly, log = assembled()
    long = appended(pcm(sounds.tone(10)))
    assert len(long) > LARGE
    for frames in (cut(VOICE), cut(TONE), [long]):
        live = await speaking(assembly)
        assert await taken(live, *frames, COMMIT) == ([*frames, COMMIT], [])
        assert live.patience is None
    media = [row.fields["media"] for row in log.entries if "media" in row.fields]
    assert media[:2] == [{"audio_x_raw": 1}, {"audio_x_raw": 1}]


@pytest.mark.xdist_group("media")
async def test_frames_wait_for_a_second_and_not_at_all_once_a_voice_was_heard(
    assembled: Assembled,
) -> None:
    live = await speaking(assembled()[0])
    frames = cut(TONE)
    assert await taken(live, *frames[:9]) == ([], [])
    assert live.patience is not None
    assert 0 <= live.patience <= 1
    assert await live.let_go() == frames[:9]
    assert await live.let_go() == []
    assert await taken(live, *cut(VOICE[:48_000])) == (cut(VOICE[:48_000]), [])
    for frame in cut(VOICE[48_000:]):
        assert await live.take(frame) == [frame]


@pytest.mark.xdist_group("media")
async def test_a_voice_that_no_rule_lets_pass_stays_here_and_the_session_goes_on(
    assembled: Assembled,
) -> None:
    assembly, log = assembled(service=Service(contexts=("bank-identification",)))
    live = await speaking(assembly)
    went, told = await taken(live, *cut(TONE[:48_000]), *cut(VOICE[:48_000]), COMMIT)
    assert went == [*cut(TONE[:48_000]), COMMIT]
    [error] = told
    assert error["error"]["code"] == "content_policy_violation"
    assert error["error"]["event_id"] == "mine"
    assert live.close_code is None
    rows: list[Json] = [row.fields for row in log.entries]
    refused = [row for row in rows if row.get("act") == "refuse"]
    assert [one["hits"][0]["entities"] for one in refused] == [{"VOICE": 1}]


@pytest.mark.xdist_group("media")
async def test_what_isnt_sound_that_can_be_listened_to_stays_here(assembled: Assembled) -> None:
    assembly, _ = assembled()
    live = await speaking(assembly)
    more = json.dumps({**json.loads(appended(VOICE[:4_800])), "more": "1"})
    picture = appended(b"\xff\xd8\xff\xe0" + bytes(500))
    for one in (more, picture):
        went, told = await taken(live, one)
        assert went == []
        assert told[0]["error"]["code"] == "content_policy_violation"
    opus = {"session": {"audio": {"input": {"format": {"type": "audio/opus"}}}}}
    await live.bring(json.dumps({"type": "session.updated", **opus}))
    went, told = await taken(live, appended(VOICE[:4_800]), COMMIT)
    assert went == [COMMIT]
    assert [one["error"]["event_id"] for one in told] == ["mine"]


async def test_what_the_model_says_aloud_goes_on_at_once(assembled: Assembled) -> None:
    live = await speaking(assembled()[0])
    audio = b64encode(VOICE[:4_800]).decode()
    said = json.dumps({"type": "response.output_audio.delta", "item_id": "i", "delta": audio})
    assert await live.bring(said) == [said]


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_session_begins_with_the_notice_where_that_is_wanted(
    assembled: Assembled, *, wanted: bool
) -> None:
    assembly, log = assembled(
        personal_data="mask",
        unmatched=Unmatched(ai="generic"),
        disclosure=Disclosure(first_frame=wanted),
    )
    live = await opened(assembly, "/v1/realtime")
    *first, labelled = await live.bring(CREATED)
    event = json.loads(str(labelled))
    assert event.pop("ai_disclosure")["level"] == "ai-generated"
    assert event == json.loads(CREATED)
    assert await live.bring(CREATED) == [CREATED], "the label is said once"
    assert len(first) == wanted
    if wanted:
        event = json.loads(str(first[0]))
        assert event["type"] == "guardrail.notice"
        assert [*event["notice"]] == ["kk", "ru"]
    await live.hang_up("client_gone")
    told = [entry.fields["disclosed"] for entry in log.entries if "disclosed" in entry.fields]
    assert told == ["frame" if wanted else "header"]
    other = await opened(assembly, "/v1/other")
    assert await other.bring(CREATED) == [CREATED], "whose clients know no such event"
