from __future__ import annotations

import io

import pytest
from PIL import Image

from guardrail.disclose.marks import Claim, Layer, Unmarkable, heif, xmp
from guardrail.disclose.marks.boxes import C2PA, box, boxes, within
from guardrail.disclose.marks.octets import number

TITLED = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf'
    b'-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    b'dc:format="kept"/></rdf:RDF></x:xmpmeta>'
)


def picture(**how: object) -> bytes:
    file = io.BytesIO()
    Image.effect_mandelbrot((48, 32), (-2, -1, 1, 1), 20).convert("RGB").save(file, "AVIF", **how)
    return file.getvalue()


def info(data: bytes) -> dict[str | tuple[int, int], object]:
    with Image.open(io.BytesIO(data)) as opened:
        opened.load()
        return dict(opened.info)


def test_another_library_reads_the_packet(said: Claim) -> None:
    assert info(heif.write(picture(), said))["xmp"] == xmp.packet(said)


def test_a_packet_that_is_there_is_merged_into(said: Claim) -> None:
    read = info(heif.write(picture(xmp=TITLED), said))["xmp"]
    assert isinstance(read, bytes)
    assert b'dc:format="kept"' in read
    assert said.source_type.encode() in read


def test_exif_and_a_profile_stay_where_they_are_found(said: Claim) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a meadow"
    data = picture(exif=exif.tobytes(), icc_profile=b"profile".ljust(200))
    after = info(heif.write(data, said))
    assert (after["exif"], after["icc_profile"]) == (info(data)["exif"], info(data)["icc_profile"])


def test_what_an_exif_comment_says_is_read(said: Claim) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + said.aigc.encode()
    data = picture(exif=exif.tobytes())
    assert [(one.technique, one.id) for one in heif.read(data)] == [("tc260:AIGC", said.label.id)]


def test_metadata_of_a_moving_pictures_track_are_found_afterwards(said: Claim) -> None:
    frames = [Image.new("RGB", (48, 32), "red")]
    data = picture(xmp=TITLED, save_all=True, append_images=frames, duration=90)
    after = heif.write(data, said)
    [movie] = [one for one in boxes(after) if one.kind == b"moov"]
    assert list(within(after, movie, b"trak", b"meta", b"iloc"))
    # This library takes them from the track, which keeps its own packet.
    assert info(after)["xmp"] == TITLED
    assert [one.level for one in heif.read(after)] == ["ai-generated", "ai-generated"]


def test_a_last_box_without_a_length_gets_one(said: Claim) -> None:
    data = picture()
    last = list(boxes(data))[-1]
    endless = data[: last.start] + bytes(4) + data[last.start + 4 :]
    after = heif.write(endless, said)
    assert after == heif.write(data, said)
    assert number(after, last.start, 4) or number(after, list(boxes(after))[-2].start, 4)


def test_a_manifest_is_seen(said: Claim) -> None:
    data = heif.write(picture(), said)
    signed = data + box(b"uuid", C2PA, b"...")
    assert [one.layer for one in heif.read(signed)][-1] == Layer.SIGNED


@pytest.mark.parametrize("data", [b"", box(b"ftyp", b"avif"), box(b"meta", bytes(8))])
def test_what_holds_no_picture_is_broken(data: bytes, said: Claim) -> None:
    with pytest.raises(Unmarkable, match="broken_box"):
        heif.write(data, said)
