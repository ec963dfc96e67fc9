"""The guard between two pipes: what passes, and who is answered in whose place."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from guardrail.shells.assembly import Assembly
from guardrail.shells.mcp_stdio import McpStdio, lines
from guardrail.shells.ports import DirectPorts
from guardrail.testing import MemoryLog

IIN, EMAIL = "900101300017", "aigerim@example.kz"
Json = Any
Assembled = Callable[..., tuple[Assembly, MemoryLog]]


@dataclass
class Ends:
    """A guard, and what reached either end of it."""

    guard: McpStdio
    log: MemoryLog
    client: list[Json] = field(default_factory=list)
    server: list[Json] = field(default_factory=list)

    def asks(self, method: str, own: object = 1, **params: Json) -> None:
        self.says({"id": own, "method": method, "params": params})

    def says(self, message: Json) -> None:
        self.guard.from_client(line_of(message))

    def hears(self, message: Json) -> None:
        self.guard.from_server(line_of(message))


def line_of(message: Json) -> bytes:
    if isinstance(message, dict):
        message = {"jsonrpc": "2.0", **message}
    return json.dumps(message, ensure_ascii=False).encode()


@pytest.fixture
def between(assembled: Assembled) -> Callable[..., Ends]:
    def make(how: str) -> Ends:
        assembly, log = assembled(personal_data=how)
        client: list[Json] = []
        server: list[Json] = []
        guard = McpStdio(
            assembly.runner(DirectPorts(assembly.consents, log)),
            assembly.settings,
            to_client=lambda line: client.append(json.loads(line)),
            to_server=lambda line: server.append(json.loads(line)),
        )
        return Ends(guard=guard, log=log, client=client, server=server)

    return make


@pytest.fixture
def masking(between: Callable[..., Ends]) -> Ends:
    return between("mask")


@pytest.fixture
def refusing(between: Callable[..., Ends]) -> Ends:
    return between("refuse")


def test_messages_without_personal_data_pass_both_ways(refusing: Ends) -> None:
    refusing.asks("tools/call", name="f", arguments={"q": "ауа райы"})
    refusing.says({"method": "notifications/initialized"})
    refusing.hears({"id": 1, "result": {"content": [{"type": "text", "text": "жылы"}]}})
    assert [one["method"] for one in refusing.server] == ["tools/call", "notifications/initialized"]
    assert refusing.client[0]["result"]["content"][0]["text"] == "жылы"
    kinds = [entry.kind.value for entry in refusing.log.entries]
    assert kinds.count("request") == 3, "one for what the server may say unasked"
    assert kinds.count("reply") == 1


def test_values_are_masked_both_ways(masking: Ends) -> None:
    masking.asks("tools/call", name="f", arguments={"iin": IIN})
    masking.hears({"method": "notifications/message", "params": {"data": f"пошта {EMAIL}"}})
    masking.hears({"id": 1, "result": {"structuredContent": {"iin": IIN}}})
    assert masking.server[0]["params"]["arguments"] == {"iin": "<KZ_IIN_1>"}
    assert masking.client[0]["params"]["data"] == "пошта <EMAIL_ADDRESS_1>"
    assert masking.client[1]["result"]["structuredContent"] == {"iin": "<KZ_IIN_1>"}


def test_a_pseudonym_comes_back_as_the_value(between: Callable[..., Ends]) -> None:
    ends = between("pseudonymise")
    ends.asks("tools/call", 1, name="f", arguments={"mail": EMAIL})
    ends.asks("tools/call", 2, name="f", arguments={"q": "сәлем"})
    sent = ends.server[0]["params"]["arguments"]["mail"]
    assert sent != EMAIL
    ends.hears({"id": 2, "result": {}})
    ends.hears({"method": "notifications/progress", "params": {"message": sent}})
    ends.hears({"id": 1, "result": {"content": [{"type": "text", "text": sent}]}})
    assert ends.client[1]["params"]["message"] == EMAIL, "it is the only one that waits"
    assert ends.client[2]["result"]["content"][0]["text"] == EMAIL


def test_a_refused_request_is_answered_and_never_leaves(refusing: Ends) -> None:
    refusing.asks("tools/call", "1", name="f", arguments={"iin": IIN})
    refusing.asks("prompts/get", 1, name="f", arguments={"iin": IIN})
    assert refusing.server == []
    called, asked = refusing.client
    assert (called["id"], called["result"]["isError"]) == ("1", True)
    assert (asked["id"], asked["error"]["code"]) == (1, -32010)
    assert asked["error"]["data"]["guardrail"]["param"] == "params.arguments.iin"


def test_a_refused_answer_is_told_to_who_asked(refusing: Ends) -> None:
    refusing.asks("tools/call", 7, name="f")
    refusing.asks("resources/read", 8, uri="x://y")
    refusing.hears({"id": 8, "result": {"contents": [{"uri": "x://y", "text": EMAIL}]}})
    refusing.hears({"id": 7, "result": {"content": [{"type": "text", "text": EMAIL}]}})
    read, called = refusing.client
    assert (read["id"], read["error"]["code"]) == (8, -32010)
    assert (called["id"], called["result"]["isError"]) == (7, True)


def test_what_the_server_asks_is_refused_to_the_server_and_answers_to_it_too(
    refusing: Ends,
) -> None:
    refusing.hears({"id": "s", "method": "elicitation/create", "params": {"message": EMAIL}})
    assert refusing.client == []
    assert (refusing.server[0]["id"], refusing.server[0]["error"]["code"]) == ("s", -32010)
    refusing.says({"id": "t", "result": {"action": "accept", "content": {"iin": IIN}}})
    assert refusing.client == []
    assert (refusing.server[1]["id"], refusing.server[1]["error"]["code"]) == ("t", -32010)


def test_a_refused_notification_is_left_out(refusing: Ends) -> None:
    refusing.says({"method": "notifications/cancelled", "params": {"reason": EMAIL}})
    refusing.hears({"method": "notifications/message", "params": {"data": EMAIL}})
    assert (refusing.client, refusing.server) == ([], [])


def test_a_refused_batch_is_answered_one_by_one(refusing: Ends) -> None:
    call = {"id": 1, "method": "tools/call", "params": {"name": "f", "arguments": {"iin": IIN}}}
    refusing.says([call, {"method": "notifications/x"}, {"id": 2, "method": "tools/list"}, 7])
    assert [one["id"] for one in refusing.client] == [1, 2]
    assert refusing.server == []


@pytest.mark.parametrize("line", [b"{", b"[", b"\xff", b'{"id": 1, "id": 2, "method": "x"}'])
def test_what_cannot_be_read_is_answered_and_never_leaves(refusing: Ends, line: bytes) -> None:
    refusing.guard.from_client(line)
    assert refusing.server == []
    assert "error" in refusing.client[0]
    refusing.guard.from_server(line)
    assert len(refusing.client) == 1


def test_what_is_too_long_is_told_to_all_who_may_wait_for_it(refusing: Ends) -> None:
    refusing.guard.from_client(None)
    told = refusing.client.pop()
    assert (told["id"], told["error"]["data"]["guardrail"]["code"]) == (None, "body_too_large")
    refusing.asks("tools/call", 1, name="f")
    refusing.asks("tools/list", 2)
    refusing.guard.from_server(None)
    assert [one["id"] for one in refusing.client] == [1, 2]
    assert "upstream_too_large" in json.dumps(refusing.client[1])
    refusing.guard.from_server(None)
    assert len(refusing.client) == 2


def read(pieces: Sequence[bytes], limit: int) -> list[bytes | None]:
    """Write pieces into a pipe, one after another; return the lines."""
    out, into = os.pipe()

    def write() -> None:
        for piece in pieces:
            os.write(into, piece)
        os.close(into)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        return list(lines(out, limit))
    finally:
        writing.join()
        os.close(out)


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        ([b'{"a":1}\n{"b"', b":2}\n"], [b'{"a":1}', b'{"b":2}']),
        ([b"\r\n\n{}\r\n  \n"], [b"{}"]),
        ([b"{}"], [b"{}"]),
        ([b"123456789\n1\n"], [None, b"1"]),
        ([b"12345", b"6789", b"0\n1\n"], [None, b"1"]),
        ([b"123456789"], [None]),
        ([b"12345678\n"], [b"12345678"]),
        ([], []),
    ],
)
def test_lines_are_whole_and_bounded(pieces: list[bytes], found: list[bytes | None]) -> None:
    assert read(pieces, 8) == found
