from __future__ import annotations

import pytest

from guardrail.disclose.marks import Claim, Unmarkable, ebml, matroska
from guardrail.disclose.marks.ebml import (
    CLUSTER,
    CRC,
    DOC_TYPE,
    EBML,
    INFO,
    SEGMENT,
    TAGS,
    TRACKS,
    element,
    elements,
)

SOUND = element(CLUSTER, ebml.unsigned(0xE7, 0), element(0xA3, b"\x81\0\0\x80some sound"))
TITLE = element(0x7373, element(0x63C0), element(0x67C8, element(0x45A3, b"TITLE"),
                                                element(0x4487, "Тақырып".encode())))  # fmt: skip


def made(*parts: bytes, family: bytes = b"webm", track: int = 1, endless: bool = False) -> bytes:
    head = element(EBML, element(DOC_TYPE, family))
    tracks = element(TRACKS, element(0xAE, ebml.unsigned(0x83, track)))
    body = b"".join([element(INFO), tracks, *parts])
    if endless:
        return head + ebml.identified(SEGMENT) + b"\xff" + body
    return head + element(SEGMENT, body)


def kinds(data: bytes) -> list[int]:
    whole = ebml.segment(data)
    return [one.kind for one in elements(data, whole.body, whole.end)]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (made(SOUND), "video/webm"),
        (made(SOUND, track=2), "audio/webm"),
        (made(SOUND, family=b"matroska"), "video/matroska"),
        (made(SOUND, family=b"matroska", track=2), "audio/matroska"),
        (made(SOUND, family=b"other"), ""),
        (made(SOUND)[:30], "video/webm"),
        (matroska.MAGIC, ""),
    ],
)
def test_a_file_says_what_it_is(data: bytes, kind: str) -> None:
    assert matroska.kind(data) == kind


@pytest.mark.parametrize("endless", [False, True])
@pytest.mark.parametrize("tags", [b"", element(TAGS, TITLE), element(TAGS, element(CRC, b"1234"))])
def test_a_label_stands_at_the_end_where_no_room_was_left(
    said: Claim, later: Claim, tags: bytes, *, endless: bool
) -> None:
    data = made(SOUND, tags, endless=endless)
    marked = matroska.write(data, said)
    assert kinds(marked) == [*kinds(data), TAGS]
    assert [one.id for one in matroska.read(marked)] == [said.label.id]
    assert SOUND + tags in marked
    again = matroska.write(marked, later)
    assert [one.id for one in matroska.read(again)] == [said.label.id]
    assert matroska.write(again, later) == again


def test_a_label_goes_into_room_that_was_left(said: Claim) -> None:
    data = made(ebml.void(2_000), SOUND)
    marked = matroska.write(data, said)
    assert [one.id for one in matroska.read(marked)] == [said.label.id]
    assert len(marked) == len(data)
    assert kinds(marked) == [INFO, TRACKS, TAGS, ebml.VOID, CLUSTER]


def test_room_that_is_one_byte_too_large_is_left(said: Claim) -> None:
    whole = matroska.write(made(ebml.void(2_000), SOUND), said)
    needed = next(one.end - one.start for one in
                  elements(whole, ebml.segment(whole).body) if one.kind == TAGS)  # fmt: skip
    marked = matroska.write(made(ebml.void(needed + 1), SOUND), said)
    assert kinds(marked)[-1] == TAGS
    assert len(matroska.write(made(ebml.void(needed), SOUND), said)) == len(
        made(ebml.void(needed), SOUND)
    )


def test_other_tags_stay_where_a_label_is_written_anew(said: Claim, later: Claim) -> None:
    mine = matroska.write(made(), later)
    whole = ebml.segment(mine)
    tags = [one for one in elements(mine, whole.body) if one.kind == TAGS]
    tag = mine[tags[0].body : tags[0].end]
    broken = tag.replace(b'"Label":"1"', b'"Label":"9"')
    data = made(SOUND, element(TAGS, element(CRC, b"1234"), TITLE, broken))
    again = matroska.write(data, said)
    assert "Тақырып".encode() in again
    assert b"\xbf\x841234" not in again
    assert SOUND in again


def test_a_checksum_over_the_whole_goes(said: Claim) -> None:
    head = element(EBML, element(DOC_TYPE, b"webm"))
    data = head + element(SEGMENT, element(CRC, b"1234"), SOUND)
    assert b"1234" not in matroska.write(data, said)


def test_broken_files_are_told(said: Claim) -> None:
    for data in (made(SOUND)[:-3], matroska.MAGIC, made(element(TAGS, b"\0\0"))):
        with pytest.raises(Unmarkable):
            matroska.write(data, said)
