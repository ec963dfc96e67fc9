from __future__ import annotations

import pytest

from guardrail.disclose.marks import Claim, Layer, Unmarkable, id3

SOUND = b"\xff\xfb\x90\0sound"
LETTERS = b"T\xc3\xa4xt"


def _safe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _frame(version: int, name: bytes, body: bytes, flags: bytes = b"\0\0") -> bytes:
    if version == 2:
        return name + len(body).to_bytes(3, "big") + body
    return (
        name + (_safe(len(body)) if version == 4 else len(body).to_bytes(4, "big")) + flags + body
    )


def _tag(version: int, frames: bytes, flags: int = 0, footer: bytes = b"") -> bytes:
    head = bytes([version, 0, flags]) + _safe(len(frames))
    return b"ID3" + head + frames + (b"3DI" + head if footer else b"")


TITLE = {2: b"TT2", 3: b"TIT2", 4: b"TIT2"}


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("padding", [0, 20])
def test_tags_that_are_there_stay(said: Claim, later: Claim, version: int, padding: int) -> None:
    title = _frame(version, TITLE[version], b"\3" + LETTERS)
    data = _tag(version, title + bytes(padding)) + SOUND
    marked = id3.write(data, said)
    assert marked.endswith(title + bytes(padding) + SOUND)
    assert [one.id for one in id3.read(marked)] == [said.label.id]
    again = id3.write(marked, later)
    assert again.endswith(title + bytes(padding) + SOUND)
    assert id3.write(again, later) == again


@pytest.mark.parametrize("version", [2, 3, 4])
def test_an_unsynchronised_tag_is_marked(said: Claim, later: Claim, version: int) -> None:
    flags = b"\0\2" if version == 4 else b"\0\0"
    body = b"\1\xff\0\xfe\xff\0\xe0"  # with zeroes put in behind 0xFF
    plain = _frame(
        version, TITLE[version], body if version == 4 else body.replace(b"\xff\0", b"\xff")
    )
    frame = _frame(version, TITLE[version], body, flags)
    if version < 4:
        frame = plain[: -len(body.replace(b"\xff\0", b"\xff"))] + body
    data = _tag(version, frame, 0x80) + SOUND
    marked = id3.write(data, said)
    assert marked.endswith(frame + SOUND)
    assert marked[5] == 0x80
    assert [one.valid for one in id3.read(marked)] == [True]
    again = id3.write(marked, later)
    assert [one.id for one in id3.read(again)] == [said.label.id]
    assert again.endswith((frame if version == 4 else plain) + SOUND)
    assert again[5] == (0x80 if version == 4 else 0)


def test_a_footer_follows_the_size(said: Claim) -> None:
    title = _frame(4, b"TIT2", b"\3a")
    marked = id3.write(_tag(4, title, 0x10, b"yes") + SOUND, said)
    at = marked.index(b"3DI")
    assert marked[at + 3 : at + 10] == marked[3:10]
    assert marked.endswith(SOUND)


@pytest.mark.parametrize(
    ("version", "extended"), [(3, b"\0\0\0\6\0\0\0\0\0\0"), (4, b"\0\0\0\6\1\0")]
)
def test_an_extended_header_stays_first(said: Claim, version: int, extended: bytes) -> None:
    title = _frame(version, b"TIT2", b"\3a")
    marked = id3.write(_tag(version, extended + title, 0x40) + SOUND, said)
    assert marked[10:].startswith(extended + b"TXXX")
    assert [one.valid for one in id3.read(marked)] == [True]


@pytest.mark.parametrize("coding", [(0, "latin-1"), (1, "utf-16"), (2, "utf-16-be"), (3, "utf-8")])
def test_every_encoding_is_read(said: Claim, coding: tuple[int, str]) -> None:
    number, name = coding
    body = bytes([number]) + "AIGC\0".encode(name) + said.aigc.encode(name)
    assert [one.valid for one in id3.read(_tag(4, _frame(4, b"TXXX", body)))] == [True]


@pytest.mark.parametrize(
    ("version", "flags", "lead"), [(3, b"\0\x20", b"g"), (4, b"\0\x41", b"g\0\0\0\1")]
)
def test_what_stands_before_a_frames_body_is_passed(
    said: Claim, version: int, flags: bytes, lead: bytes
) -> None:
    body = lead + b"\0AIGC\0" + said.aigc.encode()
    found = list(id3.read(_tag(version, _frame(version, b"TXXX", body, flags))))
    assert [one.valid for one in found] == [True]


def test_packed_frames_and_plain_sizes_of_version_4_are_passed(said: Claim) -> None:
    packed = _frame(4, b"TXXX", b"\0AIGC\0{}", b"\0\x08")
    plain = b"TIT2" + (200).to_bytes(4, "big") + b"\0\0" + b"\3" + b"a" * 199
    own = _frame(4, b"TXXX", b"\0AIGC\0" + said.aigc.encode())
    assert len(list(id3.read(_tag(4, packed + plain + own)))) == 1


@pytest.mark.parametrize("version", [2, 3, 4])
def test_a_manifest_is_reported(version: int) -> None:
    name = b"GEO" if version == 2 else b"GEOB"
    frame = _frame(version, name, b"\0application/x-c2pa-manifest-store\0\0\0x")
    assert [one.layer for one in id3.read(_tag(version, frame))] == [Layer.SIGNED]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"ID3\5\0\0\0\0\0\0", "broken_id3"),
        (b"ID3\2\0\x40\0\0\0\0", "broken_id3"),
        (b"ID3\3\0\0\0\0\0\x80", "broken_id3"),
        (b"ID3\3\0\0\0\0\0\x09", "truncated"),
        (_tag(3, b"\0\0\0\x0a\x80" + bytes(9), 0x40), "id3_crc"),
        (_tag(4, b"\0\0\0\6\1\x20" + bytes(9), 0x40), "id3_crc"),
        (_tag(3, b"\0\0\xff\0\0\0", 0x40), "broken_id3"),
    ],
)
def test_a_broken_tag_isnt_written_to(said: Claim, data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        id3.write(data, said)


def test_a_tag_that_is_full_isnt_written_to(said: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(id3, "_LARGEST", 100)
    with pytest.raises(Unmarkable, match="too_large"):
        id3.write(SOUND, said)
