"""Every shipped wire spec does with its own samples what it says it does.

``WRITE_SAMPLES=1 pytest tests/contracts/test_adapters.py`` writes down what is read in them: read
that over before it is kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from guardrail.facts import Edit, Exchange, Place, Refusal, Reply, Segment
from guardrail.shipped import shipped
from guardrail.testing.wires import shipped_wires
from guardrail.wire import Adapter, Notation, StreamCodec, StreamEvent, place_text
from guardrail.wire.framing import framing_of

ROOT = Path(str(shipped("adapters")))
WIRES = shipped_wires()
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
TYPES = {
    ".json": "application/json",
    ".form": "application/x-www-form-urlencoded",
    ".multipart": "multipart/form-data; boundary=sample",
    ".txt": "text/plain; charset=utf-8",
    ".html": "text/html",
    ".mp3": "audio/mpeg",
    ".bin": "application/octet-stream",
}
BODIES = [one for suffix in TYPES for one in _samples(suffix)]
"""Requests and whole replies, in every notation."""
FRAMING = {
    ".sse": framing_of("text/event-stream"),
    ".ndjson": framing_of("application/x-ndjson"),
    ".array": framing_of("application/json", array=True),
    ".eventstream": framing_of("application/vnd.amazon.eventstream"),
}
STREAMS = [one for suffix in FRAMING for one in _samples(suffix)]
Json = Any
MARKER = "Қарлығаш 990101300123 +7 701 234 56 78"
"""What no id looks like."""


@cache
def _written(file: Path) -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def _check(path: Path, told: object) -> None:
    """Compare what was read in a sample with what is written down, or write it down."""
    file = path.parent / "expected.yaml"
    if os.environ.get("WRITE_SAMPLES"):
        known = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
        head = "# What the wire spec reads in each sample, in the document's order.\n"
        text = yaml.safe_dump(
            {**known, path.name: told}, allow_unicode=True, width=200, default_flow_style=None
        )
        file.write_text(head + text, encoding="utf-8")
        _written.cache_clear()
    assert told == _written(file)[path.name]


def _read(adapter: Adapter, path: Path) -> Exchange | Reply:
    return _reading(adapter, path.name, path.read_bytes())


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


def _reading(adapter: Adapter, name: str, body: bytes) -> Exchange | Reply:
    notation = _notation(adapter, name, body)
    if name.startswith("request"):
        return adapter.read_request(adapter.operation("POST", "/"), body, notation)
    return adapter.read_reply(body, notation)


def _notation(adapter: Adapter, name: str, body: bytes) -> Notation:
    choose = adapter.request_notation if name.startswith("request") else adapter.reply_notation
    return choose(TYPES[Path(name).suffix], body)


def _places(tree: object, at: Place = ()) -> Iterator[Place]:
    """Yield the place of every string."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from _places(value, (*at, name))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _places(value, (*at, index))
    elif isinstance(tree, str):
        yield at


def _with(tree: Json, place: Place, text: str) -> Json:
    """Return a tree with another text at a place."""
    if not place:
        return text
    changed = deepcopy(tree)
    inner = changed
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = text
    return changed


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
        assert names - {"expected.yaml", "said.yaml"} == set(told) - {"refusal"}, (
            f"{folder}: nobody checks it"
        )


@pytest.mark.parametrize(("adapter", "path"), BODIES)
def test_a_sample_reads_as_expected(adapter: Adapter, path: Path) -> None:
    found = _read(adapter, path)
    told: dict[str, Any] = {
        "segments": [_told(segment) for segment in found.segments],
        "opaque": [
            {"at": place_text(item.place), "medium": item.medium, "reason": item.reason}
            for item in found.opaque
        ],
        "model": found.model,
    }
    if isinstance(found, Exchange):
        told |= {
            "stream": found.stream,
            "first_turn": found.first_turn,
            "machine_read": found.machine_read,
        }
    _check(path, told)


@pytest.mark.parametrize(("adapter", "path"), DOCUMENTS)
def test_whatever_stands_at_any_place_of_a_sample_is_read_or_told_of(
    adapter: Adapter, path: Path
) -> None:
    whole = orjson.loads(path.read_bytes())
    for place in _places(whole):
        body = orjson.dumps(_with(whole, place, MARKER))
        found = _reading(adapter, path.name, body)
        read = any(MARKER in segment.text for segment in found.segments)
        assert read or any(item.place == place[: len(item.place)] for item in found.opaque), place


@pytest.mark.parametrize(("adapter", "path"), STREAMS)
def test_whatever_stands_at_any_place_of_an_event_is_read_or_told_of(
    adapter: Adapter, path: Path
) -> None:
    for event in _events(adapter, path):
        for place in _places(event.data) if event.data is not None else ():
            framing = FRAMING[path.suffix]
            assert framing is not None
            raw = framing.with_data(event.raw, orjson.dumps(_with(event.data, place, MARKER)))
            codec = adapter.stream(framing)
            [again] = codec.feed(raw) + codec.close()
            read = any(MARKER in delta.text for delta in again.deltas)
            told = any(item.place == place[: len(item.place)] for item in again.opaque)
            assert read or told, (event.raw, place)


@pytest.mark.parametrize(("adapter", "path"), BODIES)
def test_no_edit_leaves_a_sample_as_it_is(adapter: Adapter, path: Path) -> None:
    body = path.read_bytes()
    notation = _notation(adapter, path.name, body)
    assert adapter.patch(body, _read(adapter, path).segments, (), notation) is body


@pytest.mark.parametrize(("adapter", "path"), BODIES)
def test_an_edit_to_one_segment_changes_what_is_read_there_only(
    adapter: Adapter, path: Path
) -> None:
    body = path.read_bytes()
    notation = _notation(adapter, path.name, body)
    segments = _read(adapter, path).segments
    for index, segment in enumerate(segments):
        if segment.key:
            continue
        edit = Edit(segment=index, start=0, end=len(segment.text), text="<Ә 1>")
        patched = adapter.patch(body, segments, [edit], notation)
        after = _reading(adapter, path.name, patched).segments
        expected = [_told(one) for one in segments]
        expected[index]["text"] = "<Ә 1>"
        assert [one["text"] for one in map(_told, after)] == [one["text"] for one in expected]


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
    events = _events(adapter, path)
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
    _check(
        path,
        {
            "events": len(events),
            "done": events[-1].done,
            "error": any(event.error for event in events),
            "finished": [name for event in events for name in event.finished],
            "channels": list(channels.values()),
        },
    )


@pytest.mark.parametrize(("adapter", "path"), STREAMS)
def test_a_stream_that_nobody_edits_leaves_as_it_came(adapter: Adapter, path: Path) -> None:
    data = path.read_bytes()
    codec = _codec(adapter, path)
    events = _events(adapter, path)
    assert b"".join(codec.rewrite(event, {}) for event in events) == data
    assert b"".join(event.raw for event in events) == data


@pytest.mark.parametrize(("adapter", "path"), STREAMS)
def test_an_edit_to_one_delta_changes_that_string_only(adapter: Adapter, path: Path) -> None:
    for event in _events(adapter, path):
        for index in range(len(event.deltas)):
            changed = _codec(adapter, path).rewrite(event, {index: "<1>"})
            codec = _codec(adapter, path)
            [again] = codec.feed(changed) + codec.close()
            before = dict(_tokens(event.data))
            after = dict(_tokens(again.data))
            assert [after[at] for at in before if before[at] != after[at]] == ["<1>"]


@pytest.mark.parametrize("adapter", WIRES.adapters, ids=lambda adapter: adapter.name)
def test_a_refusal_is_an_error_in_the_formats_own_way(adapter: Adapter) -> None:
    status, headers, body = adapter.error(REFUSAL)
    assert headers == ((b"content-type", b"application/json; charset=utf-8"),)
    told = {"status": status, "body": orjson.loads(body)}
    _check(ROOT / adapter.name / "samples" / "refusal", told)
    assert REFUSAL.message.encode() in body, "people read it, too: no escapes"


def _codec(adapter: Adapter, path: Path) -> StreamCodec:
    framing = FRAMING[path.suffix]
    assert framing is not None
    return adapter.stream(framing)


def _events(adapter: Adapter, path: Path) -> list[StreamEvent]:
    codec = _codec(adapter, path)
    return codec.feed(path.read_bytes()) + codec.close()
