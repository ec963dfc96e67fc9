"""A WebM film keeps all but its pictures, and what can't be kept is refused with its reason."""

from __future__ import annotations

import cv2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.disclose.marks import ebml, matroska
from guardrail.disclose.marks.ebml import (
    CHAPTERS,
    CLUSTER,
    CUES,
    TAGS,
    TRACKS,
    VOID,
    element,
    elements,
    unsigned,
)
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.visible.film.capture import frames
from guardrail.disclose.visible.film.encoder import Packet
from guardrail.disclose.visible.film.webm import film, with_pictures
from guardrail.disclose.visible.film.words import caption
from guardrail.disclose.visible.unlabelled import Labelled, Unlabelled

WORDS = ("Жасанды интеллект жасаған\nСоздано искусственным интеллектом", "ЖИ · ИИ")
VP9 = b"\x82\x49\x83\x42\0"
PACKETS = [Packet(VP9 + bytes((at,)) * (at + 1), at % 12 == 0) for at in range(24)]


@pytest.fixture(scope="module")
def done(webm: bytes) -> Labelled:
    return caption(webm, WORDS)


def parts(data: bytes) -> list[tuple[int, bytes]]:
    whole = ebml.segment(data)
    inside = elements(data, whole.body, whole.end)
    return [(one.kind, data[one.start : one.end]) for one in inside]


def with_part(data: bytes, kind: int, new: bytes) -> bytes:
    """Return a film with another element before the first of a kind."""
    made = list(parts(data))
    at = next(place for place, (one, _) in enumerate(made) if one == kind)
    body = b"".join([*(raw for _, raw in made[:at]), new, *(raw for _, raw in made[at:])])
    return data[: ebml.segment(data).start] + element(ebml.SEGMENT, body)


def test_words_stand_on_every_frame(webm: bytes, done: Labelled) -> None:
    left, top, width, height = done.box
    shown = 0
    for old, new in zip(frames(webm), frames(done.data), strict=True):
        plate = cv2.cvtColor(new[top : top + height, left : left + width], cv2.COLOR_BGR2GRAY)
        assert (plate < 70).mean() > 0.4
        assert (plate > 170).mean() > 0.02
        assert cv2.PSNR(old[: top - 8].copy(), new[: top - 8].copy()) > 30
        shown += 1
    assert shown == 24
    assert done.mime == "video/webm"


def test_sound_stays_byte_for_byte_and_frames_are_shown_when_they_were(
    webm: bytes, done: Labelled
) -> None:
    old, new = film(webm), film(done.data)
    assert [one.time for one in old.frames] == [one.time for one in new.frames]
    assert len(old.others) > 40
    assert old.others == new.others
    assert new.pictures.codec == "V_VP9"
    assert new.scale == old.scale


def test_all_else_stays_where_players_look_for_it(webm: bytes) -> None:
    chapters, tags = element(CHAPTERS, b"\xec\x80"), element(TAGS, b"\xec\x81.")
    made = with_pictures(film(with_part(webm, CLUSTER, chapters + tags)), PACKETS)
    kinds = [kind for kind, _ in parts(made)]
    assert kinds.index(CUES) < kinds.index(VOID) < kinds.index(CLUSTER)
    raws = dict(parts(made))
    assert raws[CHAPTERS] == chapters
    assert dict(parts(webm))[ebml.INFO] == raws[ebml.INFO]
    assert tags in made


def test_the_index_leads_to_clusters_that_begin_with_a_key_frame(webm: bytes) -> None:
    made = with_pictures(film(webm), PACKETS)
    whole = ebml.segment(made)
    cues = list(ebml.within(made, whole, CUES, 0xBB))
    assert len(cues) == 2
    for cue in cues:
        [at] = ebml.within(made, cue, 0xB7, 0xF1)
        [time] = ebml.within(made, cue, 0xB3)
        cluster = next(elements(made, whole.body + ebml.value(made, at), whole.end))
        assert cluster.kind == CLUSTER
        first = next(elements(made, cluster.body, cluster.end))
        assert ebml.value(made, first) == ebml.value(made, time)


def test_a_label_for_machines_finds_room(done: Labelled) -> None:
    whole = ebml.segment(done.data)
    [room] = ebml.within(done.data, whole, VOID)
    assert room.end - room.start > 1_000
    assert matroska.kind(done.data) == "video/webm"


def test_a_film_can_be_labelled_twice(done: Labelled) -> None:
    assert len(list(frames(caption(done.data, ("AI",)).data))) == 24


def test_fewer_frames_than_before_are_a_verdict(webm: bytes) -> None:
    for packets in (PACKETS[1:], [*PACKETS, PACKETS[0]], []):
        with pytest.raises(Unlabelled, match="frames_lost"):
            with_pictures(film(webm), packets)


def replaced(data: bytes, kind: int, change: tuple[bytes, bytes]) -> bytes:
    raw = next(raw for one, raw in parts(data) if one == kind)
    return data.replace(raw, raw.replace(*change, 1), 1)


@pytest.mark.parametrize(
    ("new", "kind", "reason"),
    [
        (element(TRACKS), CLUSTER, "unsupported_layout"),
        (element(CLUSTER, unsigned(0xE7, 0), element(0xAF, b"secret")), CUES, "encrypted"),
        (element(CLUSTER, unsigned(0xE7, 0), element(0xA5, b"x")), CUES, "unsupported_layout"),
        (element(CLUSTER, unsigned(0xE7, 0), element(0xA3, b"\x81\xff\xff\0x")), CUES,
         "unsupported_layout"),
        (element(CLUSTER, unsigned(0xE7, 0), element(0xA3, b"\x81\0\0\x02x")), CUES,
         "unsupported_layout"),
    ],
    ids=["two lists of tracks", "secret", "unknown", "before the start", "laced pictures"],
)  # fmt: skip
def test_what_cant_be_kept_is_refused(webm: bytes, new: bytes, kind: int, reason: str) -> None:
    with pytest.raises(Unlabelled) as caught:
        film(with_part(webm, kind, new))
    assert caught.value.reason == reason


def test_sound_alone_and_two_of_pictures_are_no_film(webm: bytes) -> None:
    sound = replaced(webm, TRACKS, (b"\x83\x81\x01", b"\x83\x81\x11"))
    both = replaced(webm, TRACKS, (b"\x83\x81\x02", b"\x83\x81\x01"))
    for data, reason in ((sound, "unsupported_format"), (both, "several_video_tracks")):
        with pytest.raises(Unlabelled) as caught:
            film(data)
        assert caught.value.reason == reason


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_broken_film_is_a_verdict_or_keeps_its_sound(
    webm: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(webm) - 1))
    broken = webm[:at] + bytes((webm[at] ^ data.draw(st.integers(1, 255)),)) + webm[at + 1 :]
    try:
        one = film(broken)
        made = with_pictures(one, PACKETS)
    except (Unlabelled, Unmarkable) as verdict:
        assert verdict.reason  # noqa: PT017
    else:
        assert sorted(each.data for each in film(made).others) == sorted(
            each.data for each in one.others
        )
