from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose import label as make
from guardrail.disclose.marks import (
    MEDIA,
    Layer,
    Marked,
    Unmarkable,
    Unmarked,
    media,
    plain,
    read,
    sniff,
    write,
)
from guardrail.facts import Label

TEXTS = ("text/plain", "text/markdown", "text/html")
LEVELS = ("ai-generated", "ai-assisted", "ai-autonomous")
Sample = tuple[str, bytes, str, Callable[[bytes], object]]


def _marked(data: bytes, label: Label, media_type: str) -> Marked:
    result = write(data, label, media_type=media_type)
    assert isinstance(result, Marked), result
    return result


def test_what_was_written_is_read_back(sample: Sample, label: Label) -> None:
    _, data, declared, _ = sample
    result = _marked(data, label, declared)
    assert result.before == ()
    found = read(result.data, media_type=declared)
    assert {one.level for one in found} == {"ai-generated"}
    assert {one.valid for one in found} == {True}
    carriers = {one.technique for one in found}
    if result.medium not in {"text/html", "text/plain", "application/json"}:
        (own,) = {(one.producer, one.id) for one in found if one.technique == "tc260:AIGC"}
        assert own == ("Example%20LLP", label.id)
    assert carriers


def test_a_file_without_a_mark_says_nothing(sample: Sample) -> None:
    _, data, declared, _ = sample
    assert read(data, media_type=declared) == ()


def test_the_same_label_twice_gives_the_same_bytes(sample: Sample, label: Label) -> None:
    _, data, declared, _ = sample
    once = _marked(data, label, declared)
    twice = _marked(once.data, label, declared)
    assert twice.data == once.data
    assert twice.before == read(once.data, media_type=declared)


def test_what_is_seen_and_heard_stays_bit_for_bit(sample: Sample, label: Label) -> None:
    _, data, declared, shown = sample
    assert shown(_marked(data, label, declared).data) == shown(data)


def test_the_mark_of_another_stays_and_is_reported(
    sample: Sample, label: Label, other: Label
) -> None:
    _, data, declared, shown = sample
    first = _marked(data, label, declared).data
    result = _marked(first, other, declared)
    assert {one.level for one in result.before} == {"ai-generated"}
    after = read(result.data, media_type=declared)
    assert set(result.before) <= set(after)
    assert shown(result.data) == shown(data)
    assert _marked(result.data, other, declared).data == result.data
    if any(one.technique == "tc260:AIGC" for one in after):
        assert re.search(rb"PropagateID\W+urn:uuid:00000000-", _unpacked(result.data))


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(b"PK"):
        return data.replace(b"&quot;", b'"')
    from guardrail.disclose.marks.zipped import Archive  # noqa: PLC0415

    archive = Archive(data)
    whole = b"".join(archive.read(name) or b"" for name in archive.names)
    return whole.replace(b"&quot;", b'"')


@pytest.mark.no_cover
def test_every_truncation_gives_a_result_or_a_slug(sample: Sample, label: Label) -> None:
    _, data, declared, _ = sample
    whole = _marked(data, label, declared).data
    step = max(1, len(whole) // 150)
    for end in {*range(0, len(whole), step), *range(max(0, len(whole) - 40), len(whole))}:
        _looked_at(whole[:end], declared, label)


@pytest.mark.no_cover
@given(st.data())
def test_every_changed_byte_gives_a_result_or_a_slug(
    samples: dict[str, bytes], declared: dict[str, str], label: Label, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(samples)))
    media_type = declared.get(name, "")
    whole = bytearray(_marked(samples[name], label, media_type).data)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, whole[place] ^ 1]))
    _looked_at(bytes(whole), media_type, label)


@pytest.mark.no_cover
@given(st.data(), st.binary(max_size=200))
def test_whatever_follows_the_first_bytes_gives_a_result_or_a_slug(
    samples: dict[str, bytes], label: Label, data: st.DataObject, rest: bytes
) -> None:
    name = data.draw(st.sampled_from(sorted(samples)))
    kind = sniff(samples[name], "text/plain")
    head = samples[name][: data.draw(st.integers(0, 64))]
    with suppress(Unmarkable):
        list(MEDIA[kind].read(head + rest))
    _looked_at(head + rest, kind, label)


def _looked_at(data: bytes, declared: str, label: Label) -> None:
    with suppress(Unmarkable):
        read(data, media_type=declared)
    result = write(data, label, media_type=declared)
    if isinstance(result, Marked):
        assert any(one.level.startswith("ai-") for one in read(result.data, media_type=declared))
        assert _marked(result.data, label, declared).data == result.data
    else:
        assert re.fullmatch("[a-z0-9_]+", result.reason)


def test_what_has_no_carrier_isnt_marked(label: Label) -> None:
    assert write(b"BM....", label) == Unmarked(reason="no_carrier")
    with pytest.raises(Unmarkable, match="no_carrier"):
        read(b"BM....")


def test_too_large_a_medium_isnt_read(label: Label, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "MOST_BYTES", 10)
    assert write(b"{}" + bytes(9), label) == Unmarked(reason="too_large")
    with pytest.raises(Unmarkable, match="too_large"):
        read(bytes(11))


def test_a_label_that_says_no_ai_is_an_error(samples: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="no such level"):
        write(samples["png"], Label(id="x", level="none", kind="result"))


SIGNED = {
    "jpeg": (2, b"\xff\xeb\x00\x32JP\0\1\0\0\0\1\0\0\0\x24jumb\0\0\0\x1cjumdc2pa" + bytes(20)),
    "png": (33, b"\0\0\0\0caBX\0\0\0\0"),
}


@pytest.mark.parametrize("name", SIGNED)
def test_a_signed_file_is_left_as_it_is(name: str, samples: dict[str, bytes], label: Label) -> None:
    at, manifest = SIGNED[name]
    data = samples[name][:at] + manifest + samples[name][at:]
    result = write(data, label)
    assert isinstance(result, Unmarked)
    assert result.reason == "already_signed"
    assert [one.layer for one in result.before] == [Layer.SIGNED]


def test_a_file_that_was_marked_and_then_signed_is_marked(
    samples: dict[str, bytes], label: Label
) -> None:
    at, manifest = SIGNED["png"]
    marked = _marked(samples["png"], label, "").data
    signed = marked[:at] + manifest + marked[at:]
    assert _marked(signed, label, "").data == signed


def test_marks_before_a_broken_place_count(samples: dict[str, bytes], label: Label) -> None:
    marked = _marked(samples["png"], label, "").data
    assert {one.level for one in read(marked[:-20])} == {"ai-generated"}


PIECES = (
    *(
        "\ufeff",
        "---\n",
        "---\r\n",
        "...\n",
        "---" + " " * 500 + "\n",
        "\n",
        "\r\n",
        " ",
        "ai-disclosure: none\n",
    ),
    *(
        "ai-disclosure: ai-assisted\n",
        "AIGC: {}\n",
        "AI-generated",
        "疑似AI生成",
        "Сәлем — «әлем». ",
        "и\u0306",
    ),
    *(
        "<!doctype html>",
        "<html>",
        "<head>",
        "<meta charset=utf-8>",
        "</head>",
        "<body>",
        "<p>",
        "<p ai-disclosure=none>",
    ),
    *(
        '<meta name="ai-disclosure" content="none">',
        '<meta name="ai-disclosure" content="mixed">',
        "<script>",
        "</script>",
    ),
    *("<!-- <body> -->", "<title>", "</title>", "<template>", "<i>" * 6, "<", '"', "words " * 90),
)
"""What texts are made of that marks stand in, or beside, or that looks like a mark."""


@given(
    st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(TEXTS), st.sampled_from(LEVELS)
)
def test_every_text_that_was_marked_is_read_as_ais(
    pieces: list[str], media_type: str, level: str
) -> None:
    one = make(id="urn:uuid:1", level=level)
    data = "".join(pieces).encode()
    result = write(data, one, media_type=media_type)
    if isinstance(result, Marked):
        found = read(result.data, media_type=media_type)
        assert any(one.level.startswith("ai-") for one in found)
        assert write(data, one, media_type=media_type, is_utf8=True) == result


@pytest.mark.parametrize("words", [words for words, _ in plain._SAID])
@pytest.mark.parametrize("text", ["{}\nтекст", "текст\n{}"])
def test_others_words_in_a_text_are_reported_when_it_is_marked(
    words: str, text: str, label: Label
) -> None:
    result = _marked(text.format(words).encode(), label, "text/plain")
    assert [one.stated for one in result.before] == [words]
