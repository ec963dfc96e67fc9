"""The page on telling people shows what they are told, word by word."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from guardrail.consent import Terms
from guardrail.detect import text_detector
from guardrail.disclose.banner import with_banner
from guardrail.engine import Enacted, Guard
from guardrail.engine.disclosure import FIRST_NOTICE
from guardrail.facts import RawReply, RawRequest
from guardrail.settings import Settings, load
from guardrail.shells.packs import judge_for
from guardrail.testing.wires import shipped_wires

PAGE = Path(__file__).parents[2] / "docs" / "disclosure.md"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
EXAMPLES = dict(
    re.findall(r"<!-- example: (\S+) -->\n+```\w+\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
)
ASKED, ANSWERED = "Сәлеметсіз бе!", "Қайырлы күн!"


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(flags={}, environment={}, file=("page", EXAMPLES["guardrail.yaml"].encode()))


@pytest.fixture
def guard(settings: Settings) -> Guard:
    return Guard(
        settings,
        wires=shipped_wires(),
        detector=text_detector(memo_key=bytes(32)),
        judge=judge_for(settings),
        terms=Terms(purpose="assistant.answer", audience="guardrail", issuers={}),
        key=bytes(32),
    )


def answer(guard: Guard, now: datetime, *before: str) -> tuple[str, Enacted]:
    """Return what is said in answer to the last message, and what is on record of it."""
    said = [{"role": "user", "content": ASKED}]
    turns = zip(("assistant", "user"), before, strict=bool(before))
    said += [{"role": role, "content": text} for role, text in turns]
    raw = RawRequest(
        method="POST",
        path="/v1/chat/completions",
        headers=((b"content-type", b"application/json"),),
        body=json.dumps({"model": "m", "messages": said}).encode(),
    )
    route = guard.route(raw.method, raw.path)
    examined = guard.examine(raw, route, request_id="req_1", label_id="urn:uuid:1")
    case = guard.decide(examined, (), now).examined.case
    message = {"role": "assistant", "content": ANSWERED}
    body = json.dumps({"choices": [{"index": 0, "message": message}]}).encode()
    reply = guard.examine_reply(case, RawReply(status=200, body=body))
    enacted = guard.enact(guard.decide(reply, (), now))
    guard.disclosure.remember(case, (), "text", int(now.timestamp()))
    return json.loads(enacted.body)["choices"][0]["message"]["content"], enacted


def test_its_answers_and_its_record_are_what_the_settings_give(guard: Guard) -> None:
    said, enacted = answer(guard, NOW)
    assert said == EXAMPLES["answer"].strip()
    shown = json.loads(EXAMPLES["evidence"])
    assert {name: enacted.entry.fields[name] for name in shown} == shown
    later, _ = answer(guard, NOW + timedelta(hours=3), said, "Ал қазір ше?")
    assert later == EXAMPLES["reminder"].strip()


def test_its_banner_is_the_banner(guard: Guard) -> None:
    made = with_banner(b"<body>", guard.judge.notices[FIRST_NOTICE], guard.judge.languages)
    assert re.sub(r">[^<]+</p>", ">…</p>", made.decode()) == EXAMPLES["page"].strip()


def test_its_settings_are_told_of_by_name() -> None:
    named = yaml.safe_load(EXAMPLES["guardrail.yaml"])["disclosure"]
    assert named.keys() == type(Settings().disclosure).model_fields.keys()
