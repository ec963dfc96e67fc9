"""The official `mcp` client through the guard to a real MCP server: over HTTP, and over pipes."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import runpy
import signal
import socket
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from mcp import Client, MCPError, StdioServerParameters
from mcp.types import ElicitResult
from sse_starlette.sse import AppStatus

from guardrail.testing import Step, recorded
from guardrail.testing.upstream import answer, head, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.e2e.conftest import Guard, Scripted, Stage

Json = Any
SERVER = Path(__file__).with_name("mcp_server.py")
IIN, OTHER_IIN, EMAIL = "900101300017", "850505401234", "aigerim@example.kz"
ERAS = ("legacy", "2026-07-28")
"""With a handshake and a session, and without."""


@pytest.fixture(scope="module")
def people(stage: Stage) -> Iterator[str]:
    """The server's address."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = runpy.run_path(str(SERVER))["server"].streamable_http_app()
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on", ws="none")
    serving = uvicorn.Server(config)
    task = asyncio.run_coroutine_threadsafe(serving.serve([listener]), stage.loop)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    serving.should_exit = serving.force_exit = True
    task.result(30)
    AppStatus.should_exit = True  # its watcher goes on in the loop
    stage.run(asyncio.sleep(0.6))
    AppStatus.should_exit = False


@pytest.fixture(scope="module")
def masked(start: Callable[..., Guard], people: str) -> Guard:
    return start(people, "--personal-data", "mask")


@pytest.fixture(scope="module")
def refusing(start: Callable[..., Guard], people: str) -> Guard:
    return start(people)


def client(guard: Guard, era: str, **more: Json) -> Json:
    return Client(f"{guard.url}/mcp", mode=era, read_timeout_seconds=15, **more)


def text_of(result: Json) -> str:
    return "".join(block.text for block in result.content)


@pytest.mark.parametrize("era", ERAS)
async def test_values_are_masked_on_their_way_to_a_tool_and_back(masked: Guard, era: str) -> None:
    async with client(masked, era) as tools:
        names = [tool.name for tool in (await tools.list_tools()).tools]
        found = await tools.call_tool("find", {"iin": IIN})
        quiet = await tools.call_tool("nothing")
    assert names == ["find", "nothing", "slowly", "ask"]
    assert not found.is_error
    assert found.structured_content == {
        "note": "asked for <KZ_IIN_1>; найдена <EMAIL_ADDRESS_1>",
        "iin": "<KZ_IIN_2>",
        "emails": ["<EMAIL_ADDRESS_1>"],
    }
    assert json.loads(text_of(found)) == found.structured_content
    # What a tool says isn't the AI's: no notice stands in it.
    assert text_of(quiet) == "Қайырлы таң!"


@pytest.mark.parametrize("era", ERAS)
async def test_events_before_a_result_are_masked_each_for_itself(masked: Guard, era: str) -> None:
    told: list[str | None] = []

    async def progress(_done: float, _total: float | None, message: str | None) -> None:
        told.append(message)

    async with client(masked, era) as tools:
        result = await tools.call_tool("slowly", progress_callback=progress)
    assert told == ["пишу на <EMAIL_ADDRESS_1>", "готово"]
    assert text_of(result) == "ИИН <KZ_IIN_1>"


@pytest.mark.parametrize("era", ERAS)
async def test_a_refused_call_is_a_failure_that_the_model_is_told_of(
    refusing: Guard, era: str
) -> None:
    async with client(refusing, era) as tools:
        asked = await tools.call_tool("find", {"iin": IIN})
        answered = await tools.call_tool("find", {"iin": "none"})
        streamed = await tools.call_tool("slowly", progress_callback=None)
        after = await tools.call_tool("nothing")
    for refused in (asked, answered, streamed):
        assert refused.is_error
        assert refused.meta["guardrail"]["code"] == "content_policy_violation"
        assert refused.meta["guardrail"]["request_id"].startswith("req_")
        assert EMAIL not in text_of(refused)
    assert asked.meta["guardrail"]["param"] == "params.arguments.iin"
    assert "дербес деректер" in text_of(asked)
    assert "персональные данные" in text_of(asked)
    assert text_of(after) == "Қайырлы таң!", "the session goes on"


@pytest.mark.parametrize("era", ERAS)
async def test_any_other_refusal_is_an_error(refusing: Guard, era: str) -> None:
    async with client(refusing, era) as tools:
        with pytest.raises(MCPError) as read:
            await tools.read_resource("people://all")
        with pytest.raises(MCPError) as prompted:
            await tools.get_prompt("letter", {"to": IIN})
    assert read.value.error.code == prompted.value.error.code == -32010
    assert prompted.value.error.data["guardrail"]["param"] == "params.arguments.to"


async def test_what_a_person_fills_in_reaches_the_server_masked(masked: Guard) -> None:
    asked: list[str] = []

    async def fill(_context: Json, params: Json) -> ElicitResult:
        asked.append(params.message)
        return ElicitResult(action="accept", content={"iin": IIN})

    async with client(masked, "legacy", elicitation_callback=fill) as tools:
        answer = await tools.call_tool("ask")
    assert asked == ["Какой у вас ИИН?"]
    assert text_of(answer) == "<KZ_IIN_1>"


async def test_resources_and_prompts_are_masked(masked: Guard) -> None:
    async with client(masked, "auto") as tools:
        read = await tools.read_resource("people://all")
        prompted = await tools.get_prompt("letter", {"to": IIN})
    assert read.contents[0].text == "Пошта: <EMAIL_ADDRESS_1>"
    assert prompted.messages[0].content.text == "Хат жаз: <KZ_IIN_1>, <EMAIL_ADDRESS_1>"


def test_a_header_that_repeats_an_argument_is_looked_into(masked: Guard) -> None:
    body = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "find"}}
    hidden = b64encode(f"ЖСН {IIN}".encode()).decode()
    for value in (IIN, f"=?base64?{hidden}?="):
        reply = masked.post(body, "/mcp", mcp_param_iin=value)
        told = reply.json()
        assert (reply.status_code, told["id"]) == (200, 7)
        assert told["result"]["isError"]
        assert told["result"]["_meta"]["guardrail"]["code"] == "personal_data_in_head"


def test_what_cannot_be_read_has_a_status_since_it_has_no_id(masked: Guard) -> None:
    reply = masked.post(b"{", "/mcp")
    assert reply.status_code == 400
    assert reply.json()["id"] is None
    assert reply.json()["error"]["data"]["guardrail"]["code"] == "malformed_json"


@pytest.fixture(scope="module")
def elsewhere(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    """In front of a scripted server, at paths that the settings name."""
    wires = {"/tools/weather": "mcp", "/tools/rpc": "json-rpc"}
    return start(the_script.url, "--personal-data", "mask", config={"wires": wires})


def test_a_notification_is_accepted_without_a_body(elsewhere: Guard, script: Scripted) -> None:
    script.play(Step((head(202, ((b"mcp-session-id", b"s-1"), (b"content-length", b"0"))),)))
    body = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    more = {"mcp_session_id": "900101300017", "mcp_protocol_version": "2025-11-25"}
    reply = elsewhere.post(body, "/tools/weather", **more)
    assert (reply.status_code, reply.content) == (202, b"")
    assert "content-type" not in reply.headers
    assert reply.headers["mcp-session-id"] == "s-1"
    [asked] = script.requests
    sent = dict(asked.headers)
    assert sent[b"mcp-session-id"] == IIN.encode(), "random digits are no text"
    assert sent[b"mcp-protocol-version"] == b"2025-11-25"


def test_what_a_server_says_unasked_is_masked_while_it_comes(
    elsewhere: Guard, script: Scripted
) -> None:
    said = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": EMAIL}}
    event = b"id: 1\r\nevent: message\r\ndata: " + json.dumps(said).encode() + b"\r\n\r\n"
    script.play(stream([b": ping - 2026-10-18 12:00:00+00:00\r\n\r\n", event, event], pause=0.2))
    headers = {"accept": "text/event-stream", "last-event-id": "0"}
    with httpx.stream("GET", f"{elsewhere.url}/tools/weather", headers=headers) as reply:
        told = [json.loads(line[5:]) for line in reply.iter_lines() if line.startswith("data:")]
    assert reply.status_code == 200
    assert [one["params"]["data"] for one in told] == ["<EMAIL_ADDRESS_1>"] * 2
    assert script.requests[0].method == "GET"


def test_a_session_that_cannot_be_left_is_told_so(elsewhere: Guard, script: Scripted) -> None:
    script.play(answer(405, b"", ((b"allow", b"GET, POST"),)))
    reply = httpx.delete(f"{elsewhere.url}/tools/weather")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, POST")


def test_any_json_rpc_is_masked_and_refused_in_its_own_way(
    elsewhere: Guard, script: Scripted
) -> None:
    script.play(answer(200, json.dumps({"jsonrpc": "2.0", "id": 1, "result": [EMAIL]}).encode()))
    call = {"jsonrpc": "2.0", "id": 1, "method": "find", "params": {"iin": IIN}}
    reply = elsewhere.post(call, "/tools/rpc/v1")
    assert reply.json() == {"jsonrpc": "2.0", "id": 1, "result": ["<EMAIL_ADDRESS_1>"]}
    assert json.loads(script.requests[0].body)["params"] == {"iin": "<KZ_IIN_1>"}
    refused = elsewhere.post(call, f"/tools/rpc/v1?who={IIN}")
    assert (refused.status_code, refused.json()["id"]) == (200, 1)
    assert refused.json()["error"]["code"] == -32000


# ------------------------------------------------------------------ over pipes


def evidence_in(state: Path) -> str:
    return json.dumps(recorded(state / "evidence"), ensure_ascii=False)


def piped(state: Path, server: Sequence[str], *flags: str) -> StdioServerParameters:
    own = ["-m", "guardrail", "mcp", *flags, "--state", str(state), "--", *server]
    return StdioServerParameters(command=sys.executable, args=own, env=dict(os.environ))


@pytest.mark.parametrize("era", [pytest.param(ERAS[0], marks=pytest.mark.thorough), ERAS[1]])
async def test_a_server_behind_pipes_is_guarded_alike(tmp_path: Path, era: str) -> None:
    told: list[str | None] = []

    async def progress(_done: float, _total: float | None, message: str | None) -> None:
        told.append(message)

    command = piped(tmp_path, [sys.executable, str(SERVER)], "--personal-data", "mask")
    connected: Json = Client(command, mode=era, read_timeout_seconds=60)
    async with connected as tools:
        found = await tools.call_tool("find", {"iin": IIN})
        slow = await tools.call_tool("slowly", progress_callback=progress)
    assert found.structured_content == {
        "note": "asked for <KZ_IIN_1>; найдена <EMAIL_ADDRESS_1>",
        "iin": "<KZ_IIN_2>",
        "emails": ["<EMAIL_ADDRESS_1>"],
    }
    assert told == ["пишу на <EMAIL_ADDRESS_1>", "готово"]
    assert text_of(slow) == "ИИН <KZ_IIN_1>"
    evidence = evidence_in(tmp_path)
    assert evidence.count("request") >= 4
    assert not any(value in evidence for value in (IIN, OTHER_IIN, EMAIL))


async def test_a_refused_call_over_pipes_is_a_failure_that_the_model_is_told_of(
    tmp_path: Path,
) -> None:
    async def fill(_context: Json, _params: Json) -> ElicitResult:
        return ElicitResult(action="accept", content={"iin": IIN})

    command = piped(tmp_path, [sys.executable, str(SERVER)])
    more: Json = {"elicitation_callback": fill}
    connected: Json = Client(command, mode="legacy", read_timeout_seconds=60, **more)
    async with connected as tools:
        asked = await tools.call_tool("find", {"iin": IIN})
        answered = await tools.call_tool("find", {"iin": "none"})
        with pytest.raises(MCPError) as filled:
            await tools.call_tool("ask")
        after = await tools.call_tool("nothing")
    assert asked.is_error
    assert answered.is_error
    assert asked.meta["guardrail"]["param"] == "params.arguments.iin"
    assert filled.value.error.code == -32010, "the server was told, and passed it on"
    assert text_of(after) == "Қайырлы таң!"


def test_the_servers_end_is_the_commands(tmp_path: Path) -> None:
    script = "import sys; print('тут', file=sys.stderr); sys.exit(len(sys.stdin.read()) and 7)"
    guard = [sys.executable, "-m", "guardrail", "mcp", "--state", str(tmp_path), "--"]
    line = b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n'
    done = subprocess.run(
        [*guard, sys.executable, "-c", script],
        input=line,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr.decode()) == (7, b"", "тут\n")


def test_neither_the_guard_nor_the_server_leaves_a_core_file(tmp_path: Path) -> None:
    """It would hold the messages: limits are inherited, so the server tells of the guard's."""
    script = "import resource, sys; sys.exit(int(resource.getrlimit(resource.RLIMIT_CORE)[0] != 0))"
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    guard = [sys.executable, "-m", "guardrail", "mcp", "--state", str(tmp_path), "--"]
    done = subprocess.run(
        [*guard, sys.executable, "-c", script],
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (most, most)),
    )
    assert most != 0, "else it wouldn't be the guard's doing"
    assert done.returncode == 0


def test_a_signal_ends_the_server_too(tmp_path: Path) -> None:
    script = "import signal, sys; print('{}', flush=True); signal.pause()"
    guard = [sys.executable, "-m", "guardrail", "mcp", "--state", str(tmp_path), "--"]
    with subprocess.Popen(
        [*guard, sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"{}\n"
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 128 + signal.SIGTERM
