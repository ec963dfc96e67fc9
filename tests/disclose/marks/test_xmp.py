from __future__ import annotations

import pytest

from guardrail.disclose.marks import Claim, Layer, Unmarkable, xmp
from guardrail.disclose.marks.terms import IPTC

HEAD = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
TAIL = b"</r:RDF></x:xmpmeta>"
EXT = b'xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
DC = b'xmlns:d="http://purl.org/dc/elements/1.1/"'
CAPTURED = f"{IPTC}digitalCapture".encode()
MADE = f"{IPTC}trainedAlgorithmicMedia".encode()


def _packet(inside: bytes) -> bytes:
    return HEAD + inside + TAIL


def _levels(packet: bytes) -> list[str]:
    return [one.level for one in xmp.read(packet)]


def test_a_new_packet_says_what_the_claim_says(said: Claim) -> None:
    packet = xmp.packet(said)
    source, own = xmp.read(packet)
    assert (source.stated, source.model) == (said.source_type, said.label.model)
    assert own.id == said.label.id
    assert b'Iptc4xmpExt:AISystemVersionUsed="1"' in packet
    assert packet.startswith(b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>')
    assert xmp.merged(packet, said) == packet


@pytest.mark.parametrize(
    "inside",
    [
        b"",
        b'<r:Description r:about="uuid:1" ' + DC + b' d:format="x"/>',
        b'<r:Description r:about="uuid:1" ' + DC + b"><d:title>t</d:title></r:Description>",
    ],
)
def test_what_is_there_stays_byte_for_byte(said: Claim, inside: bytes) -> None:
    packet = xmp.merged(_packet(inside), said)
    assert packet.startswith(HEAD + inside)
    assert packet.endswith(TAIL)
    assert _levels(packet) == ["ai-generated"] * 2
    assert xmp.merged(packet, said) == packet
    if inside:
        assert packet.count(b'r:about="uuid:1"') == 2


def test_a_graph_without_anything_in_it_is_filled(said: Claim) -> None:
    packet = b'<RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
    merged = xmp.merged(packet, said)
    assert _levels(merged) == ["ai-generated"] * 2
    assert xmp.merged(merged, said) == merged


SOURCES = {
    "attribute": b'<r:Description r:about="" %b e:DigitalSourceType="%b"/>',
    "element": b"<r:Description %b><e:DigitalSourceType> %b </e:DigitalSourceType></r:Description>",
    "resource": b'<r:Description %b><e:DigitalSourceType r:resource="%b"/></r:Description>',
}


@pytest.mark.parametrize("form", SOURCES)
def test_a_source_type_without_ai_gives_way(said: Claim, form: str) -> None:
    packet = _packet(SOURCES[form] % (EXT, CAPTURED))
    assert _levels(packet) == ["none"]
    merged = xmp.merged(packet, said)
    assert _levels(merged) == ["ai-generated"] * 2
    assert CAPTURED not in merged
    assert xmp.merged(merged, said) == merged


@pytest.mark.parametrize("form", SOURCES)
def test_a_source_type_of_ai_stays(later: Claim, form: str) -> None:
    packet = _packet(SOURCES[form] % (EXT, MADE))
    merged = xmp.merged(packet, later)
    assert merged.startswith(packet.removesuffix(TAIL))
    assert _levels(merged) == ["ai-generated", "ai-generated"]


def test_an_empty_element_gets_a_value(said: Claim) -> None:
    packet = _packet(b"<r:Description " + EXT + b"><e:DigitalSourceType/></r:Description>")
    assert _levels(xmp.merged(packet, said)) == ["ai-generated"] * 2


def test_marks_of_parts_arent_the_files(said: Claim) -> None:
    inner = SOURCES["attribute"] % (EXT, MADE)
    packet = _packet(b"<r:Description><a>" + inner + b"</a></r:Description>")
    assert _levels(packet) == []
    assert _levels(b"<a><!-- " + _packet(inner) + b" --></a>") == []


def test_an_address_of_a_manifest_counts_as_signed() -> None:
    inside = b'<r:Description xmlns:t="http://purl.org/dc/terms/" t:provenance="https://x/y"/>'
    (found,) = xmp.read(_packet(inside))
    assert (found.layer, found.technique) == (Layer.SIGNED, "c2pa:remote")


def test_zeroes_behind_a_packet_are_no_error(said: Claim) -> None:
    assert len(list(xmp.read(xmp.packet(said) + bytes(9)))) == 2


@pytest.mark.parametrize("packet", [b"<a/>", b"", b"no xml"])
def test_what_has_no_graph_cant_be_merged(said: Claim, packet: bytes) -> None:
    with pytest.raises(Unmarkable):
        xmp.merged(packet, said)


def test_padding_is_left_out_where_asked() -> None:
    assert xmp.unpadded(b"<a/>  \n <?xpacket end='w'?>") == b"<a/><?xpacket end='w'?>"
    assert xmp.unpadded(b"<a/>  ") == b"<a/>  "
