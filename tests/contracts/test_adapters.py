"""Every shipped wire spec does with its own samples what it says it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from guardrail.facts import Edit, Exchange, Refusal, Reply, Segment
from guardrail.shipped import shipped
from guardrail.wire import Adapter, StreamEvent, load_wires, place_text

ROOT = Path(str(shipped("adapters")))
WIRES = load_wires(ROOT)
REFUSAL = Refusal(
    status=400,
    code="content_policy_violation",
    message="Дербес деректер бар",
    param="messages[2].content",
    rules=("kz.10.personal-data",),
    request_id="r-1",
)


def _samples(suffix: str, prefix: str = "") -> list[Any]:
    return [
        pytest.param(WIRES.named(path.parts[-3]), path, id=f"{path.parts[-3]}/{path.name}")
        for path in sorted(ROOT.glob(f"*/samples/{prefix}*{suffix}"))
    ]


DOCUMENTS = _samples(".json")
STREAMS = _samples(".sse")


def _expected(path: Path) -> dict[str, Any]:
    told = yaml.safe_load((path.parent / "expected.yaml").read_text(encoding="utf-8"))
    return dict(told[path.name])


def _read(adapter: Adapter, path: Path) -> Exchange | Reply:
    body = path.read_bytes()
    if path.name.startswith("request"):
        return adapter.read_request(adapter.operation("POST", "/"), body)
    return adapter.read_reply(body)


def _told(segment: Segment) -> dict[str, Any]:
    told: dict[str, Any] = {
        "at": place_text(segment.place),
        "author": segment.author.value,
        "kind": segment.kind.value,
        "text": segment.text,
    }
    if segment.inside is not None:
        told["inside"] = place_text(segment.inside)
    return {**told, "key": True} if segment.key else told


def _tokens(
    tree: object, at: tuple[object, ...] = ()
) -> Iterator[tuple[tuple[object, ...], object]]:
    """Yield every name and every scalar with its position, so that a changed name shows as one."""
    if isinstance(tree, dict):
        for index, (name, value) in enumerate(tree.items()):
            yield (*at, index, "name"), name
            yield from _tokens(value, (*at, index))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _tokens(value, (*at, index))
    else:
        yield at, tree


def test_every_adapter_folder_is_loaded_and_has_samples() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/wire.yaml")}
    assert {adapter.name for adapter in WIRES.adapters} == folders
    for folder in folders:
        names = {path.name for path in (ROOT / folder / "samples").iterdir()}
        told = yaml.safe_load((ROOT / folder / "samples/expected.yaml").read_text(encoding="utf-8"))
        assert names - {"expected.yaml"} == set(told), f"{folder}: a sample nobody checks"


@pytest.mark.parametrize(("adapter", "path"), DOCUMENTS)
def test_a_sample_reads_as_expected(adapter: Adapter, path: Path) -> None:
    expected = _expected(path)
    found = _read(adapter, path)
    assert [_told(segment) for segment in found.segments] == expected.pop("segments")
    assert [
        {"at": place_text(item.place), "medium": item.medium, "reason": item.reason}
        for item in found.opaque
    ] == expected.pop("opaque")
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(("adapter", "path"), DOCUMENTS)
def test_no_edit_leaves_a_sample_as_it_is(adapter: Adapter, path: Path) -> None:
    body = path.read_bytes()
    assert adapter.patch(body, _read(adapter, path).segments, ()) is body


@pytest.mark.parametrize(("adapter", "path"), DOCUMENTS)
def test_an_edit_to_one_segment_changes_that_string_only(adapter: Adapter, path: Path) -> None:
    body = path.read_bytes()
    before = dict(_tokens(orjson.loads(body)))
    for index, segment in enumerate(_read(adapter, path).segments):
        edit = Edit(segment=index, start=0, end=len(segment.text), text='<Ә"1>')
        patched = adapter.patch(body, _read(adapter, path).segments, [edit])
        after = dict(_tokens(orjson.loads(patched)))
        assert after.keys() == before.keys()
        changed = [at for at in before if before[at] != after[at]]
        assert len(changed) == 1
        if segment.inside is None:
            assert after[changed[0]] == '<Ә"1>'
            continue
        inner_before = dict(_tokens(orjson.loads(str(before[changed[0]]))))
        inner_after = dict(_tokens(orjson.loads(str(after[changed[0]]))))
        differing = [at for at in inner_before if inner_before[at] != inner_after[at]]
        assert [inner_after[at] for at in differing] == ['<Ә"1>']


@pytest.mark.parametrize(("adapter", "path"), STREAMS)
def test_a_stream_reads_as_expected(adapter: Adapter, path: Path) -> None:
    events = _events(adapter, path.read_bytes())
    channels: dict[str, dict[str, Any]] = {}
    for delta in (delta for event in events for delta in event.deltas):
        told = channels.setdefault(
            delta.channel,
            {
                "channel": delta.channel,
                "author": delta.author.value,
                "kind": delta.kind.value,
                "text": "",
                **({"json": True} if delta.json else {}),
                **({"key": True} if delta.key else {}),
            },
        )
        told["text"] += delta.text
    assert {
        "events": len(events),
        "done": events[-1].done,
        "error": any(event.error for event in events),
        "finished": [name for event in events for name in event.finished],
        "channels": list(channels.values()),
    } == _expected(path)


@pytest.mark.parametrize(("adapter", "path"), STREAMS)
def test_a_stream_that_nobody_edits_leaves_as_it_came(adapter: Adapter, path: Path) -> None:
    data = path.read_bytes()
    codec = adapter.stream()
    events = _events(adapter, data)
    assert b"".join(codec.rewrite(event, {}) for event in events) == data
    assert b"".join(event.raw for event in events) == data


@pytest.mark.parametrize(("adapter", "path"), STREAMS)
def test_an_edit_to_one_delta_changes_that_string_only(adapter: Adapter, path: Path) -> None:
    for event in _events(adapter, path.read_bytes()):
        for index in range(len(event.deltas)):
            changed = adapter.stream().rewrite(event, {index: "<1>"})
            [again] = _events(adapter, changed)
            before = dict(_tokens(event.data))
            after = dict(_tokens(again.data))
            assert [after[at] for at in before if before[at] != after[at]] == ["<1>"]


@pytest.mark.parametrize("adapter", WIRES.adapters, ids=lambda adapter: adapter.name)
def test_a_refusal_is_an_error_that_openai_clients_read(adapter: Adapter) -> None:
    status, headers, body = adapter.error(REFUSAL)
    assert status == 400
    assert headers == ((b"content-type", b"application/json; charset=utf-8"),)
    assert orjson.loads(body) == {
        "error": {
            "message": REFUSAL.message,
            "type": "invalid_request_error",
            "param": "messages[2].content",
            "code": "content_policy_violation",
        },
        "guardrail": {"request_id": "r-1", "rules": ["kz.10.personal-data"]},
    }
    assert REFUSAL.message.encode() in body, "people read it, too: no escapes"


def _events(adapter: Adapter, data: bytes) -> list[StreamEvent]:
    codec = adapter.stream()
    return codec.feed(data) + codec.close()
