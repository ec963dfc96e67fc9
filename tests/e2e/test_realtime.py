"""WebSockets through the real server: the real `openai` SDK's Realtime API, and any other."""

from __future__ import annotations

import json
from base64 import b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from openai import OpenAI
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from guardrail.disclose import hash_of
from guardrail.testing import FakeWebSocketUpstream, Line, sounds
from guardrail.testing.websocket import echo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from openai.resources.realtime.realtime import RealtimeConnection

    from tests.e2e.conftest import Guard, Stage

# The SDK opens its connection in a way that this library is about to drop.
pytestmark = pytest.mark.filterwarnings(r"ignore:connect\(\) must be used:DeprecationWarning")

Json = Any
IIN, EMAIL = "900101300017", "aigerim@example.kz"
MASKED = "<KZ_IIN_1>"
KK = "Сіз адаммен емес, жасанды интеллект жүйесімен сөйлесіп отырсыз."
RU = "Вы общаетесь не с человеком, а с системой искусственного интеллекта."
CALL_KK = "Сізбен адам емес, жасанды интеллект сөйлесіп тұр."
CALL_RU = "С вами говорит не человек, а искусственный интеллект."
SESSION = {
    "type": "session.created",
    "event_id": "ev_0",
    "session": {"type": "realtime", "id": "s"},
}
MODEL = "gpt-realtime-2025-08-28"


@pytest.fixture(scope="module")
def the_line(stage: Stage) -> Iterator[FakeWebSocketUpstream]:
    async def begin() -> FakeWebSocketUpstream:
        return await FakeWebSocketUpstream(subprotocols=["realtime", "chat.v2"]).__aenter__()

    fake = stage.run(begin())
    yield fake
    stage.run(fake.__aexit__(None, None, None))


@pytest.fixture
def upstream(the_line: FakeWebSocketUpstream) -> FakeWebSocketUpstream:
    the_line.play(echo)
    return the_line


@pytest.fixture(scope="module")
def masks(start: Callable[..., Guard], the_line: FakeWebSocketUpstream) -> Guard:
    config = {"unmatched": {"ai": "generic"}, "media": "pass", "limits": {"body_bytes": 65_536}}
    return start(the_line.url, "--personal-data", "mask", config=config)


@pytest.fixture(scope="module")
def refuses(start: Callable[..., Guard], the_line: FakeWebSocketUpstream) -> Guard:
    return start(the_line.url)


@contextmanager
def realtime(guard: Guard, **headers: str) -> Iterator[RealtimeConnection]:
    client = OpenAI(
        api_key="sk-caller",
        base_url=f"{guard.url}/v1",
        websocket_base_url=guard.url.replace("http", "ws") + "/v1",
        default_headers=headers,
    )
    with client.realtime.connect(model=MODEL) as connection:
        yield connection


def plain(guard: Guard, path: str = "/v1/other", *, offer: Sequence[str] = ()) -> ClientConnection:
    subprotocols = [Subprotocol(one) for one in offer] or None
    return connect(guard.url.replace("http", "ws") + path, subprotocols=subprotocols)


def until(connection: RealtimeConnection, kind: str) -> list[Json]:
    """Return what came up to an event of a type, that one too."""
    events: list[Json] = []
    while not events or events[-1].type != kind:
        events.append(connection.recv())
    return events


def user(text: str) -> Json:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def said(text: str) -> Json:
    content = [{"type": "output_text", "text": text}]
    return {"id": "it_1", "type": "message", "role": "assistant", "content": content}


def begun(*items: Json, status: str = "in_progress") -> Json:
    return {"id": "r_1", "object": "realtime.response", "status": status, "output": list(items)}


def event(kind: str, **more: object) -> Json:
    return {"type": kind, "event_id": f"ev_{kind}", "response_id": "r_1", **more}


def part(kind: str, **more: object) -> Json:
    return event(kind, item_id="it_1", output_index=0, content_index=0, **more)


def speaks(*pieces: str) -> Callable[[Line], Any]:
    """Return an upstream that answers a response.create with text in these pieces."""
    text = "".join(pieces)

    async def act(line: Line) -> None:
        await line.send(SESSION)
        await line.expect("response.create")
        await line.send(event("response.created", response=begun()))
        await line.send(part("response.content_part.added", part={"type": "text", "text": ""}))
        for piece in pieces:
            await line.send(part("response.output_text.delta", delta=piece))
        await line.send(part("response.output_text.done", text=text))
        await line.send({**event("conversation.item.done"), "item": said(text)})
        await line.send(event("response.output_item.done", output_index=0, item=said(text)))
        done = {**begun(said(text), status="completed"), "new_field": [1.50, "kept"]}
        await line.send(event("response.done", response=done))
        await line.receive()

    return act


def test_a_value_split_over_deltas_is_masked_in_all_that_tells_the_text(
    masks: Guard, upstream: FakeWebSocketUpstream
) -> None:
    upstream.play(speaks("Вот ИИН: 9001", "0130", "0017", ". Всё."))
    with realtime(masks) as connection:
        connection.conversation.item.create(item=user("Какой у неё ИИН?"))
        connection.response.create()
        events = until(connection, "response.done")
    deltas = "".join(one.delta for one in events if one.type == "response.output_text.delta")
    assert deltas.startswith((KK, RU))
    assert RU in deltas
    assert deltas.endswith(f"Вот ИИН: {MASKED}. Всё.")
    [done] = [one.text for one in events if one.type == "response.output_text.done"]
    [item] = [one.item for one in events if one.type == "conversation.item.done"]
    assert done == deltas == item.content[0].text
    assert events[-1].response.output[0].content[0].text == deltas
    assert events[-1].response.new_field == [1.5, "kept"]
    first, signed = (events[at].model_extra["ai_disclosure"] for at in (0, -1))
    assert events[0].type == "session.created"
    assert signed["sha256"] == hash_of([deltas])
    assert (first["id"], "sig" in first, "sig" in signed) == (signed["id"], False, True)
    line = upstream.lines[0]
    assert line.target == f"/v1/realtime?model={MODEL}"
    assert line.header(b"authorization") == b"Bearer sk-caller"


def test_an_item_of_the_client_is_masked_on_its_way(
    masks: Guard, upstream: FakeWebSocketUpstream
) -> None:
    upstream.play(speaks("Рақмет!"))
    with realtime(masks) as connection:
        until(connection, "session.created")
        connection.session.update(
            session={"type": "realtime", "instructions": f"Почта {EMAIL}", "tools": []}
        )
        connection.conversation.item.create(item=user(f"Менің ЖСН {IIN}"))
        output = {"type": "function_call_output", "call_id": "c_1", "output": f'{{"iin":"{IIN}"}}'}
        connection.conversation.item.create(item=output)  # type: ignore[arg-type]
        connection.input_audio_buffer.append(audio="UklGRiQAAABXQVZF")
        connection.response.create(response={"instructions": f"Скажи {EMAIL}"})
        events = until(connection, "response.done")
    received = [json.loads(one) for one in upstream.lines[0].received]
    session, item, output, audio, create = received
    assert session["session"]["instructions"] == "Почта <EMAIL_ADDRESS_1>"
    assert item["item"]["content"][0]["text"] == f"Менің ЖСН {MASKED}"
    assert json.loads(output["item"]["output"]) == {"iin": MASKED}
    assert audio["audio"] == "UklGRiQAAABXQVZF"
    assert create["response"]["instructions"] == "Скажи <EMAIL_ADDRESS_1>"
    assert events[-1].response.output[0].content[0].text.startswith(KK), "people's own language"


def test_a_refused_item_stays_here_and_the_session_goes_on(
    refuses: Guard, upstream: FakeWebSocketUpstream
) -> None:
    upstream.play(speaks("Сәлем!"))
    with realtime(refuses) as connection:
        connection.conversation.item.create(item=user(f"ИИН {IIN}"), event_id="ev_mine")
        [*_, error] = until(connection, "error")
        assert error.error.code == "content_policy_violation"
        assert error.error.type == "invalid_request_error"
        assert error.error.event_id == "ev_mine"
        assert "ИИН" not in error.error.message
        connection.input_audio_buffer.append(audio="UklGRiQAAABXQVZF")
        [*_, error] = until(connection, "error")
        assert error.error.code == "content_policy_violation", "sound can't be looked into"
        connection.response.create()
        events = until(connection, "response.done")
    assert events[-1].response.status == "completed"
    assert [json.loads(one)["type"] for one in upstream.lines[0].received] == ["response.create"]


def test_a_refusal_in_mid_answer_ends_the_response_and_the_session(
    refuses: Guard, upstream: FakeWebSocketUpstream
) -> None:
    upstream.play(speaks("Вот её ИИН: 9001", "01300017", ", записывайте."))
    with realtime(refuses) as connection:
        connection.response.create()
        events = until(connection, "response.done")
        assert "9001" not in str(events)
        error = next(one for one in events if one.type == "error")
        assert error.error.code == "content_policy_violation"
        assert events[-1].response.id == "r_1"
        assert events[-1].response.status == "incomplete"
        assert events[-1].response.status_details.reason == "content_filter"
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008


def test_arguments_and_transcripts_are_masked_too(
    masks: Guard, upstream: FakeWebSocketUpstream
) -> None:
    call = {"id": "it_1", "type": "function_call", "call_id": "c_1", "name": "find"}
    whole = f'{{"iin": "{IIN}"}}'

    async def act(line: Line) -> None:
        heard = {"item_id": "it_0", "content_index": 0}
        kind = "conversation.item.input_audio_transcription"
        for piece in ("Мой ИИН 9001", "01300017"):
            await line.send({**event(f"{kind}.delta"), **heard, "delta": piece})
        await line.send({**event(f"{kind}.completed"), **heard, "transcript": f"Мой ИИН {IIN}"})
        await line.send(event("response.created", response=begun()))
        added = {**call, "arguments": ""}
        await line.send(event("response.output_item.added", output_index=0, item=added))
        for piece in ('{"iin": "900', "10130001", '7"}'):
            await line.send(part("response.function_call_arguments.delta", delta=piece))
        await line.send(part("response.function_call_arguments.done", arguments=whole))
        await line.send(part("response.output_audio.delta", delta="UklGRiQAAABXQVZF"))
        for piece in ("Нашла: 90010", "1300017"):
            await line.send(
                {**part("response.output_audio_transcript.delta", delta=piece), "item_id": "it_2"}
            )
        interrupted = {"id": "it_2", "type": "message", "role": "assistant", "content": []}
        done = begun({**call, "arguments": whole}, interrupted, status="cancelled")
        await line.send(event("response.done", response=done))
        await line.receive()

    upstream.play(act)
    with realtime(masks) as connection:
        events = until(connection, "response.done")
    texts: dict[str, str] = {}
    for one in events:
        texts[one.type] = texts.get(one.type, "") + (getattr(one, "delta", None) or "")
    assert json.loads(texts["response.function_call_arguments.delta"]) == {"iin": MASKED}
    assert json.loads(events[-1].response.output[0].arguments) == {"iin": MASKED}
    heard = "conversation.item.input_audio_transcription"
    assert texts[f"{heard}.delta"] == f"Мой ИИН {MASKED}"
    [completed] = [one for one in events if one.type == f"{heard}.completed"]
    assert completed.transcript == texts[f"{heard}.delta"]
    spoken = texts["response.output_audio_transcript.delta"]
    assert spoken.startswith((CALL_KK, CALL_RU))
    assert spoken.endswith(f"Нашла: {MASKED}")
    assert texts["response.output_audio.delta"] == "UklGRiQAAABXQVZF"
    assert IIN not in str(events)


def test_a_call_is_listened_to_and_goes_both_ways(
    refuses: Guard, upstream: FakeWebSocketUpstream
) -> None:
    samples = sounds.encoded(sounds.voice(1.5, 8_000), rate=8_000, form="RAW", subtype="ULAW")
    frames = [b64encode(samples[at : at + 800]).decode() for at in range(0, len(samples), 800)]
    written = {"audio": {"input": {"format": {"type": "audio/pcmu"}}}}

    async def act(line: Line) -> None:
        await line.send({**SESSION, "session": written})
        for _ in frames:
            await line.expect("input_audio_buffer.append")
        await line.send(event("response.created", response=begun()))
        await line.send(part("response.output_audio.delta", delta=frames[0]))
        await line.send(event("response.done", response=begun(status="completed")))
        await line.receive()

    upstream.play(act)
    with realtime(refuses) as connection:
        until(connection, "session.created")
        for one in frames:  # and nothing behind them: what is left of a second goes on in time
            connection.input_audio_buffer.append(audio=one)
        events = until(connection, "response.done")
    assert [json.loads(one)["audio"] for one in upstream.lines[0].received] == frames
    assert [one.delta for one in events if one.type == "response.output_audio.delta"] == frames[:1]
    assert not any(one.type == "error" for one in events)


def test_any_websocket_is_examined_message_by_message(
    masks: Guard, upstream: FakeWebSocketUpstream
) -> None:
    with plain(masks, offer=["chat.v2", "openai-insecure-api-key.sk-1"]) as socket:
        assert socket.subprotocol == "chat.v2"
        assert socket.response is not None
        assert socket.response.headers["guardrail-decision"] == "allowed"
        assert socket.response.headers["guardrail-notice"]
        exchanged = {
            f"мой ИИН {IIN}": f"мой ИИН {MASKED}",
            f'{{"to": ["{EMAIL}"], "n": 1.50}}': '{"to": ["<EMAIL_ADDRESS_1>"], "n": 1.50}',
            f'"{IIN}"': f'"{MASKED}"',
            "": "",
        }
        for sent, expected in exchanged.items():
            socket.send(sent)
            assert socket.recv(5) == expected
        socket.send(f'{{"iin": "{IIN}"}}'.encode())
        assert socket.recv(5) == f'{{"iin": "{MASKED}"}}'.encode()
        socket.send(b"\x00\x01")
        assert socket.recv(5) == b"\x00\x01"
        socket.send("900101")
        assert socket.recv(5) == "900101"
        socket.send("300017")
        assert json.loads(socket.recv(5))["error"]["code"] == "personal_data_in_pieces"
        socket.send("{broken")
        assert json.loads(socket.recv(5))["error"]["code"] == "malformed_json"
        socket.send("x" * 70_000)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
    offered = upstream.lines[0].header(b"sec-websocket-protocol")
    assert offered == b"chat.v2, openai-insecure-api-key.sk-1"


def test_a_value_in_pieces_from_the_upstream_ends_the_session(
    masks: Guard, upstream: FakeWebSocketUpstream
) -> None:
    async def act(line: Line) -> None:
        await line.send("900101", "300017", "more")
        await line.receive()

    upstream.play(act)
    with plain(masks) as socket:
        assert socket.recv(5) == "900101"
        assert json.loads(socket.recv(5))["error"]["code"] == "upstream_nonsense"
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1011


def test_either_end_closes_with_its_own_code(masks: Guard, upstream: FakeWebSocketUpstream) -> None:
    async def act(line: Line) -> None:
        if await line.receive() == "go":
            await line.close(4001, "bye")
        await line.receive()

    upstream.play(act)
    with plain(masks) as socket:
        socket.send("go")
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(5)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4001, "bye")
    with plain(masks) as socket:
        socket.send("stay")
        socket.close(4002)
    masks.until(lambda: upstream.lines[-1].closed is not None, 5)
    assert upstream.lines[-1].closed == 4002
    ends = [one["code"] for one in masks.entries() if one["t"] == "stream.close"]
    assert ends[-2:] == ["complete", "client_gone"]


def test_an_upstream_that_breaks_off_or_says_no_is_told_of(
    masks: Guard, upstream: FakeWebSocketUpstream
) -> None:
    async def act(line: Line) -> None:
        await line.send(SESSION)
        line.reset()

    upstream.play(act)
    with realtime(masks) as connection:
        events = until(connection, "error")
        assert events[0].type == "session.created"
        assert events[-1].error.code == "upstream_reset"
    upstream.play(echo)
    body = {"error": {"message": f"No ИИН {IIN}", "type": "auth", "code": "invalid_api_key"}}
    upstream.rejects = (401, json.dumps(body).encode())
    with pytest.raises(InvalidStatus) as rejected, realtime(masks):
        pass
    assert rejected.value.response.status_code == 401
    told = json.loads(rejected.value.response.body)
    assert told["error"]["message"] == f"No ИИН {MASKED}"


def test_what_no_format_matches_is_refused_before_the_upstream_hears_of_it(
    refuses: Guard, upstream: FakeWebSocketUpstream
) -> None:
    with pytest.raises(InvalidStatus) as rejected:
        plain(refuses)
    assert rejected.value.response.status_code == 404
    assert json.loads(rejected.value.response.body)["error"]["code"] == "unsupported_route"
    with pytest.raises(InvalidStatus) as rejected:
        plain(refuses, f"/v1/realtime?user={IIN}")
    assert rejected.value.response.status_code == 400
    told = json.loads(rejected.value.response.body)
    assert told["error"]["code"] == "personal_data_in_head"
    assert not upstream.lines
    with plain(refuses, "/feed") as socket:
        assert socket.response is not None
        assert socket.response.headers["guardrail-decision"] == "unexamined"
        socket.send(f"ИИН {IIN}")
        assert socket.recv(5) == f"ИИН {IIN}"
