"""Wire specs are loaded from their folders, by name or all."""

from __future__ import annotations

from pathlib import Path

import pytest

from guardrail.errors import ConfigError
from guardrail.facts import Author, Kind
from guardrail.shipped import shipped
from guardrail.wire import Limits, load_wires

SPEC = """
name: {name}
version: 1
operation: x
routes: [{{method: POST, paths: [/x], operation: x}}]
request: {{}}
reply: {{}}
stream: {{}}
errors: {{}}
"""


def _write(root: Path, folder: str, name: str) -> None:
    (root / folder).mkdir()
    (root / folder / "wire.yaml").write_text(SPEC.format(name=name), encoding="utf-8")


def test_a_request_finds_its_format_by_method_and_path() -> None:
    wires = load_wires(shipped("adapters"))
    for path in ("/v1/chat/completions", "/chat/completions"):
        found = wires.match("POST", path)
        assert found is not None
        assert found.ref == "openai-chat@1"
    assert wires.match("GET", "/v1/models/meta-llama/Llama-3.1-8B") is wires.named("openai-chat")
    assert wires.match("POST", "/v1/classify") is None
    assert len(wires.named("generic-json").digest) == 64


def test_only_the_named_specs_are_loaded() -> None:
    wires = load_wires(shipped("adapters"), ["generic-json"])
    assert [adapter.name for adapter in wires.adapters] == ["generic-json"]
    assert wires.match("POST", "/v1/chat/completions") is None


def test_an_unknown_name_tells_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"'openai-chats'.*'openai-chat'"):
        load_wires(shipped("adapters"), ["openai-chats"])
    with pytest.raises(ConfigError, match=r"'generic'.*'generic-json'"):
        load_wires(shipped("adapters")).named("generic")


def test_what_people_say_in_a_generic_body_may_be_named() -> None:
    texts = ["question", "turns.*.text"]
    generic = load_wires(shipped("adapters"), generic_text=texts).named("generic-json")
    body = b'{"question": "Hi", "turns": [{"text": "So"}], "id": "x"}'
    asked = generic.read_request(generic.operation("POST", "/"), body).segments
    said = generic.read_reply(body).segments
    assert [(one.author, one.kind) for one in asked] == [
        *[(Author.USER, Kind.TEXT)] * 2,
        (Author.UNKNOWN, Kind.OTHER),
    ]
    assert [one.author for one in said] == [*[Author.ASSISTANT] * 2, Author.UNKNOWN]
    [event] = generic.stream().feed(b'data: {"question": "Hi", "id": "x"}\n\n')
    assert [one.author for one in event.deltas] == [Author.ASSISTANT, Author.UNKNOWN]
    with pytest.raises(ConfigError, match=r"'a\.\.b' is no path"):
        load_wires(shipped("adapters"), generic_text=["a..b"])


def test_a_generic_reply_has_room_for_a_label_where_that_is_told() -> None:
    wires = load_wires(
        shipped("adapters"), generic_text=["answer", "turns.*.text"], generic_label="meta.ai"
    )
    generic = wires.named("generic-json")
    answers: list[object] = [{"answer": "Hi"}, {"turns": []}, {"meta": {"n": 1}, "answer": ""}]
    for reply in answers:
        spot = generic.label_spot(reply)
        assert spot is not None
        assert (*spot.inside, *spot.names) == ("meta", "ai")
    taken = [{"answer": "Hi", "meta": {"ai": {}}}, {"answer": "Hi", "meta": "words"}]
    nothing: list[object] = [{}, [], "Hi", {"error": "no"}, *taken]
    assert [generic.label_spot(reply) for reply in nothing] == [None] * len(nothing)
    for name in ("generic-json", "generic-websocket"):
        labels = wires.named(name).stream().labels
        assert labels is not None
        assert labels.is_first({"answer": "Hi"}, "")
        assert labels.is_first({"turns": [{}, {"text": "Hi"}]}, "")
        assert not labels.is_first({"answer": "", "turns": [{"text": ""}]}, "")
    assert load_wires(shipped("adapters")).named("generic-json").label_spot({"a": ""}) is None


@pytest.mark.parametrize("texts", [[], ["**.text"], ["answer", "*.text"]])
def test_a_label_of_no_text_is_refused(texts: list[str]) -> None:
    with pytest.raises(ConfigError, match=r"generic\.label has no text"):
        load_wires(shipped("adapters"), generic_text=texts, generic_label="meta.ai")


def test_a_folder_without_a_spec_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "README").touch()
    _write(tmp_path, "a", "a")
    assert [adapter.name for adapter in load_wires(tmp_path).adapters] == ["a"]


def test_a_spec_goes_by_its_folders_name(tmp_path: Path) -> None:
    _write(tmp_path, "a", "b")
    with pytest.raises(ConfigError, match="calls itself 'b'"):
        load_wires(tmp_path)


def test_two_specs_do_not_share_a_route(tmp_path: Path) -> None:
    _write(tmp_path, "a", "a")
    _write(tmp_path, "b", "b")
    with pytest.raises(ConfigError, match="another wire spec has /x"):
        load_wires(tmp_path)


def test_limits_reach_the_adapters() -> None:
    wires = load_wires(shipped("adapters"), limits=Limits(values=1))
    adapter = wires.named("generic-json")
    with pytest.raises(Exception, match="more than 1 values"):
        adapter.read_request(adapter.operation("POST", "/"), b"[1,2]")
