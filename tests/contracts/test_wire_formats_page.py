"""The example of a format of one's own does what the page says."""

from __future__ import annotations

import json
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guardrail.consent import Terms
from guardrail.detect import text_detector
from guardrail.engine import Enacted, Guard, ReplyStream
from guardrail.errors import ConfigError
from guardrail.facts import Author, RawRequest
from guardrail.settings import Settings
from guardrail.shells.packs import judge_for
from guardrail.shipped import shipped
from guardrail.testing import every_split
from guardrail.wire import load_wires

PAGE = Path(__file__).parents[2] / "docs" / "wire-formats.md"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def examples() -> dict[str, str]:
    found = re.findall(
        r"<!-- example: (\S+) -->\n+```\w+\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL
    )
    return dict(found)


@pytest.fixture(scope="module")
def guard(examples: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Guard:
    own = tmp_path_factory.mktemp("formats")
    (own / "acme-chat").mkdir()
    (own / "acme-chat" / "wire.yaml").write_text(examples["wire.yaml"], "utf-8")
    settings = Settings(personal_data="mask", formats=own)
    return Guard(
        settings,
        wires=load_wires(shipped("adapters"), own=settings.formats),
        detector=text_detector(memo_key=secrets.token_bytes(32)),
        judge=judge_for(settings),
        terms=Terms(purpose="assistant.answer", audience="guardrail", issuers={}),
        key=secrets.token_bytes(32),
    )


def asked(guard: Guard, body: str) -> Enacted:
    headers = ((b"content-type", b"application/json"),)
    raw = RawRequest(method="POST", path="/acme/chat", headers=headers, body=body.encode())
    route = guard.route(raw.method, raw.path)
    examined = guard.examine(raw, route, request_id="req_1", label_id="urn:uuid:1")
    return guard.enact(guard.decide(examined, (), NOW))


def test_the_examples_request_goes_on_masked(guard: Guard, examples: dict[str, str]) -> None:
    enacted = asked(guard, examples["request.json"])
    exchange = enacted.decided.examined.case.exchange
    assert exchange.wire == "acme-chat@1"
    assert [(one.text, one.author) for one in exchange.segments] == [
        ("My IIN is 900101300017", Author.USER)
    ]
    assert json.loads(enacted.body)["ask"]["words"] == "My IIN is <KZ_IIN_1>"


def test_the_examples_stream_leaves_masked_however_it_is_cut(
    guard: Guard, examples: dict[str, str]
) -> None:
    enacted = asked(guard, examples["request.json"])
    codec = enacted.decided.examined.case.route.adapter.stream
    for chunks in every_split(examples["stream.sse"].encode() + b"\n"):
        stream = ReplyStream(guard, enacted.decided, codec(), NOW)
        left = b"".join(out.data for chunk in chunks for out in stream.receive(chunk, NOW))
        assert stream.ended
        events = codec().feed(left)
        assert events[-1].done
        said = "".join(delta.text for event in events for delta in event.deltas)
        assert said.endswith("Your IIN is <KZ_IIN_1>, isn't it?")


def test_a_format_of_the_same_name_stands_in_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    shipped_one = Path(str(shipped("adapters"))) / "ollama-embed" / "wire.yaml"
    (tmp_path / "ollama-embed").mkdir()
    own = shipped_one.read_text("utf-8").replace("version: 1", "version: 7")
    (tmp_path / "ollama-embed" / "wire.yaml").write_text(own, "utf-8")
    wires = load_wires(shipped("adapters"), own=tmp_path)
    assert wires.named("ollama-embed").version == 7
    with pytest.raises(ConfigError, match="no folder of wire formats"):
        load_wires(shipped("adapters"), own=tmp_path / "nowhere")
